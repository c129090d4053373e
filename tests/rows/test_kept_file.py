"""A file beside the ledger is private and whole."""

import os
import stat
from pathlib import Path

import pytest

from syncengine.rows.kept_file import kept_file


def test_it_takes_the_place_of_the_one_before_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "beside" / "rows"
    for text in ("first", "second"):
        with kept_file(path) as new:
            new.write_text(text)
            assert not path.exists() or path.read_text() == "first"
        assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


def test_one_that_fails_leaves_the_one_before_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_text("before")

    def fail() -> None:
        with kept_file(path) as new:
            new.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [tmp_path / "rows"]


@pytest.mark.parametrize("anew", [False, True], ids=["written into", "made anew by the writer"])
def test_its_owner_alone_can_read_it_at_any_moment(tmp_path: Path, anew: bool) -> None:
    path = tmp_path / "beside" / "rows"
    before = os.umask(0)
    try:
        with kept_file(path) as new:
            assert stat.S_IMODE(new.stat().st_mode) == 0o600
            if anew:
                new.unlink()
            new.write_text("people")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_a_killed_process_of_the_same_number_left_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / f"rows.{os.getpid()}.new").write_text("half")
    with kept_file(tmp_path / "rows") as new:
        new.write_text("whole")
    assert (tmp_path / "rows").read_text() == "whole"
    assert list(tmp_path.iterdir()) == [tmp_path / "rows"]
