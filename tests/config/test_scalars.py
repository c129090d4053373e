import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.config.scalars import is_ambiguous, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-7", -7),
        ("573001234567", 573001234567),
        ("1.5", 1.5),
        ("-0.25", -0.25),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
    ],
)
def test_canonical_words_get_their_value(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)
    assert not is_ambiguous(text)


@pytest.mark.parametrize(
    "text", ["NO", "yes", "on", "2026-03-01", "08:00:00", "+57 300 123", "1.2.3", "2xx", "nullable", "-", "7d", "30%"]
)
def test_what_no_reader_takes_for_a_number_stays_text(text: str) -> None:
    assert resolve(text) == text
    assert not is_ambiguous(text)


@pytest.mark.parametrize(
    "text",
    [
        "+573001234567",
        "007",
        "0612345678",
        "-01",
        "1e5",
        "1_000",
        "0x1F",
        "0o17",
        "1.",
        ".5",
        "00",
        "+0",
        "1" * 19,
        "1.5e3",
    ],
)
def test_a_number_in_an_odd_spelling_is_ambiguous_and_keeps_its_text(text: str) -> None:
    assert is_ambiguous(text)
    assert resolve(text) == text


@settings(max_examples=200)
@given(st.from_regex(r"\A[+-]?[0-9][0-9_.eE+-]{0,20}\Z"))
def test_a_number_turns_back_into_what_was_written(text: str) -> None:
    value = resolve(text)
    if isinstance(value, int):
        assert str(value) == text
    elif isinstance(value, float):
        assert text.strip("-").replace(".", "").isdigit()
