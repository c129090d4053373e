"""The leases of this process as it knows them, for the moments in which the ledger cannot be asked.

Each write names the fence inside its own transaction, so a process that slept past its lease and woke up cannot write
an intent, and hence cannot send. For one that slept between its intent and the first byte, :class:`Held` knows by a
clock that nobody sets until when its leases were surely its own.
"""

import time
from dataclasses import dataclass

from syncengine import alarm
from syncengine.errors import LockedError

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
    # How many requests are leaving at this moment.
    _leaving: int = 0

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

    def begin_leaving(self) -> None:
        """End this process rather than let it still be sending when its leases are no longer trusted.

        Followed by the last check, so that nothing is between the two but what the alarm covers. Several requests may
        be leaving at once, each under a lease that was extended for it.
        """
        self._leaving += 1
        alarm.set_in(self._proven + self.lease * _TRUSTED - steady_seconds())

    def end_leaving(self) -> None:
        """Take the alarm back when the last of all requests has left."""
        self._leaving -= 1
        if not self._leaving:
            alarm.clear()
