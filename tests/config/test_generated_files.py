"""Generated files: cells are text, whatever they look like, and the same rows give the same bytes."""

import csv
import io
import time
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from syncengine.config.generated_files import MAX_CELL, custom_headings, file_bytes
from syncengine.errors import RenderError

CELLS = [
    "+573001234567",
    "007",
    '=HYPERLINK("http://x")',
    "@SUM(1)",
    "-1",
    "\tx",
    "é😀",
    'a,b;"c"\nd',
    "1e5",
    "https://x.example",
    "2024-01-02",
]


def build(form: str, rows: list[dict[str, str]]) -> bytes:
    return file_bytes(form=form, delimiter=";", headings=["Tel", "Name"], rows=rows)


def test_a_workbook_holds_every_cell_as_text_and_no_formula() -> None:
    raw = build("xlsx", [{"Tel": cell, "Name": cell} for cell in CELLS])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()
    assert rows == [["Tel", "Name"], *([cell, cell] for cell in CELLS)]
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b"hyperlink" not in sheet


def test_a_workbook_is_the_same_at_another_time() -> None:
    first = build("xlsx", [{"Tel": "+1", "Name": "a"}])
    time.sleep(1.1)
    assert build("xlsx", [{"Tel": "+1", "Name": "a"}]) == first


def test_a_cell_that_a_workbook_would_cut_is_refused() -> None:
    with pytest.raises(RenderError):
        build("xlsx", [{"Tel": "x" * (MAX_CELL + 1)}])


def test_a_csv_file_is_read_back_unchanged_but_for_formulas() -> None:
    formulas = CELLS[2:4] + CELLS[5:6]
    raw = build("csv", [{"Tel": cell, "Name": cell} for cell in CELLS])
    assert list(csv.reader(io.StringIO(raw.decode(), newline=""), delimiter=";")) == [
        ["Tel", "Name"],
        *([c, c] if c not in formulas else [f"'{c}"] * 2 for c in CELLS),
    ]


def test_a_missing_cell_is_empty() -> None:
    assert build("csv", [{"Name": "a"}]) == b"Tel;Name\r\n;a\r\n"


def test_custom_headings_come_in_the_order_of_their_first_row() -> None:
    assert custom_headings(["Tel"], [{"b": ""}, {"a": "", "b": ""}]) == ["b", "a"]
    with pytest.raises(RenderError, match="Tel"):
        custom_headings(["Tel"], [{"Tel": "x"}])
