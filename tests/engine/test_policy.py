from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.engine.levels import in_levels
from syncengine.engine.policy import after, content_of, decide, drifted, kind_of, kinds_of
from syncengine.model.address import Address
from syncengine.model.plan import FORMAT_VERSION, Cost, Headline, Plan, Violation
from syncengine.model.policy import Policy, Standing, Window
from tests.building import basis
from tests.engine.test_levels import DND, campaign_change, dnd_change, row_change

NOW = 1_800_000_000.0
ALL = Policy(may_land=frozenset({"cosmetic", "pacing", "audience"}))
SHUT = Window(kind="deny", schedule="* * * * *", duration=120.0, zone="UTC")


def plan_of(*changes, **more):
    created = {str(c.address) for c in changes if c.action == "create"}
    stated = {
        "plan_id": "whole",
        "releases": {},
        "headline": Headline(),
        "costs": (Cost(dialer="acme-co", vendor="Acme", calls=len(changes), minutes=None),),
        "violations": (),
        "holds": (),
    }
    return Plan(
        format_version=FORMAT_VERSION,
        project="test",
        created_at=NOW,
        refresh="full",
        levels=in_levels(changes, DND, created),
        sources=(),
        enforcement=(),
        notes=(),
        basis=basis(),
        **(stated | more),
    )


def standing(**more):
    return Standing(**({"now": NOW, "applies": True} | more))


def landed(decision):
    return list(decision.lands.changes) if decision.lands is not None else []


def rules(decision):
    return [held.rule for held in decision.held]


listed = row_change("remove", reason="listed")
dnd_add = dnd_change("add")
adds = replace(row_change("add"), effect="dialable")
start = replace(campaign_change("start"), effect="dialable")
stop = campaign_change("stop")
cosmetic = campaign_change("update", operation="update")
speed = replace(campaign_change("update", operation="set_speed"), effect="dialable")
released = dnd_change("remove")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (dnd_add, "compliance"),
        (listed, "compliance"),
        (row_change("block", reason="listed"), "compliance"),
        (stop, "compliance"),
        (replace(stop, reason="drift"), "pacing"),
        (replace(stop, reason="suppression_failed"), "compliance"),
        (cosmetic, "cosmetic"),
        (speed, "pacing"),
        (adds, "audience"),
        (start, "audience"),
        (campaign_change("create"), "audience"),
        (campaign_change("delete"), "audience"),
        (row_change("remove", reason="not_in_source"), "audience"),
        (row_change("adopt"), "cosmetic"),
        (released, "release"),
        (row_change("add", reason="released"), "release"),
    ],
)
def test_every_change_is_of_a_kind_by_its_effect_on_dialling(change, kind):
    (level,) = plan_of(change).levels
    assert kind_of(change, level.name) == kind


def test_a_plan_that_is_allowed_lands_as_it_is():
    plan = plan_of(dnd_add, adds, start)
    decision = decide(plan, ALL, standing())
    assert (decision.lands, decision.held) == (plan, ())


def test_an_empty_plan_holds_nothing():
    assert decide(plan_of(), Policy(), standing(suspended="ann")).held == ()


@pytest.mark.parametrize(
    ("more", "rule"), [({"suspended": "ann"}, "suspended"), ({"leader": "bob"}, "standby"), ({"applies": False}, "off")]
)
def test_suspended_standing_by_and_shown_only_nothing_lands_at_all(more, rule):
    decision = decide(plan_of(dnd_add), ALL, standing(**more))
    assert (decision.lands, rules(decision)) == (None, [rule])


def test_of_a_plan_with_a_kind_that_may_not_land_only_compliance_does():
    decision = decide(
        plan_of(dnd_add, listed, stop, cosmetic, adds), Policy(may_land=frozenset({"cosmetic"})), standing()
    )
    assert landed(decision) == [dnd_add, stop, listed]
    assert rules(decision) == ["policy"]
    assert "audience" in decision.held[0].why
    assert decision.lands.plan_id not in {"whole", ""}
    assert {hold.what for hold in decision.lands.holds} == {"update", "add"}


