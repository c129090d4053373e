"""Which campaign at a dialer is the wanted one: found by its id, never silently by its name.

What cannot be told for sure is a violation or a hold and not a guess: a guess makes a second campaign, whose people are
called twice, or takes over somebody else's.
"""

from syncengine.model.address import Address
from syncengine.model.desired import Campaign
from syncengine.model.findings import DialerFindings, KnownCampaign
from syncengine.model.plan import Hold, Violation
from syncengine.model.snapshot import ActualCampaign, CampaignSnapshot
from syncengine.model.vendor import Vendor


def find_actual(
    findings: DialerFindings, wanted: Campaign, known: KnownCampaign | None
) -> tuple[ActualCampaign | None, Violation | Hold | None]:
    """Find the campaign at the dialer: by id where one is known, never silently by name. Neither: it is not there."""
    remote_id = known.remote_id if known else ""
    if wanted.id and remote_id and wanted.id != remote_id:
        # The rows that the ledger remembers under this key are in the other campaign.
        return None, impossible(
            wanted,
            f'its id is "{wanted.id}" now, and the ledger knows it as "{remote_id}"',
            "restore the old id, or write the other campaign under a key of its own",
        )
    if findings.snapshot.source != "read":
        return _remembered(findings.vendor, wanted, known)
    if wanted.id or remote_id:
        return _by_id(findings.snapshot, wanted, wanted.id or remote_id)
    return _by_name(findings, wanted, known)


def _by_id(
    snapshot: CampaignSnapshot, wanted: Campaign, remote_id: str
) -> tuple[ActualCampaign | None, Violation | Hold | None]:
    here = next((c for c in snapshot.campaigns if c.id == remote_id and not c.ending), None)
    if here is not None:
        return here, None
    if not snapshot.complete:
        return None, _not_whole(snapshot, wanted, "all changes")
    if wanted.id:
        return None, impossible(
            wanted,
            f'the dialer has no campaign with id "{wanted.id}"',
            "correct the id, or leave it out",
        )
    return None, None


def _by_name(
    findings: DialerFindings, wanted: Campaign, known: KnownCampaign | None
) -> tuple[ActualCampaign | None, Violation | Hold | None]:
    snapshot = findings.snapshot
    same_name = [c for c in snapshot.campaigns if c.name == wanted.name and not c.ending]
    if not snapshot.complete and (not same_name or known is not None):
        return None, _not_whole(snapshot, wanted, "creation")
    if not same_name:
        return None, _lost_creation(findings.vendor, wanted, known)
    if len(same_name) == 1 and known is not None and known.state == "unknown":
        # The answer to our own create was lost, and there is exactly one campaign of that name: it is ours.
        return same_name[0], None
    ids = [f'"{c.id}"' for c in same_name]
    return None, impossible(
        wanted,
        f'the dialer already has a campaign named "{wanted.name}" (id {", ".join(ids)}) that is not ours',
        f"write id: {ids[0]} to adopt it, or give ours another name",
    )


def _remembered(
    vendor: Vendor, wanted: Campaign, known: KnownCampaign | None
) -> tuple[ActualCampaign | None, Hold | None]:
    """Return what is believed of a campaign that this run has not read."""
    if wanted.id and (known is None or known.state == "unknown"):
        # Somebody says that it is there; nothing else is known of it.
        return ActualCampaign(id=wanted.id, name=wanted.name, status="unknown", fields={}), None
    if known is None or known.state == "unknown":
        return None, _lost_creation(vendor, wanted, known)
    return ActualCampaign(id=known.remote_id, name=known.name, status=known.status, fields=known.fields), None


def _lost_creation(vendor: Vendor, wanted: Campaign, known: KnownCampaign | None) -> Hold | None:
    """Hold a second creation while the first may have arrived, unless a repeat does no harm."""
    create = vendor.campaigns.operations.get("create")
    if known is None or known.state != "unknown" or create is None:
        return None
    if create.proof is not None and create.proof.by in {"repeat", "refusal"}:
        return None
    return Hold(
        address=address_of(wanted), what="creation", why="the answer to an earlier one was lost, so it may be there"
    )


def _not_whole(snapshot: CampaignSnapshot, wanted: Campaign, what: str) -> Hold:
    return Hold(address=address_of(wanted), what=what, why=f"the dialer's list is not whole: {snapshot.problem}")


def address_of(wanted: Campaign) -> Address:
    """Return the address of a campaign."""
    return Address(wanted.dialer, "campaign", wanted.key)


def impossible(wanted: Campaign, message: str, remedy: str) -> Violation:
    """Return what stops a plan: something that this vendor cannot do with a campaign."""
    address = address_of(wanted)
    return Violation(
        rule="not_possible", message=f"{address}: {message}", remedy=remedy, address=address, location=wanted.location
    )
