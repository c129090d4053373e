# ruff: noqa: S608  # paths go in through quoted()
"""The ledger's rows of one collection where a comparison can read them: from the ledger, or from a copy of them.

Reading a million rows out of the ledger takes longer than all the rest of a plan, and few plans find them changed. So a
large collection is copied to a Parquet file in key order, named after the state of the ledger that it is a copy of;
under any other state it is not looked at. The copy is a cache: damaged or gone, it is made anew. It holds phones and is
its owner's alone (0600), as the ledger is.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from syncengine.rows.kept_file import kept_file
from syncengine.rows.workspace import Workspace, quoted

if TYPE_CHECKING:
    import pyarrow as pa

# Fewer rows are read from the ledger in less time than a file takes to open.
_WORTH_COPYING: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRows:
    """Rows as the ledger knows them.

    The table has key, phones (parted by blanks), content_hash, remote_id, state, refused_hash, updated_at and
    expires_at (seconds since 1970 or null).
    """

    # Name of a table, or a query in parentheses.
    table: str
    rows: int


def from_ledger(workspace: Workspace, rows: "pa.Table") -> KnownRows:
    """Take in rows as the ledger gives them."""
    return KnownRows(table=workspace.table_from_arrow("ledger", rows), rows=rows.num_rows)


def copied(workspace: Workspace, folder: Path, *, name: str, state: str, read: Callable[[], "pa.Table"]) -> KnownRows:
    """Return the rows of a collection from the copy, or read them and keep a copy for the next time.

    Args:
        workspace: where the rows are needed.
        folder: where copies lie; it is made when there is something to copy.
        name: of the collection, fit for a file name.
        state: of the ledger, fit for a file name; what was copied in another state does not count.
        read: reads the rows from the ledger.
    """
    path = folder / f"{name}.{state}.parquet"
    found = _copy(workspace, path)
    if found is not None:
        return found
    rows = read()
    if rows.num_rows >= _WORTH_COPYING:
        # Without a copy the next plan takes longer; it is no reason to stop this one.
        with contextlib.suppress(OSError):
            _keep(rows, path, name=name)
    return from_ledger(workspace, rows)


def _copy(workspace: Workspace, path: Path) -> KnownRows | None:
    import duckdb

    if not path.is_file():
        return None
    try:
        # The footer's count, and a look at every column: a file that was cut short or holds something else fails here.
        relation = f"(SELECT * FROM read_parquet({quoted(str(path))}))"
        (rows,) = workspace.one(f"SELECT count(*) FROM {relation}")
        workspace.run(
            f"SELECT key, phones, content_hash, remote_id, state, refused_hash, updated_at, expires_at"
            f" FROM {relation} LIMIT 1"
        ).fetchall()
    except duckdb.Error:
        return None
    workspace.expect(rows)
    return KnownRows(table=relation, rows=rows)


def _keep(rows: "pa.Table", path: Path, *, name: str) -> None:
    """Write a copy and forget older ones of the same collection."""
    import pyarrow.parquet as pq

    with kept_file(path) as beside:
        pq.write_table(rows, beside, compression="zstd", row_group_size=122_880)
    for older in path.parent.glob(f"{name}.*.parquet"):
        if older != path:
            older.unlink(missing_ok=True)
