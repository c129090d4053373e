from dataclasses import replace

from syncengine.model.address import Address
from syncengine.model.change import FieldChange
from syncengine.model.plan import Hold
from syncengine.views.grouping import (
    calls_of,
    fields_of,
    gathered,
    grouped,
    grouped_holds,
    grouped_notes,
    grouped_reports,
    is_danger,
    named,
    rows_of,
)
from tests.views.plans import campaign_change, change_report, row_change


def test_groups_stand_where_their_first_one_stood():
    assert gathered("banana", str) == [["b"], ["a", "a", "a"], ["n", "n"]]


def test_ten_thousand_equal_changes_are_one_group_whatever_the_campaigns_are_called():
    changes = [
        campaign_change(key=f"c{n}", fields=(FieldChange("name", None, f"C {n}"), FieldChange("speed", None, 3)))
        for n in range(10_000)
    ]
    (group,) = grouped(changes)
    assert len(group) == 10_000
    assert [field.name for field in fields_of(group)] == ["speed"]


def test_whatever_is_shown_of_a_change_parts_it_from_others():
    base = campaign_change(fields=(FieldChange("speed", 1, 2),))
    others = [
        replace(base, address=Address("acme-pe", "campaign", "spring")),
        replace(base, action="update"),
        replace(base, operation="set_speed"),
        replace(base, reason="drift"),
        replace(base, confidence="unknown"),
        replace(base, warns="erases history"),
        replace(base, fields=(FieldChange("speed", 1, 3),)),
        # The same text, and yet not the same value.
        replace(base, fields=(FieldChange("speed", 1, "2"),)),
    ]
    assert len(grouped([base, *others])) == 9


def test_sets_of_rows_are_never_put_together():
    assert [len(group) for group in grouped([row_change(), row_change(), row_change(key="summer")])] == [1, 1, 1]
    assert fields_of([row_change()]) == ()


def test_sets_that_do_the_same_to_more_than_a_few_campaigns_are_one_group_with_their_counts():
    sets = [row_change(key=f"c{n}", count=n) for n in range(1, 101)]
    groups = grouped([*sets, row_change("update"), row_change(key="x", reason="drift")])
    assert [len(group) for group in groups] == [100, 1, 1]
    assert (rows_of(groups[0]), calls_of(groups[0])) == (5_050, 1_300)


def test_campaigns_have_no_rows_and_take_a_call_each():
    assert (rows_of([campaign_change()] * 3), calls_of([campaign_change()] * 3)) == (0, 3)


def test_a_single_change_keeps_its_name():
    assert [f.name for f in fields_of([campaign_change(fields=(FieldChange("name", None, "x"),))])] == ["name"]


def test_three_are_named_and_the_others_counted():
    assert named(["a"]) == "a"
    assert named(["a", "b", "c"]) == "a, b, c"
    assert named([*"abc", *["d"] * 9_997]) == "a, b, c and 9,997 more alike"


def test_holds_of_one_dialer_with_one_reason_are_one():
    def hold(dialer, key, why="w"):
        return Hold(address=Address(dialer, "campaign", key), what="start", why=why)

    found = grouped_holds([hold("a", "x"), hold("b", "x"), hold("a", "y"), hold("a", "z", "other")])
    assert [[h.address.name for h in group] for group in found] == [["x", "y"], ["x"], ["z"]]


def test_notes_that_say_the_same_are_one_and_dangers_come_first():
    notes = [
        "d/campaign/a: stays",
        "a sentence: of its own",
        "d/campaign/b: stays",
        "no place",
        "DANGER d/campaign/a: rings",
    ]
    assert grouped_notes(notes) == [
        "DANGER d/campaign/a: rings",
        "d/campaign/a, d/campaign/b: stays",
        "a sentence: of its own",
        "no place",
    ]
    assert [is_danger(note) for note in grouped_notes(notes)] == [True, False, False, False]


def test_notes_about_two_dialers_or_two_kinds_of_thing_stay_apart():
    notes = ["d/campaign/a: stays", "e/campaign/a: stays", "d/contacts/a: stays"]
    assert grouped_notes(notes) == notes


def test_campaigns_with_which_the_same_happened_are_one_and_rows_are_not():
    def created(key, **more):
        return change_report("create", address=Address("d", "campaign", key), **({"outcomes": {"applied": 1}} | more))

    assert len(grouped_reports([created("a"), created("b"), created("c", outcomes={"failed": 1})])) == 2
    assert len(grouped_reports([created("a"), created("b", messages={"no": 1})])) == 2
    assert len(grouped_reports([change_report(), change_report(), change_report(outcomes={"failed": 1})])) == 3
