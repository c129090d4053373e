import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from syncengine.errors import LedgerError, LockedError
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.ports import RowOutcome
from tests.ledger.writing import CAMPAIGN, CONTACTS, NOW, add, begin, intent, item, rows, states


def test_an_intent_shows_its_rows_as_perhaps_there(locked: Ledger) -> None:
    add(locked, "1", "2")
    assert states(locked) == {"1": "unknown_add", "2": "unknown_add"}


def test_an_intent_without_the_lock_writes_nothing(ledger: Ledger) -> None:
    with pytest.raises(LockedError):
        add(ledger, "1")
    assert ledger.unfinished_calls() == []
    assert states(ledger) == {}


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
    call = add(locked, "1", "2", "3", "4", "5", proof="read_back")
    outcomes = {
        "1": RowOutcome("applied"),
        "2": RowOutcome("rejected", "bad number"),
        "3": RowOutcome("deferred", "later"),
        "4": RowOutcome("held"),
        "foreign": RowOutcome("applied"),
    }
    locked.finish_call(call, "applied", "", outcomes, now=NOW)
    assert states(locked) == {"1": "present", "2": "rejected", "3": "deferred", "5": "unknown_add"}
    assert [(c.call_id, c.rows, c.state) for c in locked.unfinished_calls()] == [(call, 1, "unknown")]


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


