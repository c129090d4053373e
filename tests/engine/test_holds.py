from dataclasses import replace

import pytest

from syncengine.engine.campaigns import diff_campaigns
from syncengine.engine.holds import hold_back
from syncengine.engine.rows import plan_rows
from syncengine.model.address import Address
from syncengine.model.change import CampaignChange
from tests.building import (
    actual,
    campaign,
    contacts_collection,
    dnd_rows,
    findings,
    known,
    operation,
    row_set,
    rows,
    snapshot,
    vendor,
)


def held(*found, wanted=None, stop_after=3, **more):
    stated = {"snapshot": snapshot(actual()), "known": {"spring": known()}} | more
    all_found = findings(*found, **stated)
    wanted = {"spring": wanted or campaign(status="started")}
    diff = diff_campaigns(all_found, wanted, prune=False)
    return hold_back(all_found, wanted, diff, plan_rows(all_found), stop_after=stop_after)


def actions(kept):
    return [(c.address.kind, c.action) for c in kept.changes]


def test_without_a_reason_everything_goes_on():
    kept = held(rows(row_set("add")))
    assert actions(kept) == [("campaign", "start"), ("contacts", "add")]
    assert (kept.holds, kept.notes) == ([], [])


def test_an_unsound_list_holds_what_could_ring_somebody_and_says_what():
    kept = held(rows(row_set("add", 1_200), row_set("remove")), held={"spring": "the list is too old"})
    assert actions(kept) == [("contacts", "remove")]
    assert [(h.what, h.why) for h in kept.holds] == [
        ("start", "the list is too old"),
        ("add 1,200 rows", "the list is too old"),
    ]


def test_a_campaign_out_of_the_list_s_scope_goes_on():
    kept = held(rows(row_set("add")), held={"summer": "the list is too old"})
    assert actions(kept) == [("campaign", "start"), ("contacts", "add")]


def test_what_could_ring_somebody_in_the_whole_account_is_held_by_any_unsound_list():
    freed = dnd_rows(row_set("remove", 1, reason="released"))
    kept = held(freed, held={"summer": "the list is too old"}, wanted=campaign())
    assert kept.changes == []
    assert kept.holds[0].address == Address("acme-co", "dnd", "account")


def test_nobody_enters_a_campaign_while_it_is_unsure_which_one_it_is_but_listed_people_leave_it():
    part = snapshot(complete=False, problem="page 2 is missing")
    found = rows(row_set("add"), row_set("remove", 1, reason="listed"))
    kept = held(found, snapshot=part)
    assert actions(kept) == [("contacts", "remove")]
    assert {h.why for h in kept.holds} == {"the dialer's list is not whole: page 2 is missing"}


def test_a_listed_number_that_cannot_leave_holds_the_start_and_not_the_rest():
    kept = held(rows(row_set("add"), listed_stuck=1))
    assert actions(kept) == [("contacts", "add")]
    assert [h.what for h in kept.holds] == ["start"]
    assert kept.notes == []


def test_people_that_the_plan_cannot_see_hold_the_start_only_when_some_are_added():
    unseen = contacts_collection(opaque=True)
    assert actions(held(rows(row_set("add"), collection=unseen))) == [("contacts", "add")]
    assert ("campaign", "start") in actions(held(rows(collection=unseen)))


RUNNING = {"snapshot": snapshot(actual(status="started"))}


def running(failed):
    return RUNNING | {"known": {"spring": known(status="started", failed_suppressions=failed)}}


@pytest.mark.parametrize(("failed", "stop_after", "stops"), [(2, 3, False), (3, 3, True), (9, 0, False)])
def test_a_running_campaign_that_a_listed_number_does_not_leave_is_stopped_after_some_tries(failed, stop_after, stops):
    kept = held(rows(listed_stuck=1), stop_after=stop_after, **running(failed))
    assert (("campaign", "stop") in actions(kept)) is stops
    assert kept.notes[0].startswith("DANGER acme-co/campaign/spring: 1 ")


def test_a_campaign_that_we_started_may_be_running_whatever_a_late_listing_says():
    started = {"snapshot": snapshot(actual(status="stopped")), "known": running(3)["known"]}
    kept = held(rows(listed_stuck=1), **started)
    assert ("campaign", "stop") in actions(kept)
    assert kept.notes[0].startswith("DANGER")
    never_failed = started | {"known": running(0)["known"]}
    kept = held(rows(protected=1), unlisted("account"), **never_failed, wanted=campaign())
    assert actions(kept) == [("dnd", "add")]


def test_the_stop_says_why_and_knows_the_campaign():
    (stop,) = held(rows(listed_stuck=1), **running(3)).changes
    assert (stop.reason, stop.remote_id, stop.effect) == ("suppression_failed", "17", "suppressing")


