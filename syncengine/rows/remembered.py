# ruff: noqa: S608  # SQL is put together from table names of our own; paths go in through quoted()
"""What the rows of a contact list came to when they were last read, by the digest of each row as it stands.

A row that has not moved is neither taken apart nor mapped again. Only rows that the ledger holds as they are wanted are
remembered (digest, key, phones, content hashes), in a Parquet file beside it: it names nobody whom the ledger does not
name, and is its owner's alone (0600). It is good for one way of reading the list; its file is named after that, and
after the state of the ledger, in another one of which it is written anew. It is a cache: damaged or gone, all rows are
read as new ones. No row is less checked for it: do-not-call, duplicates and the comparison see remembered rows, too.
"""

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from syncengine.errors import SyncEngineError
from syncengine.rows.kept_file import kept_file
from syncengine.rows.workspace import Workspace, quoted

# Fewer rows are read anew in less time than it takes to look them up.
_WORTH_REMEMBERING: Final = 20_000
_COLUMNS: Final = ("key_id", "phone", "phones", "dropped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Where the rows of one list are remembered."""

    folder: Path
    # Of the list, fit for a file name.
    name: str

    @property
    def holds(self) -> bool:
        """Return whether anything is remembered of the list, whatever it is worth."""
        return any(self.folder.glob(f"{self.name}.*.rows"))

    def forget(self) -> None:
        """Remove all that is remembered of the list; what cannot be removed is written anew by the next plan."""
        for path in self.folder.glob(f"{self.name}.*.rows*"):
            with contextlib.suppress(OSError):
                path.unlink()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The rows that are remembered."""

    # Query: digest, key_id, phone, phones, dropped and the content hash of each mapping.
    table: str
    # Names of the columns that hold content hashes.
    hashes: tuple[str, ...]
    # Of the ledger when they were written.
    state: str
    # The collections in whose present state all of these rows are there as they are wanted, by :func:`mark_of`.
    marks: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The rows of a source: those that are remembered, and those that are new."""

    # Table: row, key_id, phone, phones, dropped, content hashes.
    known: str
    # Table: row.
    fresh: str
    known_count: int
    fresh_count: int
    remembered: Remembered


def worth_remembering(rows: int) -> bool:
    """Return whether so many rows are looked up in less time than they are read anew."""
    return rows >= _WORTH_REMEMBERING


def hash_column(mapping: str) -> str:
    """Return the column that holds the content hash of a mapping, from all that decides about it."""
    return f"h_{_short(mapping)}"


def mark_of(state: str, column: str) -> str:
    """Return the mark of a collection in a state of the ledger, in which a mapping has given it the content hashes."""
    return f"s_{_short(f'{state} {column}')}"


def recall(workspace: Workspace, memory: Memory, version: str) -> Remembered | None:
    """Return what is remembered of a list that is read in some way; None: nothing."""
    import duckdb

    found = sorted(memory.folder.glob(f"{memory.name}.{_short(version)}.*.rows"))
    if len(found) != 1:
        return None
    relation = f"read_parquet({quoted(str(found[0]))})"
    try:
        columns = [name for name, *_ in workspace.run(f"DESCRIBE SELECT * FROM {relation}").fetchall()]
    except (duckdb.Error, SyncEngineError):
        return None
    if not {"high", "low", *_COLUMNS} <= set(columns):
        return None
    passed_over = "".join(f", {name}" for name in columns if name.startswith("s_"))
    return Remembered(
        table=f"(SELECT (high::UHUGEINT << 64) | low AS digest, * EXCLUDE (high{passed_over}) FROM {relation})",
        hashes=tuple(name for name in columns if name.startswith("h_")),
        marks=frozenset(name for name in columns if name.startswith("s_")),
        state=found[0].suffixes[-2].removeprefix("."),
    )


def split_rows(workspace: Workspace, rows: str, remembered: Remembered) -> Split | None:
    """Say which rows of a source are new: the one place that does.

    A row that stands there twice is new each time, so that it is seen to be double.

    Args:
        workspace: where the tables are made.
        rows: table or query of ``row`` (a number that no two share) and ``digest``.
        remembered: what is remembered of that source.

    Returns:
        None where what is remembered turns out to be damaged.
    """
    import duckdb

    try:
        known = workspace.table(
            "known",
            f"SELECT t.row, m.* EXCLUDE (digest) FROM {rows} t JOIN {remembered.table} m USING (digest)",
        )
    except (duckdb.Error, SyncEngineError):
        return None
    # Half of a digest tells as much, at half the price.
    count, different = workspace.one(f"SELECT count(*), count(DISTINCT low) FROM {known}")
    if count != different:
        doubles = f"SELECT low FROM {known} GROUP BY low HAVING count(*) > 1"
        workspace.run(f"DELETE FROM {known} WHERE low IN ({doubles})")
    fresh = workspace.table("fresh", f"SELECT row FROM {rows} t ANTI JOIN {known} k USING (row)")
    return Split(
        known=known,
        fresh=fresh,
        known_count=workspace.count(known),
        fresh_count=workspace.count(fresh),
        remembered=remembered,
    )


def take_out(workspace: Workspace, found: Split, fresh_rows: str) -> Split | None:
    """Count those remembered rows as new that share a phone or an id with a new one, which may be double.

    Args:
        workspace: where the tables are.
        found: how the source was parted.
        fresh_rows: table of ``phone`` and ``own_id`` of its new rows.

    Returns:
        None where there are none.
    """
    texts = f"(SELECT phone AS text FROM {fresh_rows} UNION ALL SELECT own_id FROM {fresh_rows})"
    clashing = workspace.table(
        "clashing",
        f"SELECT row FROM {found.known} SEMI JOIN {texts} t ON t.text = phone WHERE phone <> ''"
        f" UNION SELECT row FROM {found.known} SEMI JOIN {texts} t ON t.text = key_id",
    )
    count = workspace.count(clashing)
    if count:
        workspace.run(f"DELETE FROM {found.known} WHERE row IN (SELECT row FROM {clashing})")
        workspace.run(f"INSERT INTO {found.fresh} SELECT row FROM {clashing}")
    workspace.drop(clashing)
    if not count:
        return None
    return replace(found, known_count=found.known_count - count, fresh_count=found.fresh_count + count)


def remember(
    workspace: Workspace, memory: Memory, rows: str, *, version: str, columns: Sequence[str], state: str
) -> None:
    """Write what rows came to, in place of all that was remembered of the list.

    Args:
        workspace: where the rows are.
        memory: where to write.
        rows: table of digest, key_id, phone, phones, dropped and ``columns``.
        version: how the list is read.
        columns: content hashes, and marks of collections.
        state: of the ledger, fit for a file name.
    """
    path = memory.folder / f"{memory.name}.{_short(version)}.{state}.rows"
    # Without a memory the next plan takes longer; it is no reason to stop this one.
    with contextlib.suppress(OSError, SyncEngineError):
        _write(workspace, path, rows, columns=(*_COLUMNS, *columns))
        for older in memory.folder.glob(f"{memory.name}.*.rows*"):
            if older != path:
                older.unlink(missing_ok=True)


def _write(workspace: Workspace, path: Path, rows: str, *, columns: Sequence[str]) -> None:
    # Parquet has no whole numbers of 128 bits.
    digest = "(digest >> 64)::UBIGINT AS high, (digest & 18446744073709551615)::UBIGINT AS low"
    with kept_file(path) as beside:
        workspace.run(
            f"COPY (SELECT {digest}, {', '.join(columns)} FROM {rows})"
            f" TO {quoted(str(beside))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
