import datetime as dt
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from syncengine.errors import SourceError
from syncengine.model.desired import Source
from syncengine.rows.sources import read_source
from tests.rows.conftest import cells


def workbook(path: Path, **sheets) -> Source:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, dt.datetime):
                        sheet.write_datetime(number, column, value, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
                    else:
                        sheet.write(number, column, value)
    return Source(paths=(str(path),), label=path.name, format="xlsx")


def test_a_workbook_keeps_phones_whole(workspace, tmp_path):
    moment = dt.datetime.fromisoformat("2026-01-02 03:04")
    source = workbook(
        tmp_path / "a.xlsx", A=[["phone", "when", "x"], [573001234567, moment, 0.5], [], ["0300", "", True]], B=[]
    )
    found = cells(workspace, source, "phone", "when", "x")
    assert found == [(2, "573001234567", "2026-01-02 03:04:00", "0.5"), (4, "0300", "", "true")]


def test_a_workbook_with_two_filled_sheets_must_say_which(workspace, tmp_path):
    source = workbook(tmp_path / "a.xlsx", A=[["phone"], ["1"]], B=[["phone"], ["2"]])
    with pytest.raises(SourceError, match='more than one sheet has rows \\("A", "B"\\)'):
        read_source(workspace, source)
    named = Source(paths=source.paths, label="a.xlsx", format="xlsx", sheet="B")
    assert cells(workspace, named, "phone") == [(2, "2")]
    with pytest.raises(SourceError, match='no sheet "C"'):
        read_source(workspace, Source(paths=source.paths, label="a.xlsx", format="xlsx", sheet="C"))


def test_a_truncated_workbook_is_refused(workspace, tmp_path):
    source = workbook(tmp_path / "a.xlsx", A=[["phone"], ["1"]])
    path = Path(source.paths[0])
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(SourceError, match="damaged"):
        read_source(workspace, source)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(workspace, tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    with pytest.raises(SourceError, match="as a bomb does"):
        read_source(workspace, Source(paths=(str(path),), label="bomb.xlsx", format="xlsx"))
