import os
from pathlib import Path

import pytest

from syncengine.model.desired import Source
from syncengine.rows.dnd import load_dnd
from tests.rows.conftest import NOW, dnd_list, inline, table_rows


def read(workspace, book, source, *, regions=("CO",), previous=None, now=None, **more):
    if source.paths:
        for path in source.paths:
            if Path(path).exists() and now is None:
                os.utime(path, (NOW, NOW))
    return load_dnd(
        workspace, dnd_list(source, **more), regions=regions, previous_rows=previous, book=book, now=now or NOW + 60
    )


def numbers(workspace, reading):
    return [number for (number,) in table_rows(workspace, reading.numbers, "number")]


def test_a_sound_list_is_its_numbers(workspace, book, file_of):
    reading = read(workspace, book, file_of("phone,since\n+57 300 123 4567,x\n3007654321,y\n3007654321,z\n,\n"))
    assert reading.summary.held == ""
    assert numbers(workspace, reading) == ["+573001234567", "+573007654321"]
    assert (reading.summary.rows, reading.summary.accepted, reading.summary.duplicates) == (3, 3, 1)


def test_the_only_column_needs_no_name(workspace, book, file_of):
    assert numbers(workspace, read(workspace, book, file_of("numero\n3001234567\n"))) == ["+573001234567"]


def test_a_number_that_several_regions_understand_is_listed_in_all_of_them(workspace, book):
    reading = read(workspace, book, inline({"phone": "07840258823"}), regions=("GB", "VN"), region="")
    assert numbers(workspace, reading) == ["+447840258823", "+847840258823"]


BROKEN = {
    "a line that is no number": "phone\n3001234567\nx\n",
    "scientific notation": "phone\n3001234567\n3.00E+09\n",
    "two numbers in a cell": "phone\n3001234567\n3001234567;3007654321\n",
    "a blank phone beside a name": "phone,name\n3001234567,\n,Ana\n",
    "a short code": "phone\n3001234567\n123\n",
    "too many digits": "phone\n3001234567\n+5730012345678901\n",
    "a ragged line": "phone,name\n3001234567,x\n3007654321\n",
    "a stray end-of-file mark": "phone\n3001234567\n\x1a\n",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_line_that_cannot_be_read_holds_and_the_others_count(workspace, book, file_of, content):
    reading = read(workspace, book, file_of(content))
    assert "1 row cannot be read as a number: data.csv:3" in reading.summary.held
    assert reading.summary.rejected == 1
    assert "+573001234567" in numbers(workspace, reading)


def test_the_number_in_a_ragged_line_is_still_listed(workspace, book, file_of):
    reading = read(workspace, book, file_of("phone,name\n3001234567\n"))
    assert reading.summary.held
    assert numbers(workspace, reading) == ["+573001234567"]


def test_what_holds_never_shows_a_number(workspace, book, file_of):
    held = read(workspace, book, file_of("phone,name\n30012345678901,Ana\n3001234567;3007654321,Eva\n")).summary.held
    assert "300" not in held
    assert "Ana" not in held


UNREADABLE = {
    "an unclosed quote": 'phone\n"3001234567\n3007654321\n',
    "a quote that swallows lines": 'phone\n"3001234567\n3007654321"\n',
    "a NUL byte": "phone\n300\x001234567\n",
    "no header": "3001234567\n3007654321\n",
    "another header": "tel,name\n3001234567,x\n",
    "mixed encodings": "phone,name\n3001234567,Núñez y Peña\n".encode() + b"3007654321,Nu\xf1ez\n",
    "a workbook by the name of a CSV": b"PK\x03\x04" + b"\x00" * 99,
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_is_not_what_it_says_holds(workspace, book, file_of, content):
    assert "data.csv" in read(workspace, book, file_of(content)).summary.held


@pytest.mark.parametrize("content", ["", "phone\n", "phone\n\n\n"])
def test_an_empty_list_holds(workspace, book, file_of, content):
    reading = read(workspace, book, file_of(content))
    assert reading.summary.held == "the list is empty"
    assert numbers(workspace, reading) == []


def test_a_missing_file_holds_and_the_other_files_count(workspace, book, file_of, tmp_path):
    there = file_of("phone\n3001234567\n")
    both = Source(paths=(*there.paths, str(tmp_path / "gone.csv")), label="*.csv", format="csv")
    reading = read(workspace, book, both)
    assert reading.summary.held == "gone.csv: the file does not exist; put it there or correct the name"
    assert numbers(workspace, reading) == ["+573001234567"]


def test_an_old_list_holds_but_counts(workspace, book, file_of):
    source = file_of("phone\n3001234567\n")
    os.utime(source.paths[0], (NOW - 8 * 86_400, NOW - 8 * 86_400))
    reading = read(workspace, book, source, now=NOW)
    assert "8.0 days old; at most 7 days" in reading.summary.held
    assert numbers(workspace, reading) == ["+573001234567"]


def test_a_list_from_the_future_holds(workspace, book, file_of):
    source = file_of("phone\n3001234567\n")
    os.utime(source.paths[0], (NOW + 3600, NOW + 3600))
    assert "dated in the future" in read(workspace, book, source, now=NOW).summary.held


def test_a_shrunken_list_holds(workspace, book):
    rows = [{"phone": f"30012345{n:02}"} for n in range(79)]
    assert "shrunk from 100 to 79" in read(workspace, book, inline(*rows), previous=100).summary.held
    assert read(workspace, book, inline(*rows, {"phone": "3007654321"}), previous=100).summary.held == ""
