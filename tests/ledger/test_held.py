"""What a run does that wakes up between its intent and the first byte."""

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from syncengine.errors import LockedError
from syncengine.ledger import held, leases
from syncengine.ledger import ledger as ledgers
from syncengine.ledger.ledger import Ledger
from tests.ledger.conftest import Home
from tests.ledger.writing import NOW


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
        ledger.renew(now=NOW + 60)
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


def test_a_process_that_goes_on_near_the_end_of_its_lease_cuts_its_connections_first_of_all(
    ledger: Ledger, clock: Clock
) -> None:
    cuts: list[int] = []
    before = signal.getsignal(signal.SIGCONT)
    with ledger.lock("apply", now=NOW, lease=60), ledger.minding_stops(lambda: cuts.append(1)):
        os.kill(os.getpid(), signal.SIGCONT)
        clock.now += 44.9
        os.kill(os.getpid(), signal.SIGCONT)
        assert cuts == []
        clock.now += 0.1
        os.kill(os.getpid(), signal.SIGCONT)
        assert cuts == [1]
    os.kill(os.getpid(), signal.SIGCONT)
    assert cuts == [1]
    assert signal.getsignal(signal.SIGCONT) is before


def test_blocks_that_overlap_and_end_in_any_order_each_have_their_connections_cut(ledger: Ledger, clock: Clock) -> None:
    cuts: list[str] = []
    before = signal.getsignal(signal.SIGCONT)
    with ledger.lock("apply", now=NOW, lease=60):
        first, second = (ledger.minding_stops(lambda name=name: cuts.append(name)) for name in ("first", "second"))
        first.__enter__()
        second.__enter__()
        clock.now += 60
        os.kill(os.getpid(), signal.SIGCONT)
        first.__exit__(None, None, None)
        os.kill(os.getpid(), signal.SIGCONT)
        second.__exit__(None, None, None)
        os.kill(os.getpid(), signal.SIGCONT)
    assert cuts == ["first", "second", "second"]
    assert signal.getsignal(signal.SIGCONT) is before


def test_outside_the_main_thread_no_signal_is_minded(home: Home) -> None:
    def apply() -> None:
        with home.open() as ledger, ledger.lock("apply", now=NOW), ledger.minding_stops(lambda: None):
            ledger.confirm_lock()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(apply).result()
