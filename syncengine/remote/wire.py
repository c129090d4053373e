"""HTTP/1.1 on one connection: requests are written here, answers are read by llhttp (the parser of Node.js).

Reading in C instead of in Python halves what a small call costs. A request is always one head and one body whose length
is stated. Whatever its values hold, its head has exactly the lines that were meant, or it is not sent.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import httptools
import httpx

# Told of what happens on the wire; what it raises ends the exchange.
Trace = Callable[[str, Mapping[str, Any]], Awaitable[None]]

# So many bytes of heads, of lines between chunks or of trailers, without any of the body, are no answer.
_MAX_HEAD = 64 * 1024
# Bytes taken in before they are asked for.
_READ_AHEAD = 512 * 1024
# Seconds between two looks at whether a large request has left.
_HANDING_OVER = 0.005

_LINE = rb"[!-~]+ [!-~]+ HTTP/1\.1\r\n"
_FIELD = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+: (?:[!-~\x80-\xff](?:[ \t!-~\x80-\xff]*[!-~\x80-\xff])?)?\r\n"
_HEAD = re.compile(_LINE + b"(?:" + _FIELD + b")*+\r\n")


class Wire(asyncio.Protocol):
    """The bytes of one connection, and what they mean; one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        # It, and what it writes to in its turn.
        self._layers: tuple[asyncio.Transport, ...] = ()
        self._waiting: asyncio.Future[None] | None = None
        self._paused = self._lost = False
        # Why nothing more can be understood of what comes, or has come.
        self._problem: Exception | None = None
        # Whether an answer is awaited; what comes at any other time belongs to nothing.
        self._asked = self._stray = False
        self._ahead = self._idle_bytes = 0
        self._forget()

    def _forget(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._pieces: list[bytes] = []
        self._has_head = self._whole = self._keeps = self._moved = False

    # ---------------------------------------------------------------------------------------------- asyncio's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection over."""
        self._transport = cast("asyncio.Transport", transport)
        self._layers = (self._transport,)

    def encrypted_by(self, transport: asyncio.Transport | None) -> None:
        """Write to a layer of TLS on top of the connection from now on."""
        assert transport is not None
        self._transport, self._layers = transport, (transport, *self._layers)

    def data_received(self, data: bytes) -> None:
        """Read what has come."""
        if not self._asked or self._whole:
            self._stray = True
            return
        self._moved = False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._problem = self._problem or httpx.RemoteProtocolError("the dialer changes the protocol")
        except httptools.HttpParserError as problem:
            self._not_understood(problem)
        self._idle_bytes = 0 if self._moved else self._idle_bytes + len(data)
        if self._idle_bytes > _MAX_HEAD:
            self._problem = self._problem or httpx.RemoteProtocolError("a head without end")
        if self._ahead > _READ_AHEAD and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def _not_understood(self, problem: Exception) -> None:
        if self._whole:
            self._stray = True
        else:
            self._problem = self._problem or httpx.RemoteProtocolError(str(problem))

    def eof_received(self) -> None:
        """Note that nothing more will come."""
        self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone."""
        self._end(exc)

    def _end(self, problem: Exception | None) -> None:
        if self._lost:
            return
        self._lost = True
        if problem is None and self._has_head and not self._whole and self._ends_with_connection():
            self._whole = True
        if not self._whole and self._problem is None:
            where = "within the answer" if self._has_head else "without an answer"
            self._problem = (
                OSError(str(problem)) if problem else httpx.RemoteProtocolError(f"the connection ended {where}")
            )
        self._wake()

    def _ends_with_connection(self) -> bool:
        names = {name.lower() for name, _ in self._headers}
        return not names & {b"content-length", b"transfer-encoding"}

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    # ----------------------------------------------------------------------------------------------- llhttp's calls

    def on_message_begin(self) -> None:
        """Begin an answer; one after ours is nobody's."""
        if self._whole:
            self._stray = True
        else:
            self._headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; what comes after the body is no header of ours."""
        if not self._has_head:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Look at the head as a whole."""
        self._moved = True
        if self._whole:
            return
        coding = [value.strip().lower() for name, value in self._headers if name.lower() == b"transfer-encoding"]
        if coding not in ([], [b"chunked"]):
            self._problem = httpx.RemoteProtocolError("the answer is coded in a way that was not asked for")
        # What a dialer says before its answer is passed over.
        self._status = self._parser.get_status_code()
        self._has_head = self._status >= 200

    def on_body(self, data: bytes) -> None:
        """Keep a piece of the body."""
        self._moved = True
        if not self._whole:
            self._pieces.append(data)
            self._ahead += len(data)

    def on_message_complete(self) -> None:
        """Note that the answer is whole."""
        self._moved = True
        if self._has_head and not self._whole:
            self._whole, self._keeps = True, self._parser.should_keep_alive()

    # ------------------------------------------------------------------------------------------------------ our calls

    @property
    def is_fresh(self) -> bool:
        """Whether another request may be sent: nothing has come since the last answer, not even its end."""
        return not self._lost and not self._stray and self._problem is None and (not self._asked or self._keeps)

    @property
    def is_reusable(self) -> bool:
        """Whether the answer was read to its end and another request may follow."""
        return self._whole and not self._pieces and self.is_fresh

    def send(self, request: httpx.Request) -> None:
        """Hand a whole request to the operating system, or to the buffer before it."""
        self._begin(head_of(request), body_of(request))

    async def handed_over(self) -> None:
        """Wait until the operating system has all that was sent; where an answer comes first, the rest never leaves."""
        # Asked again and again: what waits below TLS is told to nobody. A small request is gone when it is sent.
        while self._unsent:
            if self._lost or self._whole:
                self._stray = True
                self.close()
                return
            await asyncio.sleep(_HANDING_OVER)

    @property
    def _unsent(self) -> bool:
        return any(layer.get_write_buffer_size() for layer in self._layers)

    async def send_told(self, request: httpx.Request, trace: Trace) -> None:
        """Send a request in two parts and tell of each before and after it, in the words of httpx's own transport."""
        await trace("http11.send_request_headers.started", {})
        self._begin(head_of(request))
        await trace("http11.send_request_headers.complete", {})
        await trace("http11.send_request_body.started", {})
        assert self._transport is not None
        self._transport.write(body_of(request))
        await trace("http11.send_request_body.complete", {})

    def _begin(self, *parts: bytes) -> None:
        assert self._transport is not None
        if self._asked:
            self._forget()
        self._asked = True
        self._ahead = self._idle_bytes = 0
        self._transport.writelines([part for part in parts if part])

    async def head(self) -> tuple[int, list[tuple[bytes, bytes]]]:
        """Return status and headers of the answer."""
        while not self._has_head:
            await self._more()
        if self._problem is not None and not self._whole:
            raise self._problem
        return self._status, self._headers

    async def data(self) -> bytes | None:
        """Return more of the body, or None at its end."""
        while not self._pieces:
            if self._whole:
                return None
            await self._more()
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces, self._ahead = [], 0
        return data

    async def _more(self) -> None:
        """Wait until something has come."""
        if self._problem is not None:
            raise self._problem
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        self._waiting = asyncio.get_running_loop().create_future()
        await self._waiting

    def close(self) -> None:
        """Close at once; what is not sent yet never will be."""
        if self._transport is not None:
            self._transport.abort()


def head_of(request: httpx.Request) -> bytes:
    """Return a request's line and headers.

    Raises:
        httpx.LocalProtocolError: some value would make other lines of them.
    """
    raw = request.headers.raw
    lines = [b"%s %s HTTP/1.1\r\n" % (request.method.encode("ascii", "replace"), request.url.raw_path)]
    lines += [b"%s: %s\r\n" % (name, value.strip(b" \t")) for name, value in raw]
    lines.append(b"\r\n")
    head = b"".join(lines)
    if head.count(b"\n") != len(lines) or _HEAD.fullmatch(head) is None:
        raise httpx.LocalProtocolError("a header or the path holds what cannot be sent")
    return head


def body_of(request: httpx.Request) -> bytes:
    """Return a request's body."""
    assert isinstance(request.stream, httpx.SyncByteStream)
    return b"".join(request.stream)
