"""What this transport adds to what test_connection.py shows of every one."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import httpx
import pytest

from syncengine.remote.one_connection import OneConnection
from tests.remote.dialing import Loopback, Talk, loopback
from tests.remote.test_connection import SELF_SIGNED

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def transport(idle_seconds: float = 3.0) -> OneConnection:
    return OneConnection(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), idle_seconds=idle_seconds)


async def ask(one: OneConnection, server: Loopback, body: bytes = b"", **extensions: object) -> bytes:
    request = httpx.Request("POST", server.base_url + "/things", content=body, extensions=extensions)
    response = await one.handle_async_request(request)
    assert isinstance(response.stream, httpx.AsyncByteStream)
    read = b"".join([chunk async for chunk in response.stream])
    await response.aclose()
    return read


def answering(*answers: bytes, pause: float = 0.0) -> tuple[Talk, list[int]]:
    """Return a server that answers so many requests on a connection, and the ports that it was asked from."""
    ports: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ports.append(writer.get_extra_info("peername")[1])
        for answer in answers:
            writer.write(answer)
            await writer.drain()
            await asyncio.sleep(pause)
            await reader.readuntil(b"\r\n\r\n")

    return talk, ports


def asked(talk: Talk, *, times: int, wait: float = 0.0, idle_seconds: float = 3.0) -> list[bytes]:
    async def run() -> list[bytes]:
        found = []
        async with loopback(talk) as server:
            one = transport(idle_seconds)
            for _ in range(times):
                found.append(await ask(one, server))
                await asyncio.sleep(wait)
            await one.aclose()
        return found

    return asyncio.run(run())


def test_one_connection_serves_one_request_after_another() -> None:
    talk, ports = answering(ANSWER, ANSWER, ANSWER)
    assert asked(talk, times=3) == [b"ok"] * 3
    assert len(ports) == 1


def test_a_connection_that_was_idle_for_too_long_is_not_used_again() -> None:
    talk, ports = answering(ANSWER, ANSWER)
    assert asked(talk, times=2, wait=0.06, idle_seconds=0.02) == [b"ok"] * 2
    assert len(ports) == 2


def test_a_connection_that_the_dialer_has_closed_meanwhile_is_not_used_again() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ANSWER)
        await writer.drain()

    assert asked(talk, times=2, wait=0.05) == [b"ok"] * 2


@pytest.mark.parametrize("answer", [ANSWER + ANSWER, ANSWER.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")])
def test_after_a_second_answer_or_a_farewell_the_next_request_has_a_connection_of_its_own(answer: bytes) -> None:
    talk, ports = answering(answer, ANSWER)
    assert asked(talk, times=2) == [b"ok"] * 2
    assert len(ports) == 2


def test_what_comes_unasked_after_an_answer_is_no_answer_to_the_next_request() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ANSWER)
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(ANSWER.replace(b"ok", b"no"))
        await writer.drain()
        await reader.read()

    assert asked(talk, times=2, wait=0.06) == [b"ok"] * 2


def test_words_before_the_answer_are_passed_over() -> None:
    talk, _ = answering(b"HTTP/1.1 102 Processing\r\n\r\n" + ANSWER)
    assert asked(talk, times=1) == [b"ok"]


def test_a_body_without_length_ends_with_the_connection() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nall of it")
        await writer.drain()

    assert asked(talk, times=2) == [b"all of it"] * 2


def test_more_than_is_read_ahead_waits_until_it_is_asked_for() -> None:
    size = 8_000_000

    async def run() -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))
            await writer.drain()

        async with loopback(talk) as server:
            one = transport()
            response = await one.handle_async_request(httpx.Request("GET", server.base_url + "/"))
            await asyncio.sleep(0.2)
            wire = one._wire
            assert wire is not None
            assert wire._ahead < 2_000_000
            assert isinstance(response.stream, httpx.AsyncByteStream)
            assert sum([len(chunk) async for chunk in response.stream]) == size
            await response.aclose()
            await one.aclose()

    asyncio.run(run())


def encryption(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server and what a client encrypt with."""
    chain = tmp_path / "chain.pem"
    chain.write_text(SELF_SIGNED)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(chain)
    return theirs, ssl.create_default_context(cafile=str(chain))


def test_an_encrypted_connection_serves_as_a_plain_one_does(tmp_path: Path) -> None:
    theirs, ours = encryption(tmp_path)
    talk, ports = answering(ANSWER, ANSWER)

    async def run() -> list[bytes]:
        async with loopback(talk, ssl=theirs) as server:
            one = OneConnection(ours, idle_seconds=3.0)
            found = [await ask(one, server) for _ in range(2)]
            await one.aclose()
            return found

    assert asyncio.run(run()) == [b"ok"] * 2
    assert len(ports) == 1


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_request_has_left_when_the_operating_system_has_all_of_it(tmp_path: Path, encrypted: bool) -> None:
    theirs, ours = encryption(tmp_path) if encrypted else (None, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    body, moments, taken = bytes(20_000_000), [], asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await taken.wait()
        await reader.readexactly(len(body))
        writer.write(ANSWER)
        await writer.drain()

    @contextmanager
    def at_wire() -> Iterator[None]:
        moments.append("leaving")
        yield
        moments.append("left")

    async def run() -> None:
        async with loopback(talk, ssl=theirs) as server:
            one = OneConnection(ours, idle_seconds=3.0)
            asking = asyncio.create_task(ask(one, server, body, at_wire=at_wire))
            await asyncio.sleep(0.3)
            # Asked before connecting, too.
            assert moments == ["leaving", "left", "leaving"]
            taken.set()
            assert await asyncio.wait_for(asking, 30) == b"ok"
            assert moments == ["leaving", "left", "leaving", "left"]
            await one.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("goes_on", [True, False])
def test_the_rest_of_a_request_that_is_answered_early_never_leaves(
    tmp_path: Path, encrypted: bool, goes_on: bool
) -> None:
    theirs, ours = encryption(tmp_path) if encrypted else (None, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    body, got = bytes(20_000_000), []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nmuch")
        await writer.drain()
        if goes_on:
            await asyncio.sleep(0.1)
            with suppress(OSError):
                got.append(len(await reader.read(2 * len(body))))
                while chunk := await reader.read(len(body)):
                    got.append(len(chunk))

    async def run() -> None:
        async with loopback(talk, ssl=theirs) as server:
            one = OneConnection(ours, idle_seconds=3.0)
            assert await asyncio.wait_for(ask(one, server, body, at_wire=nullcontext), 30) == b"much"
            assert one._wire is not None
            assert not one._wire.is_fresh
            await asyncio.sleep(0.3)
            await one.aclose()

    asyncio.run(run())
    assert sum(got) < len(body)


def test_a_request_that_the_dialer_does_not_take_to_its_end_is_lost() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async def run() -> None:
        async with loopback(talk) as server:
            one = transport()
            with pytest.raises(httpx.ReadError):
                await asyncio.wait_for(ask(one, server, bytes(20_000_000), at_wire=nullcontext), 30)
            await one.aclose()

    asyncio.run(run())


def test_a_name_that_no_lookup_takes_is_a_connection_that_was_not_made() -> None:
    async def run() -> None:
        with pytest.raises(httpx.ConnectError):
            await transport().handle_async_request(httpx.Request("GET", f"http://{'a' * 64}.invalid/"))

    asyncio.run(run())
