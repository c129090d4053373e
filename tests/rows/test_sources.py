import codecs
import datetime
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from syncengine.errors import SourceError
from syncengine.model.desired import Source
from syncengine.rows.sources import read_source
from tests.rows.conftest import inline


def cells(workspace, source, *headings, **more):
    table = read_source(workspace, source, **more)
    if not table.table:
        return []
    return workspace.run(
        f"SELECT {', '.join(['row', *(table.columns[h] for h in headings)])} FROM {table.table} ORDER BY row"
    ).fetchall()


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_encoding_is_found_out_from_the_file(workspace, file_of, encoding):
    text = "phone,name\n" + "".join(f"30012345{n:02},José Núñez Peña de Bogotá\n" for n in range(30))
    found = cells(workspace, file_of(text.encode(encoding)), "phone", "name")
    assert found[0] == (2, "3001234500", "José Núñez Peña de Bogotá")
    assert found[29][0] == 31


def test_polish_text_in_windows_encoding_is_found_out(workspace, file_of):
    text = "phone;imię\n" + "".join(f"51234567{n};Zażółć gęślą jaźń, Łukasz Wiśniewski\n" for n in range(10))
    assert cells(workspace, file_of(text.encode("cp1250")), "imię")[3] == (5, "Zażółć gęślą jaźń, Łukasz Wiśniewski")


def test_a_stated_encoding_is_used(workspace, file_of):
    source = file_of("phone,name\n1,Łódź\n".encode("iso8859_2"), encoding="iso8859_2")
    assert cells(workspace, source, "name") == [(2, "Łódź")]


def test_an_encoding_that_does_not_exist_is_named(workspace, file_of):
    with pytest.raises(SourceError, match='no encoding "utf-9"'):
        read_source(workspace, file_of("phone\n1\n", encoding="utf-9"))


def test_a_byte_that_the_encoding_does_not_know_is_an_error_with_its_line(workspace, file_of):
    with pytest.raises(SourceError, match=r"data\.csv:3: .*UTF-8"):
        read_source(workspace, file_of("phone,name\n1,José\n2,Núñez".encode() + b"\xe9\n"))
    with pytest.raises(SourceError, match=r"data\.csv:2: .*cp1252"):
        read_source(workspace, file_of(b"phone\n1\x81\n", encoding="cp1252"))


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


def test_line_numbers_hold_for_every_line_end(workspace, file_of):
    for end in ("\n", "\r\n", "\r"):
        assert cells(workspace, file_of(end.join(["phone", "1", "2", ""])), "phone") == [(2, "1"), (3, "2")]


def test_mixed_line_ends_are_read(workspace, file_of):
    assert cells(workspace, file_of("phone,a\r\n1,x\n2,y\r\n"), "phone", "a") == [(2, "1", "x"), (3, "2", "y")]


def test_headings_are_trimmed(workspace, file_of):
    assert cells(workspace, file_of(" phone , name\n1,x\n"), "phone", "name") == [(2, "1", "x")]


