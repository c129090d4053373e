import pytest

from syncengine.engine.rows import calls_for, effect_of, operations_for, plan_rows
from tests.building import (
    contacts_collection,
    findings,
    operation,
    row_set,
    rows,
    vendor,
)

ADD = operation("records.add", "dialable", batch=100)
REMOVE = operation("records.remove", "suppressing", batch=10)


def named(operations):
    return [found.name for found in operations]


def without_own_list(collection):
    return vendor(collections=(collection,))


def test_an_action_is_the_call_of_its_name():
    assert named(operations_for(contacts_collection(), "remove")) == ["records.remove"]


@pytest.mark.parametrize("action", ["adopt", "forget"])
def test_what_only_the_ledger_learns_of_sends_nothing(action):
    assert operations_for(contacts_collection(), action) == ()
    plan = plan_rows(findings(rows(row_set(action))))
    assert [(c.action, c.effect, c.calls) for c in plan.changes] == [(action, "neutral", 0)]


def test_an_update_is_one_call_or_a_removal_and_an_addition_or_impossible():
    calls = {"add": ADD, "remove": REMOVE, "update": operation("records.update")}
    for how, expected in (
        ("operation", ["records.update"]),
        ("replace", ["records.remove", "records.add"]),
        ("absent", []),
    ):
        assert named(operations_for(contacts_collection(update=how, operations=calls), "update")) == expected


def test_half_a_replacement_is_none():
    assert operations_for(contacts_collection(update="replace", operations={"add": ADD}), "update") == ()


def test_a_call_that_is_declared_absent_is_not_made():
    gone = operation("records.remove", ability="absent")
    assert operations_for(contacts_collection(operations={"remove": gone}), "remove") == ()


def test_the_most_dangerous_effect_of_several_calls_counts():
    assert effect_of((REMOVE, ADD)) == "dialable"
    assert effect_of((REMOVE, operation("x"))) == "suppressing"
    assert effect_of((operation("x"),)) == "neutral"
    assert effect_of(()) == "neutral"


def test_calls_are_counted_by_batch_over_all_calls_of_an_action():
    replacing = contacts_collection(update="replace", operations={"add": ADD, "remove": REMOVE})
    assert calls_for(replacing, "update", 101) == 11 + 2
    assert calls_for(replacing, "add", 100) == 1


def test_looking_each_row_up_before_it_is_added_costs_a_call_a_row():
    looking = contacts_collection(operations={"add": ADD, "lookup": operation("records.lookup", writes=False)})
    assert calls_for(looking, "add", 101) == 2 + 101


def test_a_warning_that_two_calls_share_is_said_once():
    twice = contacts_collection(
        update="replace",
        operations={
            "remove": operation("records.remove", "suppressing", warns="erases history"),
            "add": operation("records.add", "dialable", warns="erases history"),
        },
    )
    plan = plan_rows(findings(rows(row_set("update", reason="differs"), collection=twice)))
    assert plan.changes[0].warns == "erases history"


@pytest.mark.parametrize(
    ("action", "word"), [("remove", "removed"), ("update", "changed"), ("unblock", "unblocked"), ("add", "added")]
)
def test_what_a_vendor_cannot_do_with_rows_that_nobody_listed_is_only_said(action, word):
    bare = contacts_collection(operations={})
    plan = plan_rows(findings(rows(row_set(action, 3, reason="not_in_source"), collection=bare)))
    assert (plan.changes, plan.stuck) == ([], {})
    assert f"3 rows cannot be {word} at Acme" in plan.notes[0]


@pytest.mark.parametrize("action", ["remove", "block"])
def test_listed_rows_that_cannot_leave_are_safe_where_the_vendor_keeps_a_list_of_its_own(action):
    bare = contacts_collection(operations={"add": ADD})
    found = findings(rows(row_set(action, 2, reason="listed"), collection=bare, protected=2))
    plan = plan_rows(found)
    assert plan.stuck == {}
    assert "its own do-not-call list" in plan.notes[0]


def test_a_list_of_the_vendor_protects_only_those_whose_numbers_it_is_to_hold():
    bare = contacts_collection(operations={"add": ADD})
    plan = plan_rows(findings(rows(row_set("remove", 3, reason="listed"), collection=bare, protected=2)))
    assert (plan.stuck, plan.helpless) == ({"spring": 1}, {"spring"})
    assert "2 listed rows stay at Acme, kept from being rung by its own do-not-call list" in plan.notes[0]


def test_who_is_protected_does_not_protect_another_of_whom_less_is_known():
    bare = contacts_collection(operations={"add": ADD})
    sets = [row_set("remove", 1, reason="listed", confidence=known) for known in ("believed", "unknown")]
    plan = plan_rows(findings(rows(*sets, collection=bare, protected=1)))
    assert (plan.stuck, plan.helpless) == ({"spring": 1}, {"spring"})


def test_one_listed_row_that_stays_is_told_as_one():
    bare = contacts_collection(operations={"add": ADD})
    plan = plan_rows(findings(rows(row_set("remove", 1, reason="listed"), collection=bare, protected=1)))
    assert "1 listed row stays" in plan.notes[0]


def test_listed_rows_that_cannot_leave_and_that_no_list_protects_are_stuck():
    bare = contacts_collection(operations={"add": ADD})
    sets = (row_set("remove", 2, reason="listed"),)
    plan = plan_rows(findings(rows(*sets, collection=bare, listed_stuck=1), vendor=without_own_list(bare)))
    assert (plan.changes, plan.stuck) == ([], {"spring": 3})


def test_counts_that_ask_for_nothing_are_still_said():
    found = rows(vanished=1, not_updatable=2, waiting=3, rejected_before=4_000, problem="page 2 is missing")
    notes = plan_rows(findings(found)).notes
    assert len(notes) == 5
    said = {1: "may have been called", 2: "cannot be changed", 3: "wait", "4,000": "refused"}
    for number, words in said.items():
        assert any(f": {number} " in note and words in note for note in notes)
    assert "nothing is removed on it" in notes[-1]


def test_rows_as_wanted_say_nothing():
    plan = plan_rows(findings(rows(unchanged=5)))
    assert (plan.changes, plan.notes, plan.stuck) == ([], [], {})
