"""SQLite's errors in words that say what to do. No data of a statement ever enters a message."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syncengine.errors import DoubtfulLedgerError, LedgerError

_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full; make room and run again. Nothing was sent that is not written down",
    sqlite3.SQLITE_READONLY: "it is read-only; give this user the right to write the file and its folder",
    sqlite3.SQLITE_PERM: "this user may not use it; give this user the right to write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that the folder exists and that this user may write there",
    sqlite3.SQLITE_BUSY: "another process kept it busy for too long; wait until that one is done and run again",
    sqlite3.SQLITE_LOCKED: "another process kept it busy for too long; wait until that one is done and run again",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is not a ledger, or it is damaged",
    sqlite3.SQLITE_IOERR: "the disk does not read or write; check the disk and run again",
    sqlite3.SQLITE_CONSTRAINT: "a write contradicts what it holds and was undone; this is a mistake of the program",
}

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn errors of the database into :class:`LedgerError`."""
    try:
        yield
    except sqlite3.Error as error:
        if _primary_code(error) in _DAMAGED:
            raise DoubtfulLedgerError(f"the ledger {path}: {_advice(error)}") from error
        raise LedgerError(f"the ledger {path}: {_advice(error)}") from error
    except UnicodeEncodeError:
        # Not chained: the error carries the text itself.
        raise LedgerError(f"the ledger {path}: a text holds half a character and cannot be kept") from None
    except OSError as error:
        raise LedgerError(f"the ledger {path}: {error.strerror or type(error).__name__}") from error


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process was in the way."""
    return _primary_code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_full(error: BaseException | None) -> bool:
    """Whether the disk was full."""
    return isinstance(error, sqlite3.Error) and _primary_code(error) == sqlite3.SQLITE_FULL


def _advice(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return f"{_ADVICE.get(_primary_code(error), 'the database refused a statement')} ({name})"


def _primary_code(error: sqlite3.Error) -> int:
    # The low byte is the kind; the rest says which variant of it.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
