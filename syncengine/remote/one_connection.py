"""A transport for httpx that is one connection and no pool: asyncio carries the bytes, h11 reads and writes HTTP/1.1.

httpx's own is two to three times slower even with a single connection each. The aiohttp transport for httpx is fast and
was turned down: it reports a connection that breaks in the middle of a call as one that was never made, and aiohttp
repeats some calls by itself; either would have leads added twice. Here the two are told apart by where they happen:
connecting fails with ConnectError or ConnectTimeout, and everything later with another name, whatever its cause.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, cast

import h11
import httpx

# Of status line and headers together, and of the line before each chunk.
_MAX_HEAD = 64 * 1024
# Told of what happens on the wire; what it raises ends the exchange.
Trace = Callable[[str, Mapping[str, Any]], Awaitable[None]]

# Bytes taken in before they are asked for.
_READ_AHEAD = 512 * 1024


class OneConnection(httpx.AsyncBaseTransport):
    """Opened by its first request and again where it was idle for too long; one request at a time."""

    def __init__(self, context: ssl.SSLContext, *, idle_seconds: float) -> None:
        self._context = context
        self._idle_seconds = idle_seconds
        self._wire: _Wire | None = None
        self._good_until = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer, whose body is still to be read."""
        wire = self._wire
        if wire is None or not wire.is_fresh or asyncio.get_running_loop().time() > self._good_until:
            await self.aclose()
            wire = self._wire = await self._connect(request)
        try:
            if "trace" in request.extensions:
                await wire.send_told(request, request.extensions["trace"])
            else:
                wire.send(request)
            status, headers = await wire.head()
            if "trace" in request.extensions:
                await request.extensions["trace"]("http11.receive_response_headers.complete", {})
        except h11.LocalProtocolError as problem:
            raise httpx.LocalProtocolError(str(problem)) from None
        except h11.RemoteProtocolError as problem:
            raise httpx.RemoteProtocolError(str(problem)) from None
        except OSError as problem:
            raise httpx.ReadError(str(problem)) from None
        return httpx.Response(status, headers=headers, stream=_Body(self, wire))

    async def _connect(self, request: httpx.Request) -> "_Wire":
        url = request.url
        secure = url.scheme == "https"
        seconds = request.extensions.get("timeout", {}).get("connect")
        trace = request.extensions.get("trace")
        if trace is not None:
            await trace("connection.connect_tcp.started", {})
        try:
            async with asyncio.timeout(seconds):
                connected, protocol = await asyncio.get_running_loop().create_connection(
                    _Wire,
                    url.host,
                    url.port or (443 if secure else 80),
                    ssl=self._context if secure else None,
                    happy_eyeballs_delay=0.25,
                )
        except TimeoutError:
            raise httpx.ConnectTimeout(f"no connection within {seconds:g} s") from None
        except (OSError, ValueError) as problem:
            # ValueError: a name that cannot be looked up.
            raise httpx.ConnectError(str(problem)) from None
        if trace is not None:
            await trace("connection.connect_tcp.complete", {"return_value": connected})
        return protocol

    def ended(self, wire: "_Wire") -> None:
        """Keep the connection for the next request where its answer was read to the end, else close it."""
        if wire is self._wire and wire.next_cycle():
            self._good_until = asyncio.get_running_loop().time() + self._idle_seconds
            return
        wire.close()

    async def aclose(self) -> None:
        """Close the connection, if there is one."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()


class _Body(httpx.AsyncByteStream):
    """The body of one answer."""

    def __init__(self, owner: OneConnection, wire: "_Wire") -> None:
        self._owner = owner
        self._wire = wire

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (data := await self._wire.data()) is not None:
                yield data
        except h11.RemoteProtocolError as problem:
            raise httpx.RemoteProtocolError(str(problem)) from None
        except OSError as problem:
            raise httpx.ReadError(str(problem)) from None

    async def aclose(self) -> None:
        self._owner.ended(self._wire)


class _Wire(asyncio.Protocol):
    """The bytes of one connection, and what they mean."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._ahead = 0
        self._paused = self._lost = False
        self._problem: Exception | None = None

    # ---------------------------------------------------------------------------------------------- asyncio's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._http.receive_data(data)
        self._ahead += len(data)
        if self._ahead > _READ_AHEAD and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc)

    def _end(self, problem: Exception | None) -> None:
        if self._lost:
            return
        self._lost, self._problem = True, problem
        if problem is None:
            self._http.receive_data(b"")
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    # ------------------------------------------------------------------------------------------------------ our calls

    @property
    def is_fresh(self) -> bool:
        """Whether another request may be sent: nothing has come since the last answer, not even its end."""
        return not self._lost and self._ahead == 0 and self._http.our_state is h11.IDLE

    def send(self, request: httpx.Request) -> None:
        """Hand a whole request to the operating system, or to the buffer before it."""
        assert self._transport is not None
        head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        parts = [self._http.send(head)]
        if request.content:
            parts.append(self._http.send(h11.Data(data=request.content)))
        parts.append(self._http.send(h11.EndOfMessage()))
        self._transport.writelines([part for part in parts if part])

    async def send_told(self, request: httpx.Request, trace: Trace) -> None:
        """Send a request in two parts and tell of each before and after it, in the words of httpx's own transport."""
        assert self._transport is not None
        head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        await trace("http11.send_request_headers.started", {})
        self._transport.write(self._http.send(head) or b"")
        await trace("http11.send_request_headers.complete", {})
        await trace("http11.send_request_body.started", {})
        if request.content:
            self._transport.write(self._http.send(h11.Data(data=request.content)) or b"")
        self._transport.write(self._http.send(h11.EndOfMessage()) or b"")
        await trace("http11.send_request_body.complete", {})

    async def head(self) -> tuple[int, list[tuple[bytes, bytes]]]:
        """Return status and headers of the answer."""
        while True:
            event = await self._event()
            if isinstance(event, h11.Response):
                return event.status_code, list(event.headers)
            if not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("the connection ended without an answer")

    async def data(self) -> bytes | None:
        """Return more of the body, or None at its end."""
        event = await self._event()
        if isinstance(event, h11.Data):
            return bytes(event.data)
        if isinstance(event, h11.EndOfMessage):
            return None
        raise h11.RemoteProtocolError("the connection ended within the answer")

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._lost:
                raise OSError(str(self._problem or "the connection was closed"))
            self._ahead = 0
            if self._paused and self._transport is not None:
                self._paused = False
                self._transport.resume_reading()
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        return event

    def next_cycle(self) -> bool:
        """Make ready for the next request; False where this connection has seen its last."""
        if self._lost or self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        if self._http.trailing_data[0]:
            # More than one answer to one request: the next one would be taken for another's.
            return False
        self._http.start_next_cycle()
        self._ahead = 0
        return True

    def close(self) -> None:
        """Close at once; what is not sent yet never will be."""
        if self._transport is not None:
            self._transport.abort()
