"""What a service manager is told: that the watcher is ready, how it is, and that it still lives.

systemd listens on a socket that it names in the environment (sd_notify(3)); where nobody listens, nothing is said. The
sign of life comes from a thread of its own, since an apply may take hours, but only as long as the work itself has
shown one: a watcher that hangs is restarted.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Self

# Reading a large dialer gives no sign of life in between.
STUCK_AFTER = 1800.0


def tell(words: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell the service manager something, as ``READY=1``; False where nobody listens."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messages:
            # An address that begins with @ is a name and no path.
            messages.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            messages.sendall(words.encode())
    except OSError:
        # A manager that has gone away is no reason to stop.
        return False
    return True


def watchdog_pause(environment: Mapping[str, str] = os.environ) -> float | None:
    """Return how often, in seconds, systemd wants a sign of life (half of its patience); None: never."""
    microseconds = environment.get("WATCHDOG_USEC", "")
    if not microseconds.isdigit() or environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(microseconds) / 2_000_000 or None


class Heartbeat:
    """Does something every so often in a thread of its own, as long as :meth:`alive` was called lately."""

    def __init__(self, beat: Callable[[], None], *, every: float, stuck_after: float = STUCK_AFTER) -> None:
        self._beat = beat
        self._every = every
        self._stuck_after = stuck_after
        self._last = time.monotonic()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(timeout=5)

    def alive(self) -> None:
        """Show a sign of life."""
        self._last = time.monotonic()

    def _run(self) -> None:
        while not self._end.is_set():
            if time.monotonic() - self._last < self._stuck_after:
                self._beat()
            self._end.wait(timeout=self._every)