def test_outside_the_window_compliance_lands_and_the_rest_waits_for_it():
    decision = decide(plan_of(dnd_add, adds), replace(ALL, windows=(SHUT,)), standing())
    assert landed(decision) == [dnd_add]
    assert rules(decision) == ["window"]
    assert decision.again_at is not None


def test_a_clock_that_is_not_believed_closes_the_windows():
    decision = decide(plan_of(dnd_add, adds), ALL, standing(clock_doubt="set back by 500 s"))
    assert (landed(decision), rules(decision)) == ([dnd_add], ["window"])


def violation(rule, **more):
    return Violation(rule=rule, message="m", remedy="r", **more)


def test_no_guard_stands_between_a_person_and_the_do_not_call_list():
    decision = decide(plan_of(dnd_add, listed, adds, violations=(violation("max_newly_callable"),)), ALL, standing())
    assert landed(decision) == [dnd_add, listed]
    assert decision.lands.applicable
    assert rules(decision) == ["guard"]


def test_calls_that_nobody_has_documented_are_not_made_for_compliance_either():
    doubt = violation("unverified", address=Address("acme-co", "campaign", "*"))
    assert decide(plan_of(dnd_add, violations=(doubt,)), ALL, standing()).lands is None


def test_a_list_of_a_campaign_that_does_not_land_waits_with_it():
    own = dnd_change("add", name="spring", collection="own-dnc")
    decision = decide(plan_of(campaign_change("create"), own, dnd_add), Policy(), standing())
    assert landed(decision) == [dnd_add]


def test_nobody_is_released_by_itself():
    decision = decide(plan_of(released, adds, dnd_add), ALL, standing())
    assert landed(decision) == [dnd_add]
    assert "--expect" in decision.held[0].why
    assert decide(plan_of(releases={"opt-outs": 1}), ALL, standing()).lands is None


def test_drift_is_left_alone_and_what_the_files_changed_lands():
    drift = replace(cosmetic, address=Address("acme-co", "campaign", "other"), reason="drift")
    decision = decide(plan_of(drift, adds), ALL, standing())
    assert (landed(decision), rules(decision)) == ([adds], ["drift"])
    healing = replace(ALL, heal=True)
    assert landed(decide(plan_of(drift, adds), healing, standing())) == list(plan_of(drift, adds).changes)
    assert drifted(plan_of(drift, adds)) == (drift,)


def test_a_campaign_that_somebody_changed_by_hand_gets_nothing_dialable_meanwhile():
    started = replace(stop, reason="drift")
    decision = decide(plan_of(started, adds, listed), ALL, standing())
    assert landed(decision) == [listed]
    # One that somebody stopped rings nobody.
    stopped = replace(start, reason="drift")
    assert landed(decide(plan_of(stopped, adds), ALL, standing())) == [adds]


def test_what_belongs_to_a_campaign_that_is_gone_waits_with_it():
    gone = replace(campaign_change("create"), reason="vanished")
    own = dnd_change("add", name="spring", collection="own-dnc")
    decision = decide(plan_of(gone, adds, start, dnd_add, own), ALL, standing())
    assert [c for c in landed(decision) if c not in {dnd_add, own}] == []


def test_an_entry_that_somebody_took_off_the_dialers_list_is_put_back_whatever_the_policy():
    back = dnd_change("add", reason="vanished")
    assert landed(decide(plan_of(back), Policy(), standing())) == [back]


def test_the_same_files_are_not_tried_again_before_a_while_and_compliance_is():
    plan = plan_of(adds, dnd_add)
    failed = replace(after(None, plan, ALL, now=NOW), ended=True)
    decision = decide(plan, ALL, standing(attempt=failed))
    assert (landed(decision), rules(decision), decision.again_at) == ([dnd_add], ["tried"], NOW + 60.0)
    assert decide(plan, ALL, standing(attempt=failed, now=NOW + 60.0)).lands == plan
    other = replace(plan, basis=basis(sources="other"))
    assert decide(other, ALL, standing(attempt=failed)).lands == other


