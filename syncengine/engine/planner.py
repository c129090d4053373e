"""From findings to a plan: differences, holds, levels, guards, costs, identity. Values in, one frozen value out."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncengine.engine import costs, guards
from syncengine.engine.campaigns import CampaignDiff, diff_campaigns, operation_of, stated_duplicates
from syncengine.engine.holds import hold_back
from syncengine.engine.levels import in_levels
from syncengine.engine.rows import operations_for, plan_rows
from syncengine.model.address import Address
from syncengine.model.change import CampaignChange, Change, RowChange
from syncengine.model.counted import plural
from syncengine.model.desired import Campaign, Desired
from syncengine.model.findings import DialerFindings, RowFindings
from syncengine.model.plan import (
    FORMAT_VERSION,
    Allowances,
    Basis,
    Enforcement,
    Hold,
    Level,
    Plan,
    Refresh,
    Scope,
    SourceSummary,
    Violation,
)
from syncengine.model.vendor import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a plan is made of, besides what the dialers hold."""

    desired: Desired
    dialers: Sequence[DialerFindings]
    sources: Sequence[SourceSummary]
    # Do-not-call list -> numbers that its ``release`` takes off now.
    released: Mapping[str, int]
    basis: Basis
    allowances: Allowances
    refresh: Refresh
    created_at: float
    scope: Scope = field(default_factory=Scope)
    # Sentences found while reading, as a source that could not be read.
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _AtDialer:
    """What planning came to at one dialer."""

    findings: DialerFindings
    wanted: Mapping[str, Campaign]
    diff: CampaignDiff
    changes: tuple[Change, ...]
    holds: tuple[Hold, ...]
    notes: tuple[str, ...]


def make_plan(inputs: Inputs) -> Plan:
    """Return the plan; a guard that stops it is in ``violations``, never an exception."""
    parts = [_plan_dialer(inputs, _in_order(found)) for found in sorted(inputs.dialers, key=lambda f: f.dialer.name)]
    changes = [change for part in parts for change in part.changes]
    levels = _levels(parts, changes)
    rows = [found for part in parts for found in part.findings.rows]
    summary = costs.headline(
        changes,
        rows,
        costs.statuses({part.findings.dialer.name: part.diff for part in parts}),
    )
    plan = Plan(
        format_version=FORMAT_VERSION,
        plan_id="",
        project=inputs.desired.project,
        created_at=inputs.created_at,
        refresh=inputs.refresh,
        levels=levels,
        releases={name: count for name, count in sorted(inputs.released.items()) if count},
        headline=summary,
        costs=tuple(costs.cost_at(part.findings, changes) for part in parts),
        sources=tuple(sorted(inputs.sources, key=lambda s: (s.kind, s.name))),
        enforcement=tuple(_enforcement(part.findings) for part in parts),
        violations=(),
        holds=tuple(sorted((hold for part in parts for hold in part.holds), key=lambda h: (h.address, h.what))),
        notes=tuple(dict.fromkeys([*inputs.notes, *(note for part in parts for note in part.notes)])),
        basis=inputs.basis,
        scope=inputs.scope,
        allowances=inputs.allowances,
    )
    violations = _violations(inputs, parts, plan, rows)
    return replace(plan, plan_id=plan_id(plan), violations=tuple(violations))


