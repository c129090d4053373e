"""What a run does that wakes up between its intent and the first byte."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from syncengine.errors import LockedError
from syncengine.ledger import held, leases
from syncengine.ledger import ledger as ledgers
from syncengine.ledger.journal import Begun
from syncengine.ledger.ledger import Ledger
from tests.ledger.conftest import Home
from tests.ledger.writing import NOW, intent, item


class Clock:
    """The steady clock, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        for module in (held, leases, ledgers):
            monkeypatch.setattr(module, "steady_seconds", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_a_lease_that_is_nearly_over_by_the_steady_clock_is_not_trusted_whatever_the_ledger_says(
    ledger: Ledger, clock: Clock
) -> None:
    with ledger.lock("apply", now=NOW, lease=60):
        ledger.confirm_lock()
        clock.now += 44.9
        ledger.confirm_lock()
        clock.now += 0.1
        # Its time is not over, so the ledger itself would still say that it is ours.
        ledger.check_fence()
        with pytest.raises(LockedError, match=r"held up for 45 s, and another may soon have.*\(60 s\).*Plan again"):
            ledger.confirm_lock()
        ledger.renew(clock=lambda: NOW + 60)
        ledger.confirm_lock()


def test_a_lock_that_a_person_broke_is_noticed_at_the_last_moment(home: Home, clock: Clock) -> None:
    with home.open() as one, home.open() as two, one.lock("apply", now=NOW) as fence:
        two.break_lock(fence)
        # What the ledger said a moment ago is good for that moment.
        one.confirm_lock()
        clock.now += 0.06
        with pytest.raises(LockedError, match="it is not held by this run"):
            one.confirm_lock()


def test_without_the_lock_nothing_is_confirmed(ledger: Ledger) -> None:
    with pytest.raises(LockedError):
        ledger.confirm_lock()


def test_the_steady_clock_moves_on() -> None:
    async def later() -> float:
        await asyncio.sleep(0.01)
        return held.steady_seconds()

    before = held.steady_seconds()
    assert asyncio.run(later()) > before


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """In so many seconds each alarm was set; None: taken back."""
    found: list[float | None] = []
    monkeypatch.setattr(held.alarm, "set_in", lambda seconds: found.append(round(seconds, 3)))
    monkeypatch.setattr(held.alarm, "clear", lambda: found.append(None))
    return found


def test_while_a_request_leaves_the_process_ends_before_its_lease_is_untrusted(
    ledger: Ledger, clock: Clock, alarms: list[float | None]
) -> None:
    with ledger.lock("apply", now=NOW, lease=60):
        clock.now += 5
        with ledger.surely_held(""):
            assert alarms == [40.0]
        assert alarms == [40.0, None]


def test_the_alarm_stands_until_the_last_of_several_requests_has_left(
    ledger: Ledger, clock: Clock, alarms: list[float | None]
) -> None:
    with ledger.lock("apply", now=NOW, lease=60):
        first = ledger.surely_held("")
        first.__enter__()
        clock.now += 10
        ledger.renew(clock=lambda: NOW + 10)
        with ledger.surely_held(""):
            first.__exit__(None, None, None)
            assert alarms == [45.0, 45.0]
        assert alarms == [45.0, 45.0, None]


def test_a_request_that_may_not_leave_takes_its_alarm_back(
    ledger: Ledger, clock: Clock, alarms: list[float | None]
) -> None:
    with ledger.lock("apply", now=NOW, lease=60):
        clock.now += 44
        with pytest.raises(LockedError, match="held up for 50 s"), _after_a_stop(ledger, clock):
            raise AssertionError("let out")
        assert alarms == [1.0, None]


@contextmanager
def _after_a_stop(ledger: Ledger, clock: Clock) -> Iterator[None]:
    """Be stopped between the setting of the alarm and the last check, where an alarm does not end this process."""
    check = ledger.confirm_lock

    def late(dialer: str) -> None:
        clock.now += 6
        check(dialer)

    ledger.confirm_lock = late  # type: ignore[method-assign]  # this one ledger's
    with ledger.surely_held(""):
        yield


@pytest.mark.parametrize("renewed", ["by itself", "with an intent"])
def test_a_stop_between_two_looks_at_clocks_makes_no_lease_newer_than_it_is(
    ledger: Ledger, clock: Clock, renewed: str
) -> None:
    def stopped_after_reading() -> float:
        clock.now += 60
        return NOW + 1

    with ledger.lock("apply", now=NOW, lease=60):
        if renewed == "by itself":
            ledger.renew(clock=stopped_after_reading)
        else:
            line = Begun(intent=intent("add", [item("1")]), evidence="{}")
            run = ledger.begin_run("apply", "p", now=NOW)
            asyncio.run(ledger.write_lines([line], run_id=run, clock=stopped_after_reading))
        with pytest.raises(LockedError, match="held up for 60 s"):
            ledger.confirm_lock()
