"""What a plan costs, and what it means for people: calls, minutes, budget; who becomes callable and who stops being."""

from collections.abc import Mapping, Sequence

from syncengine.engine.campaigns import CampaignDiff
from syncengine.model.address import Address
from syncengine.model.change import CampaignChange, Change, RowChange
from syncengine.model.findings import DialerFindings, RowFindings
from syncengine.model.plan import Cost, Headline


def cost_at(findings: DialerFindings, changes: Sequence[Change]) -> Cost:
    """Return the calls that the changes of one dialer take, and the minutes at the vendor's stated limits."""
    mine = [change for change in changes if change.address.dialer == findings.dialer.name]
    calls = sum(change.calls if isinstance(change, RowChange) else 1 for change in mine)
    limits = findings.vendor.limits
    minutes = calls * limits.per / limits.calls / 60 if limits.calls else None
    return Cost(
        dialer=findings.dialer.name,
        vendor=findings.vendor.title,
        calls=calls,
        minutes=minutes,
        budget_used=findings.budget_used,
        budget=findings.budget,
    )


def headline(
    changes: Sequence[Change],
    rows: Sequence[RowFindings],
    status: Mapping[Address, str],
) -> Headline:
    """Count a plan in business words.

    Args:
        changes: all changes of the plan.
        rows: all differences of rows.
        status: campaign address -> status before the plan.
    """
    campaigns = [change for change in changes if isinstance(change, CampaignChange)]
    sets = [change for change in changes if isinstance(change, RowChange)]
    contacts = [change for change in sets if change.address.kind == "contacts"]
    dnd = [change for change in sets if change.address.kind == "dnd"]
    starting = {change.address for change in campaigns if change.action == "start"}
    stopping = {change.address for change in campaigns if change.action == "stop"}
    return Headline(
        campaigns_created=sum(c.action == "create" for c in campaigns),
        campaigns_updated=len({c.address for c in campaigns if c.action == "update"}),
        campaigns_deleted=sum(c.action == "delete" for c in campaigns),
        starts=len(starting),
        stops=len(stopping),
        newly_callable=_newly_callable(contacts, rows, status, starting, stopping),
        no_longer_callable=_no_longer_callable(contacts, rows, stopping),
        rows_updated=sum(c.count for c in contacts if c.action == "update"),
        rows_unchanged=sum(found.unchanged for found in rows if found.address.kind == "contacts"),
        dnd_added=sum(c.count for c in dnd if c.action in {"add", "block"}),
        dnd_removed=sum(c.count for c in dnd if c.action in {"remove", "unblock"}),
    )


def _newly_callable(
    contacts: Sequence[RowChange],
    rows: Sequence[RowFindings],
    status: Mapping[Address, str],
    starting: set[Address],
    stopping: set[Address],
) -> int:
    """Rows added to a campaign that will be dialling, and all that stay in a campaign that starts."""
    count = 0
    for change in contacts:
        campaign = Address(change.address.dialer, "campaign", change.address.name)
        dialling = campaign in starting or (status.get(campaign) != "stopped" and campaign not in stopping)
        if change.action in {"add", "unblock"} and dialling:
            count += change.count
    for found in rows:
        campaign = Address(found.address.dialer, "campaign", found.address.name)
        if found.address.kind == "contacts" and campaign in starting:
            count += _staying(found)
    return count


def _staying(found: RowFindings) -> int:
    """Rows that are there before the plan and after it, changed or not; those of an unknown outcome may be."""
    touched = sum(s.count for s in found.sets if s.action in {"update", "adopt"})
    return found.unchanged + touched + found.not_updatable + found.waiting


def _no_longer_callable(contacts: Sequence[RowChange], rows: Sequence[RowFindings], stopping: set[Address]) -> int:
    gone = sum(change.count for change in contacts if change.action in {"remove", "block"})
    halted = sum(
        _staying(found)
        for found in rows
        if found.address.kind == "contacts"
        and Address(found.address.dialer, "campaign", found.address.name) in stopping
    )
    return gone + halted


def statuses(diffs: Mapping[str, CampaignDiff]) -> dict[Address, str]:
    """Return campaign address -> status before the plan, over all dialers."""
    return {
        Address(dialer, "campaign", key): status
        for dialer, diff in diffs.items()
        for key, status in diff.status.items()
    }
