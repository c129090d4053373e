"""Runs the five dialers on loopback, each on its own port, in one background thread.

One event loop serves all five: no dialer is busy for long, and a single thread stops quickly and leaves nothing behind.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from syncengine.sandbox.comunik8 import Comunik8
from syncengine.sandbox.dialer import Clock, Dialer
from syncengine.sandbox.faults import TRANSPORT, cut
from syncengine.sandbox.lynn import Lynn
from syncengine.sandbox.stringee import Stringee
from syncengine.sandbox.thulium import Thulium
from syncengine.sandbox.wolkvox import Wolkvox

VENDORS = ("lynn", "wolkvox", "comunik8", "stringee", "thulium")
HOST = "127.0.0.1"
START_DEADLINE = 10.0


class CuttableProtocol(H11Protocol):
    """HTTP over a connection that a fault can cut: the application finds the transport in the scope."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start serving a connection."""
        super().connection_made(transport)
        self.app = _with_transport(self.app, transport)


def _with_transport(app: Any, transport: asyncio.Transport) -> ASGIApp:
    async def cuttable(scope: Scope, receive: Receive, send: Send) -> None:
        scope[TRANSPORT] = transport
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            # The sandbox stops: a client that waits sees a cut connection, not an answer.
            await cut(transport)

    return cuttable


class Sandbox:
    """The five dialers, listening between :meth:`start` and :meth:`stop` or inside a ``with`` block."""

    def __init__(self, ports: Mapping[str, int] | None = None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.lynn = Lynn(clock=self.clock)
        self.wolkvox = Wolkvox(clock=self.clock)
        self.comunik8 = Comunik8(clock=self.clock)
        self.stringee = Stringee(clock=self.clock)
        self.thulium = Thulium(clock=self.clock)
        dialers: list[Dialer] = [self.lynn, self.wolkvox, self.comunik8, self.stringee, self.thulium]
        self.dialers: dict[str, Dialer] = {dialer.name: dialer for dialer in dialers}
        self._wanted = dict(ports or {})
        self._bound: dict[str, int] = {}
        self._servers: list[uvicorn.Server] = []
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Bind every port and serve; returns when all five answer."""
        if self._thread:
            raise RuntimeError("the sandbox is already running")
        sockets: list[socket.socket] = []
        try:
            sockets.extend(_bind(self._wanted.get(name, 0)) for name in self.dialers)
        except OSError:
            for bound in sockets:
                bound.close()
            raise
        self._bound = {name: sock.getsockname()[1] for name, sock in zip(self.dialers, sockets, strict=True)}
        self._servers = [uvicorn.Server(_config(dialer)) for dialer in self.dialers.values()]
        self._thread = threading.Thread(target=self._run, args=(sockets,), name="sandbox", daemon=True)
        self._thread.start()
        self._wait_until_started()
        return self

    def stop(self) -> None:
        """Stop serving at once; connections still open are cut."""
        if not self._thread:
            return
        for server in self._servers:
            server.should_exit = True
            server.force_exit = True
        self._thread.join()
        self._thread = None
        self._servers = []
        self._bound = {}

    def url(self, vendor: str) -> str:
        """Return the base URL of a vendor's dialer."""
        return f"http://{HOST}:{self._bound[vendor]}"

    def credentials(self, vendor: str) -> dict[str, str]:
        """Return the settings and secrets that a vendor's dialer accepts."""
        return self.dialers[vendor].credentials()

    def hurry(self) -> None:
        """Let tasks be done at the first question: whoever watches need not see that asking again works."""
        self.lynn.switches.task_polls = 0

    def quiet(self) -> bool:
        """Whether nothing is under way any more: no connection is open and no request is being worked on."""
        return not any(server.server_state.connections or server.server_state.tasks for server in self._servers)

    def reset(self) -> None:
        """Make every dialer forget everything, and return to the real time."""
        self.clock.set_back()
        for dialer in self.dialers.values():
            dialer.reset()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, sockets: list[socket.socket]) -> None:
        async def serve_all() -> None:
            await asyncio.gather(*(s.serve([sock]) for s, sock in zip(self._servers, sockets, strict=True)))

        asyncio.run(serve_all())

    def _wait_until_started(self) -> None:
        deadline = time.monotonic() + START_DEADLINE
        while not all(server.started for server in self._servers):
            if time.monotonic() > deadline:
                self.stop()
                raise TimeoutError(f"the sandbox did not start within {START_DEADLINE:.0f} seconds")
            time.sleep(0.002)


def _bind(port: int) -> socket.socket:
    # The protocol is named because asyncio turns Nagle's delay (40 ms per answer here) off only where it is.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        raise
    return sock


def _config(dialer: Dialer) -> uvicorn.Config:
    return uvicorn.Config(
        dialer.app(),
        http=CuttableProtocol,
        lifespan="off",
        # The host program's logging is not ours to configure.
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
    )
