import pytest

from syncengine.errors import LedgerError
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.records import OpenRow
from syncengine.ledger.unsettled import Assumption
from syncengine.model.findings import KnownCampaign
from tests.ledger.writing import CAMPAIGN, CONTACTS, NOW, add, begin, intent, item, rows, states


def lose(ledger: Ledger, call: int) -> int:
    ledger.finish_call(call, "unknown", "time-out", {}, now=NOW + 7)
    return call


def test_open_calls_say_what_a_proof_needs(locked: Ledger) -> None:
    call = lose(locked, begin(locked, intent("add", [item("1")], proof="read_back")))
    (found,) = locked.unfinished_calls()
    assert (found.call_id, found.address, found.operation, found.proof) == (call, str(CONTACTS), "add", "read_back")
    assert (found.settle, found.started_at, found.last_alive, found.message) == (60.0, NOW, NOW + 7, "time-out")


def test_parked_calls_are_apart_from_those_that_can_be_proven(locked: Ledger) -> None:
    parked = lose(locked, add(locked, "1", "2"))
    other = lose(locked, add(locked, "3", proof="read_back"))
    assert [(c.call_id, c.rows) for c in locked.parked()] == [(parked, 2)]
    assert [c.call_id for c in locked.unfinished_calls()] == [other]
    locked.park_call(other)
    assert [c.call_id for c in locked.parked()] == [parked, other]


