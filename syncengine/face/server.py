"""The page, its events, and what monitors ask; on this machine only unless somebody says otherwise.

Whoever can open the address sees business figures, so a page that was called under another name (a rebound DNS name)
is refused, and so is every method that is not reading.
"""

import asyncio
import ipaddress
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from syncengine.errors import UsageError
from syncengine.face.board import Board, why_not_ready
from syncengine.face.metrics import CONTENT_TYPE
from syncengine.face.page import main_html, page_html

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ASSETS = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
# A page that is left open costs a connection each; more of them than that are not for people.
_MOST_CONNECTIONS = 64
_START_DEADLINE = 10.0


def application(board: Board, hosts: list[str]) -> Starlette:
    """Return the application that shows a board."""

    def page(_: Request) -> Response:
        return _html(page_html(board.read()[0], time.time()))

    def main(_: Request) -> Response:
        return _html(main_html(board.read()[0], time.time()))

    def healthz(_: Request) -> Response:
        healthy = board.healthy()
        return PlainTextResponse("ok\n" if healthy else "no sign of life\n", 200 if healthy else 503, _HEADERS)

    def readyz(_: Request) -> Response:
        why = why_not_ready(board.read()[0])
        return PlainTextResponse(f"{why or 'ok'}\n", 503 if why else 200, _HEADERS)

    def metrics(_: Request) -> Response:
        return Response(board.metrics.text(), headers={**_HEADERS, "Content-Type": CONTENT_TYPE})

    async def events(_: Request) -> Response:
        headers = {**_HEADERS, "Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        return StreamingResponse(_numbers(board), headers=headers)

    answers: dict[str, Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]] = {
        "/": page,
        "/main": main,
        "/healthz": healthz,
        "/readyz": readyz,
        "/metrics": metrics,
        "/events": events,
    }
    routes = [Route(path, answer, methods=["GET"]) for path, answer in answers.items()]
    routes += [Route(f"/{name}", _asset(name, kind), methods=["GET"]) for name, kind in _ASSETS.items()]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts)])


def _html(text: str) -> Response:
    return Response(text, headers={**_HEADERS, "Content-Type": "text/html; charset=utf-8"})


def _asset(name: str, kind: str) -> Callable[[Request], Response]:
    content = Path(__file__).with_name(name).read_bytes()
    return lambda _: Response(content, headers={**_HEADERS, "Content-Type": kind})


async def _numbers(board: Board) -> AsyncIterator[str]:
    """Say the number of the newest state whenever it has changed, and something now and then to keep the line open."""
    said, quiet = -1, 0
    while True:
        _, number = board.read()
        if number != said:
            said, quiet = number, 0
            yield f"data: {number}\n\n"
        elif quiet >= 30:
            quiet = 0
            yield ": still here\n\n"
        quiet += 1
        await asyncio.sleep(0.5)


def address_of(text: str, *, beyond: bool) -> tuple[str, int]:
    """Return host and port of ``--listen``.

    Raises:
        UsageError: it is no address, or one that other machines can reach and nobody has said that they may.
    """
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise UsageError(f"--listen {text}: write an address and a port, as 127.0.0.1:8080")
    try:
        address = ipaddress.ip_address("127.0.0.1" if host in {"", "localhost"} else host)
    except ValueError:
        raise UsageError(f"--listen {text}: write the address in figures, as 127.0.0.1:{port}") from None
    if not address.is_loopback and not beyond:
        raise UsageError(
            f"--listen {text}: other machines could read the page there, and it asks for no password;"
            " listen on 127.0.0.1, or say --listen-beyond-this-machine"
        )
    return str(address), int(port)


@contextmanager
def serving(listen: str, *, beyond: bool = False) -> Iterator[tuple[Board, str]]:
    """Serve a board until the block ends; yields it with the URL of the page.

    Raises:
        UsageError: the address is none, is taken, or is open to others.
    """
    host, port = address_of(listen, beyond=beyond)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as problem:
        bound.close()
        raise UsageError(f"--listen {listen}: {problem.strerror}; choose another port") from problem
    board = Board()
    hosts = ["*"] if beyond else ["localhost", "127.0.0.1", "[::1]", host]
    config = uvicorn.Config(
        application(board, hosts),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=_MOST_CONNECTIONS,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([bound])), name="face", daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_DEADLINE
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    shown = f"[{host}]" if ":" in host else host
    try:
        yield board, f"http://{shown}:{bound.getsockname()[1]}/"
    finally:
        # Open pages are cut: they say so themselves.
        server.should_exit = server.force_exit = True
        thread.join(timeout=5)
        bound.close()
