# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""A delimited file as its lines, each with a digest, so that a line that was read before is not taken apart again.

Only where every line is one record, which the whole file was seen to be when its lines were remembered. A line that is
new is read alone with its like; where those are one record a line again, so is the whole file: each line, old or new,
begins and ends outside of any quote.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from syncengine.rows.columnar import Rows
from syncengine.rows.csv_text import Layout, find_layout, read_fast
from syncengine.rows.source_table import MAX_FIELD
from syncengine.rows.text_file import TextFile
from syncengine.rows.workspace import Workspace, quoted

# Stands in no text file that is read so; a line with it is not one cell, and the file is read as all others are.
_NEVER = "\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLines:
    """The lines of one file after its header."""

    text: TextFile
    layout: Layout
    # Query of row (number of the line), digest and line.
    table: str
    count: int


def raw_lines(workspace: Workspace, text: TextFile, delimiter: str | None) -> RawLines | None:
    """Return the lines of a file; None: it is not written so that each line can be told apart."""
    import duckdb

    layout = find_layout(text, delimiter)
    if layout is None or not text.line_end or layout.width != len(layout.columns):
        return None
    name = workspace.new_name("lines")
    workspace.expect(text.lines)
    try:
        # 128 bits of MD5: who could make two lines of one digest has written both, and could have kept the first.
        workspace.connection.execute(
            f"CREATE TABLE {name} AS SELECT md5_number(line) AS digest, line"
            f" FROM read_csv({quoted(str(text.path))}, auto_detect=false, header=true, skip={layout.header_line - 1},"
            f" delim={quoted(_NEVER)}, quote='', escape='', strict_mode=true, max_line_size={MAX_FIELD},"
            " columns={line: 'VARCHAR'})"
        )
    except duckdb.Error:
        return None
    count, filled = workspace.one(f"SELECT count(*), count(line) FILTER (line <> '') FROM {name}")
    if not count == filled == text.lines - layout.header_line:
        workspace.drop(name)
        return None
    # DuckDB keeps the order of the file, and numbers the rows of a new table in it.
    table = f"(SELECT rowid + {layout.header_line + 1} AS row, digest, line FROM {name})"
    return RawLines(text=text, layout=layout, table=table, count=count)


def read_lines(workspace: Workspace, lines: RawLines, chosen: str) -> Rows | None:
    """Read some lines into a table of their cells; None: one of them is no record by itself.

    Args:
        workspace: where the table is made.
        lines: the file.
        chosen: table or query of the numbers, as ``row``.
    """
    wanted = workspace.table(
        "chosen", f"SELECT row, line FROM {lines.table} SEMI JOIN {chosen} USING (row) ORDER BY row"
    )
    try:
        count = workspace.count(wanted)
        if not count:
            return Rows.empty(workspace, lines.layout.columns)
        path = _written(workspace, lines.layout, wanted)
        alone = replace(lines.text, path=path, line_end="\n", lines=count + 1)
        found = read_fast(workspace, alone, replace(lines.layout, header_line=1))
        path.unlink()
        if found is None:
            return None
        # The first of them stands in line 2 of the file that was just written.
        table = workspace.table(
            "source", f"SELECT w.row, s.* EXCLUDE (row) FROM {found.table} s JOIN {wanted} w ON w.rowid + 2 = s.row"
        )
        workspace.drop(found.table)
        return Rows(table=table, columns=found.columns, count=count)
    finally:
        workspace.drop(wanted)


def _written(workspace: Workspace, layout: Layout, wanted: str) -> Path:
    """Write lines into a file of the private folder, below a header that stands for theirs."""
    path = workspace.folder / workspace.new_name("lines")
    # The folder is its owner's alone; the file is, too, so that nothing depends on the folder.
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(layout.delimiter.join("h" * layout.width).encode() + b"\n")
        reader = workspace.connection.sql(f"SELECT line FROM {wanted} ORDER BY row").to_arrow_reader(100_000)
        for batch in reader:
            out.write("\n".join(batch.column(0).to_pylist()).encode() + b"\n")
    return path
