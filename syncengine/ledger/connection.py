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
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from syncengine.errors import DoubtfulLedgerError, LedgerError
from syncengine.failpoints import failpoint
from syncengine.ledger.columns import read_columns
from syncengine.ledger.failures import is_busy, is_full, translated
from syncengine.ledger.reserve import Reserve, is_scanty
from syncengine.ledger.store import Columns, Rows, Same
from syncengine.ledger.turns import Transaction, Turns

if TYPE_CHECKING:
    import pyarrow as pa

Made = TypeVar("Made")

BUSY_SECONDS = 10.0
# Rows in one statement: nearly three times as fast as one statement a row, and no faster beyond.
_TOGETHER = 500
# Marks the file as ours: the letters "SYNC".
APPLICATION_ID = 0x53594E43
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


class SqliteSession:
    """Statements on an open file, inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(statement, parameters)

    def executemany(self, statement: str, parameters: Iterable[Sequence[object]]) -> int:
        """Run one statement for each of some parameters and return how many rows were changed."""
        return self._connection.executemany(statement, parameters).rowcount

    def insert(self, table: str, columns: Sequence[str], rows: Rows, *, same: Same = None, conflict: str = "") -> None:
        """Insert many rows."""
        shared = tuple((same or {}).values())
        into = f"INSERT INTO {table} ({', '.join([*(same or {}), *columns])}) VALUES "  # noqa: S608 names of ours
        tail = f" ON CONFLICT {conflict}" if conflict else ""
        # A mark without a number takes the next one.
        one = f"({', '.join([*(f'?{n}' for n in range(1, len(shared) + 1)), *('?' * len(columns))])})"
        walking = iter(rows)
        while piece := list(islice(walking, _TOGETHER)):
            if len(piece) < _TOGETHER:
                # A statement for each number of rows would never be found prepared.
                self.executemany(f"{into}{one}{tail}", [(*shared, *row) for row in piece] if shared else piece)
                return
            many = ", ".join([one] * _TOGETHER)
            self._connection.execute(f"{into}{many}{tail}", [*shared, *chain.from_iterable(piece)])

    def stage(self, name: str, columns: str) -> None:
        """Make an empty table that nobody else sees."""
        self._connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns}) WITHOUT ROWID")
        self._connection.execute(f"DELETE FROM temp.{name}")  # noqa: S608 names of ours

    def read_columns(self, columns: Columns, parameters: Sequence[object]) -> "pa.Table":
        """Return rows in the order of their key."""
        return read_columns(self._connection, columns, parameters)

    def numbers_were_given(self, tables: Mapping[str, str]) -> None:
        """Do nothing: SQLite looks at the largest number itself."""

    def walk(self, query: str, parameters: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Walk the rows of a query without holding all of them."""
        yield from self._connection.execute(query, parameters)


