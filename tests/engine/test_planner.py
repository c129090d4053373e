from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.engine.planner import Inputs, make_plan, plan_id
from syncengine.model.address import Address
from syncengine.model.calling import Task
from syncengine.model.desired import Guards
from syncengine.model.plan import Allowances, SourceSummary
from tests.building import (
    actual,
    basis,
    campaign,
    contact_list,
    contacts_collection,
    desired,
    dialer,
    dnd_collection,
    dnd_rows,
    findings,
    known,
    operation,
    row_set,
    rows,
    snapshot,
    vendor,
)


def plan_of(*found, wanted=(), guards=None, allow=None, sources=(), released=None, contacts=()):
    return make_plan(
        Inputs(
            desired=desired(*wanted, guards=guards or Guards(), contacts={c.name: c for c in contacts}),
            dialers=found,
            sources=sources,
            released=released or {},
            basis=basis(),
            allowances=allow or Allowances(),
            refresh="full",
            created_at=1000.0,
        )
    )


def there(*sets, **more):
    return findings(
        rows(*sets, **more), snapshot=snapshot(actual(status="started")), known={"spring": known(status="started")}
    )


def test_a_plan_without_differences_is_empty():
    plan = plan_of(there(unchanged=5), wanted=[campaign(status="started")])
    assert plan.empty
    assert plan.applicable


def test_suppression_comes_first_and_release_comes_last():
    found = findings(
        rows(row_set("add"), row_set("remove", reason="listed"), row_set("add", 2, reason="released")),
        dnd_rows(row_set("add", 3), row_set("remove", 1, reason="released")),
        snapshot=snapshot(actual()),
        known={"spring": known()},
    )
    wanted = campaign(status="started", fields={"name": "Spring", "speed": "9"})
    names = [level.name for level in plan_of(found, wanted=[wanted]).levels]
    assert names == [
        "dnd additions",
        "contact removals",
        "campaign changes",
        "contact additions and updates",
        "starts",
        "dnd removals",
        "contacts released from dnd",
    ]


def test_a_list_of_a_new_campaign_is_written_after_the_campaign_and_before_its_contacts():
    own_list = dnd_rows(row_set("add", 3), address=Address("acme-co", "dnd", "spring"))
    plan = plan_of(findings(rows(row_set("add")), own_list), wanted=[campaign()])
    assert [level.name for level in plan.levels] == [
        "campaign changes",
        "dnd additions to new campaigns",
        "contact additions and updates",
    ]


def test_the_plan_id_is_a_digest_of_the_doing_and_not_of_the_time():
    found = there(row_set("add"))
    first, later = plan_of(found, wanted=[campaign()]), plan_of(found, wanted=[campaign()])
    assert first.plan_id == plan_id(replace(later, created_at=5.0, refresh="none"))
    other = plan_of(there(row_set("add", digest="other rows")), wanted=[campaign()])
    assert other.plan_id != first.plan_id


@settings(max_examples=25, deadline=None)
@given(st.permutations(["a", "b", "c", "d"]))
def test_the_plan_is_the_same_for_any_order_of_the_input(keys):
    found = findings(*(rows(row_set("add"), key=key) for key in keys))
    plan = plan_of(found, wanted=[campaign(key) for key in keys])
    expected = findings(*(rows(row_set("add"), key=key) for key in "abcd"))
    assert plan == plan_of(expected, wanted=[campaign(key) for key in "abcd"])


def test_removing_too_large_a_share_is_stopped_and_the_message_says_how_to_go_on():
    found = there(row_set("remove", 60, reason="not_in_source"), in_ledger=100)
    plan = plan_of(found, wanted=[campaign()])
    assert [v.rule for v in plan.violations] == ["max_remove"]
    assert "--allow-remove 60" in plan.violations[0].remedy
    assert plan_of(found, wanted=[campaign()], allow=Allowances(remove=60)).applicable
    assert not plan_of(found, wanted=[campaign()], allow=Allowances(remove=59)).applicable
    assert plan_of(found, wanted=[campaign()], allow=Allowances(remove=0.6)).applicable


def test_removing_listed_people_is_never_counted():
    found = there(row_set("remove", 100, reason="listed"), in_ledger=100)
    assert plan_of(found, wanted=[campaign()]).applicable


