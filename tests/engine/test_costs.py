from dataclasses import replace

from syncengine.engine.campaigns import CampaignDiff
from syncengine.engine.costs import cost_at, headline, statuses
from syncengine.model.address import Address
from syncengine.model.calling import Limits
from tests.building import findings, row_set, rows, vendor
from tests.engine.test_levels import campaign_change, dnd_change, row_change

SPRING = Address("acme-co", "campaign", "spring")


def limited(**limits):
    return findings(vendor=vendor(limits=Limits(**limits)), budget=1_000, budget_used=40)


def test_a_change_to_rows_costs_its_batches_and_one_to_a_campaign_one_call():
    changes = [replace(row_change("add"), calls=120), campaign_change("start")]
    found = cost_at(limited(calls=5, per=1), changes)
    assert (found.calls, found.minutes) == (121, 121 / 5 / 60)
    assert (found.vendor, found.budget_used, found.budget) == ("Acme", 40, 1_000)


def test_without_a_known_limit_nobody_can_tell_the_minutes():
    assert cost_at(limited(), [campaign_change("start")]).minutes is None


def test_the_changes_of_another_dialer_cost_nothing_here():
    elsewhere = replace(campaign_change("start"), address=Address("acme-pe", "campaign", "spring"))
    assert cost_at(limited(), [elsewhere]).calls == 0


def test_campaigns_are_counted_once_however_many_calls_change_them():
    found = headline(
        [
            campaign_change("create", "a"),
            campaign_change("update", "b", "update"),
            campaign_change("update", "b", "set_speed"),
            campaign_change("delete", "c"),
            campaign_change("stop", "c"),
            campaign_change("start", "a"),
        ],
        [],
        {},
    )
    assert (found.campaigns_created, found.campaigns_updated, found.campaigns_deleted) == (1, 1, 1)
    assert (found.starts, found.stops) == (1, 1)


def callable_after(changes, *found, status="stopped"):
    return headline(changes, found, {SPRING: status}).newly_callable


def test_who_enters_a_campaign_becomes_callable_when_it_dials_or_may():
    entering = [row_change("add"), row_change("unblock"), row_change("update"), row_change("adopt")]
    assert callable_after(entering, status="stopped") == 0
    assert callable_after(entering, status="started") == 2
    assert callable_after(entering, status="unknown") == 2
    assert headline(entering, [], {}).newly_callable == 2
    assert callable_after([*entering, campaign_change("stop")], status="started") == 0


def test_a_start_makes_all_callable_who_stay_there_changed_or_not():
    there = rows(
        row_set("add", 1),
        row_set("update", 20),
        row_set("adopt", 300),
        row_set("remove", 7, reason="listed"),
        unchanged=4_000,
        not_updatable=50_000,
        waiting=600_000,
    )
    changes = [campaign_change("start"), row_change("add")]
    assert callable_after(changes, there) == 654_321


def test_a_start_elsewhere_makes_nobody_here_callable():
    assert callable_after([campaign_change("start", "summer")], rows(unchanged=70)) == 0


def test_who_leaves_or_whose_campaign_stops_is_no_longer_callable():
    there = rows(row_set("update", 20), unchanged=300)
    leaving = [row_change("remove"), row_change("block"), row_change("forget")]
    assert headline(leaving, [there], {SPRING: "started"}).no_longer_callable == 2
    stopping = [*leaving, campaign_change("stop")]
    assert headline(stopping, [there], {SPRING: "started"}).no_longer_callable == 322


def test_do_not_call_entries_are_counted_apart_from_people():
    found = headline([dnd_change("add"), dnd_change("block"), dnd_change("remove"), dnd_change("unblock")], [], {})
    assert (found.dnd_added, found.dnd_removed) == (2, 2)
    assert (found.newly_callable, found.no_longer_callable) == (0, 0)


def test_only_contacts_count_as_unchanged_and_updated():
    directory = rows(unchanged=9, address=Address("acme-co", "directory", "account"))
    changes = [row_change("update"), row_change("update", kind="directory")]
    found = headline(changes, [rows(unchanged=5), directory], {})
    assert (found.rows_unchanged, found.rows_updated) == (5, 1)


def test_statuses_of_all_dialers_come_under_their_addresses():
    found = statuses({"a": CampaignDiff(status={"x": "started"}), "b": CampaignDiff(status={"x": "stopped"})})
    assert found == {Address("a", "campaign", "x"): "started", Address("b", "campaign", "x"): "stopped"}
