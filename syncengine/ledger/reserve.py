"""Room on the disk, set aside while a run sends: when the disk is full, what was sent can still be written down.

An intent that does not fit is refused before anything is sent. An outcome that does not fit would be lost, and its rows
would wait for proof or for a person; so the room is given back for the outcomes of what is under way, and nothing new
is begun.

Several runs may work with one ledger, at different dialers, and each needs room of its own: a file that no living
process has locked is free to be taken, so what a killed run has left behind is used again.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from syncengine.errors import LedgerError

# The outcomes of eight calls of ten thousand rows, with room to spare.
BYTES = 16 * 1024 * 1024
_SCANTY = 1024 * 1024


class Reserve:
    """The file that holds the room."""

    def __init__(self, beside: Path) -> None:
        self._beside = beside
        # The file that is ours, and its open descriptor; the lock on it ends with that.
        self._path: Path | None = None
        self._descriptor = -1
        self._spent = False

    def hold(self) -> None:
        """Take the room; a disk that has none left is found out here, before anything is sent.

        Raises:
            LedgerError: the disk has too little room.
        """
        try:
            self._take_file()
            os.posix_fallocate(self._descriptor, 0, BYTES)
        except OSError as problem:
            self.drop()
            raise LedgerError(
                f"the ledger needs {BYTES // 1024 // 1024} MB of room on its disk while it works"
                f" (beside {self._beside}: {problem.strerror}); make room and run again. Nothing was sent"
            ) from problem
        self._spent = False

    def _take_file(self) -> None:
        for path in self._names():
            descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                continue
            self._path, self._descriptor = path, descriptor
            return

    def _names(self) -> Iterator[Path]:
        yield self._beside.with_name(f"{self._beside.name}.reserve")
        for number in count(2):
            yield self._beside.with_name(f"{self._beside.name}.reserve-{number}")

    def drop(self) -> None:
        """Give the room back."""
        if self._path is None:
            return
        with suppress(OSError):
            self._path.unlink()
        with suppress(OSError):
            # Somebody who opened it a moment ago keeps it, so the room is given back first.
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
        self._path, self._descriptor = None, -1

    def spend(self) -> bool:
        """Give the room back for the outcomes of what is under way; False when that was done before."""
        if self._spent or self._path is None:
            return False
        self._spent = True
        self.drop()
        return True

    def refuse_more(self) -> None:
        """Raise LedgerError when the room is spent."""
        if self._spent:
            raise LedgerError(
                "the ledger's disk is full; what was under way is written down and nothing more is sent."
                " Make room and run again"
            )


def is_scanty(path: Path) -> bool:
    """Whether a disk has next to no room left."""
    try:
        found = os.statvfs(path.parent)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _SCANTY
