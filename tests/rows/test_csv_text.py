import pytest

from syncengine.errors import SourceError
from syncengine.rows.sources import read_source
from tests.rows.conftest import cells


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_found_out_from_the_header(workspace, file_of, delimiter):
    source = file_of(
        delimiter.join(["phone", '"last, first; or|so"', "x"]) + "\n" + delimiter.join(["1", '"a,b;c"', "z"]) + "\n"
    )
    assert cells(workspace, source, "phone", "last, first; or|so", "x") == [(2, "1", "a,b;c", "z")]


def test_the_line_with_which_excel_states_its_delimiter_is_honoured(workspace, file_of):
    assert cells(workspace, file_of("sep=;\r\nphone;a,b\r\n1;2\r\n"), "phone", "a,b") == [(3, "1", "2")]


def test_line_numbers_survive_line_breaks_in_fields_and_blank_lines(workspace, file_of):
    found = cells(workspace, file_of('phone,note\n\n1,"two\nlines"\n\n2,x\n'), "phone", "note")
    assert found == [(3, "1", "two\nlines"), (6, "2", "x")]


def test_mixed_line_ends_are_read(workspace, file_of):
    assert cells(workspace, file_of("phone,a\r\n1,x\n2,y\r\n"), "phone", "a") == [(2, "1", "x"), (3, "2", "y")]


def test_an_empty_file_and_a_header_alone_have_no_rows(workspace, file_of):
    for content in ("", "\n\n", "phone,name\n", "\ufeffphone\n"):
        assert read_source(workspace, file_of(content), required=["phone"]).rows == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("phone,phone\n1,2\n", 'two columns are called "phone"'),
        ("phone,,x\n1,2,3\n", "column 2 has no heading"),
        ("+573001234567,x\n1,2\n", "looks like a phone number"),
        ("phone,name\n1,\x00\n", r":2: a NUL byte"),
        ('phone,name\n1,"open\n2,x\n3,y\n', r":2: a quote .* never closed"),
        ('phone,name\n1,"open\n2,x\n3,"y\n4,z\n', r":2: "),
        ('phone,name\n1,"open\n2,x\n3,y"\n4,z\n', r":2: a quote .* swallows"),
        ('phone,name\n1,"a"b\n', r":2: characters stand after a closing quote"),
        ("phone,name\n1," + "x" * 131_073 + "\n", r":2: a field is longer"),
        (",".join(f"c{n}" for n in range(1_001)) + "\n", "1,001 columns"),
        (b"PK\x03\x04" + b"x" * 50, "Excel workbook"),
        (b"PAR1" + b"x" * 50, "a Parquet file"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 50, "old Excel"),
        (b"\x1f\x8b" + b"x" * 50, "gzip"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(workspace, file_of, content, message):
    with pytest.raises(SourceError, match=message):
        read_source(workspace, file_of(content))


def test_a_ragged_row_is_kept_with_its_problem(workspace, file_of):
    table = read_source(workspace, file_of("phone,name\n1\n2,x\n3,y,z\n4,w,\n"))
    found = workspace.run(f"SELECT row, problem FROM {table.table} ORDER BY row").fetchall()
    assert found == [(2, "1 cells where the header has 2"), (3, ""), (4, "3 cells where the header has 2"), (5, "")]


def test_the_quick_reader_and_the_exact_one_agree(workspace, file_of):
    lines = [f'{n},"name ""{n}"", x",é{n}' for n in range(300)]
    quick = cells(workspace, file_of("phone,name,c\n" + "\n".join(lines) + "\n"), "phone", "name", "c")
    exact = cells(workspace, file_of("phone,name,c\n" + "\n".join(lines) + "\n\n"), "phone", "name", "c")
    assert quick == exact
    assert quick[7] == (9, "7", 'name "7", x', "é7")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_sound_file_is_read_by_the_quick_reader_whatever_its_line_end(workspace, file_of, monkeypatch, line_end):
    monkeypatch.setattr("syncengine.rows.csv_text._read_exactly", lambda *_, **__: pytest.fail("the slow reader"))
    text = line_end.join(["phone,name", *(f'{n},"é, {n}"' for n in range(5)), ""])
    assert cells(workspace, file_of(text), "phone", "name")[4] == (6, "4", "é, 4")


def test_line_breaks_inside_fields_are_refused_on_request(workspace, file_of):
    with pytest.raises(SourceError, match=":2: "):
        read_source(workspace, file_of('phone\n"1\n2"\n'), one_line_fields=True)
