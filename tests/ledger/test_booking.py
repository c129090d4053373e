import pytest

from syncengine.ledger.booking import booking_of
from syncengine.ledger.ledger import Ledger
from syncengine.model.ports import RowOutcome
from tests.ledger.writing import CONTACTS, NOW, add, begin, intent, item, rows, states


@pytest.mark.parametrize("action", ["add", "update", "remove", "block", "unblock"])
@pytest.mark.parametrize("outcome", ["skipped", "held"])
def test_what_was_never_sent_leaves_everything_as_it_was(action: str, outcome: str) -> None:
    assert booking_of(action, outcome) == "as_was"


@pytest.mark.parametrize("action", ["add", "update", "remove", "block", "unblock"])
def test_a_lost_answer_and_an_unheard_of_one_prove_nothing(action: str) -> None:
    assert {booking_of(action, outcome) for outcome in ("unknown", "perhaps")} == {"unknown"}


@pytest.mark.parametrize("outcome", ["applied", "already_present", "already_absent", "rejected", "deferred", "failed"])
def test_a_row_is_only_dropped_when_the_dialer_has_it_no_more(outcome: str) -> None:
    dropped = {
        action for action in ("add", "update", "remove", "block", "unblock") if booking_of(action, outcome) == "gone"
    }
    allowed = {"applied": {"remove"}, "already_absent": {"remove", "block"}}
    assert dropped == allowed.get(outcome, set())


