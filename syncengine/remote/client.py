"""Calls to one dialer: paced, counted, credentialed, repeated only where that is harmless, and judged.

Every call, reading or writing, goes through :meth:`DialerClient.call`. It returns a judgement for everything that a
dialer and a network can do, and never the outcomes ``wait`` and ``renew_auth``: those are dealt with here. What is left
when waiting did not help is ``deferred``; a write that may have been applied is ``unknown``.
"""

import asyncio
import random as randomness
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from syncengine.errors import AnswerError, RemoteError, RenderError, TransportError
from syncengine.model.exchange import Answer, Request
from syncengine.model.secret import Secret
from syncengine.model.vendor import Operation, Vendor
from syncengine.remote.admission import Admission, Ask
from syncengine.remote.auth import Keyring, Pairs, credentials_for
from syncengine.remote.connection import AtWire, Call, Connection, opener
from syncengine.remote.course import Attempt, BeforeSend, CallResult, Course
from syncengine.remote.judge import DONE, Judgement, judge
from syncengine.remote.limits import Budget, Pace, Sleep, Unlimited
from syncengine.remote.origin import Origin
from syncengine.remote.pages import page_scope
from syncengine.remote.redaction import echoes_of
from syncengine.remote.request_headers import headers_of
from syncengine.remote.retries import ATTEMPTS, Breaker, RetryBudget, backoff, repeat_is_harmless
from syncengine.remote.retry_after import retry_after
from syncengine.remote.server_clock import ahead

if TYPE_CHECKING:
    import httpx

_EXCHANGE_ATTEMPTS = 3


