"""What waits is read and settled through the ledger, settling under its lock."""

import time
from pathlib import Path

import pytest

from syncengine import sync
from syncengine.errors import LedgerError, LockedError, UsageError
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
from tests.ledger.writing import begin, intent

PROJECT = """\
version: 1
project: acme
dialers:
  uk: {vendor: comunik8, settings: {host: example.com}, secrets: {key: "env:KEY"}}
"""
LEADS = Address("uk", "contacts", "spring")


@pytest.fixture
def loaded(tmp_path: Path) -> sync.Loaded:
    (tmp_path / "syncengine.yaml").write_text(PROJECT)
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "a.yaml").write_text(
        "campaigns:\n  spring: {dialer: uk, id: spring, contacts: [people]}\n"
        'contacts:\n  people: {region: GB, rows: [{phone: "+447840258823", first_name: Ann, last_name: Lee, email: a@b.example}]}\n'
    )
    return sync.load(tmp_path)


def _parked(loaded: sync.Loaded) -> int:
    now = time.time()
    rows = [RowItem(key=key, phones=(f"+44770090012{n}",), content_hash="h") for n, key in enumerate("ab")]
    with _ledger(loaded) as ledger, ledger.lock("apply", now=now):
        call = begin(ledger, intent("add", rows, address=LEADS), now)
        ledger.finish_call(call, "unknown", "no answer", {}, now=now)
    return call


def _ledger(loaded: sync.Loaded) -> Ledger:
    path = loaded.root / ".syncengine" / "ledger.db"
    path.parent.mkdir(exist_ok=True)
    return Ledger.open(path, "acme")


def test_a_parked_call_waits_with_its_rows(loaded: sync.Loaded) -> None:
    call = _parked(loaded)
    waiting = sync.waiting_calls(loaded)
    assert [found.call_id for found in waiting.parked] == [call]
    assert waiting.open == []
    found, rows = sync.waiting_rows(loaded, call)
    assert (found.call_id, [row.key for row in rows]) == (call, ["a", "b"])


def test_a_call_that_does_not_wait_is_a_usage_error(loaded: sync.Loaded) -> None:
    with pytest.raises(UsageError, match="no call 5 waits"):
        sync.waiting_rows(loaded, 5)


def test_a_row_and_then_the_rest_are_settled(loaded: sync.Loaded) -> None:
    call, now = _parked(loaded), time.time()
    assert sync.resolve_row(loaded, LEADS, "a", "sent", now=now, wait=0) == 1
    assert sync.resolve_row(loaded, LEADS, "a", "sent", now=now, wait=0) == 0
    assert sync.resolve_call(loaded, call, "not_sent", now=now, wait=0) == 1
    assert sync.waiting_calls(loaded).parked == []
    with pytest.raises(LedgerError):
        sync.resolve_call(loaded, call, "sent", now=now, wait=0)


def test_settling_waits_for_the_lock_and_a_dead_holder_loses_it(loaded: sync.Loaded) -> None:
    call, now = _parked(loaded), time.time()
    with _ledger(loaded) as ledger, ledger.lock("apply", now=now) as fence:
        with pytest.raises(LockedError):
            sync.resolve_call(loaded, call, "sent", now=now, wait=0)
        assert not sync.break_lock(loaded, fence + 1)
        assert sync.break_lock(loaded, fence)
        assert sync.resolve_call(loaded, call, "sent", now=now, wait=0) == 2
