from pathlib import Path

import pytest

from syncengine.errors import SourceError
from syncengine.rows.workbook_archive import check_archive
from tests.hostile.workbooks_cases import HEADING, PEOPLE, archive, book, number, parts, row, text


def refusal(tmp_path: Path, raw: bytes) -> str:
    path = tmp_path / "list.xlsx"
    path.write_bytes(raw)
    try:
        check_archive(path, "list.xlsx")
    except SourceError as error:
        return str(error)
    return ""


def test_a_workbook_as_programs_write_it_is_taken(tmp_path: Path) -> None:
    assert refusal(tmp_path, book()) == ""
    gaps = HEADING + row(1_000, text("A1000", "x"), number("C1000", 1)) + row(1_002)
    assert refusal(tmp_path, book(gaps)) == ""
    assert refusal(tmp_path, book("<row><c><v>1</v></c></row>" * 3)) == ""


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (HEADING + PEOPLE + row(2, text("A2", "x")), "list.xlsx:2: a row or a cell is stated twice"),
        (HEADING + row(2, text("B2", "x"), text("A2", "x")), "list.xlsx:2: a row or a cell is stated twice"),
        (HEADING + row(300_000, text("A300000", "x")) + row(900_000, text("B900000", "x")), "spread over 900,000 rows"),
        (HEADING + row(1_048_577, text("A1048577", "x")), "where no sheet has one"),
        (HEADING + "<row r='2'><c><v>1</v></c></row>", "some cells state their place and some do not"),
    ],
)
def test_cells_that_hide_others_or_cost_gigabytes_are_refused(tmp_path: Path, rows: str, words: str) -> None:
    assert words in refusal(tmp_path, book(rows))


def test_two_files_of_one_name_are_refused_whatever_their_case(tmp_path: Path) -> None:
    assert "have one name" in refusal(tmp_path, archive(parts(), ("XL/worksheets/Sheet1.xml", "x")))
