"""One SQLite file, opened so that a commit is on the disk when it returns.

Write-ahead log with ``synchronous=FULL``: measured at some thousand commits a second, which is nothing beside an HTTP
call, and a sent request always has its intent on disk.

Only this process's own SQLite library may ever open the file. A second copy of the library in one process (as other
database drivers bring with them) drops this one's file locks when it closes; another process then takes the log away
and commits that were reported as durable are lost. This was seen to happen, so rows are read with the same
connection, see ``columns.py``.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syncengine.errors import LedgerError
from syncengine.failpoints import failpoint
from syncengine.ledger.failures import is_busy, translated

BUSY_SECONDS = 10.0
_OLDEST_SQLITE = (3, 37, 0)  # the first with STRICT tables
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "fuse.sshfs"})
_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is deleted is overwritten: phones do not linger in free pages.
    "PRAGMA secure_delete = ON",
    # Numbers that are compared pass through temporary tables; they stay out of the system's temporary folder.
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA cache_size = -65536",
)


def path_of(url: str) -> Path:
    """Return the file that a ledger's URL names, as ``sqlite:///path``; a URL is never repeated in an error.

    Raises:
        LedgerError: another kind of URL; it may hold a password.
    """
    scheme, separator, rest = url.partition("://")
    if scheme.startswith("postgres"):
        raise LedgerError("PostgreSQL ledgers are not yet supported in this version; use sqlite:///PATH")
    if scheme != "sqlite" or not separator or not rest.startswith("/") or rest in {"/", "/:memory:"}:
        raise LedgerError("the ledger's URL is not understood; expected sqlite:///PATH with the path of a file")
    return Path(rest[1:])


class Database:
    """An open ledger file. Used from the thread that opened it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> "Database":
        """Open the file, made new (readable by its owner alone) where there is none.

        Raises:
            LedgerError: it cannot be opened, is damaged, or lies on a network file system.
        """
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            raise LedgerError(f"SQLite {sqlite3.sqlite_version} is too old for the ledger; 3.37 or newer is needed")
        with translated(path):
            failpoint("ledger.before_open")
            _make_file(path)
            _refuse_network(path)
            connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
            try:
                _prepare(connection, busy_seconds)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run statements as one transaction that is durable when the block ends, or has not happened at all."""
        with translated(self.path):
            with self._transaction("BEGIN IMMEDIATE"):
                yield self._connection
                failpoint("ledger.before_commit")
            failpoint("ledger.after_commit")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Run queries that all see the same moment."""
        with translated(self.path), self._transaction("BEGIN"):
            yield self._connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Bring the log into the file and let go of it."""
        with translated(self.path):
            try:
                failpoint("ledger.before_close")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self._connection.close()


def _prepare(connection: sqlite3.Connection, busy_seconds: float) -> None:
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    # The change to the write-ahead log does not wait for others by itself.
    until = time.monotonic() + busy_seconds
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
            continue
        break
    if mode != "wal":
        raise LedgerError("the ledger's file system cannot hold a write-ahead log; put the ledger on a local disk")


def _make_file(path: Path) -> None:
    """Make folder and file private, and their names durable, before the first byte of data."""
    _make_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return
    os.close(descriptor)
    _sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_network(path: Path) -> None:
    kind = filesystem_of(path)
    if kind in _NETWORK:
        raise LedgerError(
            f"the ledger {path} lies on a network file system ({kind}), where its log is not safe;"
            " put it on a local disk"
        )


def filesystem_of(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """Return the kind of file system that holds a file; empty where the system does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    device = path.stat().st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in lines:
        # The third word is the device; the kind follows the lone dash.
        mounted, _, kind = line.partition(" - ")
        if wanted in mounted.split(" ")[2:3]:
            return kind.split(" ")[0]
    return ""
