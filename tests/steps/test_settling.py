"""Settling: each proof, and nothing without one."""

from typing import Any

import pytest

from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
from syncengine.model.ports import Intent
from tests.steps.acme import VENDOR, Lead, bent
from tests.steps.projects import LEADS, Made, done, notes, tel, tels

SPRING = Address(LEADS.dialer, "campaign", LEADS.name)
CUT: dict[str, Any] = {"POST /campaigns/17/leads": "cut"}
LOST: dict[str, Any] = {"POST /campaigns/17/leads": "lost"}


def doomed(made: Made, troubles: dict[str, Any]) -> None:
    """Apply while the answers to additions are lost."""
    made.acme.troubles = troubles
    _, report = made.apply()
    assert report is not None
    assert not report.complete
    made.acme.troubles = {}


def open_call(made: Made, action: str, proof: str, *keys: str, task: str = "", operation: str = "", **more: Any) -> int:
    """Leave a call of a run that died behind."""
    with made.ledger(locked=True) as ledger:
        intent = Intent(
            address=more.pop("address", LEADS),
            operation=operation or f"leads.{action}",
            action=action,
            effect="neutral",
            rows=[RowItem(key, (key,), {}, "h") for key in keys],
            proof=proof,
            **more,
        )
        number = ledger.begin_call(
            intent, run_id=ledger.begin_run("apply", "p", now=made.now), evidence="{}", now=made.now
        )
        if task:
            ledger.remember_task(number, task)
    return number


def waiting(made: Made) -> list[tuple[str, str]]:
    with made.ledger() as ledger:
        return [(call.action, call.state) for call in (*ledger.unfinished_calls(), *ledger.parked())]


@pytest.mark.parametrize(("troubles", "left"), [(CUT, []), (LOST, ["add 3 contacts missing"])])
def test_a_listing_after_the_settle_time_tells_whether_an_addition_landed(
    made: Made, troubles: dict[str, Any], left: list[str]
) -> None:
    doomed(made, troubles)
    made.wait(31.0)
    assert done(made.plan()) == left
    assert waiting(made) == []
    if left:
        made.carry_out()
    assert made.acme.tels() == tels(1, 2, 3)


@pytest.mark.parametrize("troubles", [CUT, LOST])
def test_before_the_settle_time_is_over_a_listing_tells_nothing(made: Made, troubles: dict[str, Any]) -> None:
    doomed(made, troubles)
    made.wait(29.0)
    plan = made.plan()
    assert done(plan) == []
    assert notes(plan, "the answer was lost; it is settled by read_back")
    assert waiting(made) == [("add", "unknown")]


def test_a_listing_that_began_before_the_settle_time_was_over_tells_nothing(made: Made) -> None:
    doomed(made, LOST)
    made.wait(29.0)

    def slow(_: object) -> None:
        # The page shows how things were; by the time that it has been read, the settle time is over.
        made.now += 60.0

    made.acme.troubles = {"GET /campaigns/17/leads": slow}
    assert done(made.plan()) == []
    assert waiting(made) == [("add", "unknown")]


def test_a_call_of_a_process_that_died_has_its_own_time_as_well(made: Made) -> None:
    made.carry_out()
    open_call(made, "add", "read_back", tel(9), settle=30.0)
    # Twice the time-out of the vendor file, which is 5 s, and the settle time.
    made.wait(39.0)
    made.plan()
    assert waiting(made) == [("add", "intent")]
    made.wait(2.0)
    made.plan()
    assert waiting(made) == []


def test_a_listing_that_is_not_whole_tells_nothing(made: Made) -> None:
    doomed(made, LOST)
    made.wait(31.0)
    made.acme.troubles = {"GET /campaigns/17/leads": 400}
    assert done(made.plan()) == []
    assert waiting(made) == [("add", "unknown")]


