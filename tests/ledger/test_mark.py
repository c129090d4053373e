import json
import stat
from pathlib import Path

import pytest

from syncengine.errors import DoubtfulLedgerError
from syncengine.ledger.mark import Mark, MarkFile

MARK = Mark(project="acme", lineage="l", serial=7, at=1.5, checked_at=2.5)


def test_a_mark_comes_back_as_it_was_and_is_private(tmp_path: Path) -> None:
    file = MarkFile(tmp_path / "state" / "ledger.mark")
    assert file.read() is None
    file.write(MARK)
    assert file.read() == MARK
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_a_shorter_mark_covers_a_longer_one_whole(tmp_path: Path) -> None:
    file = MarkFile(tmp_path / "ledger.mark")
    file.write(Mark(project="a" * 63, lineage="l" * 36, serial=10**12, at=1.0))
    size = file.path.stat().st_size
    file.write(MARK)
    assert file.read() == MARK
    assert file.path.stat().st_size == size < 512, "one sector, so that it is written whole or not at all"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"project": "a"}', json.dumps({"a": 1}), "\x00" * 480])
def test_a_damaged_mark_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "ledger.mark").write_text(text)
    with pytest.raises(DoubtfulLedgerError, match="is damaged. Nothing is planned or sent until"):
        MarkFile(tmp_path / "ledger.mark").read()


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "ledger.mark").symlink_to(tmp_path / "precious")
    with pytest.raises(Exception, match="ledger"):
        MarkFile(tmp_path / "ledger.mark").write(MARK)
    assert (tmp_path / "precious").read_text() == "precious"
