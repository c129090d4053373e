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


def test_a_backup_made_while_a_run_was_at_work_gives_that_run_nothing_back(path: Path, tmp_path: Path) -> None:
    with Ledger.open(path, "acme") as sleeper, Ledger.open(path, "acme") as other:
        with sleeper.lock("apply", now=NOW, lease=60, dialers=["dialer"]):
            add(sleeper, "1")
            upkeep.back_up(sleeper, tmp_path / "b.db")
            add(sleeper, "2")
            with pytest.raises(LockedError, match="dialer is locked"):
                upkeep.restore(other, tmp_path / "b.db", now=NOW + 59, wait=0)
            with other.lock("apply", now=NOW + 120, dialers=["dialer"]):
                other.save_rows(CONTACTS, [item("4")], now=NOW)
            assert upkeep.restore(other, tmp_path / "b.db", now=NOW + 180, wait=0)
            with pytest.raises(LockedError):
                add(sleeper, "3")
            with pytest.raises(LockedError):
                sleeper.check_fence("dialer")
        assert other.lock_holders() == []
        assert upkeep.check(other) == []


def test_a_moved_ledger_is_held_by_nobody_and_goes_on_with_its_fences(path: Path, tmp_path: Path) -> None:
    with Ledger.open(path, "acme") as ledger:
        with ledger.lock("apply", now=NOW, dialers=["dialer"]) as fence:
            add(ledger, "1")
        before = ledger.basis_at(["dialer"])
        upkeep.move(ledger, f"sqlite:///{tmp_path / 'moved.db'}", now=NOW, wait=0)
    with Ledger.open(tmp_path / "moved.db", "acme") as moved:
        assert moved.lock_holders() == []
        assert moved.basis_at(["dialer"]) == before
        with moved.lock("apply", now=NOW, dialers=["dialer"]) as after:
            assert after > fence
