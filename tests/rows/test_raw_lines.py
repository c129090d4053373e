import pytest

from syncengine.rows.raw_lines import read_lines
from syncengine.rows.sources import source_lines


def lines_of(workspace, source):
    with source_lines(workspace, source) as file:
        if file is None:
            return None
        return workspace.run(f"SELECT row, line FROM {file.lines.table} ORDER BY row").fetchall()


def test_each_line_after_the_header_has_its_number(workspace, file_of):
    assert lines_of(workspace, file_of('a,b\n1,"x, y"\n2,z\n')) == [(2, '1,"x, y"'), (3, "2,z")]
    assert lines_of(workspace, file_of("sep=;\r\na;b\r\n1;x\r\n2;ü")) == [(3, "1;x"), (4, "2;ü")]


def test_lines_that_stand_for_the_same_bytes_have_one_digest(workspace, file_of):
    with source_lines(workspace, file_of("a,b\n1,2\n1,2\n12,\n1,2 \n")) as file:
        (different,) = workspace.one(f"SELECT count(DISTINCT digest) FROM {file.lines.table}")
    assert different == 3


@pytest.mark.parametrize(
    "content",
    ["a,b\n1,2\n\n3,4\n", "a,b\n1,\x012\n", "a,b\n1,2\r\n3,4\n", "a,b,\n1,2,\n", ""],
    ids=["blank line", "our own mark", "mixed line ends", "column without heading", "nothing"],
)
def test_a_file_whose_lines_cannot_be_told_apart_is_not_read_so(workspace, file_of, content):
    assert lines_of(workspace, file_of(content)) is None


def test_chosen_lines_are_read_with_their_numbers(workspace, file_of):
    with source_lines(workspace, file_of('a,b\n1,"x, y"\n2,z\n3,\n')) as file:
        rows = read_lines(workspace, file.lines, "(SELECT unnest([2, 4]) AS row)")
        assert workspace.run(f"SELECT row, file, s0, s1 FROM {rows.table} ORDER BY row").fetchall() == [
            (2, "data.csv", "1", "x, y"),
            (4, "data.csv", "3", ""),
        ]
        assert read_lines(workspace, file.lines, "(SELECT 9 AS row)").count == 0


@pytest.mark.parametrize("line", ['1,"x', '1,b"c,"d', "1", "1,2,3", '"'])
def test_a_line_that_is_no_record_by_itself_is_told(workspace, file_of, line):
    with source_lines(workspace, file_of(f"a,b\n{line}\n4,5\n")) as file:
        assert read_lines(workspace, file.lines, "(SELECT 2 AS row)") is None


def test_the_file_of_chosen_lines_does_not_stay(workspace, file_of):
    with source_lines(workspace, file_of("a,b\n1,2\n")) as file:
        read_lines(workspace, file.lines, "(SELECT 2 AS row)")
    assert not [path for path in workspace.folder.iterdir() if path.name.startswith("lines")]


def test_several_files_and_other_formats_are_not_read_as_lines(workspace, file_of):
    one = file_of("a,b\n1,2\n")
    assert lines_of(workspace, one.__class__(paths=(*one.paths, *one.paths), label="two", format="csv")) is None
    assert lines_of(workspace, file_of('{"a": "1"}\n', "data.jsonl")) is None