def test_an_empty_source_removes_nobody_whatever_is_allowed():
    found = there(row_set("remove", 5, reason="not_in_source"), in_ledger=5, source_empty=True)
    plan = plan_of(found, wanted=[campaign()], allow=Allowances(remove=1.0))
    assert [v.rule for v in plan.violations] == ["empty_source"]


def test_too_many_newly_callable_people_and_starts_are_stopped():
    found = there(row_set("add", 50))
    assert [v.rule for v in plan_of(found, wanted=[campaign()], guards=Guards(max_newly_callable=49)).violations] == [
        "max_newly_callable"
    ]
    many = [campaign(f"c{i}", status="started") for i in range(4)]
    assert "max_starts" in {v.rule for v in plan_of(findings(), wanted=many).violations}


def test_people_added_to_a_stopped_campaign_are_not_callable():
    found = findings(rows(row_set("add", 50)), snapshot=snapshot(actual()), known={"spring": known()})
    assert plan_of(found, wanted=[campaign()]).headline.newly_callable == 0


def test_starting_a_campaign_makes_everyone_in_it_callable():
    found = findings(rows(unchanged=70), snapshot=snapshot(actual()), known={"spring": known()})
    assert plan_of(found, wanted=[campaign(status="started")]).headline.newly_callable == 70


def test_releasing_a_number_needs_an_allowance_at_any_size():
    found = findings(dnd_rows(row_set("remove", 1, reason="released")))
    assert [v.rule for v in plan_of(found).violations] == ["dnd_removal"]
    assert plan_of(found, allow=Allowances(dnd_remove=1)).applicable
    # Also where no dialer holds a list: the release itself is what needs the allowance.
    assert [v.rule for v in plan_of(findings(), released={"opt-outs": 2}).violations] == ["dnd_removal"]


def test_an_unsound_do_not_call_source_holds_everything_dialable_and_nothing_else():
    found = findings(
        rows(row_set("add"), row_set("remove", reason="not_in_source"), in_ledger=100),
        dnd_rows(row_set("add", 3)),
        snapshot=snapshot(actual()),
        known={"spring": known()},
        held={"spring": "opt-outs.csv is missing"},
    )
    plan = plan_of(found, wanted=[campaign(status="started")])
    assert {c.effect for c in plan.changes} == {"suppressing"}
    assert {h.why for h in plan.holds} == {"opt-outs.csv is missing"}
    assert plan.headline.newly_callable == 0


def test_listed_rows_that_cannot_be_removed_hold_the_start():
    stuck = rows(row_set("add"), listed_stuck=2)
    found = findings(stuck, snapshot=snapshot(actual()), known={"spring": known()})
    plan = plan_of(found, wanted=[campaign(status="started")])
    assert "start" not in {c.action for c in plan.changes}
    assert "2 listed rows" in plan.holds[0].why


def test_a_running_campaign_is_stopped_after_three_failed_suppressions():
    stuck = rows(listed_stuck=1)
    for failed, stopped in ((2, False), (3, True)):
        found = findings(
            stuck,
            snapshot=snapshot(actual(status="started")),
            known={"spring": known(status="started", failed_suppressions=failed)},
        )
        plan = plan_of(found, wanted=[campaign(status="started")])
        assert ("stop" in {c.action for c in plan.changes}) is stopped
        assert any(note.startswith("DANGER") for note in plan.notes)


def test_people_that_the_plan_cannot_see_hold_the_start():
    found = findings(
        rows(row_set("add"), collection=contacts_collection(opaque=True)),
        snapshot=snapshot(actual()),
        known={"spring": known()},
    )
    plan = plan_of(found, wanted=[campaign(status="started")])
    assert [c.action for c in plan.changes] == ["add"]
    assert "cannot see" in plan.holds[0].why


def test_an_undocumented_call_is_refused_and_says_what_to_check():
    doubtful = operation("campaigns.create", ability="unverified", check="setting path_create")
    base = vendor()
    strange = replace(
        base, campaigns=replace(base.campaigns, operations={**base.campaigns.operations, "create": doubtful})
    )
    plan = plan_of(findings(vendor=strange), wanted=[campaign()])
    assert [v.rule for v in plan.violations] == ["unverified"]
    assert "path_create" in plan.violations[0].remedy
    assert plan_of(findings(vendor=strange), wanted=[campaign()], allow=Allowances(unverified=True)).applicable


