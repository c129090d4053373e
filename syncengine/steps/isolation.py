"""No network and no other program, for as long as a block lasts: what an offline plan promises is enforced.

An audit hook sees every socket, name look-up and child process that Python code starts, whichever library asks for it,
and cannot be taken out again. DuckDB, the one library of ours that could open a socket of its own, neither fetches nor
loads the extensions that would do so (``rows/workspace.py``).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from syncengine.errors import SyncEngineError

# A pair of local sockets is what an event loop wakes itself with.
_LOCAL = 1
_REFUSED = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostby",
    "socket.getnameinfo",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.spawn",
    "os.startfile",
    "pty.spawn",
)


class _Gate:
    """Whether the network is closed; one hook for the life of the process."""

    closed = 0
    hooked = False


class NetworkRefusedError(SyncEngineError):
    """Something tried to reach out while that was promised not to happen."""


@contextmanager
def without_network() -> Iterator[None]:
    """Refuse every socket and child process until the block ends."""
    if not _Gate.hooked:
        sys.addaudithook(_refuse)
        _Gate.hooked = True
    _Gate.closed += 1
    try:
        yield
    finally:
        _Gate.closed -= 1


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if not _Gate.closed:
        return
    far = event == "socket.__new__" and arguments[1] != _LOCAL
    if far or event.startswith(_REFUSED):
        raise NetworkRefusedError(f"an offline plan reaches out to nothing, and this would have: {event}")
