"""Files that are made of rows and sent as a part of a body: .xlsx and .csv.

Every cell of a workbook is written as text, so that no name is taken for a formula and no phone for a number; text has
no types, so there a formula gets a quotation mark in front. A workbook has a fixed date, so that the same rows give the
same bytes. The workbook is built in memory: rows are people, and nothing about them is left in a folder for temporary
files.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from syncengine.errors import RenderError
from syncengine.model.cells import inert

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

# What the format itself allows.
MAX_ROWS = 1_048_575
MAX_CELL = 32_767

# A number, for the vendor as for a spreadsheet.
_NEGATIVE = re.compile(r"-[0-9]+(?:[.,][0-9]+)?")

_CREATED = datetime(2000, 1, 1, tzinfo=UTC)

Row = Mapping[str, str]


def file_bytes(*, form: str, delimiter: str, headings: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Return the file: a line of headings, then one line for each row; a row lacks a cell where it has no such key.

    Raises:
        RenderError: the rows do not fit the format.
    """
    if form == "csv":
        return _csv(delimiter, headings, rows)
    return _xlsx(headings, rows)


def custom_headings(headings: Sequence[str], customs: Iterable[Mapping[str, object]]) -> list[str]:
    """Return the names of custom columns in the order in which rows first have them.

    Raises:
        RenderError: one of them has the name of a column that the file has anyway.
    """
    found = list(dict.fromkeys(name for custom in customs for name in custom))
    if taken := sorted(set(found) & set(headings)):
        raise RenderError(f'the custom column "{taken[0]}" has the name of another column of the generated file')
    return found


def _csv(delimiter: str, headings: Sequence[str], rows: Sequence[Row]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(map(inert, headings))
    writer.writerows([_csv_cell(row.get(heading, "")) for heading in headings] for row in rows)
    return stream.getvalue().encode()


def _csv_cell(cell: str) -> str:
    return cell if _NEGATIVE.fullmatch(cell) else inert(cell)


def _xlsx(headings: Sequence[str], rows: Sequence[Row]) -> bytes:
    import xlsxwriter

    if len(rows) > MAX_ROWS:
        raise RenderError(f"a workbook holds at most {MAX_ROWS:,} rows below its headings")
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    workbook.set_properties({"created": _CREATED})
    write: Callable[[int, int, str], int] = workbook.add_worksheet().write_string
    _write_line(write, 0, headings)
    for number, row in enumerate(rows, start=1):
        _write_line(write, number, [row.get(heading, "") for heading in headings])
    workbook.close()
    return stream.getvalue()


def _write_line(write: Callable[[int, int, str], int], number: int, cells: Sequence[str]) -> None:
    for column, cell in enumerate(cells):
        if len(cell) > MAX_CELL:
            raise RenderError(f"a cell of a workbook holds at most {MAX_CELL:,} characters")
        if cell:
            write(number, column, cell)