def test_rows_of_a_call_know_what_they_were_before(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", content="old")], now=NOW)
    call = begin(locked, intent("update", [item("1", content="new", remote_id="R")]))
    assert locked.call_rows(call) == [
        OpenRow(
            key="1",
            phones=("+57301",),
            content_hash="new",
            remote_id="R",
            previous_state="present",
            previous_hash="old",
        )
    ]


def test_a_batch_is_resolved_as_sent(locked: Ledger) -> None:
    call = lose(locked, add(locked, "1", "2"))
    assert locked.resolve_call(call, "sent", now=NOW) == 2
    assert states(locked) == {"1": "present", "2": "present"}
    assert locked.parked() == []
    with pytest.raises(LedgerError, match="not open"):
        locked.resolve_call(call, "sent", now=NOW)


def test_a_batch_is_resolved_as_not_sent_and_can_be_sent(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", content="old")], now=NOW)
    call = lose(locked, begin(locked, intent("update", [item("1", content="new")])))
    locked.resolve_call(call, "not_sent", now=NOW)
    assert (states(locked), rows(locked)["1"]["content_hash"]) == ({"1": "present"}, "old")
    begin(locked, intent("update", [item("1", content="new")]))


def test_one_row_is_resolved_by_its_key(locked: Ledger) -> None:
    call = lose(locked, add(locked, "1", "2"))
    assert locked.resolve_row(CONTACTS, "1", "not_sent", now=NOW) == 1
    assert states(locked) == {"2": "parked_add"}
    assert [(c.call_id, c.rows) for c in locked.parked()] == [(call, 1)]
    assert locked.resolve_row(CONTACTS, "2", "sent", now=NOW) == 1
    assert (states(locked), locked.parked()) == ({"2": "present"}, [])
    assert locked.resolve_row(CONTACTS, "2", "sent", now=NOW) == 0


def _added_and_removed(ledger: Ledger) -> tuple[int, int]:
    """Two parked calls about one row: nobody knows whether it was added, nor whether it was then removed."""
    added = lose(ledger, add(ledger, "1", "2"))
    return added, lose(ledger, begin(ledger, intent("remove", [item("1")], effect="suppressing")))


def test_a_row_in_two_calls_that_do_the_same_is_resolved_in_both(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1")], now=NOW)
    for _ in range(2):
        lose(locked, begin(locked, intent("remove", [item("1")], effect="suppressing")))
    assert locked.resolve_row(CONTACTS, "1", "sent", now=NOW) == 2
    assert (states(locked), locked.parked()) == ({}, [])


@pytest.mark.parametrize("word", ["sent", "not_sent"])
def test_one_word_does_not_settle_an_addition_and_the_removal_after_it(locked: Ledger, word: Assumption) -> None:
    added, removed = _added_and_removed(locked)
    with pytest.raises(LedgerError, match=rf"{added} \(add\), {removed} \(remove\).*state resolve {added} --row KEY"):
        locked.resolve_row(CONTACTS, "1", word, now=NOW)
    assert states(locked) == {"1": "parked_remove", "2": "parked_add"}


@pytest.mark.parametrize("removal_first", [True, False])
@pytest.mark.parametrize(
    ("added", "removed", "there"),
    [("sent", "sent", False), ("sent", "not_sent", True), ("not_sent", "sent", False), ("not_sent", "not_sent", False)],
)
def test_a_row_is_resolved_call_by_call_whatever_the_order(
    locked: Ledger, added: Assumption, removed: Assumption, *, there: bool, removal_first: bool
) -> None:
    first, second = _added_and_removed(locked)
    words = [(first, added), (second, removed)]
    for call, word in reversed(words) if removal_first else words:
        # A removal that arrived settles the addition before it, too.
        if any(row.key == "1" for each in locked.parked() if each.call_id == call for row in locked.call_rows(call)):
            assert locked.resolve_row(CONTACTS, "1", word, call=call, now=NOW) == 1
    assert states(locked) == ({"1": "present"} if there else {}) | {"2": "parked_add"}
    assert [(each.call_id, each.rows) for each in locked.parked()] == [(first, 1)]


def test_a_row_that_a_call_is_not_about_is_not_resolved_in_it(locked: Ledger) -> None:
    added, removed = _added_and_removed(locked)
    assert locked.resolve_row(CONTACTS, "2", "sent", call=removed, now=NOW) == 0
    assert locked.resolve_row(CONTACTS, "2", "sent", call=added, now=NOW) == 1


def test_seeing_the_row_at_the_dialer_settles_what_was_open(locked: Ledger) -> None:
    lose(locked, add(locked, "1", "2"))
    locked.save_rows(CONTACTS, [item("1", remote_id="R")], now=NOW)
    assert states(locked) == {"1": "present", "2": "parked_add"}
    locked.forget_rows(CONTACTS, ["1", "2"])
    assert states(locked) == {"2": "parked_add"}


def campaign(status: str = "stopped", state: str = "present", remote_id: str = "7") -> KnownCampaign:
    return KnownCampaign(
        key="spring",
        remote_id=remote_id,
        name="Spring",
        status=status,  # type: ignore[arg-type]  # tests name any word
        fields={},
        state=state,  # type: ignore[arg-type]  # tests name any word
    )


@pytest.mark.parametrize(
    ("action", "assume", "status"),
    [
        ("start", "sent", "started"),
        ("start", "not_sent", "stopped"),
        ("stop", "sent", "stopped"),
        ("stop", "not_sent", "started"),
    ],
)
def test_a_lost_start_or_stop_is_resolved(locked: Ledger, action: str, assume: str, status: str) -> None:
    locked.save_campaign(CAMPAIGN, campaign("unknown"), now=NOW)
    call = lose(locked, begin(locked, intent(action, address=CAMPAIGN)))
    assert locked.campaigns("dialer")["spring"].status == "unknown"
    assert locked.resolve_call(call, assume, now=NOW) == 1  # type: ignore[arg-type]  # one of the two words
    assert locked.campaigns("dialer")["spring"].status == status


def test_a_lost_create_cannot_be_taken_as_sent_without_its_id(locked: Ledger) -> None:
    call = begin(locked, intent("create", address=CAMPAIGN))
    locked.save_campaign(CAMPAIGN, campaign(state="unknown", remote_id=""), now=NOW)
    lose(locked, call)
    with pytest.raises(LedgerError, match="write the vendor's id into the manifest"):
        locked.resolve_call(call, "sent", now=NOW)
    assert locked.campaigns("dialer")["spring"].state == "unknown"
    locked.resolve_call(call, "not_sent", now=NOW)
    assert locked.campaigns("dialer") == {}
    begin(locked, intent("create", address=CAMPAIGN))
