"""Rows of the ledger as Arrow columns, without a Python object per row.

SQLite itself writes a page of rows as one CSV text, which Arrow then reads: all in C, some 300,000 rows a second with
ten columns. A driver that hands over Arrow directly would be about twice as fast, but brings its own copy of SQLite
into the process, which can lose commits; ``connection.py`` says how.
"""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from syncengine.ledger.store import Columns

if TYPE_CHECKING:
    import pyarrow as pa

_PAGE = 20_000


def page_query(columns: Columns) -> str:
    """Return the query for one page after a key: its last key, and its rows as CSV."""
    # %w doubles quotation marks; 17 digits give every float back as it was.
    form = ",".join(['"%w"'] * len(columns.texts) + ["%s"] * len(columns.reals) + ["%d"] * len(columns.integers))
    reals = [f"CASE WHEN {name} IS NULL THEN '' ELSE printf('%!.17g', {name}) END" for name in columns.reals]
    line = f"printf('{form}', {', '.join([*columns.texts, *reals, *columns.integers])})"
    return (
        f"SELECT max({columns.key}), CAST(group_concat({line}, char(10)) AS BLOB) FROM"  # noqa: S608 names of ours
        f" (SELECT * FROM {columns.source} WHERE {columns.where} AND {columns.key} > ?"
        f" ORDER BY {columns.key} LIMIT {_PAGE})"
    )


def read_columns(connection: sqlite3.Connection, columns: Columns, parameters: Sequence[object]) -> "pa.Table":
    """Return the rows in the order of their key; the schema is the same when there are none."""
    import pyarrow as pa

    schema = columns.schema()
    query = page_query(columns)
    pages = [schema.empty_table()]
    after = ""
    while True:
        last, text = connection.execute(query, (*parameters, after)).fetchone()
        if last is None:
            return pa.concat_tables(pages)
        pages.append(parse_csv(text, schema))
        after = last


def parse_csv(text: bytes, schema: "pa.Schema") -> "pa.Table":
    """Read rows of CSV in which every text is quoted and an absent number is empty."""
    import pyarrow as pa
    from pyarrow import csv

    # Arrow would put its own handler in the place of ours while it reads, and Ctrl-C would end an apply in the middle.
    pa.enable_signal_handlers(False)
    return csv.read_csv(
        pa.BufferReader(text),
        # One block: a page is read whole, whatever stands in its texts.
        read_options=csv.ReadOptions(column_names=schema.names, block_size=len(text) + 1, use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(column_types=schema, strings_can_be_null=False),
    )
