"""What a plan holds back so that nobody listed is called, while everything else goes on.

A campaign whose do-not-call sources are not sound gets nothing dialable (D5). A campaign in which a listed number is or
may be, and cannot be removed or blocked there, is not started (D3); when it is running and that went on for too long,
it is stopped (D9).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

from syncengine.engine.campaigns import CampaignDiff, operation_of
from syncengine.engine.rows import RowPlan
from syncengine.model.address import Address
from syncengine.model.change import CampaignChange, Change, RowChange
from syncengine.model.counted import plural
from syncengine.model.desired import Campaign
from syncengine.model.findings import DialerFindings
from syncengine.model.plan import Hold


@dataclass(slots=True)
class HeldBack:
    """What goes on, what is held, and what must be said aloud."""

    changes: list[Change] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def hold_back(
    findings: DialerFindings,
    wanted: Mapping[str, Campaign],
    diff: CampaignDiff,
    rows: RowPlan,
    *,
    stop_after: int,
) -> HeldBack:
    """Split the changes of one dialer into what may go on and what is held."""
    kept = HeldBack()
    why_no_start = _why_no_start(findings, rows)
    # Who is to be called in a campaign waits until it is certain which campaign that is.
    unsure = {hold.address.name: hold.why for hold in diff.holds}
    unseen = _why_no_strangers(findings, diff)
    relying = _relying(findings, diff)
    changes: list[Change] = [*diff.changes, *rows.changes]
    for change in changes:
        if _may_wait(change, relying):
            continue
        why = _why_held(change, findings.held, unsure, why_no_start)
        if not why and isinstance(change, RowChange) and change.action == "add":
            why = unseen.get(change.address, "")
        if not why:
            kept.changes.append(change)
            continue
        kept.holds.append(Hold(address=change.address, what=_what(change), why=why))
    _stop_the_stubborn(findings, wanted, diff, rows, kept, stop_after=stop_after)
    return kept


def _why_held(change: Change, held: Mapping[str, str], unsure: Mapping[str, str], no_start: Mapping[str, str]) -> str:
    if change.effect != "dialable":
        return ""
    name = change.address.name
    if change.address.of_account and held:
        return next(iter(held.values()))
    if name in held or name in unsure:
        return held.get(name) or unsure[name]
    if isinstance(change, CampaignChange) and change.action == "start":
        return no_start.get(name, "")
    return ""


def _why_no_strangers(findings: DialerFindings, diff: CampaignDiff) -> dict[Address, str]:
    """Return collections to which nobody unseen is added: their campaign dials, and somebody listed may be brought."""
    stopping = {c.address.name for c in diff.changes if c.action == "stop"}
    return {
        found.address: "it brings people whom this plan cannot see into a campaign that may be dialling;"
        " stop the campaign, add them, then start it"
        for found in findings.rows
        if found.collection.opaque
        and _may_run(findings, diff, found.address.name, since=findings.listed_until)
        and found.address.name not in stopping
    }


def _why_no_start(findings: DialerFindings, rows: RowPlan) -> dict[str, str]:
    reasons = {
        name: f"{plural(count, 'listed row')} may be rung there and cannot be removed or blocked"
        for name, count in rows.stuck.items()
    }
    for found in findings.rows:
        if found.collection.opaque and any(s.action == "add" for s in found.sets):
            reasons[found.address.name] = (
                "this plan adds people that it cannot see; the next plan reads them, removes those listed, and starts"
            )
    return reasons


def _may_wait(change: Change, relying: Collection[str]) -> bool:
    """Whether a change is an entry that is only not listed yet, as listings are late now and then, and nobody needs."""
    if change.reason != "not_yet_listed":
        return False
    return not relying if change.address.of_account else change.address.name not in relying


def _relying(findings: DialerFindings, diff: CampaignDiff) -> set[str]:
    """Return the campaigns that rely on the dialer's own do-not-call list from now on.

    They are about to be started, or may be running with listed numbers in them that only that list protects.
    """
    starting = {change.address.name for change in diff.changes if change.action == "start"}
    protected = {found.address.name for found in findings.rows if found.protected}
    return starting | {name for name in protected if _may_run(findings, diff, name)}


def _may_run(findings: DialerFindings, diff: CampaignDiff, name: str, *, since: float = -inf) -> bool:
    """Whether a campaign dials as far as it is listed, or by what we last did (after a moment): a listing may be late.

    A start or stop whose outcome nobody knows counts as a start.
    """
    known = findings.known.get(name)
    ours = known is not None and known.status != "stopped" and known.updated_at > since
    return ours or diff.status.get(name) != "stopped"


def _stop_the_stubborn(
    findings: DialerFindings,
    wanted: Mapping[str, Campaign],
    diff: CampaignDiff,
    rows: RowPlan,
    kept: HeldBack,
    *,
    stop_after: int,
) -> None:
    """Stop a running campaign in which a listed number resisted for ``stop_after`` applies, or cannot but resist."""
    stopping = {c.address.name for c in _campaign_changes(kept.changes) if c.action == "stop"}
    # Where nobody is left to be suppressed, earlier failures are over.
    for key in sorted(rows.resisting(findings) & set(wanted)):
        known = findings.known.get(key)
        failed = known.failed_suppressions if known else 0
        stuck = rows.stuck.get(key, 0)
        running = _may_run(findings, diff, key)
        if running and stuck:
            kept.notes.append(
                f"DANGER {findings.dialer.name}/campaign/{key}:"
                f" {plural(stuck, 'listed number is', 'listed numbers are')} in a campaign that may be running and"
                " cannot be removed there"
            )
        stop = operation_of(findings.vendor, "stop")
        given_up = bool(stop_after) and (failed >= stop_after or key in rows.helpless)
        if not running or not given_up or stop is None or key in stopping:
            continue
        kept.changes.append(
            CampaignChange(
                address=Address(findings.dialer.name, "campaign", key),
                action="stop",
                operation="stop",
                reason="suppression_failed",
                confidence="believed",
                effect=stop.effect,
                remote_id=known.remote_id if known else "",
                warns=stop.warns,
            )
        )


def _campaign_changes(changes: Iterable[Change]) -> Iterable[CampaignChange]:
    return (change for change in changes if isinstance(change, CampaignChange))


def _what(change: Change) -> str:
    if isinstance(change, RowChange):
        return f"{change.action} {plural(change.count, 'row')}"
    return change.action
