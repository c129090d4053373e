import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from syncengine.config.quantities import Share, Span, SpanUpTo31Days, write_span


@pytest.mark.parametrize(
    ("text", "seconds"), [("7d", 604_800), ("24h", 86_400), ("30m", 1_800), ("90s", 90), ("0s", 0)]
)
def test_spans_are_seconds(text: str, seconds: float) -> None:
    assert TypeAdapter(Span).validate_python(text) == seconds


@pytest.mark.parametrize(
    "value", ["7", "d", "1.5h", "-1d", "7 days", "7D", "1h30m", "", 7, 7.0, None, True, "٧d", "9999999d"]
)
def test_everything_else_is_no_span(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Span).validate_python(value)


def test_a_registry_copy_may_be_31_days_old_and_no_older() -> None:
    assert TypeAdapter(SpanUpTo31Days).validate_python("31d") == 31 * 86_400
    for text in ("32d", "745h", "2678401s"):
        with pytest.raises(ValidationError):
            TypeAdapter(SpanUpTo31Days).validate_python(text)


@pytest.mark.parametrize(("text", "share"), [("30%", 0.3), ("0%", 0), ("100%", 1), ("2.5%", 0.025), ("30 %", 0.3)])
def test_shares_are_between_nothing_and_all(text: str, share: float) -> None:
    assert TypeAdapter(Share).validate_python(text) == pytest.approx(share)


@pytest.mark.parametrize("value", ["30", "101%", "-1%", "%", 0.3, 30, None, True, "1e1%"])
def test_everything_else_is_no_share(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Share).validate_python(value)


@given(st.integers(min_value=0, max_value=999_999), st.sampled_from("dhms"))
def test_a_written_span_reads_as_itself(number: int, unit: str) -> None:
    seconds = TypeAdapter(Span).validate_python(f"{number}{unit}")
    assert TypeAdapter(Span).validate_python(write_span(seconds)) == seconds
