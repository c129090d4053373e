import asyncio
import gzip
import logging
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from syncengine.errors import AnswerError, LockedError, TransportError
from syncengine.failpoints import Armed, arm
from syncengine.model.exchange import Answer
from syncengine.remote.connection import NOT_SENT, Call, Connection, opener
from tests.remote.dialing import Loopback, Talk, loopback

BODY = b'{"ok":true,"data":[{"id":"11540"}]}'
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY

# Every exception of httpx, and whether the request may have reached the dialer when it is raised.
SENT = {
    "CloseError": True,
    "ConnectError": False,
    "ConnectTimeout": False,
    "DecodingError": True,
    "HTTPStatusError": True,
    "LocalProtocolError": True,
    "PoolTimeout": False,
    "ProxyError": False,
    "ReadError": True,
    "ReadTimeout": True,
    "RemoteProtocolError": True,
    "TooManyRedirects": True,
    "UnsupportedProtocol": False,
    "WriteError": True,
    "WriteTimeout": True,
}


def call(base_url: str, *, seconds: float = 5.0, body: bytes = b"", echoes: tuple[bytes, ...] = ()) -> Call:
    return Call(
        dialer="acme-co",
        operation="things.add",
        method="POST",
        url=httpx.URL(base_url + "/things"),
        headers=(("accept-encoding", "gzip"),),
        body=body,
        seconds=seconds,
        echoes=echoes,
    )


# One TLS context for all; making one takes longer than a call.
OPEN = opener()


async def once(server: Loopback, *, fresh: bool = False, encrypted: bool = True, **more: float) -> Answer:
    connection = Connection(opener(encrypted=encrypted) if fresh else OPEN)
    try:
        return await connection.send(call(server.base_url, **more))  # type: ignore[arg-type]
    finally:
        await connection.close()


def served(talk: Talk, **more: float) -> Answer:
    async def run() -> Answer:
        async with loopback(talk) as server:
            return await once(server, **more)

    return asyncio.run(run())


def saying(data: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return talk


def leaves(kind: type[Exception]) -> Iterator[type[Exception]]:
    below = kind.__subclasses__()
    if not below:
        yield kind
    for inner in below:
        yield from leaves(inner)


def test_every_exception_of_httpx_is_classified() -> None:
    assert {kind.__name__ for kind in leaves(httpx.HTTPError)} == set(SENT)
    assert {name for name, sent in SENT.items() if not sent} == set(NOT_SENT)


@pytest.mark.parametrize("kind", sorted(leaves(httpx.HTTPError), key=lambda kind: kind.__name__))
def test_each_exception_becomes_a_transport_error_that_knows_whether_bytes_left(kind: type[Exception]) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        if kind is httpx.HTTPStatusError:
            raise httpx.HTTPStatusError("it broke", request=request, response=httpx.Response(500))
        raise kind("it broke with s3cret-value")

    connection = Connection(lambda: httpx.MockTransport(fail))
    with pytest.raises(TransportError) as caught:
        asyncio.run(connection.send(call("https://dialer.example", echoes=(b"s3cret-value",))))
    assert caught.value.sent is SENT[kind.__name__]
    assert kind.__name__ in caught.value.detail
    assert "s3cret-value" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "problem", [OSError("reset"), RuntimeError("odd"), EOFError(), TimeoutError(), UnicodeError("x")]
)
def test_an_exception_of_any_other_name_is_a_lost_answer(problem: Exception) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise problem

    connection = Connection(lambda: httpx.MockTransport(fail))
    with pytest.raises((TransportError, AnswerError)) as caught:
        asyncio.run(connection.send(call("https://dialer.example")))
    assert getattr(caught.value, "sent", True)


def test_a_whole_answer_arrives() -> None:
    answer = served(saying(WHOLE))
    assert (answer.status, answer.body) == (200, {"ok": True, "data": [{"id": "11540"}]})
    assert answer.headers["content-type"] == "application/json"


def test_an_answer_cut_at_any_byte_is_a_lost_answer() -> None:
    async def run() -> None:
        length = 0

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await saying(WHOLE[:length])(reader, writer)

        async with loopback(talk) as server:
            for length in range(len(WHOLE)):  # noqa: B007 - the server reads it
                with pytest.raises(TransportError) as caught:
                    await once(server)
                assert caught.value.sent
            assert len(server.requests) == len(WHOLE)

    asyncio.run(run())


