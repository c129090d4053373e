"""Filters: total, and never a guess."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.config.template_filters import (
    EMBEDDED_LIMIT,
    FILTERS,
    LEAF_LIMIT,
    OMITTED,
    begin_call,
    header_value,
    joined,
    json_text,
    segment,
    text,
)
from syncengine.errors import RenderError

scalars = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=30)
ONE_VALUE = sorted(set(FILTERS) - {"default", "truncate"})


@pytest.mark.parametrize("name", ONE_VALUE)
@given(value=scalars)
@settings(max_examples=30, deadline=None)
def test_a_filter_never_fails_on_a_scalar(name: str, value: object) -> None:
    FILTERS[name](value)


@pytest.mark.parametrize(
    "value", ["+573001234567", "007", "1e5", "0x10", "1_000", " 5", "５", "None", "true", "", "1.", ".5", "٣"]
)
@pytest.mark.parametrize("name", ["integer", "number"])
def test_what_is_not_plainly_a_number_stays_text(name: str, value: str) -> None:
    assert FILTERS[name](value) == value
    assert isinstance(FILTERS[name](value), str)


def test_plain_numbers_become_numbers_when_asked_for() -> None:
    assert FILTERS["integer"]("600") == 600
    assert FILTERS["number"]("-0.05") == -0.05
    assert FILTERS["integer"]("0.5") == "0.5"


def test_digits_lets_go_of_the_plus_and_separators_only() -> None:
    assert FILTERS["digits"]("+57 (300) 123-45.67") == "573001234567"
    assert FILTERS["digits"]("0057300") == "0057300"
    # Without its letter this would be another number.
    assert FILTERS["digits"]("300x12") == "300x12"
    assert FILTERS["digits"]("5+7") == "5+7"


def test_empty_is_left_out_and_zero_is_not() -> None:
    assert all(FILTERS["omit_empty"](value) is OMITTED for value in (None, "", [], {}, ()))
    assert FILTERS["omit_empty"](0) == 0
    assert FILTERS["omit_empty"](False) is False


def test_text_of_an_object_is_refused() -> None:
    with pytest.raises(RenderError, match="json"):
        text({"a": 1})


@given(st.text())
@settings(max_examples=50)
def test_json_text_is_read_back_unchanged(value: str) -> None:
    assert json.loads(str(json_text({"a": value}))) == {"a": value}


def test_json_text_cannot_grow_without_bound() -> None:
    doubled = str(json_text('"' * (LEAF_LIMIT // 3)))
    with pytest.raises(RenderError, match="longer"):
        json_text(doubled)


def test_a_value_that_json_does_not_know_is_an_error_and_an_omitted_one_stays_omitted() -> None:
    assert json_text(OMITTED) is OMITTED
    with pytest.raises(RenderError):
        json_text({"a": OMITTED})


def test_an_omitted_header_stays_omitted() -> None:
    assert header_value(OMITTED) is OMITTED


def test_joined_text_cannot_grow_without_bound() -> None:
    with pytest.raises(RenderError, match="longer"):
        joined(["x" * (LEAF_LIMIT // 2)] * 3)


def test_the_texts_of_one_call_together_cannot_grow_without_bound() -> None:
    piece: list[object] = ["x" * LEAF_LIMIT]
    begin_call()
    for _ in range(EMBEDDED_LIMIT // LEAF_LIMIT):
        joined(piece)
    with pytest.raises(RenderError, match="the templates of one call make more than 64,000,000 characters"):
        joined(["x"])
    begin_call()
    joined(piece)


@given(st.text(min_size=1).filter(lambda value: value not in {".", ".."}))
@settings(max_examples=100)
def test_a_segment_holds_nothing_that_ends_it(value: str) -> None:
    if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        return
    assert not set(segment(value)) & set("/?#\\ \r\n")


@pytest.mark.parametrize("value", ["", ".", "..", None])
def test_a_segment_that_is_empty_or_climbs_is_refused(value: object) -> None:
    with pytest.raises(RenderError):
        segment(value)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "\x7f", "ñ"])
def test_a_header_cannot_be_ended_by_a_value(value: str) -> None:
    with pytest.raises(RenderError):
        header_value(value)