def plan_id(plan: Plan) -> str:
    """Return the digest of what a plan will do: its changes in order, for these dialers, and nothing about when."""
    doings = [[level.name, [_doing(change) for change in level.changes]] for level in plan.levels]
    text = json.dumps(
        [plan.project, dict(plan.basis.dialers), dict(plan.releases), dict(plan.scope.options), doings],
        sort_keys=True,
        default=str,
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _doing(change: Change) -> list[object]:
    if isinstance(change, RowChange):
        return [str(change.address), change.collection, change.action, change.count, change.digest]
    fields = [[field.name, field.after] for field in change.fields]
    return [str(change.address), change.action, change.operation, change.remote_id, fields]


def _in_order(findings: DialerFindings) -> DialerFindings:
    return replace(findings, rows=tuple(sorted(findings.rows, key=lambda row: (row.address, row.collection.name))))


def _plan_dialer(inputs: Inputs, findings: DialerFindings) -> _AtDialer:
    wanted = {key: c for key, c in inputs.desired.campaigns.items() if c.dialer == findings.dialer.name}
    diff = diff_campaigns(findings, wanted, prune=inputs.allowances.prune)
    rows = plan_rows(findings)
    diff.changes += _deduplications(findings, wanted, diff)
    kept = hold_back(findings, wanted, diff, rows, stop_after=inputs.desired.stop_after_failed_suppressions)
    return _AtDialer(
        findings=findings,
        wanted=wanted,
        diff=diff,
        changes=tuple(kept.changes),
        holds=(*diff.holds, *kept.holds),
        notes=(*diff.notes, *rows.notes, *kept.notes),
    )


def _deduplications(
    findings: DialerFindings, wanted: Mapping[str, Campaign], diff: CampaignDiff
) -> Iterable[CampaignChange]:
    keep = operation_of(findings.vendor, "keep_duplicates")
    if keep is None:
        return
    for campaign, groups in stated_duplicates(wanted, findings.duplicates):
        known = findings.known.get(campaign.key)
        diff.notes.append(
            f"{findings.dialer.name}/campaign/{campaign.key}:"
            f" {plural(groups, 'number stands', 'numbers stand')} there more than once; policy {campaign.duplicates}"
        )
        yield CampaignChange(
            address=Address(findings.dialer.name, "campaign", campaign.key),
            action="deduplicate",
            operation="keep_duplicates",
            reason="duplicates",
            confidence="verified",
            effect=keep.effect,
            remote_id=campaign.id or (known.remote_id if known else ""),
            warns=keep.warns,
        )


def _levels(parts: Sequence[_AtDialer], changes: Sequence[Change]) -> tuple[Level, ...]:
    dnd = {
        (part.findings.dialer.name, collection.name)
        for part in parts
        for collection in part.findings.vendor.collections
        if collection.holds == "dnd"
    }
    created = {str(c.address) for c in changes if isinstance(c, CampaignChange) and c.action == "create"}
    return in_levels(changes, dnd, created)


def _enforcement(findings: DialerFindings) -> Enforcement:
    in_use = [found.collection for found in findings.rows if found.desired or found.in_ledger or found.sets]
    sentences = [c.enforcement for c in in_use if c.enforcement]
    sentences = sentences or [c.enforcement for c in findings.vendor.collections if c.enforcement][:1]
    if not sentences:
        contacts = [c for c in findings.vendor.collections if c.holds == "contacts"]
        removes = any("remove" in c.operations or "block" in c.operations for c in contacts)
        sentences = [
            "listed numbers are kept out of every request"
            + (", and taken out of its campaigns" if removes else "")
            + "; the dialer itself holds no list"
        ]
    return Enforcement(dialer=findings.dialer.name, sentence="; ".join(dict.fromkeys(sentences)))


def _violations(
    inputs: Inputs, parts: Sequence[_AtDialer], plan: Plan, rows: Sequence[RowFindings]
) -> Iterable[Violation]:
    limits, allowances = inputs.desired.guards, inputs.allowances
    changes = list(plan.changes)
    for part in parts:
        yield from part.diff.violations
        yield from guards.unverified(part.findings, _used(part), allowances)
    for found in rows:
        yield from guards.removals(found, limits, allowances)
        yield from guards.empty_source(found)
    yield from guards.newly_callable(plan.headline, limits)
    yield from guards.starts(changes, limits)
    yield from guards.dnd_removals(changes, sum(inputs.released.values()), allowances)
    for source in inputs.sources:
        yield from guards.rejected_rows(source, inputs.desired.contacts.get(source.name))


def _used(part: _AtDialer) -> Iterable[Operation]:
    """Walk the calls that the plan makes at one dialer, and those that reading for it takes."""
    vendor = part.findings.vendor
    listing = operation_of(vendor, "list")
    if part.wanted and listing is not None:
        yield listing
    collections = {collection.name: collection for collection in vendor.collections}
    for change in part.changes:
        if isinstance(change, CampaignChange):
            yield vendor.campaigns.operations[change.operation]
            continue
        collection = collections[change.collection]
        lookup = collection.operations.get("lookup")
        if change.action == "add" and lookup is not None:
            yield lookup
        for operation in operations_for(collection, change.action):
            yield operation
            if operation.task is not None:
                yield vendor.calls[operation.task.poll]