@pytest.mark.parametrize(
    ("action", "there", "state"),
    [
        ("add", "new", "present"),
        ("add", "", None),
        ("remove", "new", "present"),
        ("remove", "", None),
        ("block", "new", "present"),
        ("block", "held", "blocked"),
        ("block", "", "blocked"),
        ("unblock", "new", "present"),
        ("unblock", "held", "present"),
        ("update", "new", "present"),
    ],
)
def test_what_a_listing_proves(made: Made, action: str, there: str, state: str | None) -> None:
    made.people("leads", *range(1, 4))
    made.carry_out()
    known = action != "add"
    with made.ledger(locked=True) as ledger:
        ledger.forget_rows(LEADS, [tel(1)])
        if known:
            before = "blocked" if action == "unblock" else "present"
            ledger.save_rows(LEADS, [RowItem(tel(1), (tel(1),), {}, "old")], now=made.now, state=before)
    open_call(made, action, "read_back", tel(1), settle=30.0, operation="leads.add")
    made.acme.leads["17"] = [Lead(tel(1), there)] if there else []
    made.wait(100.0)
    with made.run(locked=True) as run:
        settle_all(made, run)
    found = made.states()
    expected = {"unblock": {"held": "blocked"}}.get(action, {}).get(there, state)
    assert found.get(tel(1)) == expected
    assert waiting(made) == []


def settle_all(made: Made, run: Any) -> None:
    import asyncio

    from syncengine.steps.reading import read_dialers
    from syncengine.steps.settling import settle
    from syncengine.steps.sources import read_sources

    sources = read_sources(run)
    settle(run, asyncio.run(read_dialers(run, sources)))


def test_a_lost_update_is_planned_again_since_a_listing_shows_no_content(made: Made) -> None:
    made.vendor = bent(
        VENDOR,
        ("blocked: [held]}\n    operations:", "blocked: [held]}\n    update: operation\n    operations:"),
        (
            '      remove:\n        method: POST\n        path: "/campaigns/{{ campaign.id }}/gone"',
            '      update:\n        method: POST\n        path: "/campaigns/{{ campaign.id }}/changes"\n'
            '        body: {json: {tel: "{{ record.tel }}", name: "{{ record.name }}"}}\n        effect: neutral\n'
            "        success: {status: [200]}\n        batch: 1\n        proof: {by: read_back, settle: 30}\n"
            '      remove:\n        method: POST\n        path: "/campaigns/{{ campaign.id }}/gone"',
        ),
    )
    made.carry_out()
    made.data("leads.csv", [{"phone": tel(n), "first_name": "New" if n == 1 else f"P{n}"} for n in (1, 2, 3)])
    doomed(made, {"/changes": "lost"})
    made.wait(31.0)
    assert done(made.plan()) == ["update 1 contacts differs"]


def test_what_nothing_can_prove_waits_for_a_person(made: Made) -> None:
    number = open_call(made, "add", "park", tel(1))
    plan = made.plan()
    assert waiting(made) == [("add", "parked")]
    (note,) = notes(plan, "is parked")
    assert f"syncengine state resolve {number}" in note
    # And is not sent meanwhile.
    assert "add 2 contacts missing" in done(plan)


@pytest.mark.parametrize("proof", ["repeat", "refusal"])
def test_what_may_be_repeated_is_planned_again(made: Made, proof: str) -> None:
    made.acme.campaign()
    open_call(made, "add", proof, tel(1))
    made.wait()
    plan = made.plan()
    assert sum(change.count for change in plan.row_changes if change.address == LEADS) == 3


@pytest.mark.parametrize(
    ("action", "state", "seconds", "left"),
    [
        ("stop", "paused", 1000.0, []),
        ("stop", "paused", 1.0, [("stop", "intent")]),
        ("stop", "running", 1000.0, []),
        ("start", "running", 1000.0, []),
        ("update", "running", 1000.0, []),
    ],
)
def test_a_lost_call_about_a_campaign_that_needs_no_repeat_does_not_stay_open(
    made: Made, action: str, state: str, seconds: float, left: list[tuple[str, str]]
) -> None:
    made.carry_out()
    open_call(made, action, "repeat", address=SPRING, operation=f"campaigns.{action}", settle=30.0)
    (campaign,) = made.acme.campaigns.values()
    campaign["state"] = state
    made.wait(seconds)
    made.plan()
    assert waiting(made) == left


