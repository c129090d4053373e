"""Folder events and a clock into runs of one callback.

An event only says "look": a file dropped by SFTP arrives in pieces, an editor replaces by rename, a Git checkout
touches hundreds of files. So a change is acted on when the watched files' names, sizes and times have stayed the same
for a while, many events become one run, and a clock looks now and then in case an event was lost.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

Cause = Literal["start", "change", "clock"]
# What each watched file looks like from outside; None where it is missing.
Signature = dict[str, tuple[int, int, int] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What to watch, and when to act."""

    root: Path
    # The files that a run depends on, asked anew before each look, since a manifest can name new ones.
    files: Callable[[], Iterable[Path]]
    # Seconds in which nothing may change before a change is acted on.
    settle: float
    # Seconds after which a run is made without any event.
    interval: float


def signature(files: Iterable[Path]) -> Signature:
    """Return name, size, time and inode of each file: equal signatures mean that nobody is writing."""
    found: Signature = {}
    for path in sorted(set(files)):
        try:
            stat = path.stat()
        except OSError:
            found[str(path)] = None
            continue
        found[str(path)] = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
    return found


def watch(watching: Watching, act: Callable[[Cause], None], stop: threading.Event) -> None:
    """Call ``act`` at the start, after every settled change and by the clock, until ``stop`` is set.

    ``act`` runs in this thread, one call at a time; it must not raise for a broken file, since a watcher outlives it.
    """
    changed = threading.Event()
    observer = Observer()
    observer.schedule(_Waker(changed), str(watching.root), recursive=True)
    observer.start()
    try:
        seen = _settled(watching, stop)
        if stop.is_set():
            return
        act("start")
        deadline = time.monotonic() + watching.interval
        while not stop.is_set():
            cause = _wait(deadline, changed, stop)
            if cause is None:
                return
            changed.clear()
            now = _settled(watching, stop)
            if stop.is_set():
                return
            if cause == "change" and now == seen:
                # Something near by moved: the ledger, a rejects file, an editor's scratch file. The clock goes on.
                continue
            seen = now
            act(cause)
            deadline = time.monotonic() + watching.interval
    finally:
        observer.stop()
        observer.join(timeout=5)


class _Waker(FileSystemEventHandler):
    """Turns any event into "look"."""

    def __init__(self, changed: threading.Event) -> None:
        self._changed = changed

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Wake the loop; opening and reading change nothing."""
        if event.event_type not in {"opened", "closed_no_write"}:
            self._changed.set()


def _wait(deadline: float, changed: threading.Event, stop: threading.Event) -> Cause | None:
    """Wait for an event or the clock; None: asked to stop."""
    while not stop.is_set():
        if changed.wait(timeout=min(0.2, max(0.0, deadline - time.monotonic()))):
            return "change"
        if time.monotonic() >= deadline:
            return "clock"
    return None


def _settled(watching: Watching, stop: threading.Event) -> Signature:
    """Wait until the files have stayed the same for the settling time, and return how they look then."""
    seen = signature(watching.files())
    since = time.monotonic()
    while not stop.is_set() and time.monotonic() - since < watching.settle:
        stop.wait(timeout=min(0.1, watching.settle / 4))
        now = signature(watching.files())
        if now != seen:
            seen, since = now, time.monotonic()
    return seen