def test_a_reset_at_any_chunk_is_a_lost_answer() -> None:
    chunked = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"ok"\r\n6\r\n:true}\r\n0\r\n\r\n'

    async def run() -> None:
        length = 0

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await saying(chunked[:length])(reader, writer)
            writer.transport.abort()

        async with loopback(talk) as server:
            for length in range(0, len(chunked) - 1, 3):  # noqa: B007 - the server reads it
                with pytest.raises(TransportError) as caught:
                    await once(server)
                assert caught.value.sent

    asyncio.run(run())


def test_a_reset_while_the_body_is_sent_is_a_lost_answer() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async def run() -> None:
        async with loopback(talk) as server:
            connection = Connection(OPEN)
            with pytest.raises(TransportError) as caught:
                await connection.send(call(server.base_url, body=b"x" * 8_000_000))
            assert caught.value.sent

    asyncio.run(run())


def test_a_refused_connection_was_not_sent() -> None:
    async def run() -> None:
        async with loopback(saying(WHOLE)) as server:
            pass
        with pytest.raises(TransportError) as caught:
            await once(server)
        assert not caught.value.sent

    asyncio.run(run())


def test_a_name_that_is_not_found_was_not_sent() -> None:
    with pytest.raises(TransportError) as caught:
        asyncio.run(Connection(OPEN).send(call("http://127.0.0.1.invalid.:1")))
    assert not caught.value.sent


def test_a_drip_ends_at_the_deadline_of_the_whole_call() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    began = time.perf_counter()
    with pytest.raises(TransportError, match=r"within 0\.3 s") as caught:
        served(talk, seconds=0.3)
    assert caught.value.sent
    assert time.perf_counter() - began < 2.0


def test_a_server_that_never_answers_ends_at_the_deadline() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1.0)

    with pytest.raises(TransportError) as caught:
        served(talk, seconds=0.2)
    assert caught.value.sent


def test_an_endless_body_is_stopped_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 1_000_000)
            await writer.drain()

    with pytest.raises(AnswerError, match="larger than 64 MB"):
        served(talk, seconds=20.0)


def test_a_packed_bomb_is_stopped() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    with pytest.raises(AnswerError, match="packed more than"):
        served(saying(head + bomb))


def test_a_packed_answer_is_unpacked_whatever_its_length_header_says() -> None:
    packed = gzip.compress(BODY)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = served(saying(head + b"%x\r\n" % len(packed) + packed + b"\r\n0\r\n\r\n"))
    assert answer.body == {"ok": True, "data": [{"id": "11540"}]}


def test_a_flood_of_headers_is_a_lost_answer() -> None:
    with pytest.raises(TransportError):
        served(saying(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200_000 + b"\r\n"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(status: int) -> None:
    async def run() -> None:
        async with loopback(saying(WHOLE)) as elsewhere:
            head = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere.base_url}/\r\nContent-Length: 0\r\n\r\n"
            async with loopback(saying(head.encode())) as server:
                assert (await once(server)).status == status
            assert elsewhere.requests == []

    asyncio.run(run())


def test_cookies_are_not_kept_and_the_connection_is() -> None:
    ports = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ports.add(writer.get_extra_info("peername"))
        answer = WHOLE.replace(b"200 OK\r\n", b"200 OK\r\nSet-Cookie: session=1\r\n")
        await saying(answer)(reader, writer)
        assert b"cookie" not in (await reader.readuntil(b"\r\n\r\n")).lower()
        await saying(answer)(reader, writer)

    async def run() -> None:
        async with loopback(talk) as server:
            connection = Connection(OPEN)
            for _ in range(2):
                assert (await connection.send(call(server.base_url))).status == 200
            await connection.close()

    asyncio.run(run())
    assert len(ports) == 1


def test_after_a_failure_the_next_call_has_a_connection_of_its_own() -> None:
    async def run() -> None:
        slow = True

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if slow:
                await asyncio.sleep(0.4)
            await saying(WHOLE.replace(b"11540", b"99999") if slow else WHOLE)(reader, writer)

        async with loopback(talk) as server:
            connection = Connection(OPEN)
            with pytest.raises(TransportError):
                await connection.send(call(server.base_url, seconds=0.2))
            slow = False
            assert (await connection.send(call(server.base_url))).body == {"ok": True, "data": [{"id": "11540"}]}
            await connection.close()

    asyncio.run(run())


@pytest.mark.parametrize("problem", [httpx.ReadError("reset"), ValueError("odd"), asyncio.CancelledError()])
def test_a_transport_that_has_failed_is_not_used_again(problem: BaseException) -> None:
    opened = []

    def fail(request: httpx.Request) -> httpx.Response:
        if len(opened) == 1:
            raise problem
        return httpx.Response(200)

    def open_one() -> httpx.AsyncBaseTransport:
        opened.append(1)
        return httpx.MockTransport(fail)

    async def run() -> None:
        connection = Connection(open_one)
        with pytest.raises((TransportError, AnswerError, asyncio.CancelledError)):
            await connection.send(call("https://dialer.example"))
        for _ in range(2):
            assert (await connection.send(call("https://dialer.example"))).status == 200

    asyncio.run(run())
    assert len(opened) == 2


def test_a_cancelled_call_closes_its_connection() -> None:
    async def run() -> None:
        arrived, gone = asyncio.Event(), asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            arrived.set()
            await reader.read()
            gone.set()

        async with loopback(talk) as server:
            connection = Connection(OPEN)
            task = asyncio.create_task(connection.send(call(server.base_url)))
            await arrived.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(gone.wait(), 2.0)

    asyncio.run(run())


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, encrypted: bool
) -> None:
    chain = tmp_path / "chain.pem"
    chain.write_text(SELF_SIGNED)
    # Trusting what the environment names would be a way around.
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)

    async def run() -> None:
        async with loopback(saying(WHOLE), ssl=context) as server:
            with pytest.raises(TransportError, match="CERTIFICATE_VERIFY_FAILED") as caught:
                await once(server, fresh=True, encrypted=encrypted)
            assert not caught.value.sent
            assert server.requests == []

    asyncio.run(run())


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with loopback(saying(WHOLE)) as proxy, loopback(saying(WHOLE)) as server:
            for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy.base_url)
            assert (await once(server, fresh=True)).status == 200
            assert proxy.requests == []

    asyncio.run(run())