def test_a_deferred_removal_leaves_the_row_with_the_reason(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", content="h1")], now=NOW)
    call = begin(locked, intent("remove", [item("1")], effect="suppressing"))
    locked.finish_call(call, "failed", "budget", {}, now=NOW)
    row = rows(locked)["1"]
    assert (row["state"], row["message"], row["refused_hash"]) == ("present", "budget", "")


def test_an_applied_addition_is_present_with_what_was_sent(locked: Ledger) -> None:
    call = begin(locked, intent("add", [item("1", "+57300", "+57301", content="abc")], lasts_days=2))
    locked.finish_call(call, "applied", "", {"1": RowOutcome("applied", "", "R7")}, now=NOW + 5)
    assert rows(locked)["1"] == {
        "key": "1",
        "phones": "+57300 +57301",
        "content_hash": "abc",
        "remote_id": "R7",
        "state": "present",
        "message": "",
        "refused_hash": "",
        "expires_at": NOW + 2 * 86_400,
        "updated_at": NOW + 5,
        "call_id": call,
    }
    assert locked.unfinished_calls() == []


def test_each_row_gets_its_own_outcome_and_one_not_named_is_unknown(locked: Ledger) -> None:
    call = add(locked, "1", "2", "3", "4", "5", "6", proof="read_back")
    outcomes = {
        "1": RowOutcome("applied"),
        "2": RowOutcome("rejected", "bad number"),
        "3": RowOutcome("deferred", "later"),
        "4": RowOutcome("held"),
        "6": RowOutcome("unknown"),
        "foreign": RowOutcome("applied"),
    }
    locked.finish_call(call, "applied", "", outcomes, now=NOW)
    assert states(locked) == {"1": "present", "2": "rejected", "3": "deferred", "5": "unknown_add", "6": "unknown_add"}
    assert [(c.call_id, c.rows, c.state) for c in locked.unfinished_calls()] == [(call, 2, "unknown")]
    locked.settle_call(call, {"5": RowOutcome("skipped"), "6": RowOutcome("skipped")}, now=NOW)
    assert states(locked) == {"1": "present", "2": "rejected", "3": "deferred"}


def test_without_row_outcomes_the_calls_outcome_is_every_rows(locked: Ledger) -> None:
    call = add(locked, "1", "2")
    locked.finish_call(call, "rejected", "no", {}, now=NOW)
    assert {row["message"] for row in rows(locked).values()} == {"no"}
    assert set(states(locked).values()) == {"rejected"}


def test_a_rejected_addition_keeps_the_content_that_was_refused(locked: Ledger) -> None:
    call = begin(locked, intent("add", [item("1", content="new")]))
    locked.finish_call(call, "rejected", "", {"1": RowOutcome("rejected", "bad")}, now=NOW)
    row = rows(locked)["1"]
    assert (row["refused_hash"], row["message"]) == ("new", "bad")


def test_what_is_said_of_rows_that_share_an_outcome_is_kept_of_each(locked: Ledger) -> None:
    refused, taken = add(locked, "1", "2"), add(locked, "3", "4")
    bad = {key: RowOutcome("rejected", f"bad {key}") for key in ("1", "2")}
    locked.finish_call(refused, "rejected", "", bad, now=NOW)
    ids = {key: RowOutcome("applied", remote_id=f"R{key}") for key in ("3", "4")}
    locked.finish_call(taken, "applied", "", ids, now=NOW)
    shown = rows(locked)
    assert [shown[key]["message"] for key in "12"] == ["bad 1", "bad 2"]
    assert [shown[key]["remote_id"] for key in "34"] == ["R3", "R4"]


def test_a_rejected_update_leaves_the_row_there_as_it_was(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", "+57300", content="old")], now=NOW)
    call = begin(locked, intent("update", [item("1", "+57301", content="new")]))
    locked.finish_call(call, "rejected", "", {"1": RowOutcome("rejected", "bad")}, now=NOW)
    row = rows(locked)["1"]
    assert (row["state"], row["content_hash"], row["refused_hash"]) == ("present", "old", "new")
    assert row["phones"] == "+57300"


def test_a_rejected_addition_of_a_row_that_is_there_leaves_it_as_it_was(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", "+57300", content="old")], now=NOW)
    call = begin(locked, intent("add", [item("1", "+57301", content="new")]))
    locked.finish_call(call, "rejected", "", {"1": RowOutcome("rejected", "bad")}, now=NOW + 1)
    row = rows(locked)["1"]
    assert (row["state"], row["phones"], row["content_hash"], row["updated_at"]) == ("present", "+57300", "old", NOW)


def test_a_lost_removal_is_still_there_and_a_proven_one_is_gone(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1"), item("2")], now=NOW)
    call = begin(locked, intent("remove", [item("1"), item("2")], effect="suppressing", proof="read_back"))
    locked.finish_call(call, "unknown", "time-out", {}, now=NOW)
    assert states(locked) == {"1": "unknown_remove", "2": "unknown_remove"}
    locked.settle_call(call, {"1": RowOutcome("already_absent"), "2": RowOutcome("skipped")}, now=NOW)
    assert states(locked) == {"2": "present"}
    assert locked.unfinished_calls() == []


def test_a_block_is_booked_and_undone(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", content="h1")], now=NOW)
    call = begin(locked, intent("block", [item("1", content="")], effect="suppressing"))
    assert states(locked) == {"1": "unknown_remove"}
    locked.finish_call(call, "applied", "", {}, now=NOW)
    assert (states(locked), rows(locked)["1"]["content_hash"]) == ({"1": "blocked"}, "h1")
    call = begin(locked, intent("unblock", [item("1", content="")]))
    assert states(locked) == {"1": "unknown_update"}
    locked.finish_call(call, "applied", "", {}, now=NOW)
    assert states(locked) == {"1": "present"}


def test_an_answer_that_makes_no_sense_for_the_action_proves_nothing(locked: Ledger) -> None:
    call = add(locked, "1")
    locked.finish_call(call, "already_absent", "", {}, now=NOW)
    assert states(locked) == {"1": "parked_add"}


def test_a_rejected_renewal_leaves_the_entry_and_its_end_as_they_were(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", content="h1")], now=NOW, expires_at=NOW + 9)
    call = begin(locked, intent("add", [item("1", content="h2")], lasts_days=30))
    locked.finish_call(call, "rejected", "no", {}, now=NOW + 5)
    row = rows(locked)["1"]
    assert (row["state"], row["content_hash"], row["expires_at"]) == ("present", "h1", NOW + 9)
    assert (row["message"], row["refused_hash"], row["updated_at"]) == ("no", "h2", NOW)


def test_a_row_that_is_gone_at_the_dialer_when_updated_stays_known(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", content="old")], now=NOW)
    call = begin(locked, intent("update", [item("1", content="new")]))
    locked.finish_call(call, "already_absent", "no such lead", {}, now=NOW)
    row = rows(locked)["1"]
    assert (row["state"], row["refused_hash"]) == ("present", "new")


def test_the_vendors_words_are_kept_short_and_without_numbers(locked: Ledger) -> None:
    call = add(locked, "1")
    locked.finish_call(call, "rejected", "", {"1": RowOutcome("rejected", "bad 3001112233 " + "x" * 900)}, now=NOW)
    message = str(rows(locked)["1"]["message"])
    assert "3001112233" not in message
    assert len(message) == 500


def test_a_refusal_without_a_word_is_remembered_too(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", content="h1")], now=NOW)
    call = begin(locked, intent("update", [item("1", content="h2")]))
    locked.finish_call(call, "rejected", "", {"1": RowOutcome("rejected")}, now=NOW)
    row = rows(locked)["1"]
    assert (row["state"], row["content_hash"], row["refused_hash"]) == ("present", "h1", "h2")


def test_after_a_refused_update_the_ledger_believes_of_the_row_what_it_believed_before(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", "+57300", content="old", remote_id="R1")], now=NOW)
    call = begin(locked, intent("update", [item("1", "+57301", content="new", remote_id="R2")]), now=NOW + 60)
    locked.finish_call(call, "rejected", "no", {}, now=NOW + 61)
    assert rows(locked)["1"] == {
        "key": "1",
        # The number that is still rung there.
        "phones": "+57300",
        "content_hash": "old",
        "remote_id": "R1",
        "state": "present",
        "message": "no",
        "refused_hash": "new",
        "expires_at": None,
        "updated_at": NOW,
        # Of the call that put it there, which is none of ours.
        "call_id": 0,
    }


def test_a_deferred_addition_is_known_with_what_it_would_have_been(locked: Ledger) -> None:
    call = begin(locked, intent("add", [item("1", "+57300", "+57301", content="new")]))
    locked.finish_call(call, "deferred", "later", {}, now=NOW + 5)
    assert rows(locked)["1"] == {
        "key": "1",
        "phones": "+57300 +57301",
        "content_hash": "new",
        "remote_id": "",
        "state": "deferred",
        "message": "later",
        "refused_hash": "",
        "expires_at": None,
        "updated_at": NOW + 5,
        "call_id": call,
    }


def test_rows_of_which_nothing_is_said_but_one_word_have_no_message(locked: Ledger) -> None:
    call = add(locked, "1", "2")
    locked.finish_call(call, "applied", "", {key: RowOutcome("rejected") for key in ("1", "2")}, now=NOW)
    assert {row["message"] for row in rows(locked).values()} == {""}


def test_an_entry_that_lapses_is_renewed_by_an_addition_and_by_nothing_else(locked: Ledger) -> None:
    day = 86_400
    for moment, end in ((NOW, NOW + 2 * day), (NOW + day, NOW + 3 * day)):
        call = begin(locked, intent("add", [item("1")], effect="suppressing", lasts_days=2), now=moment)
        locked.finish_call(call, "applied", "", {}, now=moment)
        assert rows(locked)["1"]["expires_at"] == end
    call = begin(locked, intent("update", [item("1", content="h2")], effect="suppressing"), now=NOW + 2 * day)
    locked.finish_call(call, "applied", "", {}, now=NOW + 2 * day)
    assert (rows(locked)["1"]["content_hash"], rows(locked)["1"]["expires_at"]) == ("h2", NOW + 3 * day)


def test_a_collection_knows_when_a_call_last_took_a_row_away_there(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item(key) for key in "123"], now=NOW)
    assert locked.removals() == {}
    for key, outcome, now in (("1", "rejected", 5), ("1", "applied", 9), ("2", "already_absent", 30)):
        call = begin(locked, intent("remove", [item(key)], effect="suppressing"))
        locked.finish_call(call, outcome, "", {key: RowOutcome(outcome)}, now=NOW + now)  # type: ignore[arg-type]  # any word
        assert locked.removals() == ({} if outcome == "rejected" else {str(CONTACTS): NOW + now})
    locked.finish_call(add(locked, "4"), "applied", "", {"4": RowOutcome("applied")}, now=NOW + 40)
    assert locked.removals() == {str(CONTACTS): NOW + 30}
