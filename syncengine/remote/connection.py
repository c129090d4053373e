"""One connection to a dialer, and what can go wrong on it.

Each call at once has a connection of its own: a pool that many calls share spends its time looking for free
connections (ten times slower at 64 calls). httpx's transport is used without its client, so that there are no
redirects, no cookies, no environment proxies and no logging to switch off.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from syncengine.errors import AnswerError, LockedError, TransportError
from syncengine.failpoints import failpoint, switched_on
from syncengine.model.exchange import Answer
from syncengine.remote.decode import collect, decode
from syncengine.remote.redaction import redacted, redacted_text
from syncengine.remote.wording import presentable

if TYPE_CHECKING:
    import ssl

    import httpx

# Many servers close idle connections after 5 s. A write on a connection that is just being closed has an unknown
# outcome, so ours are given up earlier.
_IDLE_SECONDS = 3.0
_LONGEST_CONNECT = 10.0
# Methods whose requests state a length though there is no body.
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})

# Entered when the connection stands and the bytes are about to leave, left when they have; what it raises stops them.
AtWire = Callable[[], AbstractContextManager[None]]

# Nothing of the request has left when one of these is raised. Every other failure may come after bytes have left.
NOT_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "ProxyError")


@dataclass(frozen=True, slots=True)
class Call:
    """A request ready for the wire, credentials included; lives only while it is being sent."""

    dialer: str
    operation: str
    method: str
    url: "httpx.URL"
    headers: tuple[tuple[str, str], ...]
    body: bytes
    # For the whole call, from connecting to the last byte.
    seconds: float
    # Spellings of our secrets, to be taken out of what comes back.
    echoes: tuple[bytes, ...]
    at_wire: AtWire | None = None

    def __repr__(self) -> str:
        return f"Call({self.dialer} {self.operation} {self.method})"


def opener(*, encrypted: bool = True) -> "Callable[[], httpx.AsyncBaseTransport]":
    """Return a function that opens connections; certificates are always verified.

    Where nothing is encrypted, as on loopback, no certificates are read: a connection that should turn to TLS all the
    same trusts nobody.
    """
    from syncengine.remote.one_connection import OneConnection

    for name in ("httpx", "httpcore"):
        # They log URLs, and httpcore logs headers.
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)

    def open_one() -> OneConnection:
        context = _public_certificates() if encrypted else _no_certificates()
        return OneConnection(context, idle_seconds=_IDLE_SECONDS)

    return open_one


@cache
def _public_certificates() -> "ssl.SSLContext":
    """One for all dialers: reading the certificates takes longer than several calls."""
    import httpx

    return httpx.create_ssl_context(verify=True, trust_env=False)


@cache
def _no_certificates() -> "ssl.SSLContext":
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Connection:
    """Opened when first used, thrown away after any failure, so that no late answer meets the next request."""

    def __init__(self, open_one: "Callable[[], httpx.AsyncBaseTransport]") -> None:
        self._open_one = open_one
        self._transport: httpx.AsyncBaseTransport | None = None

    async def send(self, call: Call) -> Answer:
        """Send one request and return its answer, whatever its status.

        Raises:
            TransportError: no whole answer; ``sent`` tells whether the request may have reached the dialer.
            LockedError: the call's last check found that it may not be made; no whole request has left.
            AnswerError: an answer that is too large or packed beyond reason; the request was received.
        """
        if self._transport is None:
            self._transport = self._open_one()
        whole = False
        try:
            async with asyncio.timeout(call.seconds):
                answer = await _exchange(self._transport, call)
            whole = True
        except TimeoutError:
            # Connecting has a shorter limit of its own, so bytes may have left.
            raise _lost(call, f"no whole answer within {call.seconds:g} s", sent=True) from None
        except ValueError as problem:
            raise AnswerError(call.dialer, call.operation, str(problem)) from None
        except LockedError:
            raise
        except Exception as problem:  # noqa: BLE001 - whatever its name, bytes may have left: it is a lost answer
            raise _lost(call, _words(problem, call), sent=type(problem).__name__ not in NOT_SENT) from None
        finally:
            if not whole:
                await self.close()
        return answer

    async def close(self) -> None:
        """Close the connection, if there is one."""
        transport, self._transport = self._transport, None
        if transport is not None:
            # The caller may be in the middle of being cancelled; the socket is closed all the same.
            await asyncio.shield(_quietly_closed(transport))


async def _quietly_closed(transport: "httpx.AsyncBaseTransport") -> None:
    # A broken connection may fail to close; there is nothing left to do.
    with suppress(Exception):
        await transport.aclose()


Trace = Callable[[str, Mapping[str, Any]], Awaitable[None]]


async def _exchange(transport: "httpx.AsyncBaseTransport", call: Call) -> Answer:
    import httpx

    connect = min(_LONGEST_CONNECT, call.seconds / 3)
    limits = {"connect": connect, "pool": connect, "read": call.seconds, "write": call.seconds}
    extensions: dict[str, object] = {"timeout": limits}
    if call.at_wire is not None:
        extensions["at_wire"] = call.at_wire
        if not getattr(transport, "asks_at_wire", False):
            with call.at_wire():
                pass
    if switched_on():
        extensions["trace"] = _at_failpoint if call.at_wire is None else _asking(call.at_wire)
    # With a stream of its own, httpx adds nothing by itself, which takes as long as all the rest.
    request = httpx.Request(
        call.method, call.url, headers=_framed(call), stream=httpx.ByteStream(call.body), extensions=extensions
    )
    response = await transport.handle_async_request(request)
    try:
        headers = _read_headers(response.headers.raw, call.echoes)
        # The stream itself, not httpx's own unpacking, which has no caps.
        assert isinstance(response.stream, httpx.AsyncByteStream)
        raw = await collect(response.stream, encoding=headers.get("content-encoding", ""))
    finally:
        await response.aclose()
    return decode(response.status_code, headers, redacted(raw, call.echoes))


def _framed(call: Call) -> list[tuple[str, str]]:
    """Return the headers of a call with those that say where it goes and how long it is."""
    length = [("Content-Length", str(len(call.body)))] if call.body or call.method in _WITH_BODY else []
    return [("Host", call.url.netloc.decode("ascii")), *length, *call.headers]


def _read_headers(raw: Iterable[tuple[bytes, bytes]], echoes: tuple[bytes, ...]) -> dict[str, str]:
    """Return headers by their names in lower case; one that comes several times is joined by commas."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), redacted_text(_text(value), echoes)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _asking(at_wire: AtWire) -> Trace:
    """Ask before the head and before the body, which part at a failpoint between them."""

    async def asking(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(("send_request_headers.started", "send_request_body.started")):
            with at_wire():
                pass
        await _at_failpoint(event, info)

    return asking


# What the transport tells of an exchange -> the failpoint at that moment.
_FAILPOINTS = {
    "connection.connect_tcp.started": "remote.before_connect",
    "http11.send_request_headers.complete": "remote.after_headers",
    "http11.send_request_body.complete": "remote.after_body",
    "http11.receive_response_headers.complete": "remote.mid_response",
}


async def _at_failpoint(event: str, _: Mapping[str, Any]) -> None:
    import httpx

    if event not in _FAILPOINTS:
        return
    try:
        failpoint(_FAILPOINTS[event])
    except OSError as problem:
        if event == "connection.connect_tcp.started":
            # As the transport itself would say it: no byte has left.
            raise httpx.ConnectError(str(problem)) from problem
        raise


def _lost(call: Call, detail: str, *, sent: bool) -> TransportError:
    return TransportError(call.dialer, call.operation, detail, sent=sent)


def _words(problem: Exception, call: Call) -> str:
    text = presentable(redacted_text(str(problem), call.echoes))
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__
