# ruff: noqa: S608  # SQL is put together from table names of our own; paths go in through quoted()
"""What a contact list came to in the last run, row by row: so that a row that is as it was is not read again.

Kept in a Parquet file beside the ledger (0600: it holds people), named after everything that a normalised row hangs on
besides its own cells. It is a cache: damaged, gone or made under other rules, all rows are read anew.
"""

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from syncengine.rows.contacts import Contacts
from syncengine.rows.kept_file import kept_file
from syncengine.rows.wanted import Wanted
from syncengine.rows.workspace import Workspace, quoted

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Remembered:
    """Rows of the last run, accepted all, and no two of them with one number or one id."""

    path: Path
    # SQL: the columns of ``Contacts.table``, and digest.
    table: str
    digests: "pa.Table"


def memory_file(folder: Path, name: str, rules: Sequence[object]) -> Path:
    """Return where the rows of a list are remembered that were made under some rules."""
    return folder / f"{name}.{hashlib.sha256(repr(rules).encode()).hexdigest()[:16]}.parquet"


def remembered(workspace: Workspace, path: Path | None) -> Remembered | None:
    """Return what is remembered; None: nothing that counts."""
    import duckdb

    if path is None or not path.is_file():
        return None
    table = f"(SELECT * FROM read_parquet({quoted(str(path))}))"
    try:
        rows, digests, phones, numbered, ids, named = workspace.one(
            "SELECT count(*), count(DISTINCT digest), count(DISTINCT phone) FILTER (phone <> ''),"
            " count(*) FILTER (phone <> ''), count(DISTINCT own_id) FILTER (own_id <> ''),"
            f" count(*) FILTER (own_id <> '') FROM {table}"
        )
        if rows != digests or phones != numbered or ids != named:
            return None
        return Remembered(path, table, workspace.arrow(f"SELECT digest FROM {table}"))
    except duckdb.Error:
        return None


def remember_fetched(workspace: Workspace, contacts: Contacts, mapped: Sequence[tuple[Wanted, int]]) -> None:
    """Remember the rows of a list that lies elsewhere for the next run, but for those that a mapping could not take.

    Those are looked at again, so that they are told with the place where they stand by then.

    Args:
        workspace: where the tables are.
        contacts: the list, with the digests of its rows.
        mapped: the list as mapped for each collection that it feeds, and which of the mapped lists it is there.
    """
    if contacts.memory_file is None:
        return
    refused = [f"SELECT row, file FROM {w.rejects} WHERE src = {position}" for w, position in mapped if w.rejects]
    rows = f"SELECT * FROM {contacts.table}"
    if refused:
        rows += f" ANTI JOIN ({' UNION '.join(refused)}) USING (row, file)"
    # Without it the next plan takes longer; it is no reason to stop this one.
    with contextlib.suppress(OSError):
        _write(workspace, rows, contacts.memory_file)


def _write(workspace: Workspace, rows: str, path: Path) -> None:
    with kept_file(path) as beside:
        workspace.run(f"COPY ({rows}) TO {quoted(str(beside))} (FORMAT parquet, COMPRESSION zstd)")
    stem = path.name.removesuffix(".parquet").rpartition(".")[0]
    for older in path.parent.glob(f"{stem}.*.parquet"):
        # A list's name may have points in it: "a" and "a.b" are two lists.
        if older != path and older.name.removesuffix(".parquet").rpartition(".")[0] == stem:
            older.unlink(missing_ok=True)
