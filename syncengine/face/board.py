"""Where the watcher leaves its state and the page picks it up: one value, replaced whole, with a number."""

import threading
import time

from syncengine.face.metrics import Metrics
from syncengine.model.watching import WatchState

# Reading a large dialer gives no sign of life in between.
STUCK_AFTER = 1800.0


class Board:
    """The newest state of a watcher; written by its thread, read by the server's."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self._lock = threading.Lock()
        self._state = WatchState(project="", started_at=time.time(), applies=False)
        self._number = 0
        self._alive = time.monotonic()

    def post(self, state: WatchState) -> None:
        """Put up a new state."""
        with self._lock:
            self.metrics.see(self._state, state)
            self._state = state
            self._number += 1

    def read(self) -> tuple[WatchState, int]:
        """Return the newest state and its number."""
        with self._lock:
            return self._state, self._number

    def alive(self) -> None:
        """Note that the watcher has shown a sign of life."""
        self._alive = time.monotonic()

    def healthy(self) -> bool:
        """Whether it did so lately."""
        return time.monotonic() - self._alive < STUCK_AFTER


def why_not_ready(state: WatchState) -> str:
    """Return why the watcher does not do its work now; empty: it does. Standing by is work, too."""
    if state.leader:
        return ""
    if state.broken:
        return "broken"
    if state.waiting:
        return "files are not at rest"
    return "" if state.plan is not None else "the first plan is not made yet"