def test_a_source_that_is_mostly_unusable_stops_the_plan():
    bad = SourceSummary(
        name="leads",
        kind="contacts",
        label="leads.csv",
        rows=100,
        accepted=80,
        rejected=20,
        duplicates=0,
        reasons={"no number": 20},
    )
    plan = plan_of(findings(), sources=[bad], contacts=[contact_list()])
    assert [v.rule for v in plan.violations] == ["rejected_rows"]
    assert "20 no number" in plan.violations[0].message


def test_calls_are_counted_by_batch_and_by_look_up():
    found = there(row_set("add", 250))
    plan = plan_of(found, wanted=[campaign()])
    assert plan.row_changes[0].calls == 3
    assert plan.costs[0].calls == 3


def test_duplicates_are_only_touched_under_a_declared_policy():
    base = vendor()
    able = replace(
        base,
        campaigns=replace(
            base.campaigns,
            operations={**base.campaigns.operations, "keep_duplicates": operation("campaigns.keep_duplicates")},
        ),
    )
    found = findings(vendor=able, snapshot=snapshot(actual()), known={"spring": known()}, duplicates={"spring": 4})
    assert plan_of(found, wanted=[campaign()]).empty
    assert [c.action for c in plan_of(found, wanted=[campaign(duplicates="keep_first")]).changes] == ["deduplicate"]


def test_two_dialers_are_planned_side_by_side():
    second = findings(
        dialer=dialer("acme-pe"),
        snapshot=replace(snapshot(), dialer="acme-pe"),
    )
    plan = plan_of(findings(), second, wanted=[campaign(), campaign("summer", dialer="acme-pe")])
    assert [str(c.address) for c in plan.changes] == ["acme-co/campaign/spring", "acme-pe/campaign/summer"]


def test_a_dialer_without_a_list_of_its_own_says_how_do_not_call_holds_there():
    removing = contacts_collection()
    adding = contacts_collection(operations={"add": operation("records.add", "dialable")})
    for collection, sentence in (
        (removing, "listed numbers are kept out of every request, and taken out of its campaigns"),
        (adding, "listed numbers are kept out of every request; the dialer itself holds no list"),
    ):
        plan = plan_of(findings(vendor=vendor(collections=(collection,))))
        assert plan.enforcement[0].sentence.startswith(sentence)


def test_a_dialer_with_a_list_of_its_own_says_so_once():
    twice = (contacts_collection(), dnd_collection(), replace(dnd_collection(), name="dnc2"))
    plan = plan_of(findings(vendor=vendor(collections=twice)))
    assert plan.enforcement[0].sentence == "the account's own list holds every entry"


def test_an_undocumented_look_up_or_question_about_a_task_is_refused_as_the_call_that_needs_it():
    doubtful = operation("calls.ask", ability="unverified", writes=False)
    waiting = operation(
        "records.add", "dialable", task=Task(id="id", poll="ask", status="state", success=("done",)), batch=100
    )
    looking = contacts_collection(
        operations={"add": waiting, "lookup": replace(doubtful, name="records.lookup"), "remove": operation("x")}
    )
    strange = vendor(collections=(looking,), calls={"ask": doubtful})
    found = findings(
        rows(row_set("add"), row_set("remove", reason="listed"), collection=looking),
        vendor=strange,
        snapshot=snapshot(actual()),
        known={"spring": known()},
    )
    plan = plan_of(found, wanted=[campaign()])
    assert plan.violations[0].message.endswith("by name only: calls.ask, records.lookup")


def test_notes_and_violations_do_not_depend_on_the_order_in_which_rows_were_compared():
    first = rows(row_set("remove", 60, reason="not_in_source"), key="a", vanished=1, in_ledger=100)
    second = replace(first, address=Address("acme-co", "contacts", "b"))
    wanted = [campaign("a"), campaign("b")]
    assert plan_of(findings(first, second), wanted=wanted) == plan_of(findings(second, first), wanted=wanted)


def test_a_plan_for_a_campaign_that_the_vendor_lists_nowhere_uses_no_listing():
    base = vendor()
    calls = {role: call for role, call in base.campaigns.operations.items() if role != "list"}
    blind = replace(base, campaigns=replace(base.campaigns, operations=calls))
    assert plan_of(findings(vendor=blind, snapshot=snapshot(source="ledger")), wanted=[campaign()]).applicable