def test_a_rejected_update_leaves_the_row_there_as_it_was(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", content="old")], now=NOW)
    call = begin(locked, intent("update", [item("1", content="new")]))
    locked.finish_call(call, "rejected", "", {"1": RowOutcome("rejected", "bad")}, now=NOW)
    row = rows(locked)["1"]
    assert (row["state"], row["content_hash"], row["refused_hash"]) == ("present", "old", "new")


def test_a_row_whose_phone_changes_is_shown_with_both_until_it_is_known(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", "+57300", "+57301")], now=NOW)
    call = begin(locked, intent("update", [item("1", "+57301", "+57302", content="h2")]))
    shown = rows(locked)["1"]
    assert (shown["state"], shown["phones"]) == ("unknown_update", "+57300 +57301 +57302")
    locked.finish_call(call, "applied", "", {}, now=NOW)
    assert rows(locked)["1"]["phones"] == "+57301 +57302"


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


@pytest.mark.parametrize(
    ("proof", "task", "after"),
    [
        ("park", "", "parked_add"),
        ("task", "", "parked_add"),
        ("task", "T1", "unknown_add"),
        ("read_back", "", "unknown_add"),
        ("refusal", "", "unknown_add"),
    ],
)
def test_what_nothing_can_prove_is_parked(locked: Ledger, proof: str, task: str, after: str) -> None:
    call = add(locked, "1", proof=proof)
    if task:
        locked.remember_task(call, task)
    locked.finish_call(call, "unknown", "time-out", {}, now=NOW)
    assert states(locked) == {"1": after}
    assert [c.task_id for c in [*locked.parked(), *locked.unfinished_calls()]] == [task]


def test_a_waiting_row_is_not_sent_again(locked: Ledger) -> None:
    call = add(locked, "1")
    locked.finish_call(call, "unknown", "", {}, now=NOW)
    with pytest.raises(LedgerError, match=f"1 rows wait for the outcome of call {call}.*state resolve {call}"):
        add(locked, "1", "2")
    assert states(locked) == {"1": "parked_add"}
    add(locked, "2")


def test_a_waiting_row_can_be_suppressed_and_that_settles_it(locked: Ledger) -> None:
    lost = add(locked, "1", "2")
    locked.finish_call(lost, "unknown", "", {}, now=NOW)
    removal = begin(locked, intent("remove", [item("1")], effect="suppressing"))
    assert states(locked) == {"1": "unknown_remove", "2": "parked_add"}
    locked.finish_call(removal, "applied", "", {}, now=NOW)
    assert states(locked) == {"2": "parked_add"}
    assert [(c.call_id, c.rows) for c in locked.parked()] == [(lost, 1)]


def test_a_refused_removal_of_a_waiting_row_leaves_it_waiting(locked: Ledger) -> None:
    lost = add(locked, "1")
    locked.finish_call(lost, "unknown", "", {}, now=NOW)
    removal = begin(locked, intent("remove", [item("1")], effect="suppressing"))
    locked.finish_call(removal, "rejected", "in a call", {}, now=NOW)
    assert states(locked) == {"1": "parked_add"}


def test_a_call_that_may_be_repeated_hands_its_rows_to_the_repeat(locked: Ledger) -> None:
    lost = begin(locked, intent("add", [item("1", "+57300"), item("2")], proof="refusal"))
    again = begin(locked, intent("add", [item("1", "+57301")], proof="refusal"))
    assert (states(locked)["1"], rows(locked)["1"]["phones"]) == ("unknown_add", "+57301 +57300")
    assert {c.call_id: c.rows for c in locked.unfinished_calls()} == {lost: 1, again: 1}
    locked.finish_call(again, "rejected", "bad", {}, now=NOW)
    assert states(locked) == {"1": "rejected", "2": "unknown_add"}
    third = begin(locked, intent("add", [item("2")], proof="refusal"))
    locked.finish_call(third, "already_present", "", {}, now=NOW)
    assert locked.unfinished_calls() == []
    assert states(locked) == {"1": "rejected", "2": "present"}


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


def test_a_late_answer_is_booked_after_the_lock_was_lost(path: Path) -> None:
    with (
        Ledger.open(path, "acme") as sleeper,
        Ledger.open(path, "acme") as other,
        sleeper.lock("apply", now=NOW, lease=60),
    ):
        call = add(sleeper, "1", "2")
        with other.lock("apply", now=NOW + 61):
            other.settle_call(call, {"1": RowOutcome("skipped")}, now=NOW + 62)
            sleeper.finish_call(call, "applied", "", {}, now=NOW + 63)
            # What was settled meanwhile is left as it was settled.
            assert states(other) == {"2": "present"}


def test_a_second_outcome_changes_nothing(locked: Ledger) -> None:
    call = add(locked, "1")
    locked.finish_call(call, "applied", "", {}, now=NOW)
    locked.finish_call(call, "rejected", "", {}, now=NOW)
    assert states(locked) == {"1": "present"}


def test_a_dialable_call_without_evidence_is_refused(locked: Ledger) -> None:
    run = locked.begin_run("apply", "plan", now=NOW)
    with pytest.raises(LedgerError, match="evidence"):
        locked.begin_call(intent("add", [item("1")]), run_id=run, evidence="", now=NOW)
    locked.begin_call(intent("remove", [item("1")], effect="suppressing"), run_id=run, evidence="", now=NOW)


def test_personal_data_is_in_no_error(locked: Ledger) -> None:
    number = "+573001112233"
    lost = begin(locked, intent("add", [item(number, number)]))
    locked.finish_call(lost, "unknown", "", {}, now=NOW)
    for rows_ in ([item(number, number)], [item("x"), item("x")], [item(number + "\0")], [item("\ud800" + number)]):
        with pytest.raises(LedgerError) as refused:
            begin(locked, intent("add", rows_))
        seen: BaseException | None = refused.value
        while seen is not None:
            assert "3001112233" not in str(seen)
            seen = seen.__cause__
    assert states(locked) == {number: "parked_add"}


def test_the_vendors_words_are_kept_short_and_without_numbers(locked: Ledger) -> None:
    call = add(locked, "1")
    locked.finish_call(call, "rejected", "", {"1": RowOutcome("rejected", "bad 3001112233 " + "x" * 900)}, now=NOW)
    message = str(rows(locked)["1"]["message"])
    assert "3001112233" not in message
    assert len(message) == 500


def test_a_second_create_waits_for_the_first(locked: Ledger) -> None:
    lost = begin(locked, intent("create", address=CAMPAIGN))
    with pytest.raises(LedgerError, match=f"call {lost} may have created it"):
        begin(locked, intent("create", address=CAMPAIGN))
    begin(locked, intent("create", address=Address("dialer", "campaign", "autumn")))


def test_a_call_of_another_project_is_not_found(path: Path) -> None:
    with Ledger.open(path, "acme") as one, Ledger.open(path, "other") as two, one.lock("apply", now=NOW):
        call = add(one, "1")
        with pytest.raises(LedgerError, match="no call"):
            two.finish_call(call, "applied", "", {}, now=NOW)


VICTIM = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from syncengine.ledger.ledger import Ledger
    from tests.ledger.writing import NOW, CONTACTS, add, begin, intent, item
    ledger = Ledger.open(Path(sys.argv[1]), "acme")
    with ledger.lock("apply", now=NOW):
        done = add(ledger, "1")
        ledger.finish_call(done, "applied", "", {}, now=NOW)
        begin(ledger, intent("add", [item(str(n)) for n in range(2, 5002)]))
        print("intent", flush=True)
        while sys.argv[2] == "busy":
            add(ledger, "x" + str(time.monotonic_ns()))
        time.sleep(60)
    """
)


@pytest.mark.parametrize(("mode", "after"), [("between", 0.0), ("busy", 0.0), ("busy", 0.01), ("busy", 0.05)])
def test_a_killed_run_leaves_its_call_unfinished_and_the_file_sound(path: Path, mode: str, after: float) -> None:
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(path), mode],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert victim.stdout is not None
    assert victim.stdout.readline() == "intent\n"
    time.sleep(after)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    with Ledger.open(path, "acme") as ledger:
        call = ledger.unfinished_calls()[0]
        assert (call.rows, call.state, call.action, call.started_at) == (5000, "intent", "add", NOW)
        assert len(ledger.call_rows(call.call_id)) == 5000
        shown = states(ledger)
        assert (shown["1"], shown["2"], shown["5001"]) == ("present", "unknown_add", "unknown_add")
        with ledger.lock("apply", now=NOW + 10_000):
            ledger.park_call(call.call_id)
    check = sqlite3.connect(path)
    assert check.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    check.close()
