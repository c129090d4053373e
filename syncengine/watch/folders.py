"""Which folders are watched, and what happens there: any event only wakes the loop.

A link is not changed by what happens where it leads but in the folder that holds it: a ConfigMap and a Git checkout
behind ``current`` are swapped that way. So the folder of every link on the way to the project is watched too. When the
system drops events because there are too many, watchdog says so in its log and nowhere else; that wakes the loop to
look at everything anew.
"""

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

# Events there are our own: the ledger, rejects, the phone book. Git's own files say nothing that the tree does not.
_OURS = (f"{os.sep}.syncengine{os.sep}", f"{os.sep}.git{os.sep}")
# More links on one path than any file system follows.
_MOST_LINKS = 40


class Eyes:
    """Watches the folders of a project, and watches others when its links lead elsewhere."""

    def __init__(self, project: Path, wake: threading.Event) -> None:
        self._project = project
        self._waker = _Waker(wake)
        self._overflow = _Overflow(wake)
        self._observer = Observer()
        self._watched: dict[str, tuple[int, bool]] = {}
        # How often events were dropped by the system, and folders could not be watched.
        self.troubles = 0

    def __enter__(self) -> Self:
        logging.getLogger("watchdog").addHandler(self._overflow)
        self._observer.start()
        self.follow()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        logging.getLogger("watchdog").removeHandler(self._overflow)
        self._observer.stop()
        self._observer.join(timeout=5)

    @property
    def overflows(self) -> int:
        """Return how often events were lost."""
        return self._overflow.count

    def follow(self) -> None:
        """Watch the folders where the project is now; cheap when nothing has moved."""
        wanted: dict[str, tuple[int, bool]] = {}
        for folder, recursive in folders_of(self._project):
            try:
                wanted[str(folder)] = (folder.stat().st_ino, recursive)
            except OSError:
                # It is being swapped at this moment; the next look finds it.
                continue
        if wanted == self._watched:
            return
        self._observer.unschedule_all()
        self._watched = {}
        for name, (inode, recursive) in wanted.items():
            try:
                self._observer.schedule(self._waker, name, recursive=recursive)
            except OSError:
                # No more watches to be had, or gone again: the clock looks instead.
                self.troubles += 1
                continue
            self._watched[name] = (inode, recursive)


def folders_of(project: Path) -> Iterator[tuple[Path, bool]]:
    """Walk the folders to watch: the project's own with all below it, and those that hold a link on the way to it."""
    yield from dict.fromkeys((folder, False) for folder in folders_of_links(project))
    real = Path(os.path.realpath(project))
    yield (real if real.is_dir() else real.parent), True


def folders_of_links(path: Path) -> Iterator[Path]:
    """Walk the folders that hold a link on the way to a path, in the order in which they are met."""
    left = list(reversed(path.absolute().parts))
    here = Path(left.pop())
    links = 0
    while left and links < _MOST_LINKS:
        step = here / left.pop()
        try:
            target = Path(step.readlink())
        except OSError:
            here = step
            continue
        links += 1
        yield here
        left += reversed(target.parts)
        if target.is_absolute():
            here = Path(left.pop())


class _Waker(FileSystemEventHandler):
    """Turns any event into "look"."""

    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Wake the loop; opening and reading change nothing."""
        if event.event_type in {"opened", "closed_no_write"}:
            return
        paths = (os.fsdecode(event.src_path), os.fsdecode(event.dest_path))
        if all(not path or any(ours in f"{path}{os.sep}" for ours in _OURS) for path in paths):
            return
        self._wake.set()


class _Overflow(logging.Handler):
    """Counts what watchdog complains of, and wakes the loop."""

    def __init__(self, wake: threading.Event) -> None:
        super().__init__(level=logging.WARNING)
        self._wake = wake
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Take every complaint for lost events."""
        del record
        self.count += 1
        self._wake.set()
