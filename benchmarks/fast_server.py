"""A dialer that costs almost nothing, so that what is measured is the caller: ``python -m benchmarks.fast_server``.

One process, a C parser where there is one, and an answer that is put together once. Paths say what is wanted: ``/add``
takes a record, ``/wait/50`` answers after 50 ms, ``/page?number=N`` gives a page of a listing of ``--rows`` rows.
"""

import argparse
import asyncio
import json
import sys
from typing import cast
from urllib.parse import parse_qs, urlsplit

import httptools

PAGE = 1_000
_FIELDS = 10


def _answer(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    return head + body


_DONE = _answer(b'{"ok":true,"added":" "}')


def page(number: int, rows: int) -> bytes:
    """Return one page of a listing, as JSON."""
    first, last = (number - 1) * PAGE, min(rows, number * PAGE)
    found = [
        {"tel": f"573001{n:06d}", "id": str(n), **{f"field{m}": f"value {m} of {n}" for m in range(_FIELDS - 2)}}
        for n in range(first, max(first, last))
    ]
    return json.dumps({"total": rows, "rows": found}).encode()


class _Protocol(asyncio.Protocol):
    """One connection; requests are answered in the order in which they come."""

    def __init__(self, pages: list[bytes]) -> None:
        self._pages = pages
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are no asyncio.Transport by name.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._url = b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_message_complete(self) -> None:
        if self._url.startswith(b"/wait/"):
            seconds = int(self._url.removeprefix(b"/wait/")) / 1000
            asyncio.get_running_loop().call_later(seconds, self._write, _DONE)
        elif self._url.startswith(b"/page"):
            number = int(parse_qs(urlsplit(self._url.decode()).query)["number"][0])
            self._write(self._pages[min(number, len(self._pages)) - 1])
        else:
            self._write(_DONE)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


async def _serve(rows: int) -> None:
    pages = [_answer(page(number, rows)) for number in range(1, -(-rows // PAGE) + 2)]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Protocol(pages), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # It ends with the one who started it.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    """Serve until the standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=0)
    rows = parser.parse_args().rows
    try:
        import uvloop
    except ImportError:
        asyncio.run(_serve(rows))
    else:
        uvloop.run(_serve(rows))


if __name__ == "__main__":
    main()
