import asyncio

import httpx
import pytest

from syncengine.remote.wire import Wire, body_of, head_of

URL = "http://dialer.example/leads?x=1"


class Outlet:
    """Where a wire writes to; the ground truth of what would leave."""

    def __init__(self) -> None:
        self.written = b""

    def writelines(self, parts: list[bytes]) -> None:
        self.written += b"".join(parts)

    def write(self, data: bytes) -> None:
        self.written += data

    def pause_reading(self) -> None:
        """Nothing is read from here."""


def wire(request: httpx.Request | None = None) -> Wire:
    made = Wire()
    made.connection_made(Outlet())  # type: ignore[arg-type]  # a transport for writing only
    made.send(request or httpx.Request("GET", URL))
    return made


def answer(*pieces: bytes, end: bool = False) -> tuple[int, bytes, Wire]:
    async def read() -> tuple[int, bytes, Wire]:
        found = wire()
        for piece in pieces:
            found.data_received(piece)
        if end:
            found.eof_received()
        body = b""
        async with asyncio.timeout(5):
            status, _ = await found.head()
            while (data := await found.data()) is not None:
                body += data
        return status, body, found

    return asyncio.run(read())


def test_a_request_is_one_line_its_headers_and_its_body() -> None:
    request = httpx.Request("POST", URL, headers=[("Host", "d"), ("X-A", "b c")], stream=httpx.ByteStream(b"{}"))
    assert head_of(request) == b"POST /leads?x=1 HTTP/1.1\r\nHost: d\r\nX-A: b c\r\n\r\n"
    assert body_of(request) == b"{}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "b\r\nX-Evil: 1"),
        ("X-A", "b\nX-Evil: 1"),
        ("X-A", "b\rc"),
        ("X-A", "b\0c"),
        ("X-A: 1\r\nX-Evil", "1"),
        ("X A", "1"),
        ("", "1"),
    ],
)
def test_no_value_makes_another_line(name: str, value: str) -> None:
    with pytest.raises(httpx.LocalProtocolError):
        head_of(httpx.Request("GET", URL, headers=[(name.encode(), value.encode())], stream=httpx.ByteStream(b"")))


@pytest.mark.parametrize(
    ("pieces", "end"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"], False),
        ([b"HTTP/1.1 200 OK\r\nContent-", b"Length: 4\r\n\r\nbo", b"dy"], False),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbod\r\n1;x=y\r\ny\r\n0\r\nT: t\r\n\r\n"], False),
        ([b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"], False),
        ([b"HTTP/1.1 200 OK\r\n\r\nbo", b"dy"], True),
        ([b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody"], True),
    ],
)
def test_an_answer_is_read_however_it_is_framed(pieces: list[bytes], end: bool) -> None:
    assert answer(*pieces, end=end)[:2] == (200, b"body")


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Le"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nbody"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\nbody"],
        [b"HTTP/1.1 101 Other\r\nUpgrade: other\r\nConnection: upgrade\r\n\r\nbody"],
        [b"SMTP here"],
        [b""],
    ],
)
def test_half_an_answer_or_none_is_never_a_whole_one(pieces: list[bytes]) -> None:
    with pytest.raises((httpx.RemoteProtocolError, OSError)):
        answer(*pieces, end=True)


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"]
)
def test_a_head_or_a_line_between_chunks_without_end_is_no_answer(start: bytes) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        answer(start, *[b"x" * 8_192] * 9)


@pytest.mark.parametrize(
    "more",
    [b"HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno", b"x"],
)
@pytest.mark.parametrize("together", [True, False])
def test_what_follows_an_answer_unasked_ends_the_use_of_the_connection(more: bytes, together: bool) -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    status, body, found = answer(*([whole + more] if together else [whole, more]))
    assert (status, body) == (200, b"ok")
    assert not found.is_reusable


def test_an_answer_that_was_read_to_its_end_frees_the_connection() -> None:
    _, _, found = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert found.is_reusable
    for farewell in (b"HTTP/1.1 200 OK\r\nConnection: close\r\n", b"HTTP/1.0 200 OK\r\n"):
        assert not answer(farewell + b"Content-Length: 2\r\n\r\nok")[2].is_reusable
