"""A second look before something counts as gone.

A listing is read page by page while others add and delete, and then a record can slip from one page to the one before
it without ever being shown; totals agree all the same when as many came as went. What is taken for gone is made again,
and people are called twice. So where a plan would act on an absence, the listing is read until two readings in a row
agree: nothing of the first is missing from the second. Then nothing has slipped through the first one. What any of the
readings has shown counts as there: what really went meanwhile is found gone by the next plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from syncengine.model.findings import KnownCampaign
from syncengine.model.snapshot import CampaignSnapshot, ListedRow
from syncengine.model.vendor import Collection, Vendor
from syncengine.remote.campaigns_reader import read_campaigns
from syncengine.remote.client import DialerClient
from syncengine.remote.rows_reader import read_rows

_LOOKS = 3
_MOVING = "records went while they were read, so that nothing is proven to be gone"


@dataclass(frozen=True, slots=True)
class Look:
    """What a listing of rows has shown."""

    rows: list[ListedRow]
    complete: bool
    # Why it is not complete.
    problem: str = ""


async def look(client: DialerClient, collection: Collection, scope: Mapping[str, object] | None) -> Look:
    """Read a listing once; raises nothing that a dialer can cause."""
    listing = read_rows(client, collection, campaign=scope)
    found: list[ListedRow] = []
    async for page in listing.pages():
        found.extend(page)
    return Look(found, listing.reading.complete, listing.reading.problem)


async def look_again(
    client: DialerClient, collection: Collection, scope: Mapping[str, object] | None, first: Look
) -> Look:
    """Read a listing again until two readings agree, and return what any of the readings has shown."""
    earlier = shown = _by_identity(first)
    for _ in range(_LOOKS - 1):
        after = await look(client, collection, scope)
        later = _by_identity(after)
        shown = shown | later
        seen = Look(list(shown.values()), after.complete, after.problem)
        if not after.complete or earlier.keys() <= later.keys():
            return seen
        earlier = later
    return replace(seen, complete=False, problem=_MOVING)


def _by_identity(seen: Look) -> dict[tuple[str, str], ListedRow]:
    return {(row.key, row.remote_id): row for row in seen.rows}


async def look_for_campaigns(
    client: DialerClient, vendor: Vendor, known: Mapping[str, KnownCampaign]
) -> CampaignSnapshot:
    """Read the campaigns; once more where one of ours is missing, until two readings agree."""
    before = await read_campaigns(client, vendor)
    if before.source != "read" or not before.complete or not _lacks_ours(before, known):
        return before
    earlier = shown = {found.id: found for found in before.campaigns}
    for _ in range(_LOOKS - 1):
        after = await read_campaigns(client, vendor)
        later = {found.id: found for found in after.campaigns}
        shown = shown | later
        seen = replace(after, campaigns=tuple(shown[key] for key in sorted(shown)))
        if not after.complete or earlier.keys() <= later.keys():
            return seen
        earlier = later
    return replace(seen, complete=False, problem=_MOVING)


def _lacks_ours(snapshot: CampaignSnapshot, known: Mapping[str, KnownCampaign]) -> bool:
    ids, names = ({getattr(found, part) for found in snapshot.campaigns} for part in ("id", "name"))
    return any(ours.remote_id not in ids if ours.remote_id else ours.name not in names for ours in known.values())
