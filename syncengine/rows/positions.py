# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in as parameters
"""Rows named by their place: what the ledger holds of people, said without a key, a number or a hash of one.

The people of the files at one commit stand in a fixed order. Whoever has those files can count; whoever has not
learns nothing but how many there are. So a ledger row becomes "the 17th row of this collection, present".
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from syncengine.rows.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """Ledger rows that are in the same state."""

    state: str
    # Whether the content that was written is the one that the files state; else none is remembered.
    same: bool
    # Whether the dialer has refused just this content.
    refused: bool
    expires_at: float | None
    # Places, as 0-99,120.
    at: str
    # The vendor's ids in the order of the places; empty where it gives none.
    ids: tuple[str, ...] = ()


def numbered(workspace: Workspace, queries: Sequence[str]) -> str:
    """Return a table (spot, number) of all numbers of some queries of one column, each once, in order."""
    every = " UNION ".join(queries) if queries else "SELECT '' AS number WHERE false"
    return workspace.table(
        "numbered",
        "SELECT row_number() OVER (ORDER BY number) - 1 AS spot, number"
        f" FROM (SELECT DISTINCT number FROM ({every}) t(number) WHERE number <> '')",
    )


def numbers_of(table: str) -> str:
    """SQL for the single numbers of a table with ``phones``."""
    return f"SELECT unnest(string_split(phones, ' ')) AS number FROM {table}"


def placed(workspace: Workspace, wanted: str, numbers: str) -> str:
    """Return a table (spot, key, phones, content_hash) of those wanted rows whose numbers all stand in ``numbers``."""
    strange = (
        f"SELECT DISTINCT key FROM (SELECT key, unnest(string_split(phones, ' ')) AS number FROM {wanted})"
        f" ANTI JOIN {numbers} USING (number) WHERE number <> ''"
    )
    return workspace.table(
        "placed",
        "SELECT row_number() OVER (ORDER BY key) - 1 AS spot, key, phones, content_hash"
        f" FROM {wanted} ANTI JOIN ({strange}) USING (key)",
    )


def digest(workspace: Workspace, table: str, columns: Sequence[str]) -> bytes:
    """Return the SHA-256 over some columns of a table in the order of ``spot``."""
    hashing = hashlib.sha256()
    row = ", ".join(f"strlen({column}), ':', {column}" for column in columns)
    for batch in workspace.connection.sql(f"SELECT sha256(concat({row})) FROM {table} ORDER BY spot").to_arrow_reader(
        100_000
    ):
        hashing.update("".join(batch.column(0).to_pylist()).encode())
    return hashing.digest()


def places_of(workspace: Workspace, numbers: str, chosen: Iterable[str]) -> tuple[str, int]:
    """Return the places of some numbers in ``numbers``, and how many of them do not stand there."""
    wanted = sorted(set(chosen))
    table = workspace.table("chosen", "SELECT unnest(?::VARCHAR[]) AS number", [wanted])
    found = _column(workspace, f"SELECT spot FROM {numbers} SEMI JOIN {table} USING (number) ORDER BY spot")
    workspace.drop(table)
    return _ranges(found), len(wanted) - len(found)


def numbers_at(workspace: Workspace, numbers: str, places: str) -> "pa.Table":
    """Return a table of one column ``number``: those at some places."""
    return workspace.arrow(
        f"SELECT number FROM {numbers} WHERE spot IN (SELECT unnest(?::BIGINT[])) ORDER BY number",
        [list(_each(places))],
    )


def groups_of(workspace: Workspace, placed_rows: str, ledger: "pa.Table") -> tuple[list[RowGroup], int]:
    """Return what the ledger holds of placed rows, by state, and how many of its rows cannot be said so.

    Left out is a row that the files do not name, or name with other numbers or another content, and one whose id at
    the vendor has a number in it.
    """
    rows = workspace.table_from_arrow("ledger", ledger)
    said = (
        "p.spot IS NOT NULL AND a.phones = p.phones AND a.content_hash IN (p.content_hash, '')"
        " AND a.refused_hash IN (p.content_hash, '')"
        " AND len([n FOR n IN string_split(a.phones, ' ') IF n <> '' AND contains(a.remote_id, right(n, 7))]) = 0"
    )
    joined = workspace.table(
        "joined",
        f"SELECT p.spot, a.state, a.content_hash <> '' AS same, a.refused_hash <> '' AS refused, a.expires_at,"
        f" a.remote_id, coalesce({said}, false) AS said FROM {rows} a LEFT JOIN {placed_rows} p ON p.key = a.key",
    )
    found = workspace.run(
        f"SELECT state, same, refused, expires_at, spot, remote_id FROM {joined} WHERE said"
        " ORDER BY state, same, refused, expires_at NULLS FIRST, spot"
    ).fetchall()
    (left_out,) = workspace.one(f"SELECT count(*) FROM {joined} WHERE NOT said")
    workspace.drop(rows, joined)
    return [_group(key, list(rows)) for key, rows in groupby(found, key=lambda row: row[:4])], left_out


def _group(key: tuple[str, bool, bool, float | None], rows: list[tuple[object, ...]]) -> RowGroup:
    state, same, refused, expires_at = key
    ids = tuple(str(row[5]) for row in rows)
    return RowGroup(
        state=state,
        same=same,
        refused=refused,
        expires_at=expires_at,
        at=_ranges(int(str(row[4])) for row in rows),
        ids=ids if any(ids) else (),
    )


def rows_of(workspace: Workspace, placed_rows: str, group: RowGroup) -> "pa.Table":
    """Return the ledger rows that a group says: key, phones, content_hash, remote_id, refused_hash."""
    places = list(_each(group.at))
    ids = list(group.ids) or [""] * len(places)
    said = workspace.table(
        "said", "SELECT unnest(?::BIGINT[]) AS spot, unnest(?::VARCHAR[]) AS remote_id", [places, ids]
    )
    content = "content_hash" if group.same else "''"
    refused = "content_hash" if group.refused else "''"
    return workspace.arrow(
        f"SELECT key, phones, {content} AS content_hash, remote_id, {refused} AS refused_hash"
        f" FROM {placed_rows} JOIN {said} USING (spot) ORDER BY key"
    )


def strangers(workspace: Workspace, table: str, known: str) -> int:
    """Return how many rows of a table (key) have a key that ``known`` lacks."""
    return workspace.one(f"SELECT count(*) FROM {table} ANTI JOIN {known} USING (key)")[0]


def texts(workspace: Workspace, table: str, column: str) -> set[str]:
    """Return a column as a set."""
    return set(workspace.arrow(f"SELECT {column} FROM {table}").column(0).to_pylist())


def _column(workspace: Workspace, query: str) -> list[int]:
    return [int(place) for place in workspace.arrow(query).column(0).to_pylist()]


def _ranges(places: Iterable[int]) -> str:
    parts: list[list[int]] = []
    for place in places:
        if parts and place == parts[-1][1] + 1:
            parts[-1][1] = place
        else:
            parts.append([place, place])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def _each(places: str) -> Iterator[int]:
    for part in filter(None, places.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