@pytest.mark.parametrize("action", ["delete", "stop"])
@pytest.mark.parametrize("proof", ["read_back", "repeat"])
def test_a_lost_call_about_a_campaign_that_a_later_run_has_deleted_does_not_stay_open(
    made: Made, action: str, proof: str
) -> None:
    made.carry_out()
    open_call(made, action, proof, address=SPRING, operation=f"campaigns.{action}", settle=30.0)
    made.acme.campaigns.clear()
    with made.ledger(locked=True) as ledger:
        ledger.forget_campaign(SPRING)
    made.wait()
    made.plan()
    assert waiting(made) == []


# ------------------------------------------------------------------------------------------------------------ tasks


def with_tasks(made: Made) -> None:
    made.vendor = bent(
        VENDOR,
        (
            "items: {shape: none}\n        batch: 10\n        refused_batch: unknown\n        proof: {by: read_back, settle: 30}\n      remove",
            "task: {id: task, poll: ask, status: state, success: [done], failure: [broken], deadline: 100}\n        batch: 10\n        refused_batch: unknown\n        proof: {by: task}\n      remove",
        ),
        (
            'path: "/campaigns/{{ campaign.id }}/leads"\n        success: {status: [200]}\n        records',
            'path: "/campaigns/{{ campaign.id }}/leads"\n        success: {status: [200]}\n        records',
        ),
    )


@pytest.mark.parametrize(
    ("answer", "seconds", "left"),
    [
        ({"state": "done"}, 5.0, []),
        ({"state": "done"}, 500.0, []),
        ({"state": "running"}, 5.0, [("add", "intent")]),
        ({"state": "running"}, 500.0, [("add", "parked")]),
        ({"state": "broken"}, 500.0, [("add", "parked")]),
        (404, 500.0, [("add", "parked")]),
        # What says nothing about the task: it is asked again another time.
        (503, 500.0, [("add", "intent")]),
        ("lost", 500.0, [("add", "intent")]),
        (403, 500.0, [("add", "intent")]),
    ],
)
def test_a_task_is_asked_about(made: Made, answer: Any, seconds: float, left: list[tuple[str, str]]) -> None:
    with_tasks(made)
    open_call(made, "add", "task", tel(1), task="t1")
    made.wait(seconds)
    made.acme.troubles = {"GET /campaigns/17/tasks/t1": answer}
    made.plan(refresh="changed")
    assert "GET /campaigns/17/tasks/t1" in made.acme.asked
    assert waiting(made) == left
    if not left:
        assert made.states() == {tel(1): "present"}


def test_without_refresh_no_task_is_asked_about(made: Made) -> None:
    with_tasks(made)
    open_call(made, "add", "task", tel(1), task="t1")
    made.dialers["main"]["secrets"] = {"token": "env:NOT_SET_ANYWHERE"}
    made.plan(refresh="none")
    assert not made.acme.asked
    assert waiting(made) == [("add", "intent")]


def test_a_task_whose_id_is_not_known_waits_for_a_person(made: Made) -> None:
    open_call(made, "add", "task", tel(1))
    made.plan(refresh="none")
    assert waiting(made) == [("add", "parked")]


# -------------------------------------------------------------------------------------------------------- campaigns


def creating(made: Made, trouble: str) -> None:
    del made.campaigns["spring"]["id"]
    made.acme.campaigns.clear()
    doomed(made, {"POST /campaigns$": trouble})


def test_a_creation_that_landed_is_ours_by_its_name(made: Made) -> None:
    creating(made, "cut")
    made.wait(31.0)
    assert done(made.plan()) == ["add 3 contacts missing"]
    assert waiting(made) == []
    with made.ledger() as ledger:
        messages = [call.message for run in ledger.history(10) for call in ledger.calls_of_run(run.run_id)]
    assert "resolved by a listing as sent" in messages
    made.carry_out()
    assert [campaign["name"] for campaign in made.acme.campaigns.values()] == ["Spring"]
    assert made.plan().empty


def test_a_creation_that_did_not_land_is_planned_again(made: Made) -> None:
    creating(made, "lost")
    made.wait(31.0)
    # The plan that settles it is the one that will be applied.
    first, second = made.plan(), made.plan()
    assert "create spring" in done(first)
    assert first.plan_id == second.plan_id
    made.carry_out(expect=first.plan_id)
    assert len(made.acme.campaigns) == 1


