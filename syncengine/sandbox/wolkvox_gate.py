"""Wolkvox's limits per token: calls at once and calls per day (document 001, limits; facts 2.1, failure codes).

It stands where requests arrive, before any of them is worked on, because only there an overlap of two calls is real.
Every call that carries a token costs one of the day's budget, a refused one too.
"""

import asyncio
from collections import Counter

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from syncengine.sandbox.call import Call
from syncengine.sandbox.dialer import Clock
from syncengine.sandbox.faults import CONTROL
from syncengine.sandbox.wolkvox_answers import BUDGET, CONCURRENCY, INVALID_TOKEN, MAINTENANCE, NO_TOKEN, Answers

DAY = 86_400


class Limits:
    """What each token has in use and has used up."""

    def __init__(self, answers: Answers, clock: Clock, tokens: tuple[str, ...]) -> None:
        self.used: Counter[tuple[str, int]] = Counter()
        self.overlaps = 0
        self._answers = answers
        self._switches = answers.switches
        self._clock = clock
        self._tokens = tokens
        self._open: Counter[str] = Counter()

    def clear(self) -> None:
        """Forget what was used; what is open stays open."""
        self.used.clear()
        self.overlaps = 0

    def used_today(self, token: str) -> int:
        """Return how many calls the token has made today."""
        return self.used[token, self._day()]

    def enter(self, token: str) -> Response | None:
        """Open a call on the token, or answer why it may not be made."""
        self._open[token] += 1
        if self._switches.maintenance:
            return self._answers.refuse(403, MAINTENANCE)
        if not token:
            return self._answers.refuse(401, NO_TOKEN)
        if token not in self._tokens:
            return self._answers.refuse(403, INVALID_TOKEN)
        self.used[token, self._day()] += 1
        if self._open[token] > self._switches.most_simultaneous:
            self.overlaps += 1
            return self._answers.refuse(403, CONCURRENCY)
        if self.used_today(token) > self._switches.daily_budget:
            return self._answers.refuse(403, BUDGET)
        return None

    def leave(self, token: str) -> None:
        """Close a call on the token."""
        self._open[token] -= 1

    async def serve(self) -> None:
        """Take the time that a call takes."""
        await asyncio.sleep(self._switches.service_seconds)

    def _day(self) -> int:
        return int(self._clock.now() // DAY)


class GateMiddleware:
    """Lets a request in when its token's limits allow."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        call: Call = scope["call"]
        token = call.headers.get("wolkvox-token", "")
        left = False

        def leave() -> None:
            nonlocal left
            if not left:
                self._limits.leave(token)
            left = True

        async def last_word(message: Message) -> None:
            # A client may send its next request as soon as it has this answer.
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                leave()
            await send(message)

        try:
            app = self._limits.enter(token) or self._app
            if app is self._app:
                await self._limits.serve()
            await app(scope, receive, last_word)
        finally:
            leave()
