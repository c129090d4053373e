"""Requests: what enters a path stays one segment, what enters a header cannot end it."""

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, Template
from jinja2.runtime import Context

from syncengine.config.operation_lookup import find_operation
from syncengine.config.templates import ENVIRONMENT
from syncengine.errors import RenderError
from syncengine.model.exchange import Request

from .vendor_samples import bent, mistakes, row, sound

VENDOR = sound()
HEADERS = sound(
    bent(
        "effect: neutral",
        'effect: neutral\n      headers: {X-Name: "{{ fields.pace }}", X-Opt: "{{ options.delay | omit_empty }}"}',
    )
)


def rendered(operation: str, **scope: Any) -> Request:
    given_to_all = {"settings": {"server": "one"}, "options": {"delay": ""}, "campaign": {"id": "7"}, "fields": {}}
    return find_operation(VENDOR, operation).render(given_to_all | scope)


@pytest.mark.parametrize(
    "hostile", ["1/../../dnd/2?x=", "../2", "a#b", "a?b=c", "a\\b", "a b", "a\r\nb", "%2e%2e", "é"]
)
def test_a_hostile_id_stays_one_segment(hostile: str) -> None:
    path = rendered("campaigns.update", campaign={"id": hostile}).path
    assert path.count("/") == 2
    assert not set(path) & set("?#\\ \r\n")
    assert unquote(path.rpartition("/")[2]) == hostile


@given(st.text(min_size=1).filter(lambda text: text not in {".", ".."}))
@settings(max_examples=60, deadline=None)
def test_any_id_stays_one_segment(text: str) -> None:
    assert unquote(rendered("campaigns.update", campaign={"id": text}).path) == f"/campaigns/{text}"


@pytest.mark.parametrize("missing", ["", ".", "..", None])
def test_an_id_that_is_missing_or_climbs_makes_no_request(missing: object) -> None:
    with pytest.raises(RenderError):
        rendered("campaigns.update", campaign={"id": missing})


def test_half_a_character_makes_no_request() -> None:
    with pytest.raises(RenderError):
        rendered("campaigns.update", fields={"pace": "\ud800"})
    with pytest.raises(RenderError):
        rendered("campaigns.update", campaign={"id": "\ud800"})


def test_the_whole_request_is_there() -> None:
    rows = [row("+573001", tel="573001", name='O"Hara'), row("+573002", tel="573002")]
    request = rendered("leads.add", rows=rows)
    assert (request.method, request.path, request.content_type) == ("POST", "/campaigns/7/leads", "application/json")
    assert request.body == b'[{"tel":"573001","name":"O\\"Hara","tag":""},{"tel":"573002","tag":""}]'


def test_query_values_are_text_in_their_order() -> None:
    page = {"number": 2, "limit": 50, "offset": 50, "cursor": ""}
    assert rendered("campaigns.list", page=page).query == (("page", "2"), ("limit", "50"))


def test_a_form_repeats_a_parameter_for_each_row() -> None:
    request = rendered("blocked.add", rows=[row("+571"), row("+572")], list={"name": "no & never", "lasts_days": ""})
    assert request.body == b"number%5B%5D=571&number%5B%5D=572&list=no+%26+never"


def test_one_row_stands_at_the_top_for_calls_of_one_row() -> None:
    one = row(remote_id="a/b")
    assert rendered("leads.remove", **one, rows=[one]).path == "/campaigns/7/leads/a%2Fb"


def test_a_header_that_a_value_would_end_makes_no_request() -> None:
    create = find_operation(HEADERS, "campaigns.create")
    scope = {"settings": {}, "options": {"delay": ""}, "campaign": {"name": "n"}}
    assert create.render(scope | {"fields": {"pace": 5}}).headers == (("X-Name", "5"),)
    with pytest.raises(RenderError, match="header"):
        create.render(scope | {"fields": {"pace": "5\r\nX-Evil: 1"}})


def test_a_request_is_the_same_each_time() -> None:
    rows = [row(tel="573001")]
    assert rendered("leads.add", rows=rows) == rendered("leads.add", rows=rows)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ('"campaigns/{{ campaign.id }}"', "a path starts with /"),
        ('"/campaigns?id={{ campaign.id }}"', "a path cannot hold '?'"),
        ('"/camp aigns/{{ campaign.id }}"', "a path cannot hold ' '"),
        ('"/campaigns/{{ campaign.ip }}"', "campaign has no ip"),
        ('"/campaigns/../{{ campaign.id }}"', "cannot climb"),
    ],
)
def test_a_path_that_cannot_work_is_found_when_the_file_is_loaded(path: str, message: str) -> None:
    (found,) = mistakes(
        bent(
            'path: "/campaigns/{{ campaign.id }}"\n      body: {json: "{{ fields }}"}',
            f'path: {path}\n      body: {{json: "{{{{ fields }}}}"}}',
        )
    )
    assert message in found
    assert "vendors/sample.yaml:4" in found


def test_a_batch_is_one_evaluation_in_which_rows_are_read_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    # What makes batches fast, counted rather than timed; the benchmarks time it, beside a reference.
    evaluations: list[Template] = []
    looked_up: set[str] = set()
    new_context, look_up = Template.new_context, type(ENVIRONMENT).getattr

    def evaluated(template: Template, *given: Any) -> Context:
        evaluations.append(template)
        return new_context(template, *given)

    def asked(environment: Environment, of: Any, attribute: str) -> Any:
        looked_up.add(attribute)
        return look_up(environment, of, attribute)

    monkeypatch.setattr(Template, "new_context", evaluated)
    monkeypatch.setattr(type(ENVIRONMENT), "getattr", asked)
    rendered("leads.add", rows=[row(str(number), tel=str(number), name="n") for number in range(500)])
    assert len(evaluations) == 1
    assert looked_up == {"id", "delay"}, "of the campaign and of the options; what is of a row is not asked of Jinja"
