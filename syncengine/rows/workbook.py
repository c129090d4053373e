"""Excel workbooks as columns of text."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from syncengine.errors import SourceError
from syncengine.rows.cell_text import text_of
from syncengine.rows.columnar import Rows
from syncengine.rows.source_table import MAX_FIELD, checked_header
from syncengine.rows.workbook_archive import check_archive
from syncengine.rows.workspace import Workspace

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_BATCH = 20_000


def read_workbook(workspace: Workspace, path: Path, label: str, *, sheet: str | None) -> Rows:
    """Read one sheet into a table; the row number is the one that Excel shows.

    Raises:
        SourceError: it is no workbook, it is a bomb, or the sheet cannot be told.
    """
    check_archive(path, label)
    chosen = _sheet(path, label, sheet)
    if chosen is None:
        return Rows(table="", columns=(), count=0)
    first, grid = _grid(chosen)
    header = next(grid, None)
    if header is None:
        return Rows(table="", columns=(), count=0)
    names = checked_header([text_of(cell) or "" for cell in header], f"{label}:{first}")
    rows = Rows.empty(workspace, names)
    records = _records(grid, first=first, width=len(names))
    while batch := list(islice(records, _BATCH)):
        rows.append(workspace, label, batch)
    return rows


def _sheet(path: Path, label: str, wanted: str | None) -> "CalamineSheet | None":
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book: CalamineWorkbook = CalamineWorkbook.from_path(str(path))
        if wanted is not None:
            return _named_sheet(book, label, wanted)
        visible = [
            m.name
            for m in book.sheets_metadata
            if m.typ == SheetTypeEnum.WorkSheet and m.visible == SheetVisibleEnum.Visible
        ]
        filled = [sheet for name in visible if (sheet := book.get_sheet_by_name(name)).height]
    except (CalamineError, OSError, ValueError) as error:
        raise SourceError(f"{label}: cannot be read as an Excel workbook: it is damaged or cut off") from error
    if len(filled) > 1:
        names = ", ".join(f'"{s.name}"' for s in filled)
        raise SourceError(f'{label}: more than one sheet has rows ({names}); state which one with "sheet:"')
    return filled[0] if filled else None


def _named_sheet(book: "CalamineWorkbook", label: str, wanted: str) -> "CalamineSheet":
    if wanted not in book.sheet_names:
        there = ", ".join(f'"{name}"' for name in book.sheet_names)
        raise SourceError(f'{label}: there is no sheet "{wanted}"; there are: {there}')
    return book.get_sheet_by_name(wanted)


def _grid(sheet: "CalamineSheet") -> tuple[int, Iterator[Sequence[object]]]:
    """Return the number of the first used row and the rows from there on."""
    start = sheet.start
    if start is None:
        return 1, iter(())
    return start[0] + 1, iter(sheet.to_python(skip_empty_area=True))


def _records(grid: Iterator[Sequence[object]], *, first: int, width: int) -> Iterator[tuple[int, str, list[str]]]:
    for number, cells in enumerate(grid, start=first + 1):
        texts = [text_of(cell) or "" for cell in cells]
        if not any(texts):
            continue
        problem = "cells to the right of the last heading" if any(texts[width:]) else ""
        if any(len(text) > MAX_FIELD for text in texts):
            problem, texts = f"a cell is longer than {MAX_FIELD:,} characters", [t[:MAX_FIELD] for t in texts]
        yield number, problem, (texts + [""] * (width - len(texts)))[:width]
