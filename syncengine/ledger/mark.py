"""A copy of the ledger's lineage and serial, kept beside the project: it tells when the ledger is not what it was.

Written after each commit, so that it can only lag behind: a ledger that is older than its mark has lost commits, as one
that was put back from a backup. It is one short line, written in place within one sector, and needs no sync: what a
power cut takes from it makes it older, never wrong.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from syncengine.errors import DoubtfulLedgerError
from syncengine.ledger.connection import make_folder, sync_folder
from syncengine.ledger.failures import translated

# One line of this length, so that a newer one covers the older one whole.
_LENGTH = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What was last known of the ledger here."""

    project: str
    lineage: str
    serial: int
    # Seconds since 1970 of the last write.
    at: float
    # Seconds since 1970 of the last check of the whole file.
    checked_at: float = 0.0


@dataclass(frozen=True, slots=True)
class MarkFile:
    """The file that holds the mark."""

    path: Path

    def read(self) -> Mark | None:
        """Return the mark; None where there is none, as in a fresh copy of the project.

        Raises:
            DoubtfulLedgerError: it cannot be understood.
            LedgerError: it cannot be read.
        """
        with translated(self.path):
            try:
                text = self.path.read_text(encoding="utf-8", errors="replace")
            except FileNotFoundError:
                return None
        try:
            return Mark(**json.loads(text))
        except (ValueError, TypeError):
            raise DoubtfulLedgerError(
                f"{self.path}, which tells whether the ledger is the one that was left here, is damaged"
            ) from None

    def write(self, mark: Mark) -> None:
        """Write the mark."""
        line = json.dumps(asdict(mark)).ljust(_LENGTH)[:_LENGTH].encode() + b"\n"
        with translated(self.path):
            try:
                descriptor = os.open(self.path, os.O_WRONLY | os.O_NOFOLLOW)
            except FileNotFoundError:
                self._create(line)
                return
            try:
                os.pwrite(descriptor, line, 0)
            finally:
                os.close(descriptor)

    def _create(self, line: bytes) -> None:
        make_folder(self.path.parent)
        # Private from the start, and never half there.
        descriptor, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self.path)
        sync_folder(self.path.parent)
