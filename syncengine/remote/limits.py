"""What a dialer allows: so many calls in a window of time, so many in a day."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

Sleep = Callable[[float], Awaitable[None]]


class Budget(Protocol):
    """The calls of a day. The ledger counts them, since the count outlives a run."""

    def take(self, *, suppressing: bool) -> bool:
        """Count one call about to be made; False when none is left.

        The last calls of a day are kept for suppressing requests.
        """
        ...


class Unlimited:
    """The budget of a dialer that states none."""

    def take(self, *, suppressing: bool) -> bool:
        """Count nothing."""
        del suppressing
        return True


class Pace:
    """At most ``calls`` calls in any ``per`` seconds, first come first served; none while the dialer wants a pause.

    A pause of more than ``longest`` seconds is not waited out: nothing is sent until it is over, and who asks for a
    turn before is told that there is none.
    """

    def __init__(
        self,
        *,
        calls: int | None,
        per: float,
        longest: float,
        clock: Callable[[], float],
        sleep: Sleep,
        on_wait: Callable[[str], None],
    ) -> None:
        self._per = per
        self._longest = longest
        self._clock = clock
        self._sleep = sleep
        self._on_wait = on_wait
        self._turns: deque[float] | None = deque(maxlen=calls) if calls else None
        self._paused_until = 0.0
        self._queue = asyncio.Lock()

    def pause(self, seconds: float) -> None:
        """Let no call begin for so many seconds: the dialer has asked one of them to wait."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    @property
    def seconds_of_pause(self) -> float:
        """Return how long the dialer still wants to be left alone."""
        return max(0.0, self._paused_until - self._clock())

    async def turn(self) -> bool:
        """Wait until a call may begin, and count it; False when the dialer wants a longer pause than we wait."""
        async with self._queue:
            if not await self._wait_out():
                return False
            if self._turns is not None:
                self._turns.append(self._clock())
            return True

    async def _wait_out(self) -> bool:
        waited = False
        while (seconds := self._next_turn() - self._clock()) > 0 and self.seconds_of_pause <= self._longest:
            self._on_wait("rate limit")
            waited = True
            await self._sleep(seconds)
        if waited:
            self._on_wait("")
        return seconds <= 0

    def _next_turn(self) -> float:
        if self._turns is None or len(self._turns) < (self._turns.maxlen or 0):
            return self._paused_until
        return max(self._paused_until, self._turns[0] + self._per)
