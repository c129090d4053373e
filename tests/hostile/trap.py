"""Two servers on loopback: the dialer's own, and one that nobody may call; both keep every byte that reaches them."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

# From a request's bytes to the bytes of the answer.
Answering = Callable[[bytes], bytes]


def answer_of(body: bytes = b'{"ok": true}', status: str = "200 OK", *headers: str) -> bytes:
    """Return an answer as bytes."""
    head = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "content-type: application/json", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


@dataclass
class Trap:
    """A server that answers as it is told, and remembers."""

    answering: Answering = lambda _: answer_of()
    received: list[bytes] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.place = f"127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    @property
    def requests(self) -> list[bytes]:
        """Return the first line of every request."""
        return [raw.split(b"\r\n", 1)[0] for raw in self.received]

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                while raw := _request(connection):
                    self.received.append(raw)
                    connection.sendall(self.answering(raw))
            except OSError:
                return


def _request(connection: socket.socket) -> bytes:
    raw = b""
    while b"\r\n\r\n" not in raw:
        chunk = connection.recv(65_536)
        if not chunk:
            return raw
        raw += chunk
    head, _, body = raw.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        chunk = connection.recv(65_536)
        if not chunk:
            break
        body += chunk
    return head + b"\r\n\r\n" + body
