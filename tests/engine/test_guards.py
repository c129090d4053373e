from dataclasses import replace

import pytest

from syncengine.engine import guards
from syncengine.model.address import Address
from syncengine.model.desired import Guards
from syncengine.model.plan import Allowances, Headline, SourceSummary, Violation
from tests.building import HERE, contact_list, findings, operation, row_set, rows
from tests.engine.test_levels import campaign_change, dnd_change, row_change


def dropped(count, **more):
    return rows(row_set("remove", count, reason="not_in_source"), **({"in_ledger": 100} | more))


def removals(found, limits=None, **allowed):
    return list(guards.removals(found, limits or Guards(), Allowances(**allowed)))


def test_rows_may_be_removed_up_to_the_share_and_not_beyond():
    assert removals(dropped(30)) == []
    (stopped,) = removals(dropped(31))
    assert "31 of 100 rows (31%)" in stopped.message
    assert "the limit is 30%" in stopped.message
    assert stopped.address == Address("acme-co", "contacts", "spring")


@pytest.mark.parametrize("percent", range(1, 101))
def test_a_share_that_is_a_whole_number_of_rows_allows_just_that_many(percent):
    assert removals(dropped(percent), remove=percent / 100) == []
    assert len(removals(dropped(percent), remove=(percent - 1) / 100)) == 1


def test_the_message_names_the_limit_that_stopped_it_and_the_way_on():
    (stopped,) = removals(dropped(60), remove=50)
    assert "the limit is 50" in stopped.message
    assert "--allow-remove 60" in stopped.remedy


def test_a_small_collection_is_not_measured():
    assert removals(dropped(9, in_ledger=9)) == []
    assert len(removals(dropped(10, in_ledger=10))) == 1


def test_a_project_that_measures_every_collection_is_not_tripped_by_one_that_the_ledger_does_not_know():
    assert len(removals(dropped(1, in_ledger=0), Guards(min_rows=0))) == 1


def test_what_was_not_dropped_by_the_source_is_not_counted():
    listed = rows(row_set("remove", 90, reason="listed"), row_set("block", 10, reason="listed"), in_ledger=100)
    assert removals(listed) == []


def test_an_empty_source_stops_only_what_would_remove_somebody():
    assert [v.rule for v in guards.empty_source(dropped(1, source_empty=True))] == ["empty_source"]
    assert list(guards.empty_source(dropped(1))) == []
    assert list(guards.empty_source(rows(row_set("remove", reason="listed"), source_empty=True))) == []


def test_newly_callable_people_and_starts_may_reach_their_limits():
    assert list(guards.newly_callable(Headline(newly_callable=20_000), Guards())) == []
    (stopped,) = guards.newly_callable(Headline(newly_callable=20_001), Guards())
    assert "max_newly_callable: 20001" in stopped.remedy
    three = [campaign_change("start", key) for key in "abc"]
    assert list(guards.starts(three, Guards())) == []
    assert list(guards.starts([*three, campaign_change("stop", "d"), row_change("add")], Guards())) == []
    (stopped,) = guards.starts([*three, campaign_change("start", "d")], Guards())
    assert "max_starts: 4" in stopped.remedy


def test_every_entry_that_leaves_a_do_not_call_list_needs_an_allowance():
    changes = [dnd_change("remove"), dnd_change("unblock"), dnd_change("add"), row_change("remove")]
    (stopped,) = guards.dnd_removals(changes, 0, Allowances(dnd_remove=1))
    assert "2 do-not-call entries would be released; 1 is allowed" in stopped.message
    assert list(guards.dnd_removals(changes, 0, Allowances(dnd_remove=2))) == []
    assert list(guards.dnd_removals([], 0, Allowances())) == []


def test_a_release_counts_even_where_no_dialer_holds_the_number():
    (stopped,) = guards.dnd_removals([], 3, Allowances(dnd_remove=2))
    assert "--allow-dnd-remove 3" in stopped.remedy


def source(**more):
    stated = {
        "name": "leads",
        "kind": "contacts",
        "label": "leads.csv",
        "rows": 100,
        "accepted": 0,
        "rejected": 11,
        "duplicates": 0,
        "reasons": {"no number": 2, "too short": 5, "no name": 3, "odd": 1},
    }
    return SourceSummary(**(stated | more))


def test_too_many_unusable_rows_are_told_with_their_three_commonest_reasons_and_the_place_of_the_list():
    (stopped,) = guards.rejected_rows(source(), contact_list())
    assert "(5 too short, 3 no name, 2 no number); the limit is 10%" in stopped.message
    assert stopped.location == HERE


