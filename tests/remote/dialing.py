"""A clock that needs no waiting, a client on a scripted dialer, and a loopback server that misbehaves byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from syncengine.model.answers import Match
from syncengine.model.calling import Limits
from syncengine.model.exchange import Answer, Request
from syncengine.model.secret import Secret
from syncengine.model.vendor import Operation
from syncengine.remote.client import DialerClient
from syncengine.remote.decode import decode
from tests.building import operation, vendor

BASE = "https://dialer.example/api"
TOKEN = "t0ken-of-the-account"


class Clockwork:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.time = 1_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


def answer(body: object = None, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    raw = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
    return decode(status, headers or {}, raw)


def reading(**more: Any) -> Operation:
    stated = {"writes": False, "render": lambda _: Request("GET", "/things"), "success": Match(status=("2xx",))}
    return operation("things.list", **(stated | more))


def writing(**more: Any) -> Operation:
    return operation("things.add", **({"success": Match(body={"ok": (True,)}), "proof": None} | more))


def client(
    handler: Callable[[httpx.Request], Any] | None,
    *,
    time: Clockwork | None = None,
    base_url: str = BASE,
    secrets: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    vendor_words: Mapping[str, Any] | None = None,
    **more: Any,
) -> DialerClient:
    time = time or Clockwork()
    words = {"limits": limits or Limits(), **(vendor_words or {})}
    given = {"token": TOKEN} if secrets is None else secrets
    return DialerClient(
        "acme-co",
        vendor(**words),
        base_url,
        {name: Secret(value) for name, value in given.items()},
        transport=httpx.MockTransport(handler) if handler else None,
        **({"clock": time, "now": time, "sleep": time.sleep, "random": lambda: 0.5} | more),
    )


class Script:
    """Answers in turn; an exception is raised, the last one is repeated."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        found = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(found, Exception):
            raise found
        if isinstance(found, int):
            return httpx.Response(found)
        if isinstance(found, tuple):
            return httpx.Response(found[0], json=found[1], headers=found[2] if len(found) > 2 else None)
        return httpx.Response(200, json=found)


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Loopback:
    """A running server: its base URL and how many whole requests it has read."""

    def __init__(self, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}"
        self.requests: list[bytes] = []


@asynccontextmanager
async def loopback(talk: Talk, *, ssl: Any = None) -> AsyncIterator[Loopback]:
    """Serve each connection with ``talk`` after its request was read."""
    server = Loopback(0)
    serving: set[Any] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        try:
            server.requests.append(await reader.readuntil(b"\r\n\r\n"))
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=ssl)
    port = running.sockets[0].getsockname()[1]
    server.base_url = f"http{'s' if ssl else ''}://127.0.0.1:{port}"
    try:
        yield server
    finally:
        running.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