def test_http_libraries_log_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        served(saying(WHOLE))
    assert [record for record in caplog.records if record.name.startswith(("httpx", "httpcore"))] == []


# Made for these tests alone: localhost, good for a hundred years, signed by itself.
SELF_SIGNED = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9a1eyX59lmcZhX1g
q1cLtyJvL7r/uxk0wtiTcR3kUP2hRANCAARgnzFzjTgA1+jvEr9gf2I8Ne1+ZTcF
cpW/flGBqFqIqWSxesN1Xbu6Jc3qY1EXRiYj4PuxdLuJqCU3qD54DNPo
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUEHUcMmPkks7ae9We7brUw+BNtMwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAzMTUxMloYDzIxMjYxMDI4
MDMxNTEyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARgnzFzjTgA1+jvEr9gf2I8Ne1+ZTcFcpW/flGBqFqIqWSxesN1Xbu6
Jc3qY1EXRiYj4PuxdLuJqCU3qD54DNPoo28wbTAdBgNVHQ4EFgQUuAdOr59rKe+d
3itVR+Ky2f1JjjUwHwYDVR0jBBgwFoAUuAdOr59rKe+d3itVR+Ky2f1JjjUwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
zj0EAwIDSAAwRQIhANnejTzfvwDdhQc8I7BbEaynEPXl7tc5wsYV/shu9fE1AiAS
IPHpcRSxx5FO5Fx0tdt5B8jjlId36T3k2hxnYdgzbQ==
-----END CERTIFICATE-----
"""


@pytest.mark.parametrize("refused_at", [1, 2])
def test_the_last_check_is_asked_before_connecting_and_again_before_the_first_byte(refused_at: int) -> None:
    asked: list[int] = []
    got: list[bytes] = []

    @contextmanager
    def at_wire() -> Iterator[None]:
        asked.append(1)
        if len(asked) == refused_at:
            raise LockedError("lost")
        yield

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.read())

    async def run() -> None:
        async with loopback(talk) as server:
            connection = Connection(OPEN)
            with pytest.raises(LockedError):
                await connection.send(replace(call(server.base_url, body=b"the body"), at_wire=at_wire))
            await connection.close()
            await asyncio.sleep(0.05)
            got.extend(server.requests)

    asyncio.run(run())
    assert len(asked) == refused_at
    assert b"".join(got) == b""


@pytest.mark.parametrize("parted", [False, True])
def test_a_call_whose_last_check_agrees_is_sent_whole(parted: bool) -> None:
    asked: list[int] = []

    @contextmanager
    def at_wire() -> Iterator[None]:
        asked.append(1)
        yield

    async def run() -> Answer:
        async with loopback(saying(WHOLE)) as server:
            connection = Connection(OPEN)
            try:
                checked = replace(call(server.base_url, body=b"b"), at_wire=at_wire)
                return await connection.send(checked)
            finally:
                await connection.close()

    if parted:
        # Then a failpoint stands between head and body, and the check is asked before each of them.
        arm(Armed())
    try:
        assert asyncio.run(run()).status == 200
    finally:
        arm(None)
    assert len(asked) == (3 if parted else 2)