@pytest.mark.parametrize(
    ("found", "of"),
    [
        (source(rejected=10), contact_list()),
        (source(rows=0, rejected=0), contact_list()),
        (source(), None),
        # A do-not-call list of the same name has rules of its own.
        (source(kind="dnd"), contact_list()),
    ],
)
def test_a_source_within_its_limit_or_without_one_stops_nothing(found, of):
    assert list(guards.rejected_rows(found, of)) == []


def test_calls_that_are_known_by_name_only_need_an_allowance_and_are_named_once():
    doubtful = operation("records.add", ability="unverified", check="the path of records")
    bare = operation("campaigns.stop", ability="unverified")
    used = [doubtful, doubtful, bare, operation("campaigns.start")]
    (stopped,) = guards.unverified(findings(), used, Allowances())
    assert stopped.message.endswith("by name only: campaigns.stop, records.add")
    assert stopped.remedy == "check against the account (the path of records), then --allow-unverified"
    assert list(guards.unverified(findings(), used, Allowances(unverified=True))) == []


def test_a_doubtful_call_without_a_hint_leaves_no_empty_brackets():
    (stopped,) = guards.unverified(findings(), [operation("x", ability="unverified")], Allowances())
    assert stopped.remedy == "check against the account, then --allow-unverified"


def test_documented_calls_need_nothing():
    assert list(guards.unverified(findings(), [operation("x")], Allowances())) == []


SPRING = Address("acme-co", "contacts", "spring")


def test_each_guard_says_the_rule_the_number_the_limit_the_place_and_the_way_on():
    # Programs and pull requests go by the rule, people by the rest: every word is a part of the promise.
    assert removals(dropped(31)) == [
        Violation(
            rule="max_remove",
            message="acme-co/contacts/spring: 31 of 100 rows (31%) would be removed; the limit is 30%",
            remedy="if that is meant: --allow-remove 31; else mend the source",
            address=SPRING,
        )
    ]
    (counted,) = removals(dropped(1, in_ledger=1), Guards(min_rows=0), remove=0)
    assert counted.message == "acme-co/contacts/spring: 1 of 1 row (100%) would be removed; the limit is 0"
    assert list(guards.empty_source(dropped(1, source_empty=True))) == [
        Violation(
            rule="empty_source",
            message="acme-co/contacts/spring: the source has no usable row, and 100 rows stand at the dialer",
            remedy="mend the source; to empty a campaign on purpose,"
            " set on_absent: keep and delete the campaign instead",
            address=SPRING,
        )
    ]
    (one,) = guards.empty_source(replace(dropped(1, source_empty=True), in_ledger=1))
    assert one.message.endswith("no usable row, and 1 row stands at the dialer")
    (one,) = guards.newly_callable(Headline(newly_callable=1), Guards(max_newly_callable=0))
    assert one.message == "1 person would become callable; the limit is 0"
    (one,) = guards.dnd_removals([], 1, Allowances())
    assert one.message == "1 do-not-call entry would be released; 0 are allowed"
    assert list(guards.newly_callable(Headline(newly_callable=20_001), Guards())) == [
        Violation(
            rule="max_newly_callable",
            message="20,001 people would become callable; the limit is 20,000",
            remedy="if that is meant: guards: {max_newly_callable: 20001} in the project file",
        )
    ]
    assert list(guards.starts([campaign_change("start", key) for key in "abcd"], Guards())) == [
        Violation(
            rule="max_starts",
            message="4 campaigns would start; the limit is 3",
            remedy="if that is meant: guards: {max_starts: 4} in the project file",
        )
    ]
    assert list(guards.dnd_removals([], 1_001, Allowances())) == [
        Violation(
            rule="dnd_removal",
            message="1,001 do-not-call entries would be released; 0 are allowed",
            remedy="after reading them: --allow-dnd-remove 1001 together with --expect PLAN_ID or a saved plan",
        )
    ]
    assert list(guards.rejected_rows(source(), contact_list())) == [
        Violation(
            rule="rejected_rows",
            message="contacts leads: 11 of 100 rows (11%) are unusable"
            " (5 too short, 3 no name, 2 no number); the limit is 10%",
            remedy="mend leads.csv, or raise max_rejected of the list",
            location=HERE,
        )
    ]
    doubtful = [operation(name, ability="unverified", check=f"the {name}") for name in ("b", "a")]
    assert list(guards.unverified(findings(), doubtful, Allowances())) == [
        Violation(
            rule="unverified",
            message="acme-co: Acme documents these calls by name only: a, b",
            remedy="check against the account (the b; the a), then --allow-unverified",
            address=Address("acme-co", "campaign", "*"),
        )
    ]


def test_half_a_row_is_not_rounded_to_one_more():
    assert removals(dropped(5, in_ledger=11), remove=0.5) == []
    assert len(removals(dropped(6, in_ledger=11), remove=0.5)) == 1
