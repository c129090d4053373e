"""The clock of a dialer, as its answers tell it."""

import pytest

from syncengine.remote.server_clock import ahead

NOON = 1_795_521_600.0
TOLD = "Tue, 24 Nov 2026 12:00:00 GMT"


def test_an_answer_tells_how_far_the_clocks_are_apart() -> None:
    assert ahead({"date": TOLD}, now=NOON) == 0
    assert ahead({"date": TOLD}, now=NOON + 400) == 400
    assert ahead({"date": "Tue, 24 Nov 2026 13:00:00 +0100"}, now=NOON - 60) == -60


@pytest.mark.parametrize(
    "headers",
    [{}, {"date": ""}, {"date": "yesterday at noon o'clock"}, {"date": "Tue, 99 Nov 2026 12:00:00 GMT"}, {"date": "x" * 999}, {"date": TOLD, "age": "86400"}],
)  # fmt: skip
def test_what_tells_no_time_tells_nothing(headers: dict[str, str]) -> None:
    assert ahead(headers, now=NOON) is None
