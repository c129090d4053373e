import codecs

import pytest

from syncengine.errors import SourceError
from syncengine.model.desired import Source
from syncengine.rows.sources import read_source
from tests.rows.conftest import cells, inline


def test_a_missing_file_is_refused(workspace, tmp_path):
    with pytest.raises(SourceError, match=r"leads\.csv: the file does not exist"):
        read_source(workspace, Source(paths=(str(tmp_path / "leads.csv"),), label="leads.csv", format="csv"))


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


def test_files_of_one_name_in_two_folders_are_told_apart(workspace, tmp_path):
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text(f"phone,name\n{folder},y\n")
    paths = (str(tmp_path / "a" / "x.csv"), str(tmp_path / "b" / "x.csv"))
    both = Source(paths=paths, root=str(tmp_path), label="*/x.csv", format="csv")
    table = read_source(workspace, both)
    assert workspace.run(f"SELECT file, row FROM {table.table}").fetchall() == [("a/x.csv", 2), ("b/x.csv", 2)]
    (tmp_path / "b" / "x.csv").write_text('phone,name\n1,"z\n')
    with pytest.raises(SourceError, match=r"^b/x\.csv:2: a quote"):
        read_source(workspace, both)
