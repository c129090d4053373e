"""What can still be read of a damaged file: each table from its beginning and from its end, up to the damage.

What comes out is treated like an old backup: it may lack anything, so a recovery doubts it. Yet a do-not-call statement
that is read here stays in force, and a person who is known to be at a dialer is not added again.
"""

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from syncengine.ledger.connection import Database
from syncengine.ledger.transfer import TABLES, Table


def set_aside(path: Path) -> Path:
    """Move a damaged ledger out of the way, with its log, and return where it is now."""
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}")
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
    return aside


def salvage(damaged: Path, into: Database) -> int:
    """Copy what can be read of a damaged ledger into a new one, whose tables are there; return the number of rows."""
    with closing(sqlite3.connect(f"file:{quote(str(damaged))}?mode=rw", uri=True)) as source, into.write():
        return sum(
            _copy(source, into.connection, table, descending=descending)
            for table in TABLES
            for descending in (False, True)
        )


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: Table, *, descending: bool) -> int:
    # An older ledger is not brought up to date any more; what it lacks stays as it is in a new one.
    columns = _there(source, table)
    marks = ", ".join("?" * len(columns))
    order = ", ".join(f"{name} DESC" if descending else name for name in table.key)
    insert = f"INSERT OR IGNORE INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of ours
    copied = 0
    # Where the damage is reached, the other direction may get further.
    with suppress(sqlite3.DatabaseError):
        for row in source.execute(f"SELECT {', '.join(columns)} FROM {table.name} ORDER BY {order}"):  # noqa: S608 - names of ours
            # A value that cannot be what it should be is not taken.
            with suppress(sqlite3.DatabaseError):
                copied += target.execute(insert, row).rowcount
    return copied


def _there(source: sqlite3.Connection, table: Table) -> list[str]:
    """Return those columns that a damaged ledger has; none where not even that can be read."""
    there: set[str] = set()
    with suppress(sqlite3.DatabaseError):
        there = {str(column[1]) for column in source.execute(f"PRAGMA table_info({table.name})")}
    return [name for name in table.columns if name in there]
