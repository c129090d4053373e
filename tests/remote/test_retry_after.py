from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.remote.retry_after import LONGEST, retry_after

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("1", 1.0),
        (" 5 ", 5.0),
        ("007", 7.0),
        ("120", 120.0),
        ("120.5", 120.5),
        ("900", 900.0),
        ("901", LONGEST),
        ("1000000000", LONGEST),
        ("5, 10", 10.0),
        ("10,5", 10.0),
        (formatdate(NOW + 60, usegmt=True), 60.0),
        (formatdate(NOW + 60), 60.0),
        (formatdate(NOW, usegmt=True), 0.0),
        (formatdate(NOW - 3600, usegmt=True), 0.0),
        (formatdate(NOW + 86400 * 365, usegmt=True), LONGEST),
        ("Fri, 15 Jan 2027 08:01:00", 60.0),
        ("", None),
        (" ", None),
        ("-1", None),
        ("1e9", None),
        ("+5", None),
        ("٣", None),
        ("５", None),
        ("soon", None),
        ("inf", None),
        ("nan", None),
        ("5 seconds", None),
        ("5, soon", None),
        ("0x10", None),
        ("9" * 400, None),
        ("Fri, 99 Jan 2027 08:01:00 GMT", None),
        ("Fri, 15 Jan 99999999999 08:01:00 GMT", None),
        ("Tomorrow at noon, please", None),
        ("Fri, 15 Jan 2027 08:01:00 +9999999", None),
    ],
)
def test_forms_of_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, now=NOW) == seconds


def test_no_header_says_nothing() -> None:
    assert retry_after({}, now=NOW) is None


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_any_text_is_survived_and_bounded(value: str) -> None:
    found = retry_after({"retry-after": value}, now=NOW)
    assert found is None or 0.0 <= found <= LONGEST
