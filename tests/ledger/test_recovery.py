from pathlib import Path

import pytest

from syncengine.errors import DoubtfulLedgerError, LedgerError, LockedError
from syncengine.ledger import upkeep
from syncengine.ledger.opening import open_ledger
from syncengine.ledger.recovery import doubt_suppressions, open_doubted, trust
from syncengine.model.address import Address
from tests.ledger.writing import CONTACTS, NOW, item, states

DND = Address("dialer", "dnd", "account")


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def filled(path: Path) -> None:
    with open_ledger(url(path), "acme", beside=path.parent) as ledger, ledger.lock("apply", now=NOW):
        ledger.save_rows(CONTACTS, [item("1")], now=NOW)
        ledger.save_rows(CONTACTS, [item("2")], now=NOW, state="blocked")
        ledger.save_rows(DND, [item("3")], now=NOW)


def test_until_it_is_trusted_again_nobody_else_can_use_it(path: Path) -> None:
    filled(path)
    doubted = open_doubted(url(path), "acme", beside=path.parent)
    before = doubted.ledger.basis()
    with doubted.ledger as ledger, ledger.lock("recover", now=NOW):
        with pytest.raises(DoubtfulLedgerError, match="is being recovered"):
            open_ledger(url(path), "acme", beside=path.parent)
        trust(doubted)
    with open_ledger(url(path), "acme", beside=path.parent) as ledger:
        assert ledger.basis()[0] != before[0]
        assert ledger.basis()[1] >= before[1]


def test_a_crash_in_the_middle_leaves_it_refused(path: Path) -> None:
    filled(path)
    open_doubted(url(path), "acme", beside=path.parent).ledger.close()
    with pytest.raises(DoubtfulLedgerError, match="is being recovered"):
        open_ledger(url(path), "acme", beside=path.parent)
    with pytest.raises(DoubtfulLedgerError, match="is being recovered"):
        open_ledger(url(path), "acme")


def test_whoever_knew_the_lineage_that_was_recovered_goes_on(path: Path, tmp_path: Path) -> None:
    filled(path)
    mark = path.with_name("ledger.db.mark")
    before = mark.read_bytes()
    doubted = open_doubted(url(path), "acme", beside=path.parent)
    with doubted.ledger as ledger, ledger.lock("recover", now=NOW):
        trust(doubted)
    mark.write_bytes(before)
    open_ledger(url(path), "acme", beside=path.parent).close()
    after = mark.read_bytes()
    old = tmp_path / "old.db"
    filled(old)
    old.with_name("old.db.mark").write_bytes(after)
    with pytest.raises(DoubtfulLedgerError, match="is another one"):
        open_ledger(url(old), "acme", beside=path.parent)


def test_what_a_dialer_was_told_of_do_not_call_counts_as_undone(path: Path) -> None:
    filled(path)
    doubted = open_doubted(url(path), "acme", beside=path.parent)
    with doubted.ledger as ledger, ledger.lock("recover", now=NOW):
        doubt_suppressions(ledger)
        assert states(ledger) == {"1": "present", "2": "present"}
        assert states(ledger, DND) == {}


def test_whoever_held_the_lock_has_an_old_fence_now(path: Path) -> None:
    with open_ledger(url(path), "acme", beside=path.parent) as sleeper, sleeper.lock("apply", now=NOW, lease=60):
        doubted = open_doubted(url(path), "acme", beside=path.parent)
        with doubted.ledger as ledger:
            with pytest.raises(LockedError):
                sleeper.check_fence()
            with ledger.lock("recover", now=NOW + 61) as fence:
                assert fence > 1_000


def test_a_damaged_file_is_set_aside_and_a_new_one_begun_with_what_could_be_read(path: Path) -> None:
    filled(path)
    data = bytearray(path.read_bytes())
    data[:100] = b"\xff" * 100
    path.write_bytes(data)
    doubted = open_doubted(url(path), "acme", beside=path.parent)
    assert doubted.aside is not None
    assert doubted.aside.read_bytes() == bytes(data)
    assert doubted.salvaged == 0
    assert doubted.mark is not None
    doubted.ledger.close()


def test_a_ledger_with_another_home_is_not_recovered(path: Path, tmp_path: Path) -> None:
    filled(path)
    with open_ledger(url(path), "acme", beside=path.parent) as ledger:
        upkeep.move(ledger, url(tmp_path / "new.db"), now=NOW, wait=0)
    with pytest.raises(LedgerError, match="was moved to"):
        open_doubted(url(path), "acme", beside=path.parent)