class DialerClient:
    """All calls to one dialer in one run; at most ``limits.concurrency`` at once, each on its own connection."""

    def __init__(
        self,
        dialer: str,
        vendor: Vendor,
        base_url: str,
        secrets: Mapping[str, Secret],
        *,
        settings: Mapping[str, str] | None = None,
        options: Mapping[str, str] | None = None,
        budget: Budget | None = None,
        transport: "httpx.AsyncBaseTransport | None" = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Sleep = asyncio.sleep,
        random: Callable[[], float] = randomness.random,
        on_wait: Callable[[str], None] = lambda _: None,
        on_call: Callable[[str], None] = lambda _: None,
        on_clock: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Prepare; nothing is opened or read yet.

        ``base_url`` (without a slash at its end) is the only place where calls go. ``secrets`` go by the names of the
        vendor file; ``settings`` and apply ``options`` are for templates. ``budget`` counts the calls of a day.
        ``clock`` gives seconds and is never set back, ``now`` is the wall clock, ``random`` gives 0 to 1. ``on_wait``
        is told what is waited for, and "" when that is over; ``on_call`` of each request that leaves, by its effect on
        dialling, or "reading", or "credentials"; ``on_clock`` of how far our clock is ahead of the dialer's.
        ``transport`` is for tests.

        Raises:
            RemoteError: the base URL is not one.
        """
        self.dialer = dialer
        self.vendor = vendor
        self.settings = dict(settings or {})
        self.options = {**dict.fromkeys(vendor.options, ""), **(options or {})}
        self.origin = Origin(dialer, base_url)
        self.clock = clock
        self.sleep = sleep
        self._now = now
        self._random = random
        self._on_wait = on_wait
        self._on_call = on_call
        self._on_clock = on_clock
        limits = vendor.limits
        pace = Pace(
            calls=limits.calls, per=limits.per, longest=limits.longest_wait, clock=clock, sleep=sleep, on_wait=on_wait
        )
        self._admission = Admission(
            pace=pace, breaker=Breaker(clock), budget=budget or Unlimited(), sleep=sleep, on_wait=on_wait
        )
        self._retries = RetryBudget()
        # The newest generation of the credential that the dialer has accepted, and how often one was renewed here.
        self._accepted, self._renewals = -1, 0
        self._open_connections(vendor.limits.concurrency, transport)
        keyring = Keyring(dialer, secrets)
        self._credentials = credentials_for(
            vendor.auth, keyring, settings=self.settings, exchange=self._exchange, clock=clock, now=now
        )
        self._echoes: tuple[tuple[str, ...], tuple[bytes, ...]] = ((), ())

    def _open_connections(self, concurrency: int, transport: "httpx.AsyncBaseTransport | None") -> None:
        encrypted = self.origin.base_url.startswith("https:")
        open_one = opener(encrypted=encrypted) if transport is None else (lambda: transport)
        self._exchanging, self._probing = Connection(open_one), Connection(open_one)
        self._connections = [Connection(open_one) for _ in range(max(1, concurrency))]
        # Last in, first out: few calls at once keep few connections warm.
        self._free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for connection in self._connections:
            self._free.put_nowait(connection)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        for connection in (*self._connections, self._exchanging, self._probing):
            await connection.close()

    async def call(
        self,
        operation: Operation,
        scope: Mapping[str, object],
        *,
        before_send: BeforeSend | None = None,
        at_wire: AtWire | None = None,
    ) -> CallResult:
        """Make one call and return what it came to.

        ``before_send`` is given the rendered request before every attempt, after all waiting; what it raises stops the
        call and is passed on, but where an earlier attempt may have been applied it makes the call ``unknown``.
        ``at_wire`` is entered when the bytes are about to leave and left when they have; the LockedError that it
        raises is always passed on.

        Raises:
            RemoteError: the rendered request leads out of the dialer's address or cannot be sent; nothing was sent.
        """
        full = {"settings": self.settings, "options": self.options, **scope}
        request = operation.render(full)
        course = Course(operation, request, self._checked_url(operation.name, request), before_send, at_wire)
        self._retries.earn()
        while True:
            attempt = await self._attempt(course)
            if attempt.again == "no":
                return course.end(attempt.judgement)
            if attempt.again == "pause" and not await self._may_repeat(course):
                return course.end(attempt.judgement)

    def _checked_url(self, operation: str, request: Request) -> "httpx.URL":
        url = self.origin.url(operation, request.path, request.query)
        self.origin.check_headers(operation, request.headers)
        length, longest = len(str(url)), self.vendor.limits.url_length
        if length > longest:
            raise RemoteError(self.dialer, operation, f"the URL has {length} characters; the vendor takes {longest}")
        return url

    async def _may_repeat(self, course: Course) -> bool:
        """Wait for the next attempt; False when there is none."""
        if course.attempts >= ATTEMPTS or not self._retries.take():
            return False
        self._on_wait("retry")
        await self.sleep(backoff(course.attempts, self._random))
        self._on_wait("")
        return True

    # -------------------------------------------------------------------------------------------- one attempt

    async def _attempt(self, course: Course) -> Attempt:
        async with self._connection() as connection:
            stopped = await self._admission.refusal(course.operation, self._credentials, self._ask)
            if stopped is not None:
                return Attempt(stopped)
            # Made before the gate is asked, so that nothing can fail between the gate and the first byte.
            wired, used = self._wired(course), self._credentials.generation
            try:
                await self._announce(course)
            except Exception as problem:
                if not course.lost:
                    raise
                # Passing it on would hide that an earlier attempt may have been applied.
                return Attempt(Judgement("unknown", "lost", f"an answer was lost; no repeat: {type(problem).__name__}"))
            attempt = await self._send(course, wired, connection)
        return await self._about_credential(course, attempt, used)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        connection = await self._free.get()
        try:
            yield connection
        finally:
            self._free.put_nowait(connection)

    async def _announce(self, course: Course) -> None:
        if course.before_send is None:
            return
        waiting = course.before_send(course.request)
        if waiting is not None:
            await waiting

    async def _send(self, course: Course, wired: Call, connection: Connection) -> Attempt:
        operation = course.operation
        course.attempts += 1
        self._on_call(operation.effect if operation.writes else "reading")
        try:
            course.answer = await connection.send(wired)
        except TransportError as problem:
            self._admission.breaker.record(failed=True)
            return self._without_answer(course, problem)
        except AnswerError as problem:
            course.sent = course.lost = True
            return Attempt(Judgement("unknown", "answer", problem.detail))
        course.sent = True
        answer = course.answer
        if (seconds := ahead(answer.headers, now=self._now())) is not None:
            self._on_clock(seconds)
        self._admission.breaker.record(failed=answer.status >= 500)
        judgement = judge(operation, self.vendor.responses, answer)
        if judgement.outcome not in DONE:
            asked = retry_after(answer.headers, now=self._now())
            # The dialer means all of us, whether this call is repeated or not.
            self._admission.pace.pause((judgement.wait or 0.0) if asked is None else asked)
        if judgement.outcome == "wait":
            return Attempt(judgement, "pause", answer.status)
        if judgement.outcome == "unknown":
            course.lost = True
            return Attempt(judgement, "pause" if repeat_is_harmless(operation) else "no", answer.status)
        return Attempt(judgement, status=answer.status)

    def _without_answer(self, course: Course, problem: TransportError) -> Attempt:
        if not problem.sent:
            return Attempt(Judgement("deferred", "not sent", problem.detail), "pause")
        course.sent = course.lost = True
        course.answer = None
        words = Judgement("unknown", "lost", f"the answer was lost: {problem.detail}")
        return Attempt(words, "pause" if repeat_is_harmless(course.operation) else "no")

    async def _about_credential(self, course: Course, attempt: Attempt, used: int) -> Attempt:
        """Renew a refused credential, once; a new one that is refused as well is not for another renewal to mend."""
        if attempt.judgement.outcome != "renew_auth":
            if attempt.status == 401:
                self._admission.locked_out = attempt.judgement.message
            elif attempt.status:
                self._accepted = max(self._accepted, used)
            return attempt
        # Many calls may come back refused with the old one while the new one is already there: that says nothing of it.
        newest = used == self._credentials.generation
        if course.renewed or (newest and self._renewals and used > self._accepted):
            self._admission.locked_out = "a new credential was refused as well"
            return attempt
        course.renewed = True
        try:
            renewed = await self._credentials.renew(used)
        except RemoteError as problem:
            return Attempt(Judgement("stop_dialer", "credentials", problem.detail))
        if not renewed:
            self._admission.locked_out = attempt.judgement.message
            return attempt
        self._renewals += 1
        return replace(attempt, again="now")

    # ------------------------------------------------------------------------------------------- asking a silent dialer

    @cached_property
    def _ask(self) -> Ask | None:
        """How this dialer can be asked whether it answers; None: the vendor has no call for that."""
        found = self._question()
        return None if found is None else (lambda: self._probe(found))

    def _question(self) -> Course | None:
        """Find a documented call that only reads and needs nothing but the account."""
        vendor = self.vendor
        known = [vendor.campaigns.operations.get("list")]
        known += [found.operations.get("list") for found in vendor.collections if found.scope == "account"]
        for operation in (*known, *vendor.calls.values()):
            if operation is None or operation.writes or operation.ability != "documented":
                continue
            scope = {"settings": self.settings, "options": self.options, "page": page_scope(operation.pagination)}
            try:
                request = operation.render(scope)
                return Course(operation, request, self._checked_url(operation.name, request), None, None)
            except (RenderError, RemoteError):
                continue
        return None

    async def _probe(self, question: Course) -> None:
        """Put the question once; the breaker hears what came of it."""
        course = replace(question)
        if await self._admission.pace.turn() and self._admission.budget.take(suppressing=False):
            with suppress(RemoteError):
                await self._credentials.ready()
                await self._send(course, self._wired(course), self._probing)

    # ------------------------------------------------------------------------------------- putting it on the wire

    def _wired(self, course: Course) -> Call:
        operation, request = course.operation, course.request
        headers, query = self._credentials.apply(headers_of(request), request.query)
        url = course.url if query == request.query else self.origin.url(operation.name, request.path, query)
        return replace(self._call(operation.name, request, url, headers, operation.timeout), at_wire=course.at_wire)

    def _call(self, operation: str, request: Request, url: "httpx.URL", headers: Pairs, seconds: float | None) -> Call:
        sensitive = self._credentials.sensitive()
        if sensitive != self._echoes[0]:
            self._echoes = (sensitive, echoes_of(sensitive))
        return Call(
            dialer=self.dialer,
            operation=operation,
            method=request.method,
            url=url,
            headers=headers,
            body=request.body,
            seconds=seconds or self.vendor.limits.timeout,
            echoes=self._echoes[1],
        )

    async def _exchange(self, request: Request) -> Answer:
        """Make the call that turns secrets into a token; it changes nothing there, so it may be repeated."""
        url = self._checked_url("credentials", request)
        attempt = 1
        while True:
            if not self._admission.budget.take(suppressing=True):
                raise RemoteError(self.dialer, "credentials", "today's budget of calls is used up")
            # Its answer holds the token, so nothing may be taken out of it; it is shown to nobody.
            call = replace(self._call("credentials", request, url, headers_of(request), None), echoes=())
            self._on_call("credentials")
            try:
                answer = await self._exchanging.send(call)
                if answer.status < 500 or attempt == _EXCHANGE_ATTEMPTS:
                    return answer
            except TransportError:
                if attempt == _EXCHANGE_ATTEMPTS:
                    raise
            await self.sleep(backoff(attempt, self._random))
            attempt += 1
