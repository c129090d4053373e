from pathlib import Path

import pytest

from syncengine.errors import DoubtfulLedgerError, LedgerError, LockedError
from syncengine.ledger import upkeep
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.opening import open_ledger
from tests.ledger.writing import CONTACTS, NOW, add, item, states


def test_a_backup_is_of_one_moment_and_leaves_a_run_alone(locked: Ledger, tmp_path: Path) -> None:
    add(locked, "1")
    assert upkeep.back_up(locked, tmp_path / "b.db") > 0
    add(locked, "2")
    with Ledger.open(tmp_path / "b.db", "acme") as copy:
        assert set(states(copy)) == {"1"}
    assert not Path(f"{tmp_path / 'b.db'}-wal").exists()


def test_a_backup_that_fails_leaves_no_file(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger.store, "copy_into", full)
    with pytest.raises(LedgerError, match="No space left"):
        upkeep.back_up(ledger, tmp_path / "b.db")
    assert not (tmp_path / "b.db").exists()


def test_a_restored_ledger_is_doubted_and_its_fence_never_falls(path: Path, tmp_path: Path) -> None:
    with Ledger.open(path, "acme") as ledger:
        with ledger.lock("apply", now=NOW):
            ledger.save_rows(CONTACTS, [item("1")], now=NOW)
        upkeep.back_up(ledger, tmp_path / "b.db")
        for _ in range(3):
            with ledger.lock("apply", now=NOW) as fence:
                ledger.save_rows(CONTACTS, [item("2")], now=NOW)
        with ledger.lock("apply", now=NOW), Ledger.open(path, "acme") as other, pytest.raises(LockedError):
            upkeep.restore(other, tmp_path / "b.db", now=NOW, wait=0)
        assert upkeep.restore(ledger, tmp_path / "b.db", now=NOW, wait=0)
        assert set(states(ledger)) == {"1"}
        assert not ledger.lock_holders()
        with ledger.lock("apply", now=NOW) as after:
            assert after > fence
    with pytest.raises(DoubtfulLedgerError, match="was put back from a backup"):
        open_ledger(f"sqlite:///{path}", "acme")


def test_a_backup_of_another_project_or_a_damaged_one_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "b.db", "other") as other, other.lock("apply", now=NOW):
        other.save_rows(CONTACTS, [item(str(key)) for key in range(500)], now=NOW)
    before = ledger.basis()
    with pytest.raises(LedgerError, match='no ledger of the project "acme"'):
        upkeep.restore(ledger, tmp_path / "b.db", now=NOW, wait=0)
    data = bytearray((tmp_path / "b.db").read_bytes())
    data[4096 * 5 : 4096 * 9] = b"\xff" * 4096 * 4
    (tmp_path / "b.db").write_bytes(data)
    with pytest.raises(DoubtfulLedgerError, match="damaged"):
        upkeep.restore(ledger, tmp_path / "b.db", now=NOW, wait=0)
    assert ledger.basis() == before
