"""Campaigns, field by field: what must change so that a dialer holds what the manifest states.

Only stated fields are compared. A field that the vendor lets us read is compared with the reading (verified); one that
it does not is compared with what we last applied (believed). What nobody can know is written when it can be, and noted
when it cannot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from syncengine.engine.campaign_lookup import address_of, find_actual, impossible
from syncengine.model.address import Address
from syncengine.model.change import CampaignAction, CampaignChange, Confidence, FieldChange, Reason
from syncengine.model.desired import Campaign, FieldValue
from syncengine.model.findings import DialerFindings, KnownCampaign
from syncengine.model.plan import Hold, Violation
from syncengine.model.snapshot import ActualCampaign, ActualStatus
from syncengine.model.vendor import Operation, Vendor

_BY_SURENESS: tuple[Confidence, ...] = ("unknown", "believed", "verified")


@dataclass(slots=True)
class CampaignDiff:
    """The changes of one dialer's campaigns, and what stands against them."""

    changes: list[CampaignChange] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Campaign key -> status before this plan; "stopped" for those it creates where they are born stopped.
    status: dict[str, ActualStatus] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One wanted campaign beside what is known of it."""

    wanted: Campaign
    actual: ActualCampaign | None
    known: KnownCampaign | None
    confidence: Confidence


def diff_campaigns(findings: DialerFindings, wanted: Mapping[str, Campaign], *, prune: bool) -> CampaignDiff:
    """Return the changes of one dialer, sorted by campaign key."""
    diff = CampaignDiff()
    if findings.vendor.campaigns.references_only:
        diff.status |= dict.fromkeys(wanted, "started")
        return diff
    for key in sorted(wanted):
        _diff_one(findings, wanted[key], diff)
    _left_over(findings, wanted, diff, prune=prune)
    return diff


def _diff_one(findings: DialerFindings, wanted: Campaign, diff: CampaignDiff) -> None:
    known = findings.known.get(wanted.key)
    actual, problem = find_actual(findings, wanted, known)
    if problem is not None:
        diff.status[wanted.key] = known.status if known else "unknown"
        if isinstance(problem, Violation):
            diff.violations.append(problem)
        else:
            diff.holds.append(problem)
        return
    verified = findings.snapshot.source == "read" and actual is not None
    found = _Found(wanted=wanted, actual=actual, known=known, confidence="verified" if verified else "believed")
    if actual is None:
        _create(findings, found, diff)
        return
    _update(findings.vendor, found, diff)
    _set_status(findings.vendor, found, diff)


def _create(findings: DialerFindings, found: _Found, diff: CampaignDiff) -> None:
    vendor = findings.vendor
    operation = operation_of(vendor, "create")
    wanted = found.wanted
    diff.status[wanted.key] = vendor.campaigns.born
    if operation is None:
        diff.violations.append(
            impossible(wanted, f"{vendor.title} has no call that creates a campaign", "adopt an existing one with id:")
        )
        return
    stated = {**_defaults(vendor), **wanted.fields}
    fields = tuple(FieldChange(name, None, value) for name, value in sorted(stated.items()))
    reason: Reason = "vanished" if found.known and found.known.remote_id else "missing"
    diff.changes.append(
        _change(address_of(wanted), "create", operation, "create", reason=reason, confidence="verified", fields=fields)
    )
    # What is known is about the one that is gone: its id must not be started in the new one's place.
    new = replace(found, known=None)
    if wanted.status == "started" and vendor.campaigns.born != "started":
        _start_or_stop(vendor, new, diff, action="start")
    if wanted.status == "stopped" and vendor.campaigns.born == "started":
        _start_or_stop(vendor, new, diff, action="stop")


def _defaults(vendor: Vendor) -> dict[str, FieldValue]:
    """Return what is written on creation where the manifest says nothing."""
    return {name: rule.default for name, rule in vendor.campaigns.fields.items() if rule.default is not None}


def operation_of(vendor: Vendor, role: str) -> Operation | None:
    """Return the call of a role; None where the vendor has none."""
    operation = vendor.campaigns.operations.get(role)
    return None if operation is None or operation.ability == "absent" else operation


def _update(vendor: Vendor, found: _Found, diff: CampaignDiff) -> None:
    by_role: dict[str, list[FieldChange]] = {}
    reasons: dict[str, Reason] = {}
    sureness_of: dict[str, Confidence] = {}
    for name, value in sorted(found.wanted.fields.items()):
        rule = vendor.campaigns.fields.get(name)
        if rule is None:
            continue
        before, sureness = _before(found, name)
        if sureness != "unknown" and same_value(before, value):
            continue
        if operation_of(vendor, rule.write) is None:
            if sureness == "unknown":
                diff.notes.append(
                    f"{address_of(found.wanted)}: {name} cannot be read back at {vendor.title}, so it is not verified"
                )
            else:
                diff.violations.append(_fixed(vendor, found, FieldChange(name, before, value)))
            continue
        by_role.setdefault(rule.write, []).append(FieldChange(name, before, value))
        reasons[rule.write] = _reason(found, name, value, reasons.get(rule.write))
        sureness_of[rule.write] = min(sureness, sureness_of.get(rule.write, "verified"), key=_BY_SURENESS.index)
    for role, changes in sorted(by_role.items()):
        diff.changes.append(
            _change(
                address_of(found.wanted),
                "update",
                vendor.campaigns.operations[role],
                role,
                reason=reasons[role],
                confidence=sureness_of[role],
                fields=tuple(changes),
                remote_id=_remote_id(found),
            )
        )


def _before(found: _Found, name: str) -> tuple[FieldValue | None, Confidence]:
    if found.confidence == "verified" and found.actual is not None and name in found.actual.fields:
        return found.actual.fields[name], "verified"
    if found.known is not None and name in found.known.fields:
        return found.known.fields[name], "believed"
    return None, "unknown"


def _reason(found: _Found, name: str, value: FieldValue, so_far: Reason | None) -> Reason:
    """Drift: we had applied just this value, and the dialer shows another."""
    applied = found.known is not None and name in found.known.fields and same_value(found.known.fields[name], value)
    return "drift" if applied and so_far in (None, "drift") else "differs"


def _fixed(vendor: Vendor, found: _Found, change: FieldChange) -> Violation:
    return impossible(
        found.wanted,
        f"{change.name} is {change.before!r} there and cannot be changed to {change.after!r}"
        f" after creation at {vendor.title}",
        "restore the old value, or leave the campaign and write a new one under another key",
    )


def _set_status(vendor: Vendor, found: _Found, diff: CampaignDiff) -> None:
    actual = found.actual
    status: ActualStatus = actual.status if actual is not None else "unknown"
    diff.status[found.wanted.key] = status
    if found.wanted.status == "started" and status != "started":
        _start_or_stop(vendor, found, diff, action="start")
    if found.wanted.status == "stopped" and status != "stopped":
        _start_or_stop(vendor, found, diff, action="stop")


def _start_or_stop(vendor: Vendor, found: _Found, diff: CampaignDiff, *, action: CampaignAction) -> None:
    operation = operation_of(vendor, action)
    if operation is None:
        diff.violations.append(
            impossible(found.wanted, f"{vendor.title} has no call to {action} a campaign", "leave status out")
        )
        return
    for name, allowed in vendor.campaigns.start_only_when.items():
        value = found.wanted.fields.get(name, _there(vendor, found).get(name))
        if str(value) not in allowed:
            diff.violations.append(
                impossible(
                    found.wanted,
                    f"{vendor.title} can {action} a campaign only when {name} is {' or '.join(allowed)};"
                    f" here it is {value!r}",
                    f"set {name}, or leave status out",
                )
            )
            return
    diff.changes.append(
        _change(
            address_of(found.wanted),
            action,
            operation,
            action,
            reason=_reason_of_status(found),
            confidence=found.confidence,
            remote_id=_remote_id(found),
        )
    )


def _reason_of_status(found: _Found) -> Reason:
    """Drift: we had brought it to just this status, and the dialer shows another."""
    if found.actual is None:
        return "missing"
    seen = found.actual.status != "unknown"
    return "drift" if seen and found.known is not None and found.known.status == found.wanted.status else "differs"


def _there(vendor: Vendor, found: _Found) -> Mapping[str, FieldValue]:
    """Return the fields of a campaign as they are, or will be once it is created."""
    if found.actual is None:
        return _defaults(vendor)
    return {**(found.known.fields if found.known else {}), **found.actual.fields}


def _left_over(findings: DialerFindings, wanted: Mapping[str, Campaign], diff: CampaignDiff, *, prune: bool) -> None:
    """Campaigns of ours that the manifest no longer has."""
    for key, known in sorted(findings.known.items()):
        if key in wanted or known.state == "unknown":
            continue
        address = Address(findings.dialer.name, "campaign", key)
        if known.adopted:
            diff.notes.append(f"{address}: no longer in the manifest; it was adopted, so it is left alone")
            continue
        if not prune:
            diff.notes.append(f"{address}: no longer in the manifest; it stays there until --prune")
            continue
        _delete(findings, known, address, diff)


def _delete(findings: DialerFindings, known: KnownCampaign, address: Address, diff: CampaignDiff) -> None:
    operation = operation_of(findings.vendor, "delete")
    if operation is None:
        diff.notes.append(f"{address}: no longer in the manifest; {findings.vendor.title} has no call to delete it")
        return
    snapshot = findings.snapshot
    here = next((c for c in snapshot.campaigns if c.id == known.remote_id), None)
    if here is not None and here.ending:
        return
    if here is None and snapshot.source == "read" and snapshot.complete:
        return
    if not snapshot.complete:
        diff.holds.append(Hold(address=address, what="deletion", why=f"the reading is not whole: {snapshot.problem}"))
        return
    status = here.status if here else known.status
    stop = operation_of(findings.vendor, "stop")
    sureness: Confidence = "verified" if snapshot.source == "read" else "believed"
    if status != "stopped" and stop is not None:
        diff.changes.append(
            _change(
                address,
                "stop",
                stop,
                "stop",
                reason="not_in_manifest",
                confidence=sureness,
                remote_id=known.remote_id,
            )
        )
    diff.changes.append(
        _change(
            address,
            "delete",
            operation,
            "delete",
            reason="not_in_manifest",
            confidence=sureness,
            remote_id=known.remote_id,
        )
    )


def _change(
    address: Address,
    action: CampaignAction,
    operation: Operation,
    role: str,
    *,
    reason: Reason,
    confidence: Confidence,
    fields: tuple[FieldChange, ...] = (),
    remote_id: str = "",
) -> CampaignChange:
    return CampaignChange(
        address=address,
        action=action,
        operation=role,
        reason=reason,
        confidence=confidence,
        effect=operation.effect,
        fields=fields,
        remote_id=remote_id,
        warns=operation.warns,
    )


def _remote_id(found: _Found) -> str:
    if found.actual is not None:
        return found.actual.id
    return found.known.remote_id if found.known else ""


def same_value(left: FieldValue | None, right: FieldValue | None) -> bool:
    """Whether two values mean the same: numbers and truth values are compared as text, "" and None are one."""
    return _spelling(left) == _spelling(right)


def _spelling(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        return {str(key): _spelling(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_spelling(inner) for inner in value]
    return str(value)


def stated_duplicates(wanted: Mapping[str, Campaign], found: Mapping[str, int]) -> Iterator[tuple[Campaign, int]]:
    """Walk the campaigns with a declared policy for duplicates and some to act on."""
    for key, groups in sorted(found.items()):
        if groups and key in wanted and wanted[key].duplicates:
            yield wanted[key], groups
