"""A connection that ends at every byte of a request and of its answer, on real sockets: the call is unknown, sent once."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Iterator
from random import Random
from typing import Any

from syncengine.model.calling import Limits, Proof
from syncengine.model.exchange import Request
from tests.remote.dialing import client, writing
from tests.remote.proof.figures import Figures, expect

_BODY = b'{"ok": true, "words": "' + b"a" * 900 + b'"}'
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_BODY) + _BODY
_OPERATION = writing(
    proof=Proof(by="park"),
    render=lambda _: Request("POST", "/add", body=b'{"tel": "' + b"5" * 700 + b'"}', content_type="application/json"),
)


def run(count: int, seed: int) -> Figures:
    """Cut ``count`` exchanges, spread evenly over all offsets; every tenth stands still there instead."""
    return asyncio.run(_all(count, Random(seed)))


async def _all(count: int, random: Random) -> Figures:
    dialer = _CuttingDialer()
    server = await asyncio.start_server(dialer.serve, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    tried = 0
    try:
        length = await _length_of_a_request(dialer, base_url)
        for offset in _offsets(length + len(_ANSWER), count):
            dialer.cut_at, dialer.way = offset, random.choice(("close", "reset"))
            if tried % 10 == 9:
                dialer.way = "stand still"
            await _one(dialer, base_url, offset)
            tried += 1
    finally:
        server.close()
        # A connection of which the client did not even learn that it was made stays open as long as nobody reads of it.
        for task in dialer.serving:
            task.cancel()
        await asyncio.gather(*dialer.serving, return_exceptions=True)
    return Figures({"exchanges cut": tried, "bytes in an exchange": length + len(_ANSWER), "sent again": 0})


def _offsets(length: int, count: int) -> Iterator[int]:
    # The last byte of the answer is not among them: with it the answer is whole.
    step = max(1, length // max(1, count))
    return iter(range(0, length, step))


async def _length_of_a_request(dialer: "_CuttingDialer", base_url: str) -> int:
    dialer.cut_at = 1_000_000
    async with client(None, base_url=base_url, random=lambda: 0.0) as whole:
        expect((await whole.call(_OPERATION, {})).judgement.outcome == "applied", "the whole exchange is no success")
    return dialer.received


async def _one(dialer: "_CuttingDialer", base_url: str, offset: int) -> None:
    dialer.connections = 0
    # A third of it is for connecting, which on a busy machine takes its time, and would rightly be tried again.
    seconds = 0.6 if dialer.way == "stand still" else 10.0
    async with client(None, base_url=base_url, limits=Limits(timeout=seconds)) as calling:
        result = await calling.call(_OPERATION, {})
    case = f"{dialer.way} at byte {offset}"
    expect(result.judgement.outcome == "unknown", f"{case}: {result.judgement.outcome}")
    expect(result.sent, f"{case}: taken as not sent")
    expect(dialer.connections == 1, f"{case}: {dialer.connections} connections")


class _CuttingDialer:
    """Takes a request and answers it, up to so many bytes of both together."""

    def __init__(self) -> None:
        self.cut_at = 0
        self.way = "close"
        self.connections = 0
        self.received = 0
        self.serving: set[Any] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.serving.add(asyncio.current_task())
        with contextlib.suppress(OSError):
            await self._exchange(reader, writer)
        if self.way == "stand still" and self.cut_at < 1_000_000:
            with contextlib.suppress(OSError):
                await reader.read()
        if self.way == "reset":
            raw: socket.socket = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got = b""
        while not _is_whole(got) and len(got) < self.cut_at:
            more = await reader.read(min(65_536, self.cut_at - len(got)))
            if not more:
                return
            got += more
        self.received = len(got)
        if _is_whole(got):
            writer.write(_ANSWER[: self.cut_at - len(got)])
            await writer.drain()


def _is_whole(got: bytes) -> bool:
    head, found, body = got.partition(b"\r\n\r\n")
    length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
    return bool(found) and len(body) >= int(length.partition(b":")[2])
