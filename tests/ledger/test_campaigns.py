from dataclasses import replace

import pytest

from syncengine.errors import LockedError
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.findings import KnownCampaign
from tests.ledger.writing import CAMPAIGN, CONTACTS, NOW, add, begin, intent, item, states

SPRING = KnownCampaign(
    key="spring",
    remote_id="0007",
    name="Primavera ñ",
    status="stopped",
    fields={"pacing": 1.5, "lines": 3, "open": True, "days": ("mon", "tue"), "hours": {"from": "08:00", "to": ()}},
    adopted=True,
)


def test_a_campaign_comes_back_as_it_was_saved(locked: Ledger) -> None:
    locked.save_campaign(CAMPAIGN, SPRING, now=NOW)
    assert locked.campaigns("dialer") == {"spring": replace(SPRING, updated_at=NOW)}
    assert locked.campaigns("other") == {}


def test_saving_needs_the_lock(ledger: Ledger) -> None:
    with pytest.raises(LockedError):
        ledger.save_campaign(CAMPAIGN, SPRING, now=NOW)


def test_a_create_under_way_makes_the_campaign_unknown(locked: Ledger) -> None:
    call = begin(locked, intent("create", address=CAMPAIGN))
    found = locked.campaigns("dialer")["spring"]
    assert (found.state, found.remote_id, found.status) == ("unknown", "", "unknown")
    locked.save_campaign(CAMPAIGN, SPRING, now=NOW + 1)
    assert locked.campaigns("dialer")["spring"].state == "present"
    locked.finish_call(call, "applied", "", {}, now=NOW + 1)
    assert locked.campaigns("dialer")["spring"].state == "present"


def test_creating_anew_what_was_deleted_by_hand_is_unknown_until_saved(locked: Ledger) -> None:
    locked.save_campaign(CAMPAIGN, SPRING, now=NOW - 100)
    begin(locked, intent("create", address=CAMPAIGN))
    assert locked.campaigns("dialer")["spring"].state == "unknown"


def test_a_start_under_way_may_be_running_until_a_later_one_succeeds(locked: Ledger) -> None:
    locked.save_campaign(CAMPAIGN, SPRING, now=NOW - 100)
    begin(locked, intent("start", address=CAMPAIGN, proof="repeat"))
    found = locked.campaigns("dialer")["spring"]
    # As young as the start: a listing need not show yet what came of it.
    assert (found.status, found.updated_at) == ("unknown", NOW)
    stop = begin(locked, intent("stop", address=CAMPAIGN, effect="suppressing", proof="repeat"))
    locked.finish_call(stop, "applied", "", {}, now=NOW)
    assert locked.campaigns("dialer")["spring"].status == "stopped"
    assert locked.unfinished_calls() == []


def test_forgetting_a_campaign_forgets_its_rows_and_not_those_of_others(locked: Ledger) -> None:
    autumn = Address("dialer", "contacts", "autumn")
    locked.save_campaign(CAMPAIGN, SPRING, now=NOW)
    locked.count_suppression(CONTACTS, failed=True)
    locked.save_rows(CONTACTS, [item("1")], now=NOW)
    locked.save_rows(autumn, [item("1")], now=NOW)
    add(locked, "2")
    locked.forget_campaign(CAMPAIGN)
    assert (locked.campaigns("dialer"), states(locked), states(locked, autumn)) == ({}, {}, {"1": "present"})
    assert locked.unfinished_calls() == []
    assert locked.failed_suppressions(CONTACTS) == 0


def test_failed_suppressions_are_counted_in_a_row(locked: Ledger) -> None:
    locked.save_campaign(CAMPAIGN, SPRING, now=NOW)
    for _ in range(3):
        locked.count_suppression(CONTACTS, failed=True)
    assert locked.campaigns("dialer")["spring"].failed_suppressions == 3
    locked.count_suppression(CONTACTS, failed=False)
    assert locked.failed_suppressions(CAMPAIGN) == 0
