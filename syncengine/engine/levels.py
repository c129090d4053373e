"""The order of a plan, as one table.

::

    dnd additions                    nobody listed can be rung from here on
    stops
    contact removals                 those newly listed first
    campaign changes                 create, update
    dnd additions to new campaigns   a list of a campaign needs the campaign; it is still stopped and empty
    directory entries                people that a vendor wants to know before it takes them
    contact additions and updates
    starts
    campaign deletions
    dnd removals                     last: a crash anywhere leaves the dialers stricter than the manifest
    contacts released from dnd       what only the removal above makes callable

A level begins at a dialer when the one before has ended there; dialers run side by side.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import get_args

from syncengine.model.change import CampaignAction, Change, RowChange
from syncengine.model.plan import Level, LevelName

_OF_CAMPAIGNS: Mapping[CampaignAction, LevelName] = {
    "stop": "stops",
    "deduplicate": "contact removals",
    "create": "campaign changes",
    "update": "campaign changes",
    "start": "starts",
    "delete": "campaign deletions",
}


def in_levels(
    changes: Iterable[Change], collections: AbstractSet[tuple[str, str]], created: AbstractSet[str]
) -> tuple[Level, ...]:
    """Sort changes into levels; levels without changes are left out.

    Args:
        changes: the changes in any order.
        collections: (dialer, collection name) of all collections that hold a do-not-call list.
        created: addresses, as text, of the campaigns that the same plan creates.
    """
    by_name: dict[LevelName, list[Change]] = {}
    for change in changes:
        by_name.setdefault(_level_of(change, collections, created), []).append(change)
    return tuple(
        Level(name, tuple(sorted(by_name[name], key=_sort_key))) for name in get_args(LevelName) if name in by_name
    )


def _level_of(change: Change, dnd_collections: AbstractSet[tuple[str, str]], created: AbstractSet[str]) -> LevelName:
    if not isinstance(change, RowChange):
        return _OF_CAMPAIGNS[change.action]
    if (change.address.dialer, change.collection) in dnd_collections:
        return _dnd_level(change, created)
    if change.address.kind == "directory":
        return "directory entries"
    if change.action in {"remove", "block", "forget"}:
        return "contact removals"
    return "contacts released from dnd" if change.reason == "released" else "contact additions and updates"


def _dnd_level(change: RowChange, created: AbstractSet[str]) -> LevelName:
    if change.action in {"remove", "unblock"}:
        return "dnd removals"
    campaign = f"{change.address.dialer}/campaign/{change.address.name}"
    return "dnd additions to new campaigns" if campaign in created else "dnd additions"


def _sort_key(change: Change) -> tuple[object, ...]:
    """Listed rows first, then by address: the same plan for any order of the input."""
    if isinstance(change, RowChange):
        return (
            change.reason != "listed",
            change.address,
            change.collection,
            change.action,
            change.reason,
            change.confidence,
        )
    return (True, change.address, "", change.action, change.operation)
