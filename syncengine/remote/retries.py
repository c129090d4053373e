"""When a call is made again, and when a dialer is left alone.

Repeats exist in one layer, the client's, and only where a repeat cannot do anything twice.
"""

from collections import deque
from collections.abc import Callable

from syncengine.model.vendor import Operation

ATTEMPTS = 4
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 20.0

# Proofs under which a second sending of a write does no harm.
_REPEATABLE = frozenset({"repeat", "refusal"})


def repeat_is_harmless(operation: Operation) -> bool:
    """Whether a call whose answer was lost may be sent again at once."""
    return not operation.writes or (operation.proof is not None and operation.proof.by in _REPEATABLE)


def backoff(attempt: int, random: Callable[[], float]) -> float:
    """Return the pause after the ``attempt``-th try (from 1), in seconds: anywhere up to a bound that doubles."""
    bound: float = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1))
    return random() * bound


class RetryBudget:
    """Allows about one repeat for ten calls, so that a dialer in trouble is not buried under repeats."""

    def __init__(self, *, allowance: float = 10.0, share: float = 0.1) -> None:
        self._allowance = allowance
        self._share = share
        self._left = allowance

    def earn(self) -> None:
        """Count a call."""
        self._left = min(self._allowance, self._left + self._share)

    def take(self) -> bool:
        """Count a repeat; False when none is left."""
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Breaker:
    """Stops calls to a dialer that does not answer.

    It opens after 5 failures in the last 10 calls. From then on one reading call each cool-down may probe; the first
    that is answered closes it. A write never probes, whatever its proof: it would be the one call too many. A dialer
    that has not answered once is not waited for: it is no outage that will pass, but a wrong address or a dead account.
    """

    def __init__(self, clock: Callable[[], float], *, cool_down: float = 30.0) -> None:
        self._clock = clock
        self._cool_down = cool_down
        self._failed: deque[bool] = deque(maxlen=10)
        self._open = False
        self._probe_at = 0.0
        self.has_answered = False

    def record(self, *, failed: bool) -> None:
        """Note whether a call failed: no answer, or an error of the server."""
        self.has_answered = self.has_answered or not failed
        if not failed and self._open:
            self._open = False
            self._failed.clear()
        self._failed.append(failed)
        if not self._open and sum(self._failed) >= 5:
            self._open = True
            self._probe_at = self._clock() + self._cool_down

    @property
    def closed(self) -> bool:
        """Whether calls are let through."""
        return not self._open

    @property
    def seconds_to_probe(self) -> float:
        """Seconds until the next probe may be made; 0 while calls are let through."""
        return max(0.0, self._probe_at - self._clock()) if self._open else 0.0

    def take_probe(self) -> bool:
        """Take the probe of this cool-down; False when it is not due, or somebody else has taken it."""
        if not self._open or self._clock() < self._probe_at:
            return False
        self._probe_at = self._clock() + self._cool_down
        return True
