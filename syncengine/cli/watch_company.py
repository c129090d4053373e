"""Those who want to hear from a watcher while it works: other watchers on its ledger, and the service manager."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from syncengine.errors import SyncEngineError
from syncengine.watch.service import Heartbeat, tell, watchdog_pause

if TYPE_CHECKING:
    from syncengine.cli.watching import Watcher

# Well under the lease of the seat.
_BEAT = 8.0


@contextmanager
def keeping_company(watcher: "Watcher", also: Callable[[], None] = lambda: None) -> Iterator[Callable[[], None]]:
    """Beat until the block ends; yields what the watcher calls as its sign of life, which is passed on to others."""
    pause = watchdog_pause()

    def beat() -> None:
        tell(f"WATCHDOG=1\nSTATUS={watcher.status()}")
        # A ledger that cannot be reached is told by the next cycle; the seat is then anybody's.
        with suppress(SyncEngineError):
            watcher.keep_seat()

    with Heartbeat(beat, every=min(pause or _BEAT, _BEAT)) as heart:

        def alive() -> None:
            heart.alive()
            also()

        watcher.alive = alive
        tell("READY=1")
        try:
            yield alive
        finally:
            tell("STOPPING=1")
    with suppress(SyncEngineError):
        watcher.leave_seat()
