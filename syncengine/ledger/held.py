"""The leases of this process as it knows them, for the moments in which the ledger cannot be asked.

Each write names the fence inside its own transaction, so a process that slept past its lease and woke up cannot write
an intent, and hence cannot send. For one that slept between its intent and the first byte, :class:`Held` knows by a
clock that nobody sets until when its leases were surely its own.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from syncengine.errors import LockedError

# How Python hears a signal; None: not by Python.
Handler = Callable[[int, FrameType | None], Any] | int | None

# The name of the lease on a whole project; no dialer has it.
WHOLE = ""
# Longer than any call may take, so that a call sent under the lease ends under it.
LEASE_SECONDS = 120.0
# The share of a lease for which it is trusted. Between the last check and the moment at which a dialer has the bytes
# lies whatever a busy machine and a network put there, and the clocks of runners differ by some seconds: the rest of
# the lease is for that.
_TRUSTED = 0.75
# For so long after the ledger has said that the leases are ours it is not asked again.
_FRESH_SECONDS = 0.05


def steady_seconds() -> float:
    """Return seconds on a clock that is never set and that goes on while the machine sleeps."""
    boot_clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_clock is None else time.clock_gettime(boot_clock)


@dataclass(slots=True)
class Held:
    """What this run holds; ``fence`` is 0 while it holds nothing."""

    fence: int = 0
    # Dialers, or WHOLE alone.
    names: frozenset[str] = frozenset()
    lease: float = LEASE_SECONDS
    # On the steady clock: when the ledger last said that all of it is ours.
    _proven: float = 0.0
    # What cuts connections after a stop, and how the signal was heard before there was any.
    _cuts: list[Callable[[], None]] = field(default_factory=list)
    _heard_before: Handler = None

    def begin(self, fence: int, names: frozenset[str], lease: float, at: float) -> None:
        """Note that leases were taken; ``at`` is the steady time before the ledger was asked."""
        self.fence, self.names, self.lease, self._proven = fence, names, lease, at

    def keep(self, names: frozenset[str]) -> None:
        """Note that all others were given back."""
        self.names = names

    def proven(self, at: float) -> None:
        """Note that the ledger has extended the leases; ``at`` is the steady time before it was asked."""
        self._proven = at

    def end(self) -> None:
        """Note that nothing is held any more."""
        self.fence, self.names = 0, frozenset()

    def covers(self, dialer: str) -> bool:
        """Whether this run took the lease of a dialer, or the whole project's."""
        return WHOLE in self.names or dialer in self.names

    def row_of(self, dialer: str) -> str:
        """Return the name under which this run holds a dialer."""
        return WHOLE if WHOLE in self.names else dialer

    def is_aging(self) -> bool:
        """Whether a quarter of the lease has gone by since the ledger last said that it is ours."""
        return bool(self.fence) and steady_seconds() - self._proven >= self.lease / 4

    def must_ask(self, dialer: str) -> bool:
        """Whether the ledger has to be asked again before a byte may leave for a dialer.

        Raises:
            LockedError: it is not held, or its lease is nearly over, so that somebody else may hold it any moment.
        """
        if not self.covers(dialer):
            what = f"the lease of {dialer}" if dialer else "the ledger's lock"
            raise LockedError(f"this run does not hold {what}; nothing more is sent. Plan again")
        since = steady_seconds() - self._proven
        if self._may_be_over(since):
            raise LockedError(
                f"this run was held up for {since:.0f} s, and another may soon have its lease on the ledger"
                f" ({self.lease:.0f} s); nothing more is sent. Plan again"
            )
        return since > _FRESH_SECONDS

    def _may_be_over(self, since: float) -> bool:
        return since >= self.lease * _TRUSTED

    @contextmanager
    def minding_stops(self, cut: Callable[[], None]) -> Iterator[None]:
        """Cut all connections when this process goes on after a stop (Ctrl-Z, SIGSTOP) that may have cost its lease.

        The last check and the write that follows it are some microseconds apart, and a process can be stopped between
        them. The signal that lets it go on is heard before its next step, so that the write meets a closed connection:
        ``stops.py`` has the part of it that is about threads.
        Blocks may overlap and end in any order, as those of tasks do: each has its connections cut until it ends.
        """
        if threading.current_thread() is not threading.main_thread():
            # Only the main thread can hear signals; the last check alone must do.
            yield
            return
        if not self._cuts:
            self._heard_before = signal.signal(signal.SIGCONT, self._goes_on)
        self._cuts.append(cut)
        try:
            yield
        finally:
            self._cuts.remove(cut)
            if not self._cuts:
                signal.signal(signal.SIGCONT, signal.SIG_DFL if self._heard_before is None else self._heard_before)

    def _goes_on(self, *_: object) -> None:
        if self.fence and self._may_be_over(steady_seconds() - self._proven):
            for cut in self._cuts:
                cut()