def test_a_creation_is_not_repeated_before_its_settle_time_is_over(made: Made) -> None:
    creating(made, "lost")
    made.wait(29.0)
    plan = made.plan()
    assert done(plan) == []
    assert any(hold.what == "creation" for hold in plan.holds)


def test_of_two_campaigns_of_that_name_a_person_chooses(made: Made) -> None:
    creating(made, "cut")
    made.acme.campaign("55", "Spring")
    made.wait(31.0)
    plan = made.plan()
    assert waiting(made) == [("create", "parked")]
    assert [violation.rule for violation in plan.violations] == ["not_possible"]


@pytest.mark.parametrize(("remembered", "left"), [(True, []), (False, [("create", "parked")])])
def test_a_creation_that_the_manifest_no_longer_names_is_found_by_the_name_it_was_made_with(
    made: Made, remembered: bool, left: list[tuple[str, str]]
) -> None:
    creating(made, "cut")
    made.campaigns.clear()
    if not remembered:
        with made.ledger(locked=True) as ledger:
            ledger.forget_campaign(SPRING)
    made.wait(31.0)
    made.plan()
    assert waiting(made) == left
    with made.ledger() as ledger:
        ours = [known.remote_id for known in ledger.campaigns(LEADS.dialer).values() if known.remote_id]
    assert ours == ([] if left else [*made.acme.campaigns])


def test_a_listing_of_campaigns_that_is_not_whole_proves_no_creation(made: Made) -> None:
    creating(made, "lost")
    made.wait(31.0)
    made.acme.troubles = {"GET /campaigns$": 400}
    made.plan()
    assert waiting(made) == [("create", "unknown")]


# ------------------------------------------------------------------------------------------------------------ the lock


def test_while_another_run_holds_the_lock_its_calls_are_left_to_it(made: Made) -> None:
    open_call(made, "add", "park", tel(1))
    loaded = made.load()
    from syncengine.ledger.opening import open_ledger

    with open_ledger(loaded.desired.ledger, loaded.desired.project) as other, other.lock("apply", now=made.now):
        plan = made.plan()
        assert notes(plan, "that run is under way")
    assert waiting(made) == [("add", "intent")]


def test_a_plan_that_has_nothing_to_settle_takes_no_lock(made: Made) -> None:
    loaded = made.load()
    from syncengine.ledger.opening import open_ledger

    with open_ledger(loaded.desired.ledger, loaded.desired.project) as other, other.lock("apply", now=made.now):
        assert made.plan().notes == ()


def test_a_run_at_one_dialer_leaves_the_calls_at_another_one_to_whoever_works_there(made: Made) -> None:
    made.dialers["second"] = made.dialer()
    call = open_call(made, "add", "park", tel(1))
    with made.ledger() as other, other.lock("apply", now=made.now, dialers=["main"]):
        for way in (made.plan, lambda **more: made.apply(**more)[0]):
            plan = way(dialers=["second"])
            assert notes(plan, "1 call of another run has no outcome yet")
            assert waiting(made) == [("add", "intent")]
        other.finish_call(call, "applied", "", {}, now=made.now)
    assert waiting(made) == []


def test_a_run_at_one_dialer_settles_nothing_at_another_one_that_it_does_not_hold(made: Made) -> None:
    made.dialers["second"] = made.dialer()
    open_call(made, "add", "park", tel(1))
    plan, _ = made.apply(dialers=["second"])
    assert notes(plan, "the answer was lost; it is settled by park")
    assert waiting(made) == [("add", "intent")]
    made.plan(dialers=["main"])
    assert waiting(made) == [("add", "parked")]


def test_of_several_dialers_those_that_are_free_are_settled_by_a_plan(made: Made) -> None:
    made.dialers["second"] = made.dialer()
    open_call(made, "add", "park", tel(1))
    open_call(made, "add", "park", tel(2), address=Address("second", "contacts", "summer"))
    with made.ledger() as other, other.lock("apply", now=made.now, dialers=["main"]):
        made.plan()
        assert waiting(made) == [("add", "intent"), ("add", "parked")]