def test_a_campaign_whose_removals_fail_time_and_again_is_stopped_though_the_vendor_could_remove():
    kept = held(rows(row_set("remove", 1, reason="listed")), **running(3))
    assert actions(kept) == [("contacts", "remove"), ("campaign", "stop")]
    assert kept.notes == []


def test_a_campaign_that_is_stopped_anyway_is_stopped_once():
    kept = held(rows(listed_stuck=1), wanted=campaign(status="stopped"), **running(3))
    assert actions(kept) == [("campaign", "stop")]
    assert kept.changes[0].reason == "differs"


@pytest.mark.parametrize("stop", [None, operation("campaigns.stop", ability="absent")])
def test_where_no_call_stops_a_campaign_the_danger_is_all_that_can_be_told(stop):
    base = vendor()
    calls = {role: call for role, call in base.campaigns.operations.items() if role != "stop"}
    unable = replace(base.campaigns, operations=calls | ({"stop": stop} if stop else {}))
    kept = held(rows(listed_stuck=1), vendor=replace(base, campaigns=unable), **running(5))
    assert kept.changes == []
    assert kept.notes[0].startswith("DANGER")


def test_a_campaign_of_which_the_ledger_knows_nothing_is_still_in_danger():
    agreed = replace(vendor(), campaigns=replace(vendor().campaigns, references_only=True))
    kept = held(rows(listed_stuck=2), vendor=agreed, known={})
    assert kept.changes == []
    assert "2 listed numbers" in kept.notes[0]


@pytest.mark.parametrize("status", ["started", "unknown"])
def test_nobody_unseen_is_added_to_a_campaign_that_may_be_dialling(status):
    unseen = rows(row_set("add", 2), collection=contacts_collection(opaque=True))
    kept = held(unseen, snapshot=snapshot(actual(status=status)), wanted=campaign())
    assert kept.changes == []
    assert [(h.what, h.address.kind) for h in kept.holds] == [("add 2 rows", "contacts")]


@pytest.mark.parametrize("status", ["started", "unknown"])
def test_nobody_unseen_is_added_to_a_campaign_that_a_listing_need_not_show_as_started_yet(status):
    unseen = rows(row_set("add"), collection=contacts_collection(opaque=True))
    ours = {"known": {"spring": known(status=status, updated_at=100.0)}}
    assert actions(held(unseen, listed_until=99.0, wanted=campaign(), **ours)) == []
    # By now it shows that somebody else has stopped it.
    assert actions(held(unseen, listed_until=100.0, wanted=campaign(), **ours)) == [("contacts", "add")]


def test_a_campaign_whose_start_nobody_knows_the_outcome_of_may_be_running():
    lost = {"known": {"spring": known(status="unknown", failed_suppressions=3)}}
    kept = held(rows(row_set("remove", 1, reason="listed")), wanted=campaign(), **lost)
    assert actions(kept) == [("contacts", "remove"), ("campaign", "stop")]


def test_people_unseen_are_added_once_the_same_plan_stops_the_campaign():
    unseen = rows(row_set("add", 2), collection=contacts_collection(opaque=True))
    kept = held(unseen, snapshot=snapshot(actual(status="started")), wanted=campaign(status="stopped"))
    assert actions(kept) == [("campaign", "stop"), ("contacts", "add")]


def among_others(stubborn, also_resisting=(), **more):
    """Return what is held where only one of three campaigns has resisted for long."""
    keys = ("autumn", "spring", "winter")
    ids = {key: str(number) for number, key in enumerate(keys, 17)}
    there = snapshot(*(actual(ids[key], key.title(), status="started") for key in keys))
    remembered = {key: known(key, remote_id=ids[key], name=key.title(), status="started") for key in keys}
    remembered[stubborn] = replace(remembered[stubborn], failed_suppressions=3)
    resisting = [rows(key=key, listed_stuck=1) for key in (stubborn, *also_resisting)]
    found = findings(*resisting, snapshot=there, known=remembered, **more)
    wanted = {key: campaign(key, name=key.title(), status="started") for key in keys}
    diff = diff_campaigns(found, wanted, prune=False)
    return hold_back(found, wanted, diff, plan_rows(found), stop_after=3), ids


@pytest.mark.parametrize("key", ["autumn", "spring", "winter"])
def test_the_one_stubborn_campaign_of_several_is_stopped_wherever_it_stands(key):
    kept, ids = among_others(key)
    (stop,) = kept.changes
    assert stop == CampaignChange(
        address=Address("acme-co", "campaign", key),
        action="stop",
        operation="stop",
        reason="suppression_failed",
        confidence="believed",
        effect="suppressing",
        remote_id=ids[key],
        warns="",
    )
    assert kept.notes == [
        f"DANGER acme-co/campaign/{key}: 1 listed number is in a campaign that may be running and cannot be"
        " removed there"
    ]


