import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.config.sources import beneath, format_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "data" / "sub").mkdir(parents=True)
    for name in ("b.csv", "a.csv", "sub/c.csv"):
        (folder / "data" / name).write_text("phone\n")
    (tmp_path / "outside.csv").write_text("phone\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.csv").write_text("phone\n")
    return folder.resolve()


def names(root: Path, pattern: str) -> list[str]:
    found = beneath(root, pattern)
    assert not found.problem
    return [path.relative_to(root).as_posix() for path in found.paths]


def test_a_path_leads_to_its_file(root: Path) -> None:
    assert names(root, "data/a.csv") == ["data/a.csv"]


def test_a_pattern_leads_to_files_in_order_and_not_to_folders(root: Path) -> None:
    assert names(root, "data/*") == ["data/a.csv", "data/b.csv"]
    assert names(root, "data/**/*.csv") == ["data/a.csv", "data/b.csv", "data/sub/c.csv"]


def test_a_file_that_is_not_there_is_no_problem_here(root: Path) -> None:
    assert names(root, "data/none.csv") == names(root, "data/none-*.csv") == []


@pytest.mark.parametrize(
    "pattern",
    ["/etc/passwd", "../outside.csv", "data/../../outside.csv", "data/..", "~/x.csv", "C:\\x.csv", "C:/x.csv", "\\\\host\\x", "..\\x.csv", "data\\a.csv", "", " ", "a\0b"],
)  # fmt: skip
def test_a_path_that_does_not_stay_below_the_project_is_refused(root: Path, pattern: str) -> None:
    found = beneath(root, pattern)
    assert found.problem
    assert not found.paths


def test_a_link_out_of_the_project_is_refused(root: Path) -> None:
    (root / "data" / "link.csv").symlink_to(root.parent / "outside.csv")
    assert "leads out" in beneath(root, "data/link.csv").problem
    assert "leads out" in beneath(root, "data/*.csv").problem


def test_a_linked_folder_out_of_the_project_is_refused(root: Path) -> None:
    (root / "far").symlink_to(root.parent / "elsewhere")
    assert "leads out" in beneath(root, "far/x.csv").problem
    assert "leads out" in beneath(root, "far/*.csv").problem


def test_a_link_inside_the_project_is_followed(root: Path) -> None:
    (root / "near.csv").symlink_to(root / "data" / "a.csv")
    assert names(root, "near.csv") == ["data/a.csv"]


def test_a_link_to_itself_is_refused(root: Path) -> None:
    (root / "loop.csv").symlink_to(root / "loop.csv")
    assert beneath(root, "loop.csv").problem


def test_folders_and_pipes_are_not_files(root: Path) -> None:
    os.mkfifo(root / "pipe.csv")
    assert "not a regular file" in beneath(root, "data").problem
    assert "not a regular file" in beneath(root, "pipe.csv").problem
    assert "not a regular file" in beneath(root, "*.csv").problem


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.csv", "csv"), ("a.tsv", "csv"), ("a.TXT", "csv"), ("a/*.jsonl", "jsonl"), ("a.ndjson", "jsonl"), ("a.parquet", "parquet"), ("a.XLSX", "xlsx"), ("a.xls", None), ("a", None)],
)  # fmt: skip
def test_the_ending_tells_the_format(name: str, kind: str | None) -> None:
    assert format_of(name) == kind


@settings(max_examples=100, deadline=None)
@given(
    parts=st.lists(st.sampled_from(["..", ".", "data", "sub", "far", "*", "**", "a.csv", "", "~", "C:"]), max_size=6)
)
def test_whatever_is_written_nothing_outside_is_found(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    base = tmp_path_factory.getbasetemp() / "any"
    root = (base / "project").resolve()
    if not root.exists():
        (root / "data" / "sub").mkdir(parents=True)
        (root / "data" / "a.csv").write_text("x")
        (base / "a.csv").write_text("x")
        (root / "far").symlink_to(base)
    for path in beneath(root, "/".join(parts)).paths:
        assert path.resolve().is_relative_to(root)
