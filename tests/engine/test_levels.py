from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.engine.levels import in_levels
from syncengine.model.address import Address
from syncengine.model.change import CampaignChange, RowChange

DND = {("acme-co", "dnc"), ("acme-co", "own-dnc")}


def campaign_change(action, key="spring", operation=""):
    return CampaignChange(
        address=Address("acme-co", "campaign", key),
        action=action,
        operation=operation or action,
        reason="differs",
        confidence="verified",
        effect="neutral",
    )


def row_change(action, *, kind="contacts", name="spring", collection="records", reason="missing", **more):
    return RowChange(
        address=Address("acme-co", kind, name),
        collection=collection,
        action=action,
        reason=reason,
        effect="neutral",
        count=1,
        digest="d",
        **({"confidence": "believed"} | more),
    )


def dnd_change(action, *, name="account", collection="dnc", **more):
    return row_change(action, kind="dnd", name=name, collection=collection, **more)


def level_of(change, created=()):
    (level,) = in_levels([change], DND, set(created))
    return level.name


def test_every_change_to_a_campaign_has_its_level():
    assert {
        action: level_of(campaign_change(action)) for action in ("create", "update", "start", "stop", "delete")
    } == {
        "create": "campaign changes",
        "update": "campaign changes",
        "start": "starts",
        "stop": "stops",
        "delete": "campaign deletions",
    }


def test_duplicates_go_with_the_removals_before_anyone_is_added():
    assert level_of(campaign_change("deduplicate")) == "contact removals"


def test_people_leave_before_others_come():
    for action in ("remove", "block", "forget"):
        assert level_of(row_change(action)) == "contact removals"
    for action in ("add", "update", "unblock", "adopt"):
        assert level_of(row_change(action)) == "contact additions and updates"


def test_people_who_become_callable_by_a_release_come_after_the_release():
    assert level_of(row_change("add", reason="released")) == "contacts released from dnd"
    assert level_of(dnd_change("remove", reason="released")) == "dnd removals"
    assert level_of(dnd_change("unblock", reason="released")) == "dnd removals"


def test_a_list_is_written_first_unless_it_belongs_to_a_campaign_that_the_plan_creates():
    assert level_of(dnd_change("add")) == "dnd additions"
    own = dnd_change("add", name="spring", collection="own-dnc")
    assert level_of(own) == "dnd additions"
    assert level_of(own, created=["acme-co/campaign/spring"]) == "dnd additions to new campaigns"


def test_people_are_known_to_the_account_before_they_enter_a_campaign():
    assert level_of(row_change("add", kind="directory", name="account", collection="people")) == "directory entries"


def test_levels_without_changes_are_left_out_and_the_others_stand_in_their_order():
    changes = [campaign_change("start"), dnd_change("remove"), row_change("add"), campaign_change("stop", "old")]
    assert [level.name for level in in_levels(changes, DND, set())] == [
        "stops",
        "contact additions and updates",
        "starts",
        "dnd removals",
    ]
    assert in_levels([], DND, set()) == ()


def test_listed_people_are_removed_before_the_others():
    (level,) = in_levels(
        [row_change("remove", name="a", reason="not_in_source"), row_change("remove", name="z", reason="listed")],
        DND,
        set(),
    )
    assert [c.reason for c in level.changes] == ["listed", "not_in_source"]


CHANGES = [
    *(campaign_change(action, key) for action in ("create", "start", "stop") for key in "ab"),
    campaign_change("update", "a", "set_speed"),
    campaign_change("update", "a", "update"),
    row_change("remove", reason="listed"),
    row_change("remove", reason="listed", confidence="verified"),
    row_change("remove", reason="not_in_source"),
    dnd_change("add"),
]


@settings(max_examples=25, deadline=None)
@given(st.permutations(CHANGES))
def test_the_order_is_the_same_for_any_order_of_the_input(changes):
    assert in_levels(changes, DND, set()) == in_levels(CHANGES, DND, set())