class Database:
    """An open ledger file; a :class:`~syncengine.ledger.store.Store`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = self._connection = connection
        self._session = SqliteSession(connection)
        self._reserve = Reserve(path)
        self._turns = Turns()
        self._owner = threading.get_ident()
        # For reading while a transaction is on its way in another thread; opened when first needed.
        self._reader: sqlite3.Connection | None = None

    @property
    def name(self) -> str:
        """Return the path."""
        return str(self.path)

    @property
    def folder(self) -> Path | None:
        """Return the folder of the file."""
        return self.path.parent

    @property
    def tables_exist(self) -> bool:
        """Whether the file holds a ledger; raises LedgerError where it holds something else."""
        (application_id,) = self._connection.execute("PRAGMA application_id").fetchone()
        if application_id == APPLICATION_ID:
            return True
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables or application_id:
            raise LedgerError("the file is a database of another program, not a ledger; name another file as ledger")
        return False

    def belongs_to(self, project: str) -> None:
        """Do nothing: writers of a file go one after another, whatever their project."""

    def wait_for_migrations(self) -> None:
        """Do nothing: one process alone writes a file."""

    def create(self, statements: Iterable[str]) -> None:
        """Carry out statements of the schema."""
        for statement in statements:
            self._connection.execute(statement)
        self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    @classmethod
    def open(cls, path: Path, *, busy_seconds: float = BUSY_SECONDS, check: bool = True) -> "Database":
        """Open the file, made new (readable by its owner alone) where there is none.

        ``check`` asks for a walk through the whole file, as far as it can tell that pages are damaged.

        Raises:
            DoubtfulLedgerError: it is damaged.
            LedgerError: it cannot be opened, or lies on a network file system.
        """
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            raise LedgerError(f"SQLite {sqlite3.sqlite_version} is too old for the ledger; 3.37 or newer is needed")
        with translated(path):
            failpoint("ledger.before_open")
            _make_file(path)
            _refuse_network(path)
            # Two threads use it, one at a time: see turns.py.
            connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
            try:
                _prepare(connection, busy_seconds)
                if check:
                    _check_pages(path, connection)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    @contextmanager
    def write(self) -> Iterator[SqliteSession]:
        """Run statements as one transaction that is durable when the block ends, or has not happened at all."""
        with translated(self.path):
            with self._transaction("BEGIN IMMEDIATE"):
                yield self._session
                failpoint("ledger.before_commit")
            failpoint("ledger.after_commit")

    async def write_beside(self, change: Callable[[SqliteSession], Made], *, aside: bool) -> Made:
        """Make a change as :meth:`write` does; the event loop does not wait for the disk."""

        def fill() -> Made:
            self._connection.execute("BEGIN IMMEDIATE")
            made = change(self._session)
            failpoint("ledger.before_commit")
            return made

        with translated(self.path):
            self._refuse_others()
            made = await self._turns.run(Transaction(fill, self._commit, self._undo), aside=aside)
            failpoint("ledger.after_commit")
        return made

    @contextmanager
    def read(self) -> Iterator[SqliteSession]:
        """Run queries that all see the same moment."""
        with translated(self.path):
            self._refuse_others()
            if self._turns.take(wait=False):
                self._turns.give()
                with self._transaction("BEGIN"):
                    yield self._session
                return
            # What is being written is nobody's knowledge yet, so what was committed last is what there is.
            reader = self._reader = self._reader or self._open_reader()
            reader.execute("BEGIN")
            try:
                yield SqliteSession(reader)
            finally:
                reader.execute("ROLLBACK")

    def _open_reader(self) -> sqlite3.Connection:
        reader = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        for pragma in (*_PRAGMAS, "PRAGMA query_only = ON"):
            reader.execute(pragma)
        return reader

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._refuse_others()
        self._turns.take()
        try:
            self._connection.execute(begin)
            yield
            self._commit()
        except BaseException:
            self._undo()
            raise
        finally:
            self._turns.give()

    def _refuse_others(self) -> None:
        """Refuse a thread that is not the one that opened this; SQLite would do so if it knew of no second one."""
        if threading.get_ident() != self._owner:
            raise sqlite3.ProgrammingError("used from another thread than the one that opened it")

    def _commit(self) -> None:
        self._connection.execute("COMMIT")

    def _undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    @classmethod
    def open_copy(cls, path: Path) -> "Database":
        """Read a whole file into memory and open that; the file stays as it is.

        Raises:
            DoubtfulLedgerError: it is damaged, or no ledger.
        """
        connection = sqlite3.connect(":memory:", isolation_level=None)
        try:
            with translated(path), closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as source:
                source.backup(connection)
                _check_pages(path, connection)
        except BaseException:
            connection.close()
            raise
        return cls(path, connection)

    def damages(self) -> list[str]:
        """Look through the whole file, indexes included."""
        with translated(self.path):
            found = [str(line) for (line,) in self._connection.execute("PRAGMA integrity_check(20)")]
            found += [
                f"a row of {row[0]} belongs to no {row[2]}"
                for row in self._connection.execute("PRAGMA foreign_key_check")
            ]
        return [line for line in found if line != "ok"]

    def copy_into(self, path: Path, project: str) -> None:
        """Write a copy of this moment into an empty file."""
        del project
        with translated(path), closing(sqlite3.connect(path)) as target:
            self._connection.backup(target)
            # A copy is one file, whoever carries it around.
            target.execute("PRAGMA journal_mode = DELETE")
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def hold_reserve(self) -> None:
        """Set room on the disk aside."""
        self._reserve.hold()

    def drop_reserve(self) -> None:
        """Give the room back."""
        self._reserve.drop()

    def second_try(self, problem: LedgerError) -> bool:
        """Spend the reserve when a booking has failed for want of room."""
        full = is_full(problem.__cause__) or (problem.__cause__ is not None and is_scanty(self.path))
        return full and self._reserve.spend()

    def refuse_more(self) -> None:
        """Raise LedgerError when the reserve is spent."""
        self._reserve.refuse_more()

    def close(self) -> None:
        """Bring the log into the file and let go of it."""
        self._turns.close()
        with translated(self.path):
            try:
                failpoint("ledger.before_close")
                if self._reader is not None:
                    self._reader.close()
                # Where that is not possible now, as on a full disk, the log stays for whoever opens it next.
                with suppress(sqlite3.OperationalError):
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


def _check_pages(path: Path, connection: sqlite3.Connection) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise DoubtfulLedgerError(f"the ledger {path} is damaged")


def _make_file(path: Path) -> None:
    """Make folder and file private, and their names durable, before the first byte of data."""
    make_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return
    os.close(descriptor)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it private, and their names durable."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
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
