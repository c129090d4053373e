"""The allow-list: what escapes and what explodes is refused before anything runs."""

import time

import pytest

from syncengine.config.template_rules import Finding, Names
from syncengine.config.templates import read_leaf

NAMES = Names(
    {"campaign": frozenset({"id", "name"}), "record": None, "row": frozenset({"key", "phones"})}, frozenset({"record"})
)

ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ record.__class__ }}",
    "{{ record['__class__'] }}",
    "{{ record['__cl' ~ 'ass__'] }}",
    "{{ record | attr('__class__') }}",
    "{{ record | map(attribute='__class__') }}",
    "{{ 'x{0.__class__}'.format(record) }}",
    "{{ '{0.__class__}'.format_map(record) }}",
    "{{ ('{0}' | attr('format'))(record) }}",
    "{{ record.name.format }}{{ record.name.format(1) }}",
    "{% set f = 'x'.format %}{{ f(1) }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ loop }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ joiner() }}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ namespace() }}",
    "{{ range(3) }}",
    "{{ dict(a=1) }}",
    "{{ config }}",
    "{{ request }}",
    "{{ environ }}",
    "{{ _result }}",
    "{{ _rows }}",
    "{{ record | _keep(record) }}",
    "{{ secrets.token }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import path %}",
    "{% extends 'base' %}",
    "{% block x %}{% endblock %}",
    "{% macro m() %}{% endmacro %}",
    "{% call record() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% autoescape true %}{% endautoescape %}",
    "{% with a = record %}{{ a }}{% endwith %}",
    "{% do record.append(1) %}",
    "{% for x in record %}{{ x }}{% endfor %}",
    "{% if record %}x{% endif %}",
    "{% set record = 1 %}",
    "{{ record is callable }}",
    "{{ record is defined }}",
    "{{ record() }}",
    "{{ record.items() }}",
    "{{ record.pop('a') }}",
    "{{ record[row.key] }}",
    "{{ record[:3] }}",
    "{{ row.phones[0:9] }}",
    "{{ {'a': record} }}",
    "{{ [record, record] }}",
    "{{ record.x in [record] }}",
    "{{ record.x | default(value=record) }}",
    "{{ record.x | default(*record) }}",
    "{{ record.x | default(**record) }}",
    "{{ record.x | tojson }}",
    "{{ record.x | safe }}",
    "{{ record.x | xmlattr }}",
    "{{ record.x | select('x') }}",
]

BOMBS = [
    "{{ 9**9**8 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 1000000000 * 'a' }}",
    "{{ [0] * 1000000000 }}",
    "{{ 'a' + 'b' }}",
    "{{ 5 - 3 }}",
    "{{ -record.x }}",
    "{{ +record.x }}",
    "{{ 5 / 3 }}",
    "{{ 5 // 3 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ record.x < 5 }}",
    "{{ 'a' | center(1000000000) }}",
    "{{ 'a' | wordwrap(1) }}",
    "{{ 'a' | indent(1000000000) }}",
    "{{ 'a' | replace('a', 'b') }}",
    "{{ 'a' | format }}",
    "{{ lipsum(n=100000) }}",
    "{{ record.x | truncate(1000000000) }}",
    "{{ record.x | truncate(-1) }}",
    "{{ record.x | truncate(row.key) }}",
    "{{ record.x | truncate }}",
    "{{ 1e999 }}",
    "{{ 99999999999999999999 }}",
    "{{ " + "9" * 5000 + " }}",
    "{{ " + "(" * 4000 + " }}",
    "{{ " + "not " * 2000 + "record }}",
    "{{ " + "[" * 4000 + " }}",
    "{{ record" + ".a" * 3000 + " }}",
    "{{ record" + " | json" * 1000 + " }}",
    "{{ record" + " if record" * 500 + " }}",
    "{{ record.a }}" * 5000,
    "{{ '" + "a" * 20000 + "' }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "{{ record.x",
    "{{ }}",
    "{{ record.x | }}",
    "{{ record.x | omit_empty | upper }}",
]


def findings(text: str) -> list[Finding]:
    found: list[Finding] = []
    leaf = read_leaf(text, NAMES, found.append)
    assert (leaf is None) == bool(found)
    return found


@pytest.mark.parametrize("template", [*ESCAPES, *BOMBS], ids=lambda text: text[:50])
def test_hostile_templates_are_refused_quickly_and_before_they_run(template: str) -> None:
    started = time.process_time()
    assert findings(template)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "template",
    [
        "plain text",
        "{{ record }}",
        "{{ record.name }}",
        '{{ record["New Date"] }}',
        "{{ row.phones[0] }}",
        "{{ record.name | default('x') | upper | truncate(10) }}",
        "{{ record.name | omit_empty }}",
        "{{ 'a' if record.name == 'b' else 'c' }}",
        "{{ (record.name | omit_empty) if record.x in ['a', 'b'] else campaign.id }}",
        "{{ campaign.name ~ '-' ~ record.name }}",
        "{{ record.x is none or not record.y and record.z != '' }}",
        "{# a note #}{{ record.x }}",
    ],
)
def test_what_vendor_files_need_is_allowed(template: str) -> None:
    assert findings(template) == []


def test_a_misspelt_name_is_found_with_its_line_and_the_nearest_one() -> None:
    (found,) = findings("first\n{{ campaign.nam }}")
    assert (found.line, found.word) == (2, "nam")
    assert "campaign has no nam" in found.message
    assert found.hint == 'Did you mean "name"?'


def test_every_mistake_of_a_template_is_found() -> None:
    assert len(findings("{{ campaig.id }}{{ campaign.di }}{{ record.x | uper }}")) == 3


def test_a_filter_of_jinja_leads_to_the_one_of_ours() -> None:
    (found,) = findings("{{ record.x | string }}")
    assert found.hint == 'Did you mean "text"?'


def test_an_object_cannot_stand_where_one_of_its_values_is_meant() -> None:
    (found,) = findings("{{ campaign }}")
    assert found.expected == "campaign.id, campaign.name"
