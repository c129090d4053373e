# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""Delimited text as columns, strictly, with line numbers.

DuckDB reads the file at full speed; its result is taken only where one record is one line, so that the line number of
each row is known and no quote has swallowed lines. Every other file (line breaks inside fields, blank lines, ragged
rows, mixed line ends) and every complaint goes through Python's strict reader, which is slower and knows its lines.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from syncengine.errors import SourceError
from syncengine.rows.columnar import Rows
from syncengine.rows.source_table import MAX_FIELD, checked_header
from syncengine.rows.text_file import TextFile
from syncengine.rows.workspace import Workspace, quoted

_DELIMITERS: Final = ",;\t|"
_BATCH: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the records of a file are written."""

    delimiter: str
    # Heading of each column, trimmed.
    columns: tuple[str, ...]
    # Line of the header.
    header_line: int
    # Cells of the header before empty ones at its end were dropped.
    width: int

    @property
    def shape(self) -> str:
        """Return all that decides what the cells of a line are."""
        return repr((self.delimiter, self.columns))


def read_csv(workspace: Workspace, text: TextFile, *, delimiter: str | None, one_line_fields: bool) -> Rows:
    """Read a file into a table.

    Args:
        workspace: where the table is made.
        text: the file.
        delimiter: as stated; None: found out from the first line.
        one_line_fields: refuse line breaks inside fields; then every line that is not empty is a record.

    Raises:
        SourceError: the file is not delimited text, with the line.
    """
    layout = find_layout(text, delimiter)
    if layout is None:
        return Rows(table="", columns=(), count=0)
    if text.line_end and layout.width == len(layout.columns):
        rows = read_fast(workspace, text, layout)
        if rows is not None:
            return rows
    return _read_exactly(workspace, text, layout, one_line_fields=one_line_fields)


def find_layout(text: TextFile, delimiter: str | None) -> Layout | None:
    """Return how a file is written, from its first lines; None where it has no line at all."""
    with text.path.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline(MAX_FIELD * 4)
        line = 1
        if first.lower().startswith("sep=") and len(first.strip("\r\n")) == 5:
            delimiter, first, line = first[4], stream.readline(MAX_FIELD * 4), 2
        while first and not first.strip():
            first, line = stream.readline(MAX_FIELD * 4), line + 1
    if not first:
        return None
    found = delimiter or _guess(first)
    try:
        cells = next(csv.reader([first], delimiter=found, strict=True))
    except csv.Error as error:
        raise SourceError(f"{text.label}:{line}: the header cannot be read: {error}") from error
    columns = checked_header(cells, f"{text.label}:{line}")
    return Layout(delimiter=found, columns=columns, header_line=line, width=len(cells))


def _guess(header: str) -> str:
    unquoted = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=unquoted.count)


def read_fast(workspace: Workspace, text: TextFile, layout: Layout) -> Rows | None:
    """Read a file at full speed; None where not every line after the header is one record."""
    import duckdb

    columns = ", ".join(f"s{n}: 'VARCHAR'" for n in range(len(layout.columns)))
    cells = ", ".join(f"coalesce(s{n}, '') AS s{n}" for n in range(len(layout.columns)))
    name = workspace.new_name("source")
    workspace.expect(text.lines)
    try:
        workspace.connection.execute(
            f"CREATE TABLE {name} AS SELECT row_number() OVER () + {layout.header_line} AS row,"
            f" {quoted(text.label)} AS file, '' AS problem, {cells} FROM read_csv({quoted(str(text.path))},"
            f" auto_detect=false, header=true, skip={layout.header_line - 1}, delim={quoted(layout.delimiter)},"
            # No new_line: told of \r\n, DuckDB 2.0 reads no row at all. The file was seen to have one kind only.
            f""" quote='"', escape='"', strict_mode=true,"""
            f" max_line_size={MAX_FIELD}, columns={{{columns}}})"
        )
    except duckdb.Error:
        return None
    rows = workspace.count(name)
    if rows != text.lines - layout.header_line:
        workspace.run(f"DROP TABLE {name}")
        return None
    return Rows(table=name, columns=layout.columns, count=rows, shape=layout.shape)


def _read_exactly(workspace: Workspace, text: TextFile, layout: Layout, *, one_line_fields: bool) -> Rows:
    rows = Rows.empty(workspace, layout.columns)
    records = _records(text, layout, one_line_fields=one_line_fields)
    while batch := list(islice(records, _BATCH)):
        rows.append(workspace, text.label, batch)
    return rows


def _records(text: TextFile, layout: Layout, *, one_line_fields: bool) -> Iterator[tuple[int, str, list[str]]]:
    """Walk (line, problem, cells of the header's width)."""
    width = len(layout.columns)
    with text.path.open(encoding="utf-8-sig", newline="") as stream:
        for _ in range(layout.header_line):
            stream.readline()
        reader = csv.reader(stream, delimiter=layout.delimiter, strict=True)
        last = layout.header_line
        try:
            for cells in reader:
                line, last = last + 1, layout.header_line + reader.line_num
                if not cells:
                    continue
                if last > line:
                    _check_line_breaks(cells, layout, f"{text.label}:{line}", one_line_fields=one_line_fields)
                yield line, _problem(cells, width), (cells + [""] * (width - len(cells)))[:width]
        except csv.Error as error:
            raise SourceError(f"{text.label}:{last + 1}: {_explained(str(error))}") from error


def _problem(cells: Sequence[str], width: int) -> str:
    if len(cells) == width or (len(cells) > width and not any(cells[width:])):
        return ""
    return f"{len(cells)} cells where the header has {width}"


def _check_line_breaks(cells: Sequence[str], layout: Layout, where: str, *, one_line_fields: bool) -> None:
    """Refuse a field that holds whole lines: an unclosed quote that a later quote has closed by accident."""
    for cell in cells:
        if "\n" not in cell and "\r" not in cell:
            continue
        whole_lines = len(layout.columns) > 1 and any(
            part.count(layout.delimiter) >= len(layout.columns) - 1 for part in cell.splitlines()
        )
        if one_line_fields or whole_lines:
            raise SourceError(f'{where}: a quote (") opened here swallows the lines after it; close or remove it')


def _explained(error: str) -> str:
    if "unexpected end of data" in error:
        return 'a quote (") is opened in a line from here on and never closed; close or remove it'
    if "field larger than" in error:
        return f"a field is longer than {MAX_FIELD:,} characters; is a quote missing, or the delimiter wrong?"
    if "expected after" in error:
        return 'characters stand after a closing quote; a quote inside a field is written twice ("")'
    return error
