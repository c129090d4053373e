# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""Rows that share an action and a reason, as a table in key order, with a digest over every cell.

The table has ``key``, ``phones``, ``content_hash``, ``remote_id`` and the record's ``v0``... in that order.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from syncengine.model.change import Confidence, Reason, RowAction
from syncengine.model.findings import RowSet
from syncengine.model.phone import mask_key, mask_phone
from syncengine.rows.columns import RecordField
from syncengine.rows.workspace import Workspace, quoted

# Characters of a SHA-256 in hex.
_DIGEST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSetTable:
    """A row set with its rows."""

    set: RowSet
    table: str
    fields: tuple[RecordField, ...]


def make_row_set(
    workspace: Workspace,
    rows: str,
    *,
    name: str,
    action: RowAction,
    reason: Reason,
    confidence: Confidence,
    fields: Sequence[RecordField],
    blank: Collection[int] = (),
) -> RowSetTable:
    """Make a row set from a query of key, phones, content_hash, remote_id and v0...; one row a key.

    ``blank`` are places of fields that are blank in all rows.
    """
    values = [f"v{n}" for n in range(len(fields))]
    filled = ", ".join(
        ["key", "phones", "content_hash", "remote_id", *(v for n, v in enumerate(values) if n not in blank)]
    )
    table = workspace.table("row_set", f"SELECT {filled} FROM ({rows}) ORDER BY key")
    if blank:
        given = "".join(f", {repr('') if n in blank else value} AS {value}" for n, value in enumerate(values))
        table = workspace.view("row_set", f"SELECT key, phones, content_hash, remote_id{given} FROM {table}")
    row_set = RowSet(
        name=name,
        action=action,
        reason=reason,
        confidence=confidence,
        count=workspace.count(table),
        digest=digest_of(workspace, table, action=action, fields=fields, blank=blank),
        sample=_sample(workspace, table),
    )
    return RowSetTable(set=row_set, table=table, fields=tuple(fields))


def digest_of(
    workspace: Workspace,
    table: str,
    *,
    action: RowAction,
    fields: Sequence[RecordField],
    blank: Collection[int] = (),
) -> str:
    """Return a digest over what would be done with every row; the same for any order in which they were found.

    The table is in key order, and DuckDB gives the rows of a table in its order.
    """
    hashing = hashlib.sha256(repr((action, [(f.to, f.kind) for f in fields])).encode())
    # Lengths go in before the values, so that no two different rows make the same text.
    columns = ["key", "phones", "content_hash", "remote_id", *(f"v{n}" for n in range(len(fields)))]
    never = {f"v{n}" for n in blank}
    parts = [quoted("0:") if column in never else f"strlen({column}), ':', {column}" for column in columns]
    row = ", ".join(parts).replace("', '", "")
    # The digests of a batch stand in its memory one after the other: nothing is made of each in Python.
    for batch in workspace.connection.sql(f"SELECT sha256(concat({row})) FROM {table}").to_arrow_reader(100_000):
        column = batch.column(0)
        start = column.offset * _DIGEST
        hashing.update(memoryview(column.buffers()[2])[start : start + len(column) * _DIGEST])
    return hashing.hexdigest()


def _sample(workspace: Workspace, table: str) -> tuple[str, ...]:
    rows = workspace.run(f"SELECT key, phones FROM {table} ORDER BY key LIMIT 3").fetchall()
    return tuple(mask_phone(phones.split(" ")[0]) if phones else mask_key(key) for key, phones in rows)