@pytest.mark.parametrize("key", ["autumn", "spring", "winter"])
def test_the_first_try_in_other_campaigns_keeps_none_that_resisted_for_long_from_being_stopped(key):
    kept, _ = among_others(key, {"autumn", "spring", "winter"} - {key})
    assert [change.address.name for change in kept.changes] == [key]
    assert len(kept.notes) == 3


def test_what_the_vendor_file_warns_of_goes_with_the_stop():
    base = vendor()
    stop = replace(base.campaigns.operations["stop"], warns="calls under way are cut off")
    warned = replace(base.campaigns, operations={**base.campaigns.operations, "stop": stop})
    (change,) = held(rows(listed_stuck=1), vendor=replace(base, campaigns=warned), **running(3)).changes
    assert change.warns == "calls under way are cut off"


def test_one_try_is_enough_where_one_is_allowed_and_none_was_made():
    removal = rows(row_set("remove", 1, reason="listed"))
    never = held(removal, stop_after=1, **RUNNING, known={"spring": known(status="started")})
    assert actions(never) == [("contacts", "remove")]
    assert actions(held(removal, stop_after=1, **running(1))) == [("contacts", "remove"), ("campaign", "stop")]


@pytest.mark.parametrize("found", [rows(), rows(row_set("remove", 1)), rows(protected=2)])
def test_where_nobody_is_left_to_be_suppressed_earlier_failures_stop_nothing(found):
    assert ("campaign", "stop") not in actions(held(found, dnd_rows(), **running(9)))


@pytest.mark.parametrize("name", ["account", "spring"])
def test_a_campaign_whose_protection_is_refused_time_and_again_is_stopped(name):
    entries = dnd_rows(row_set("add", 1), address=Address("acme-co", "dnd", name))
    assert ("campaign", "stop") in actions(held(rows(protected=2), entries, **running(3)))


def test_the_protection_of_another_campaign_stops_nothing():
    entries = dnd_rows(row_set("add", 1), address=Address("acme-co", "dnd", "summer"))
    assert ("campaign", "stop") not in actions(held(rows(protected=2), entries, **running(3)))


def unlisted(name):
    return dnd_rows(row_set("add", 2, reason="not_yet_listed"), address=Address("acme-co", "dnd", name))


@pytest.mark.parametrize("name", ["account", "spring"])
def test_an_entry_that_is_not_listed_yet_is_sent_again_before_a_start(name):
    assert actions(held(rows(), unlisted(name))) == [("campaign", "start"), ("dnd", "add")]


@pytest.mark.parametrize("name", ["account", "spring"])
def test_it_is_sent_again_where_somebody_listed_is_in_a_campaign_that_may_be_running(name):
    assert actions(held(rows(protected=1), unlisted(name), **RUNNING)) == [("dnd", "add")]
    assert actions(held(rows(), unlisted(name), **RUNNING)) == []
    assert actions(held(rows(protected=1), unlisted(name), wanted=campaign())) == []


def test_it_is_not_sent_again_for_another_campaign():
    assert actions(held(rows(), unlisted("summer"))) == [("campaign", "start")]


def test_an_entry_that_waits_keeps_nothing_else_from_being_judged():
    found = (unlisted("summer"), rows(row_set("add")), unlisted("winter"), dnd_rows(row_set("add", 1)))
    assert actions(held(*found)) == [("campaign", "start"), ("contacts", "add"), ("dnd", "add")]


def test_the_words_of_every_hold_are_whole():
    unseen = rows(row_set("add", 2), collection=contacts_collection(opaque=True))
    (start,) = held(unseen).holds
    assert start.why == (
        "this plan adds people that it cannot see; the next plan reads them, removes those listed, and starts"
    )
    (add,) = held(unseen, snapshot=snapshot(actual(status="started")), wanted=campaign()).holds
    assert add.why == (
        "it brings people whom this plan cannot see into a campaign that may be dialling;"
        " stop the campaign, add them, then start it"
    )
    (stuck,) = held(rows(listed_stuck=1)).holds
    assert stuck.why == "1 listed row may be rung there and cannot be removed or blocked"


def test_a_campaign_that_the_ledger_does_not_know_has_resisted_nothing():
    agreed = {"snapshot": snapshot(actual(status="started")), "known": {}}
    assert [c for c in held(rows(), stop_after=1, **agreed).changes if c.action == "stop"] == []
    removal = rows(row_set("remove", 1, reason="listed"))
    assert [c for c in held(removal, stop_after=1, **agreed).changes if c.action == "stop"] == []


def test_a_campaign_that_the_ledger_does_not_know_is_stopped_where_nothing_can_be_tried():
    found = rows(listed_stuck=1, listed_parked=1)
    stops = held(found, snapshot=snapshot(actual(status="started")), known={}).changes
    assert [(c.action, c.remote_id) for c in stops] == [("stop", "")]
