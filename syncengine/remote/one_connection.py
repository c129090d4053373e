"""A transport for httpx that is one connection and no pool: asyncio carries the bytes, ``wire.py`` knows their meaning.

httpx's own is several times slower even with a single connection each. The aiohttp transport for httpx is fast and
was turned down: it reports a connection that breaks in the middle of a call as one that was never made, and aiohttp
repeats some calls by itself; either would have leads added twice. Here the two are told apart by where they happen:
connecting fails with ConnectError or ConnectTimeout, and everything later with another name, whatever its cause.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import nullcontext

import httpx

from syncengine.remote.wire import Wire


class OneConnection(httpx.AsyncBaseTransport):
    """Opened by its first request and again where it was idle for too long; one request at a time.

    The extension ``at_wire`` of a request is entered when the connection stands and all of the request is about to
    leave in one piece, and left when the operating system has all of it; what it raises stops it. It is asked before
    connecting, too. With ``trace``, head and body leave one after the other and each is told of.
    """

    asks_at_wire = True

    def __init__(self, context: ssl.SSLContext, *, idle_seconds: float) -> None:
        self._context = context
        self._idle_seconds = idle_seconds
        self._wire: Wire | None = None
        self._good_until = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer, whose body is still to be read."""
        wire = self._wire
        trace, at_wire = request.extensions.get("trace"), request.extensions.get("at_wire")
        if wire is None or not wire.is_fresh or asyncio.get_running_loop().time() > self._good_until:
            if at_wire is not None:
                with at_wire():
                    pass
            await self.aclose()
            wire = self._wire = await self._connect(request)
        try:
            if trace is not None:
                await wire.send_told(request, trace)
            else:
                with nullcontext() if at_wire is None else at_wire():
                    wire.send(request)
                    await wire.handed_over()
            status, headers = await wire.head()
            if trace is not None:
                await trace("http11.receive_response_headers.complete", {})
        except OSError as problem:
            raise httpx.ReadError(str(problem)) from None
        return httpx.Response(status, headers=headers, stream=_Body(self, wire))

    async def _connect(self, request: httpx.Request) -> Wire:
        url = request.url
        secure = url.scheme == "https"
        seconds = request.extensions.get("timeout", {}).get("connect")
        trace = request.extensions.get("trace")
        if trace is not None:
            await trace("connection.connect_tcp.started", {})
        try:
            async with asyncio.timeout(seconds):
                loop = asyncio.get_running_loop()
                connected, protocol = await loop.create_connection(
                    Wire, url.host, url.port or (443 if secure else 80), happy_eyeballs_delay=0.25
                )
                if secure:
                    protocol.encrypted_by(
                        await loop.start_tls(connected, protocol, self._context, server_hostname=url.host)
                    )
        except TimeoutError:
            raise httpx.ConnectTimeout(f"no connection within {seconds:g} s") from None
        except (OSError, ValueError) as problem:
            # ValueError: a name that cannot be looked up.
            raise httpx.ConnectError(str(problem)) from None
        if trace is not None:
            await trace("connection.connect_tcp.complete", {"return_value": connected})
        return protocol

    def ended(self, wire: Wire) -> None:
        """Keep the connection for the next request where its answer was read to the end, else close it."""
        if wire is self._wire and wire.is_reusable:
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

    def __init__(self, owner: OneConnection, wire: Wire) -> None:
        self._owner = owner
        self._wire = wire

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (data := await self._wire.data()) is not None:
                yield data
        except OSError as problem:
            raise httpx.ReadError(str(problem)) from None

    async def aclose(self) -> None:
        self._owner.ended(self._wire)
