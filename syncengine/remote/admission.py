"""Whether a call may be made now: the dialer answers, wants no pause, has calls left today, and takes our credential.

Every call passes here, in this order, before its intent is written: what is refused here was never sent, so that it is
surely not applied.
"""

from collections.abc import Awaitable, Callable

from syncengine.errors import RemoteError
from syncengine.model.vendor import Operation
from syncengine.remote.auth import Credentials
from syncengine.remote.judge import Judgement
from syncengine.remote.limits import Budget, Pace, Sleep
from syncengine.remote.retries import Breaker

# A call waits for so many probes of a dialer that does not answer before it gives up.
_PROBES = 3

Ask = Callable[[], Awaitable[None]]


class Admission:
    """The gate of one dialer's calls.

    ``ask`` makes a call that only reads, so that a silent dialer can be probed where the calls that wait all write;
    None: this vendor has none, and a dialer that has fallen silent is left alone for the rest of the run.
    """

    def __init__(
        self,
        *,
        pace: Pace,
        breaker: Breaker,
        budget: Budget,
        sleep: Sleep,
        on_wait: Callable[[str], None],
    ) -> None:
        self.pace = pace
        self.breaker = breaker
        self.budget = budget
        # Why the dialer gets nothing more from us; empty while all is well.
        self.locked_out = ""
        self._sleep = sleep
        self._on_wait = on_wait

    async def refusal(self, operation: Operation, credentials: Credentials, ask: Ask | None) -> Judgement | None:
        """Wait for a call's turn; return a judgement when it may not be made at all."""
        if not self.locked_out and not await self._answers(operation, ask):
            return Judgement("stop_dialer", "breaker", "the dialer does not answer; calls to it are stopped")
        if not await self.pace.turn():
            minutes = self.pace.seconds_of_pause / 60
            return Judgement(
                "deferred", "pause", f"the dialer asks to be left alone for another {minutes:,.0f} minutes"
            )
        if self.locked_out:
            return Judgement("stop_dialer", "credentials", self.locked_out)
        if not self.budget.take(suppressing=operation.effect == "suppressing"):
            return Judgement("budget_exhausted", "budget", "today's budget of calls is used up")
        try:
            await credentials.ready()
        except RemoteError as problem:
            return Judgement("stop_dialer", "credentials", problem.detail)
        return None

    async def _answers(self, operation: Operation, ask: Ask | None) -> bool:
        """Whether the dialer answers, after waiting for some probes of it; a reading call is a probe itself."""
        if not self.breaker.has_answered:
            due = not operation.writes and not self.breaker.seconds_to_probe
            return self.breaker.closed or (due and self.breaker.take_probe())
        if operation.writes and ask is None:
            return self.breaker.closed
        for _ in range(_PROBES):
            if seconds := self.breaker.seconds_to_probe:
                self._on_wait("the dialer does not answer")
                await self._sleep(seconds)
                self._on_wait("")
            if self.breaker.closed:
                return True
            if not self.breaker.take_probe():
                continue
            if not operation.writes or ask is None:
                return True
            await ask()
        return self.breaker.closed