def test_whoever_died_in_an_apply_goes_on_at_once_when_it_had_got_somewhere():
    plan = plan_of(adds)
    died = after(None, plan, ALL, now=NOW)
    assert rules(decide(plan, ALL, standing(attempt=died))) == ["tried"]
    further = replace(plan, plan_id="less")
    assert decide(further, ALL, standing(attempt=died)).lands == further
    assert rules(decide(further, ALL, standing(attempt=replace(died, ended=True)))) == ["tried"]


def test_pauses_double_up_to_the_longest_and_begin_anew_with_other_files():
    plan, attempt, pauses = plan_of(adds), None, []
    for _ in range(9):
        attempt = after(attempt, plan, ALL, now=NOW)
        pauses.append(attempt.not_before - NOW)
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert after(attempt, replace(plan, basis=basis(dnd="x")), ALL, now=NOW).tries == 1


def test_the_content_is_that_of_the_files_and_not_of_the_ledger():
    plan = plan_of(adds)
    assert content_of(plan) == content_of(replace(plan, basis=basis(serial=9, lineage="x")))
    for name in ("manifests", "vendors", "sources", "dnd"):
        assert content_of(plan) != content_of(replace(plan, basis=basis(**{name: "x"})))


CHANGES = [
    *(campaign_change(action, key) for action in ("create", "update", "start", "stop", "delete") for key in "ab"),
    *(replace(campaign_change(action), reason="drift", effect="dialable") for action in ("update", "start", "stop")),
    *(
        replace(row_change("add", name=key), effect="dialable", reason=why)
        for key in "ab"
        for why in ("missing", "vanished")
    ),
    *(row_change("remove", name=key, reason=why) for key in "ab" for why in ("listed", "not_in_source")),
    *(dnd_change(action) for action in ("add", "remove")),
    dnd_change("add", name="a", collection="own-dnc"),
]
POLICIES = st.builds(
    Policy,
    may_land=st.frozensets(st.sampled_from(["cosmetic", "pacing", "audience"])),
    heal=st.booleans(),
    windows=st.sampled_from([(), (SHUT,)]),
)


@settings(max_examples=300, deadline=None)
@given(changes=st.lists(st.sampled_from(CHANGES), unique_by=id), policy=POLICIES, doubt=st.sampled_from(["", "back"]))
def test_whatever_the_plan_compliance_lands_and_nothing_else_that_is_not_allowed(changes, policy, doubt):
    plan = plan_of(*changes)
    decision = decide(plan, policy, standing(clock_doubt=doubt))
    lands = landed(decision)
    # A part, in the order of the whole.
    assert lands == [change for change in plan.changes if any(change is other for other in lands)]
    kinds = kinds_of(decision.lands) if decision.lands is not None else set()
    assert "release" not in kinds
    assert kinds <= policy.may_land | {"compliance"}
    if policy.windows or doubt:
        assert kinds <= {"compliance"}
    created = {c.address.name for c in changes if c.action == "create"}
    for level in plan.levels:
        for change in level.changes:
            if kind_of(change, level.name) == "compliance" and change.address.name not in created:
                assert any(change is other for other in lands)
    if not policy.heal:
        assert not [c for c in lands if c.reason == "drift"]


def test_while_another_run_holds_a_dialer_opt_outs_alone_land_at_the_others():
    elsewhere = standing(elsewhere="acme-vn is locked: ann@host pid 1 runs apply")
    decision = decide(plan_of(dnd_add, adds), ALL, elsewhere)
    assert landed(decision) == [dnd_add]
    assert rules(decision) == ["locked"]
    assert "ann@host pid 1 runs apply; opt-outs alone land" in decision.held[0].why
    assert rules(decide(plan_of(dnd_add), ALL, elsewhere)) == []