def test_headings_that_differ_by_case_alone_stay_apart(workspace, file_of):
    assert cells(workspace, file_of("phone,Phone\n1,2\n"), "phone", "Phone") == [(2, "1", "2")]


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
        (",".join(f"c{n}" for n in range(20_001)) + "\n", "20,001 columns"),
        (b"PK\x03\x04" + b"x" * 50, "Excel workbook"),
        (b"PAR1" + b"x" * 50, "a Parquet file"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 50, "old Excel"),
        (b"\x1f\x8b" + b"x" * 50, "gzip"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(workspace, file_of, content, message):
    with pytest.raises(SourceError, match=message):
        read_source(workspace, file_of(content))


def test_a_missing_file_is_refused(workspace, tmp_path):
    with pytest.raises(SourceError, match=r"leads\.csv: the file does not exist"):
        read_source(workspace, Source(paths=(str(tmp_path / "leads.csv"),), label="leads.csv", format="csv"))


def test_a_missing_column_is_named_with_those_there_are(workspace, file_of):
    with pytest.raises(
        SourceError, match=r'no column "Telefono"; there are: "Telefno", "x"\. Did you mean "Telefno"\?'
    ):
        read_source(workspace, file_of("Telefno,x\n1,2\n"), required=["Telefono"])


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


def test_line_breaks_inside_fields_are_refused_on_request(workspace, file_of):
    with pytest.raises(SourceError, match=":2: "):
        read_source(workspace, file_of('phone\n"1\n2"\n'), one_line_fields=True)


def test_json_lines_keep_numbers_whole(workspace, file_of):
    content = '{"phone": 573001234567, "age": 7.0}\n\n{"phone": "0300", "vip": true, "x": null}\n'
    found = cells(workspace, file_of(content, "data.jsonl"), "phone", "age", "vip", "x")
    assert found == [(1, "573001234567", "7", "", ""), (3, "0300", "", "true", "")]


@pytest.mark.parametrize("line", ["[1]", "{", '{"phone": ["1"]}', '{"phone": "1", "phone": "2"}', "7"])
def test_a_json_line_that_is_no_flat_object_is_kept_with_its_problem(workspace, file_of, line):
    table = read_source(workspace, file_of('{"phone": "1"}\n' + line + "\n", "data.jsonl"))
    good, bad = workspace.run(f"SELECT problem FROM {table.table} ORDER BY row").fetchall()
    assert good == ("",)
    assert bad != ("",)


def parquet(columns) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_parquet_keeps_numbers_whole_and_dates_iso(workspace, file_of):
    content = parquet(
        {
            "phone": [573001234567.0, None],
            "n": [7, 8],
            "when": [datetime.datetime(2026, 1, 2, 3, 4, 5), None],
            "day": [datetime.date(2026, 1, 2), None],
            "t": ["0300", "x"],
        }
    )
    found = cells(workspace, file_of(content, "data.parquet"), "phone", "n", "when", "day", "t")
    assert found == [(1, "573001234567", "7", "2026-01-02 03:04:05", "2026-01-02", "0300"), (2, "", "8", "", "", "x")]


def test_a_truncated_parquet_file_and_nested_columns_are_refused(workspace, file_of):
    with pytest.raises(SourceError, match="cannot be read as Parquet"):
        read_source(workspace, file_of(parquet({"phone": ["1"] * 99})[:-20], "data.parquet"))
    with pytest.raises(SourceError, match='column "tags" holds'):
        read_source(workspace, file_of(parquet({"phone": ["1"], "tags": [["a"]]}), "data.parquet"))


def workbook(path: Path, **sheets) -> Source:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, datetime.datetime):
                        sheet.write_datetime(number, column, value, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
                    else:
                        sheet.write(number, column, value)
    return Source(paths=(str(path),), label=path.name, format="xlsx")


def test_a_workbook_keeps_phones_whole(workspace, tmp_path):
    moment = datetime.datetime(2026, 1, 2, 3, 4)
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


def test_several_files_are_one_source_and_must_have_the_same_columns(workspace, tmp_path):
    (tmp_path / "a.csv").write_text("phone,name\n1,x\n")
    (tmp_path / "b.csv").write_text("name;phone\ny;2\n")
    both = Source(paths=(str(tmp_path / "a.csv"), str(tmp_path / "b.csv")), label="*.csv", format="csv")
    table = read_source(workspace, both)
    found = workspace.run(f"SELECT file, row, {table.columns['phone']} FROM {table.table}").fetchall()
    assert found == [("a.csv", 2, "1"), ("b.csv", 2, "2")]
    (tmp_path / "b.csv").write_text("name;tel\ny;2\n")
    with pytest.raises(SourceError, match='not in all of them: "phone", "tel"'):
        read_source(workspace, both)


def test_inline_rows_have_the_line_of_the_manifest(workspace):
    assert cells(workspace, inline({"phone": "1"}, {"phone": "2", "name": "x"}), "phone", "name") == [
        (10, "1", ""),
        (11, "2", "x"),
    ]


def test_the_digest_is_of_the_bytes(workspace, file_of):
    one = read_source(workspace, file_of("phone\n1\n")).digest
    assert one == read_source(workspace, file_of("phone\n1\n")).digest
    assert one != read_source(workspace, file_of(codecs.BOM_UTF8 + b"phone\n1\n")).digest
