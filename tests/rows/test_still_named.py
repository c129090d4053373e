"""Files that name a number are told, in whatever spelling and of whatever kind they are."""

import gzip
from pathlib import Path

import pytest

from syncengine.errors import SourceError
from syncengine.model.desired import Source
from syncengine.rows.still_named import files_naming
from syncengine.rows.workspace import Workspace

NUMBER = "+573001234567"


def naming(*paths: Path, **more: str) -> list[str]:
    source = Source(
        paths=tuple(map(str, paths)),
        root=str(paths[0].parent),
        format=more.get("format", "csv"),
        label="a list",  # type: ignore[arg-type]
    )
    with Workspace() as workspace:
        return files_naming(workspace, source, [NUMBER, "+14155550123"])


@pytest.mark.parametrize("cell", ["573001234567", "(300) 123-45 67", "call 0057 300.1234567 please", "+1 415 555 0123"])
def test_a_file_is_told_by_any_spelling_in_any_column(tmp_path: Path, cell: str) -> None:
    for name, text in (("a.csv", "+41791234567"), ("b.csv", cell)):
        (tmp_path / name).write_text(f"phone,note\n+41790000000,{text}\n", encoding="utf-8")
    assert naming(tmp_path / "a.csv", tmp_path / "b.csv") == ["b.csv"]


def test_a_number_that_ends_alike_is_another_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("phone\n+34911234567\n", encoding="utf-8")
    assert naming(tmp_path / "a.csv") == []


def test_packed_and_empty_files_are_read_and_broken_ones_refused(tmp_path: Path) -> None:
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(f"phone\n{NUMBER}\n".encode()))
    assert naming(packed) == ["a list"]
    (tmp_path / "b.csv").write_text("", encoding="utf-8")
    assert naming(tmp_path / "b.csv") == []
    packed.write_bytes(b"no gzip")
    with pytest.raises(SourceError):
        naming(packed)
