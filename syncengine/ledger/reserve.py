"""Room on the disk, set aside while a run sends: when the disk is full, what was sent can still be written down.

An intent that does not fit is refused before anything is sent. An outcome that does not fit would be lost, and its rows
would wait for proof or for a person; so the room is given back for the outcomes of what is under way, and nothing new
is begun.
"""

import os
from contextlib import suppress
from pathlib import Path

from syncengine.errors import LedgerError

# The outcomes of eight calls of ten thousand rows, with room to spare.
BYTES = 16 * 1024 * 1024
_SCANTY = 1024 * 1024


class Reserve:
    """The file that holds the room."""

    def __init__(self, beside: Path) -> None:
        self.path = beside.with_name(f"{beside.name}.reserve")
        self._spent = False

    def hold(self) -> None:
        """Take the room; a disk that has none left is found out here, before anything is sent.

        Raises:
            LedgerError: the disk has too little room.
        """
        try:
            descriptor = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, BYTES)
            finally:
                os.close(descriptor)
        except OSError as problem:
            self.drop()
            raise LedgerError(
                f"the ledger needs {BYTES // 1024 // 1024} MB of room on its disk while it works"
                f" ({self.path}: {problem.strerror}); make room and run again. Nothing was sent"
            ) from problem
        self._spent = False

    def drop(self) -> None:
        """Give the room back."""
        with suppress(OSError):
            self.path.unlink()

    def spend(self) -> bool:
        """Give the room back for the outcomes of what is under way; False when that was done before."""
        if self._spent or not self.path.exists():
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
