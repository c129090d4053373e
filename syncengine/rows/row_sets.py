# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""Rows that share an action and a reason, as a table in key order, with a digest over every cell.

The table has ``key``, ``phones``, ``content_hash``, ``remote_id`` and the record's ``v0``... in that order.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.model.change import Confidence, Reason, RowAction
from syncengine.model.findings import RowSet
from syncengine.model.phone import mask_key, mask_phone
from syncengine.rows.columns import RecordField
from syncengine.rows.workspace import Workspace


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
) -> RowSetTable:
    """Make a row set from a query of key, phones, content_hash, remote_id and v0...; one row a key."""
    table = workspace.table("row_set", f"SELECT * FROM ({rows}) ORDER BY key")
    row_set = RowSet(
        name=name,
        action=action,
        reason=reason,
        confidence=confidence,
        count=workspace.count(table),
        digest=digest_of(workspace, table, action=action, fields=fields),
        sample=_sample(workspace, table),
    )
    return RowSetTable(set=row_set, table=table, fields=tuple(fields))


def digest_of(workspace: Workspace, table: str, *, action: RowAction, fields: Sequence[RecordField]) -> str:
    """Return a digest over what would be done with every row; the same for any order in which they were found."""
    hashing = hashlib.sha256(repr((action, [(f.to, f.kind) for f in fields])).encode())
    # Lengths go in before the values, so that no two different rows make the same text.
    columns = ["key", "phones", "content_hash", "remote_id", *(f"v{n}" for n in range(len(fields)))]
    row = ", ".join(f"strlen({column}), ':', {column}" for column in columns)
    reader = workspace.connection.sql(f"SELECT sha256(concat({row})) FROM {table} ORDER BY key").to_arrow_reader(
        100_000
    )
    for batch in reader:
        hashing.update("".join(batch.column(0).to_pylist()).encode())
    return hashing.hexdigest()


def _sample(workspace: Workspace, table: str) -> tuple[str, ...]:
    rows = workspace.run(f"SELECT key, phones FROM {table} ORDER BY key LIMIT 3").fetchall()
    return tuple(mask_phone(phones.split(" ")[0]) if phones else mask_key(key) for key, phones in rows)
