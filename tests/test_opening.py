import os
from pathlib import Path

import pytest

from syncengine import opening
from syncengine.opening import NotOpenedError, opened, read_whole


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "list.csv").write_text("phone\n")
    return tmp_path.resolve()


def test_a_file_is_read_by_a_name_that_stays_its_own(root: Path) -> None:
    path = root / "data" / "list.csv"
    with opened(path, limit=100) as found:
        path.rename(root / "data" / "old.csv")
        path.write_text("another")
        assert found.path.read_text() == "phone\n"
        assert found.size == 6


def test_a_link_is_refused_wherever_it_stands_in_the_path(root: Path) -> None:
    (root / "link.csv").symlink_to(root / "data" / "list.csv")
    (root / "folder").symlink_to(root / "data")
    for path in (root / "link.csv", root / "folder" / "list.csv"):
        with pytest.raises(NotOpenedError) as caught:
            read_whole(path, limit=100)
        assert caught.value.strerror


def test_what_is_no_regular_file_is_refused_and_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipe.csv")
    for path in (root / "pipe.csv", root / "data", Path("/dev/zero")):
        with pytest.raises(NotOpenedError, match="regular file"):
            read_whole(path, limit=100)


def test_a_second_name_is_refused_where_the_file_must_be_the_projects_own(root: Path) -> None:
    os.link(root / "data" / "list.csv", root / "twin.csv")
    with pytest.raises(NotOpenedError, match="hard link"):
        read_whole(root / "twin.csv", limit=100)
    assert read_whole(root / "twin.csv", limit=100, sole=False) == b"phone\n"


def test_a_file_beyond_the_limit_is_refused(root: Path) -> None:
    with pytest.raises(NotOpenedError, match="larger than 0 KB"):
        read_whole(root / "data" / "list.csv", limit=5)


def test_a_file_that_is_not_there_is_just_not_there(root: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_whole(root / "data" / "none.csv", limit=5)


def test_where_open_files_have_no_names_an_exchange_is_noticed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_NAMES_OF_OPEN_FILES", root / "none")
    path = root / "data" / "list.csv"
    assert read_whole(path, limit=100) == b"phone\n"
    with pytest.raises(NotOpenedError, match="exchanged"):
        _exchange_while_open(path)


def _exchange_while_open(path: Path) -> None:
    with opened(path, limit=100):
        path.rename(path.with_name("old.csv"))
        path.write_text("another")
