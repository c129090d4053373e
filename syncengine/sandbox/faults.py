"""Faults on demand: what networks and vendors do to a request, for the next n requests that match.

The vendors' documents say nothing about lost answers, but every one of them can lose one; whether an engine survives is
decided by the pair "applied or not" and "answered or not", so each fault says which of the two it spoils.
"""

import asyncio
import threading
from dataclasses import dataclass
from typing import Any, Literal, get_args

from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from syncengine.sandbox.call import Call, json_answer

FaultKind = Literal[
    "drop_before", "drop_after", "error_before", "error_after", "too_many", "unauthorized", "latency", "html"
]
KINDS: tuple[str, ...] = get_args(FaultKind)

# Where the server leaves the connection of a request, so that a fault can cut it without a byte of answer.
TRANSPORT = "sandbox.transport"
CONTROL = "/_sandbox/"


@dataclass(slots=True)
class Fault:
    """What happens to the next `times` requests that match, after letting `skip` of them through."""

    kind: FaultKind
    times: int = 1
    method: str = ""
    path: str = ""
    skip: int = 0
    # A latency fault waits this long; the answer 429 says "Retry-After" with `retry_after`.
    seconds: float = 0.0
    retry_after: str = "1"

    def takes(self, method: str, target: str) -> bool:
        """Whether this fault hits the request; counts it when it matches."""
        if self.times <= 0 or (self.method and self.method.upper() != method) or self.path not in target:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class Faults:
    """The faults that wait for their requests."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        kind: FaultKind,
        *,
        times: int = 1,
        method: str = "",
        path: str = "",
        skip: int = 0,
        seconds: float = 0.0,
        retry_after: str = "1",
    ) -> Fault:
        """Arm a fault. `path` is a part of the path or query; an empty `method` or `path` matches all."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}, expected one of: {', '.join(KINDS)}")
        fault = Fault(kind, times, method, path, skip, seconds, retry_after)
        with self._lock:
            self._waiting.append(fault)
        return fault

    def add_json(self, wanted: Any) -> Fault:
        """Arm the fault that a JSON object describes with the arguments of :meth:`add`."""
        if not isinstance(wanted, dict) or "kind" not in wanted:
            raise ValueError(f"expected an object with a kind, one of: {', '.join(KINDS)}")
        try:
            return self.add(**wanted)
        except TypeError as error:
            raise ValueError(str(error)) from error

    def clear(self) -> None:
        """Disarm every fault."""
        with self._lock:
            self._waiting.clear()

    def pending(self) -> list[Fault]:
        """Return the faults that have not hit as often as asked."""
        with self._lock:
            return [fault for fault in self._waiting if fault.times > 0]

    def take(self, method: str, target: str) -> list[Fault]:
        """Return what hits this request: every matching latency, and the first other fault."""
        taken: list[Fault] = []
        with self._lock:
            for fault in self._waiting:
                spoilt = any(other.kind != "latency" for other in taken)
                if (fault.kind == "latency" or not spoilt) and fault.takes(method, target):
                    taken.append(fault)
            self._waiting = [fault for fault in self._waiting if fault.times > 0]
        return taken


class FaultMiddleware:
    """Lets the armed faults happen."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        call: Call = scope["call"]
        last: Fault | None = None
        for fault in self._faults.take(call.method, call.target):
            call.outcome.fault = fault.kind
            if fault.kind == "latency":
                await asyncio.sleep(fault.seconds)
            else:
                last = fault
        if last is None:
            await self._app(scope, receive, send)
            return
        call.outcome.fault = last.kind
        await self._spoil(last, scope, receive, send)

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind.endswith("_after"):
            await self._app(scope, receive, _swallow)
        if fault.kind.startswith("drop_"):
            await cut(scope[TRANSPORT])
            return
        await _answer(fault)(scope, receive, send)


async def _swallow(message: Message) -> None:
    """Take the answer that the client must never see."""


async def cut(transport: asyncio.Transport) -> None:
    """Close a connection without another byte."""
    transport.abort()
    # The server must see the loss before this request ends, or it would answer 500 by itself.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _answer(fault: Fault) -> Response:
    if fault.kind == "too_many":
        return Response("Too Many Requests", 429, headers={"Retry-After": fault.retry_after}, media_type="text/plain")
    if fault.kind == "unauthorized":
        return Response(status_code=401)
    if fault.kind == "html":
        return HTMLResponse("<!DOCTYPE html><html><body><h1>Be right back</h1></body></html>")
    return json_answer({"message": "Internal Server Error"}, 500)
