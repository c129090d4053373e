# ruff: noqa: S608  # SQL is put together from table names of our own
"""Row sets out of their columns, a batch at a time, on their way to a dialer: only here do rows become objects."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from syncengine.model.exchange import RowItem
from syncengine.rows.columns import RecordField
from syncengine.rows.row_sets import RowSetTable
from syncengine.rows.workspace import Workspace

_PIECE = 1_000
_Typed = Callable[[str], object]


def batches(workspace: Workspace, row_set: RowSetTable, size: int) -> Iterator[list[RowItem]]:
    """Walk the rows of a set in key order, at most ``size`` at a time; empty values are left out of the records.

    The table is in key order already, and DuckDB gives the rows of a table in its order: sorted once more, all of them
    would be held at once. The walk has its own cursor, so other statements may run meanwhile.
    """
    columns = ["key", "phones", "content_hash", "remote_id", *(f"v{n}" for n in range(len(row_set.fields)))]
    cursor = workspace.connection.cursor()
    # Where a call takes one row, a piece of columns for each would cost more than the call.
    taken = size * max(1, _PIECE // size)
    reader = cursor.sql(f"SELECT {', '.join(columns)} FROM {row_set.table}").to_arrow_reader(taken)
    try:
        for piece in reader:
            values = [column.to_pylist() for column in piece.columns]
            items = _items(values, row_set.fields)
            yield from (items[start : start + size] for start in range(0, len(items), size))
    finally:
        cursor.close()


def _items(values: Sequence[list[str]], fields: Sequence[RecordField]) -> list[RowItem]:
    keys, phones, hashes, remote_ids, *cells = values
    records = _records(cells, fields, len(keys))
    return [
        RowItem(key, tuple(numbers.split()), record, content_hash, remote_id)
        for key, numbers, record, content_hash, remote_id in zip(keys, phones, records, hashes, remote_ids, strict=True)
    ]


def _records(cells: Sequence[list[str]], fields: Sequence[RecordField], count: int) -> list[dict[str, object]]:
    # A column that is blank in the whole batch costs nothing.
    plain = [
        (f.to, _typed(column, f)) for f, column in zip(fields, cells, strict=True) if f.kind in _PLAIN and any(column)
    ]
    names = [name for name, _ in plain]
    rows = zip(*(column for _, column in plain), strict=True) if plain else [()] * count
    records = [_filled(names, row) for row in rows]
    for field, column in zip(fields, cells, strict=True):
        if field.kind in {"custom", "spread"}:
            _add_custom(records, column, field)
    return records


def _filled(names: Sequence[str], row: Sequence[object]) -> dict[str, object]:
    if "" not in row:
        return dict(zip(names, row, strict=True))
    return {name: value for name, value in zip(names, row, strict=True) if value != ""}


_PLAIN = {"text", "integer", "number"}


def _typed(column: list[str], field: RecordField) -> Sequence[object]:
    if field.kind == "text":
        return column
    read: _Typed = int if field.kind == "integer" else _number
    return [read(text) if text else "" for text in column]


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _add_custom(records: list[dict[str, object]], column: list[str], field: RecordField) -> None:
    import orjson

    for record, text in zip(records, column, strict=True):
        custom: dict[str, Any] = {name: value for name, value in orjson.loads(text).items() if value}
        if field.kind == "custom":
            # An empty object, too: templates leave it out where the vendor wants none.
            record[field.to] = custom
        elif field.kind == "spread":
            # A field that the mapping names itself wins over a custom column of the same name.
            for name, value in custom.items():
                record.setdefault(name, value)
