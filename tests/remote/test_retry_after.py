import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.remote.retry_after import retry_after
from tests.remote.proof.header_forms import FORMS, NOW


@pytest.mark.parametrize(("value", "seconds"), FORMS.items())
def test_forms_of_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, now=NOW) == seconds


def test_no_header_says_nothing() -> None:
    assert retry_after({}, now=NOW) is None


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_any_text_is_survived_and_bounded(value: str) -> None:
    found = retry_after({"retry-after": value}, now=NOW)
    assert found is None or found >= 0.0
