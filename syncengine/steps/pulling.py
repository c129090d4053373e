"""Pull: the campaigns of dialers as a manifest that adopts them. Nothing is written, and no person is read."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.config.adoption import Adopted, adopted, adoption_manifest
from syncengine.ledger.ledger import Ledger
from syncengine.model.desired import Dialer
from syncengine.model.snapshot import ActualCampaign, CampaignSnapshot
from syncengine.remote.campaigns_reader import read_campaigns
from syncengine.steps.clients import open_client
from syncengine.steps.ledgers import ledger_of
from syncengine.steps.loading import Loaded
from syncengine.steps.options import Options
from syncengine.steps.reading import may_call


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledDialer:
    """What was read of one dialer."""

    dialer: str
    campaigns: Sequence[Adopted]
    # Campaigns there that the manifest or the ledger has already.
    known: int
    # Why not all of it could be read; empty: all was.
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """A manifest and where it comes from."""

    manifest: str
    dialers: Sequence[PulledDialer]


def pull(loaded: Loaded, options: Options) -> Pulled:
    """Read the campaigns of the chosen dialers and return the manifest that adopts those which are not known yet."""
    names = [name for name in loaded.desired.dialers if not options.dialers or name in options.dialers]
    with ledger_of(loaded) as ledger:
        snapshots = asyncio.run(_read(loaded, [loaded.desired.dialers[name] for name in names], ledger, options))
        known = {name: _known(loaded, name, ledger) for name in names}
    taken = set(loaded.desired.campaigns)
    dialers = []
    for name, snapshot in zip(names, snapshots, strict=True):
        vendor = loaded.vendor_of(loaded.desired.dialers[name])
        there = [campaign for campaign in snapshot.campaigns if not campaign.ending]
        new: list[ActualCampaign] = [campaign for campaign in there if campaign.id not in known[name]]
        dialers.append(
            PulledDialer(
                dialer=name,
                campaigns=adopted(name, vendor, new, taken),
                known=len(there) - len(new),
                problem=snapshot.problem,
            )
        )
    return Pulled(manifest=adoption_manifest([each for found in dialers for each in found.campaigns]), dialers=dialers)


async def _read(loaded: Loaded, dialers: Sequence[Dialer], ledger: Ledger, options: Options) -> list[CampaignSnapshot]:
    return await asyncio.gather(*(_snapshot(loaded, dialer, ledger, options) for dialer in dialers))


async def _snapshot(loaded: Loaded, dialer: Dialer, ledger: Ledger, options: Options) -> CampaignSnapshot:
    vendor = loaded.vendor_of(dialer)
    operation = vendor.campaigns.operations.get("list")
    if not may_call(operation, options):
        lacks = operation is None or operation.ability == "absent"
        why = (
            f"{vendor.title} has no call that lists campaigns"
            if lacks
            else "its listing of campaigns is documented by name only; --allow-unverified tries it"
        )
        return CampaignSnapshot(dialer=dialer.name, campaigns=(), complete=False, source="none", problem=why)
    async with open_client(loaded, dialer, ledger, options) as client:
        return await read_campaigns(client, vendor)


def _known(loaded: Loaded, dialer: str, ledger: Ledger) -> set[str]:
    """Return the ids of campaigns that somebody looks after already."""
    stated = {campaign.id for campaign in loaded.desired.campaigns.values() if campaign.dialer == dialer}
    return (stated | {known.remote_id for known in ledger.campaigns(dialer).values()}) - {""}
