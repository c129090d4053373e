"""Templates: values keep their types, missing ones are empty, and what a call is not given is an error."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.config.template_rules import Names
from syncengine.config.templates import ENVIRONMENT, program, read_leaf
from syncengine.errors import RenderError

NAMES = Names({"record": None, "page": frozenset({"number"})}, frozenset({"record"}))


def value_of(template: str, scope: Mapping[str, object]) -> object:
    problems: list[object] = []
    leaf = read_leaf(template, NAMES, problems.append)
    assert leaf is not None, problems
    assert leaf.single is not None
    return program(leaf.single)(scope)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
@settings(max_examples=50, deadline=None)
def test_a_lone_expression_keeps_value_and_type(value: object) -> None:
    found = value_of("{{ record.x }}", {"record": {"x": value}})
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("phone", ["+573001234567", "007", "1e5", "None", "true", "[1]", "{{ 7 }}", "0x1F"])
def test_a_text_is_never_taken_for_anything_else(phone: str) -> None:
    assert value_of("{{ record.x }}", {"record": {"x": phone}}) == phone
    assert value_of("{{ record.x ~ '' }}", {"record": {"x": phone}}) == phone
    assert value_of("{{ record.x | trim }}", {"record": {"x": phone}}) == phone


def test_a_value_that_is_not_there_is_empty_text() -> None:
    assert value_of("{{ record.x }}", {"record": {}}) == ""
    assert value_of("{{ record.x.y }}", {"record": {"x": None}}) == ""
    assert value_of("{{ record.x[3] }}", {"record": {"x": [1]}}) == ""
    assert value_of("{{ 'y' if record.x }}", {"record": {}}) == ""


def test_a_name_that_the_call_is_not_given_is_an_error() -> None:
    with pytest.raises(RenderError, match="page"):
        value_of("{{ page.number }}", {"record": {}})


def test_members_are_keys_and_never_attributes() -> None:
    with pytest.raises(RenderError):
        value_of("{{ record.x.upper }}", {"record": {"x": "text"}})
    assert value_of("{{ record.items }}", {"record": {}}) == ""
    assert value_of("{{ record.keys }}", {"record": {"keys": "k"}}) == "k"


def test_values_that_cannot_be_compared_are_an_error_without_the_values() -> None:
    with pytest.raises(RenderError) as caught:
        value_of("{{ 'a' in record.x }}", {"record": {"x": 573001234567}})
    assert "573001234567" not in str(caught.value)


def test_nothing_of_jinja_is_left_to_reach() -> None:
    assert ENVIRONMENT.globals == {}
    assert set(ENVIRONMENT.tests) == {"none"}
    assert not {"attr", "map", "safe", "tojson"} & set(ENVIRONMENT.filters)
    with pytest.raises(RenderError):
        ENVIRONMENT.call(None, str)


def test_a_whole_object_passes_by_whole() -> None:
    record = {"a": 1, "b": [True, None]}
    assert value_of("{{ record }}", {"record": record}) == record
