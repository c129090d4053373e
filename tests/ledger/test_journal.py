import asyncio
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncengine import failpoints
from syncengine.errors import LedgerError, LockedError
from syncengine.ledger import journal
from syncengine.ledger.journal import Finished
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.ports import RowOutcome
from tests.ledger.conftest import Home
from tests.ledger.writing import CAMPAIGN, CONTACTS, NOW, add, begin, intent, item, rows, states


def test_an_intent_shows_its_rows_as_perhaps_there(locked: Ledger) -> None:
    add(locked, "1", "2")
    assert states(locked) == {"1": "unknown_add", "2": "unknown_add"}


def test_an_intent_without_the_lock_writes_nothing(ledger: Ledger) -> None:
    with pytest.raises(LockedError):
        add(ledger, "1")
    assert ledger.unfinished_calls() == []
    assert states(ledger) == {}


def test_a_row_whose_phone_changes_is_shown_with_both_until_it_is_known(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", "+57300", "+57301")], now=NOW)
    call = begin(locked, intent("update", [item("1", "+57301", "+57302", content="h2")]))
    shown = rows(locked)["1"]
    assert (shown["state"], shown["phones"]) == ("unknown_update", "+57300 +57301 +57302")
    locked.finish_call(call, "applied", "", {}, now=NOW)
    assert rows(locked)["1"]["phones"] == "+57301 +57302"


@pytest.mark.parametrize(
    ("proof", "task", "after"),
    [
        ("park", "", "parked_add"),
        ("task", "", "parked_add"),
        ("task", "T1", "unknown_add"),
        ("read_back", "", "unknown_add"),
        ("refusal", "", "repeat_add"),
        ("repeat", "", "repeat_add"),
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
    with pytest.raises(LedgerError, match=f"1 row waits for the outcome of call {call}.*state resolve {call}"):
        add(locked, "1", "2")
    assert states(locked) == {"1": "parked_add"}
    add(locked, "2")


def test_several_waiting_rows_are_counted_and_none_is_sent(locked: Ledger) -> None:
    call = add(locked, "1", "2", "3")
    with pytest.raises(LedgerError, match=f": 2 rows wait for the outcome of call {call}, "):
        add(locked, "1", "2", "4")
    assert [found.call_id for found in locked.unfinished_calls()] == [call]


def test_a_call_that_a_person_was_given_stays_with_that_person(locked: Ledger) -> None:
    call = add(locked, "1", proof="read_back")
    locked.park_call(call)
    locked.finish_call(call, "unknown", "time-out", {}, now=NOW)
    assert states(locked) == {"1": "parked_add"}
    assert [found.call_id for found in locked.parked()] == [call]


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


def test_a_call_that_may_be_repeated_waits_beside_its_repeat_until_that_succeeds(locked: Ledger) -> None:
    lost = begin(locked, intent("add", [item("1", "+57300"), item("2")], proof="refusal"))
    again = begin(locked, intent("add", [item("1", "+57301")], proof="refusal"))
    assert (states(locked)["1"], rows(locked)["1"]["phones"]) == ("repeat_add", "+57300 +57301")
    locked.finish_call(again, "rejected", "bad", {}, now=NOW)
    # The second was refused; the first may still have landed.
    assert states(locked) == {"1": "repeat_add", "2": "repeat_add"}
    third = begin(locked, intent("add", [item("1", "+57302"), item("2")], proof="refusal"))
    locked.finish_call(third, "already_present", "", {}, now=NOW)
    assert states(locked) == {"1": "present", "2": "present"}
    # What the dialer holds is that of the first call or of the third.
    assert str(rows(locked)["1"]["phones"]).split() == ["+57302", "+57300"]
    assert locked.unfinished_calls() == []
    assert locked.call_rows(lost) == []


def test_a_late_answer_is_booked_after_the_lock_was_lost(home: Home) -> None:
    with (
        home.open() as sleeper,
        home.open() as other,
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
    locked.finish_call(call, "rejected", "no", {}, now=NOW + 9)
    assert states(locked) == {"1": "present"}
    (line,) = locked.calls_of_run(locked.history(1)[0].run_id)
    assert (line.outcome, line.message, line.finished_at) == ("applied", "", NOW)


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


def test_a_second_create_waits_for_the_first(locked: Ledger) -> None:
    lost = begin(locked, intent("create", address=CAMPAIGN))
    with pytest.raises(LedgerError, match=f"call {lost} may have created it"):
        begin(locked, intent("create", address=CAMPAIGN))
    begin(locked, intent("create", address=Address("dialer", "campaign", "autumn")))


def test_a_create_that_may_be_repeated_keeps_no_later_one_from_being_sent(locked: Ledger) -> None:
    create = intent("create", address=CAMPAIGN, effect="neutral", proof="repeat")
    locked.finish_call(begin(locked, create), "unknown", "", {}, now=NOW)
    second = begin(locked, create)
    assert second in {call.call_id for call in locked.unfinished_calls()}
    locked.finish_call(second, "applied", "", {}, now=NOW)
    assert locked.unfinished_calls() == []


def test_a_create_that_a_person_was_given_is_not_repeated_whatever_its_proof(locked: Ledger) -> None:
    create = intent("create", address=CAMPAIGN, effect="neutral", proof="repeat")
    lost = begin(locked, create)
    locked.park_call(lost)
    with pytest.raises(LedgerError, match=f"call {lost} may have created it"):
        begin(locked, create)


def test_a_call_of_another_project_is_not_found(home: Home) -> None:
    with home.open() as one, home.open("other") as two, one.lock("apply", now=NOW):
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


def test_what_is_booked_is_undone_with_its_transaction(locked: Ledger) -> None:
    call = add(locked, "1")
    armed = failpoints.Armed([failpoints.Failure(name="ledger.rows_booked", occurrence=1, action="raise")])
    failpoints.arm(armed)
    try:
        # Where the ledger is a file, a failing disk is the ledger's own trouble.
        with pytest.raises((LedgerError, OSError), match=r"ledger\.rows_booked"):
            locked.finish_call(call, "applied", "", {}, now=NOW)
    finally:
        failpoints.arm(None)
    assert states(locked) == {"1": "unknown_add"}
    locked.finish_call(call, "applied", "", {}, now=NOW)
    assert states(locked) == {"1": "present"}


def history(ledger: Ledger) -> dict[int, tuple[str, str, str]]:
    """Return call -> state, outcome and message, as history shows them."""
    (run,) = ledger.history(1)
    return {call.call_id: (call.state, call.outcome, call.message) for call in ledger.calls_of_run(run.run_id)}


def test_a_line_keeps_all_that_it_says_of_a_call_and_its_rows(locked: Ledger) -> None:
    call = add(locked, "1", "2", "3", proof="read_back")
    (run,) = locked.history(1)
    rows_said = {"1": RowOutcome("applied"), "2": RowOutcome("rejected", "bad number")}
    finished = journal.Finished(call_id=call, outcome="applied", message="two of three", rows=rows_said)
    assert asyncio.run(locked.write_lines([finished], run_id=run.run_id, clock=lambda: NOW)) == [call]
    assert states(locked) == {"1": "present", "2": "rejected", "3": "unknown_add"}
    assert history(locked) == {call: ("unknown", "applied", "two of three")}


def test_of_intents_together_one_without_rows_changes_no_rows(locked: Ledger) -> None:
    run = locked.begin_run("apply", "p", now=NOW)
    begun = [
        journal.Begun(intent=intent("start", address=CAMPAIGN), evidence="{}"),
        journal.Begun(intent=intent("add", [item("1")]), evidence="{}"),
    ]
    asyncio.run(locked.write_lines(begun, run_id=run, clock=lambda: NOW))
    assert [(call.action, call.rows) for call in locked.unfinished_calls()] == [("start", 0), ("add", 1)]
    assert [locked.generation(address)[-2:] for address in (CAMPAIGN, CONTACTS)] == ["-0", "-1"]


def test_lines_about_two_collections_leave_open_what_is_unknown_in_each(locked: Ledger) -> None:
    autumn = Address("dialer", "contacts", "autumn")
    first = begin(locked, intent("add", [item("1"), item("2")], proof="read_back"))
    second = begin(locked, intent("add", [item("3")], address=autumn, proof="read_back"))
    lines = [
        Finished(call_id=first, outcome="applied", message="", rows={"1": RowOutcome("applied")}),
        Finished(call_id=second, outcome="applied", message="", rows={"3": RowOutcome("applied")}),
    ]
    asyncio.run(locked.write_lines(lines, run_id=locked.history(1)[0].run_id, clock=lambda: NOW))
    assert (states(locked), states(locked, autumn)) == ({"1": "present", "2": "unknown_add"}, {"3": "present"})
    assert [(call.call_id, call.rows, call.state) for call in locked.unfinished_calls()] == [(first, 1, "unknown")]


def _finished(call: int, *keys: str) -> Finished:
    return Finished(call_id=call, outcome="applied", message="", rows=dict.fromkeys(keys, RowOutcome("applied")))


def test_lines_are_booked_side_by_side_until_one_may_touch_what_another_touches() -> None:
    a, b, same_row, same_call = _finished(1, "a"), _finished(2, "b"), _finished(3, "a", "c"), _finished(3, "d")
    unnamed, last = _finished(4), _finished(5, "e")
    lines = [a, b, same_row, same_call, unnamed, last]
    assert list(journal._side_by_side(lines)) == [[a, b], [same_row], [same_call], [unnamed], [last]]
    assert list(journal._side_by_side([a, b])) == [[a, b]]


def test_what_a_later_call_or_a_look_has_settled_is_done_and_says_by_what(locked: Ledger) -> None:
    start = begin(locked, intent("start", address=CAMPAIGN, proof="repeat"))
    locked.finish_call(start, "unknown", "time-out", {}, now=NOW)
    stop = begin(locked, intent("stop", address=CAMPAIGN, effect="suppressing", proof="repeat"))
    locked.finish_call(stop, "applied", "", {}, now=NOW)
    lost = add(locked, "1", proof="read_back")
    locked.finish_call(lost, "unknown", "time-out", {}, now=NOW)
    locked.save_rows(CONTACTS, [item("1")], now=NOW)
    assert history(locked) == {
        start: ("done", "unknown", "settled by a later call"),
        stop: ("done", "applied", ""),
        lost: ("done", "unknown", "time-out"),
    }


OUTCOMES = st.sampled_from(["applied", "rejected", "unknown", "deferred", "already_absent", "already_present"])
CALL = st.tuples(
    st.sampled_from(["add", "update", "remove"]),
    st.dictionaries(st.sampled_from("abcdef"), OUTCOMES, min_size=1, max_size=4),
    st.booleans(),
    OUTCOMES,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CALL, min_size=1, max_size=5))
def test_outcomes_that_are_booked_together_leave_what_they_leave_one_by_one(
    locked: Ledger, calls: list[tuple[str, dict[str, str], bool, str]]
) -> None:
    left = []
    for name in ("together", "alone"):
        address = Address("dialer", "contacts", name)
        for call in locked.unfinished_calls():
            locked.resolve_call(call.call_id, "not_sent", now=NOW)
        locked.forget_rows(address)
        locked.save_rows(address, [item("a"), item("b", content="h0")], now=NOW)
        lines = []
        for number, (action, rows_of, named, outcome) in enumerate(calls):
            sent = [item(key, f"+5730{number}{key}", content=f"h{number}") for key in rows_of]
            effect = "suppressing" if action == "remove" else "dialable"
            call_id = begin(locked, intent(action, sent, address=address, effect=effect, proof="repeat"))
            told = {key: RowOutcome(word, f"m{number}") for key, word in rows_of.items()} if named else {}  # type: ignore[arg-type]  # words of outcomes
            lines.append(Finished(call_id=call_id, outcome=outcome, message="", rows=told))  # type: ignore[arg-type]  # as above
        if name == "together":
            asyncio.run(locked.write_lines(lines, run_id=locked.history(1)[0].run_id, clock=lambda: NOW))
        else:
            for line in lines:
                locked.finish_call(line.call_id, line.outcome, line.message, line.rows, now=NOW)
        first = lines[0].call_id
        shown = rows(locked, address)
        left.append(
            (
                {key: row | {"call_id": max(0, int(str(row["call_id"])) - first)} for key, row in shown.items()},
                [(found.call_id - first, found.state, found.rows) for found in locked.unfinished_calls()],
            )
        )
    assert left[0] == left[1]
