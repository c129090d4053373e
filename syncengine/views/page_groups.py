"""The changes of a plan by campaign, campaigns to which the same happens as one group: nobody reads a line a campaign.

What happens to a campaign is the list of its changes in order, without the counts of its rows: "create, add contacts,
start" is the same for ten thousand campaigns, each with people of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.model.change import CampaignChange, Change
from syncengine.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignGroup:
    """Campaigns (or account lists) of one dialer to which the same happens."""

    dialer: str
    names: tuple[str, ...]
    # Changes that do the same, one for each name; in the order in which they will be applied.
    steps: tuple[tuple[Change, ...], ...]
    # Positions of the changes in ``plan.changes``.
    positions: tuple[int, ...]


def campaign_groups(plan: Plan) -> list[CampaignGroup]:
    """Return the groups, each where its first campaign's first change stands."""
    by_campaign: dict[tuple[str, str], list[tuple[int, Change]]] = {}
    for position, change in enumerate(plan.changes):
        by_campaign.setdefault((change.address.dialer, change.address.name), []).append((position, change))
    groups: dict[object, list[tuple[str, list[tuple[int, Change]]]]] = {}
    for (dialer, name), changes in by_campaign.items():
        happening = (dialer, *(_likeness(change) for _, change in changes))
        groups.setdefault(happening, []).append((name, changes))
    return [_group(members) for members in groups.values()]


def _group(members: Sequence[tuple[str, Sequence[tuple[int, Change]]]]) -> CampaignGroup:
    first = members[0][1]
    return CampaignGroup(
        dialer=first[0][1].address.dialer,
        names=tuple(name for name, _ in members),
        steps=tuple(tuple(changes[n][1] for _, changes in members) for n in range(len(first))),
        positions=tuple(position for _, changes in members for position, _ in changes),
    )


def _likeness(change: Change) -> object:
    how = (change.address.kind, change.action, change.reason, change.confidence, change.warns)
    if isinstance(change, CampaignChange):
        # Each campaign has a name of its own.
        return (
            *how,
            change.operation,
            tuple((f.name, repr(f.before), repr(f.after)) for f in change.fields if f.name != "name"),
        )
    return (*how, change.collection)
