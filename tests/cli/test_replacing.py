import os
import stat

import pytest

from syncengine.cli.replacing import PRIVATE, USUAL, replace_file
from syncengine.errors import SyncEngineError


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_private_file_is_its_owners_also_where_it_replaces_an_open_one(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o644)
    replace_file(path, b"new", mode=PRIVATE)
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)


def test_a_usual_file_is_as_the_process_makes_files_and_an_exact_one_as_it_was_said(tmp_path):
    before = os.umask(0o027)
    try:
        replace_file(tmp_path / "usual", b"", mode=USUAL)
        replace_file(tmp_path / "exact", b"", mode=0o664, exactly=True)
    finally:
        os.umask(before)
    assert mode(tmp_path / "usual") == 0o640
    assert mode(tmp_path / "exact") == 0o664


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "link").symlink_to("victim")
    replace_file(tmp_path / "link", b"new", mode=USUAL)
    assert (tmp_path / "victim").read_text() == "mine"
    assert not (tmp_path / "link").is_symlink()


def test_where_it_cannot_be_written_nothing_is_left_behind(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").write_text("x")
    with pytest.raises(SyncEngineError, match="cannot be written"):
        replace_file(tmp_path / "folder", b"new", mode=USUAL)
    with pytest.raises(SyncEngineError, match="cannot be written"):
        replace_file(tmp_path / "none" / "a", b"new", mode=USUAL)
    assert [found.name for found in tmp_path.iterdir()] == ["folder"]
