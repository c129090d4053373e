"""Each thing that must be true of a ledger, made untrue."""

import sqlite3
from pathlib import Path

import pytest

from syncengine.ledger import upkeep
from syncengine.ledger.ledger import Ledger
from syncengine.model.findings import KnownCampaign
from tests.ledger.writing import CAMPAIGN, CONTACTS, NOW, add, item


@pytest.fixture
def filled(locked: Ledger) -> Ledger:
    locked.record_statements("opt-outs", ["+573001112233"], source_digest="d", now=NOW)
    known = KnownCampaign(key="spring", remote_id="7", name="Spring", status="started", fields={})
    locked.save_campaign(CAMPAIGN, known, now=NOW)
    locked.finish_call(add(locked, "1", "2"), "applied", "", {}, now=NOW)
    add(locked, "3", "4")
    locked.save_rows(CONTACTS, [item("5")], now=NOW)
    return locked


def test_a_ledger_that_the_program_has_written_is_sound(filled: Ledger) -> None:
    assert upkeep.check(filled) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("UPDATE statement SET number = '573001112233'", "1 do-not-call statements are not in E.164 form"),
        ("UPDATE statement SET released_at = 1", "1 do-not-call statements were released by nobody"),
        ("UPDATE collection_row SET state = 'gone' WHERE key = '1'", "1 settled rows are in no state"),
        ("UPDATE collection_row SET key = '' WHERE key = '1'", "1 settled rows have no key"),
        ("UPDATE call SET state = 'lost' WHERE call_id = 1", "1 calls are in no state"),
        ("UPDATE call SET run_id = 99", "2 calls belong to no run"),
        ("UPDATE call SET state = 'done'", "1 settled calls have rows that are not settled"),
        ("DELETE FROM call_row", "1 open calls about rows have no row left"),
        ("UPDATE call SET rows = 1", "1 calls about rows know fewer rows than wait for them"),
        ("UPDATE call SET evidence = '' WHERE call_id = 2", "1 dialable calls have no evidence"),
        ("UPDATE call SET fence = 99 WHERE call_id = 2", "1 calls were made under a fence that nobody was given"),
        ("UPDATE campaign SET remote_id = ''", "1 campaigns are known without the vendor's id"),
        ("UPDATE collection_row SET collection_id = 99", "3 settled rows belong to no collection"),
        ("UPDATE call_row SET call_id = 99", "2 waiting rows belong to no call"),
    ],
)
def test_what_is_not_as_it_must_be_is_counted_and_said(filled: Ledger, path: Path, spoil: str, said: str) -> None:
    other = sqlite3.connect(path)
    other.execute(spoil)
    other.commit()
    other.close()
    assert any(line.startswith(said) for line in upkeep.check(filled)), upkeep.check(filled)
