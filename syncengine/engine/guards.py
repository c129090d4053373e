"""The rules that stop a plan: one function a rule, changes in, violations out.

Every message names the number, the limit and the exact way on. Suppressing changes are never counted: no guard stands
between a person and the do-not-call list.
"""

from collections.abc import Iterable, Sequence

from syncengine.model.address import Address
from syncengine.model.change import CampaignChange, Change, RowChange
from syncengine.model.counted import plural
from syncengine.model.desired import ContactList, Guards
from syncengine.model.findings import DialerFindings, RowFindings
from syncengine.model.plan import Allowances, Headline, SourceSummary, Violation
from syncengine.model.vendor import Operation


def removals(found: RowFindings, guards: Guards, allowances: Allowances) -> Iterable[Violation]:
    """No more than a share of a collection is removed because its source dropped it."""
    dropped = sum(s.count for s in found.sets if s.action == "remove" and s.reason == "not_in_source")
    if not dropped or found.in_ledger < guards.min_rows:
        return
    limit = allowances.remove if allowances.remove is not None else guards.max_remove
    # A share of rows is rarely a whole number of them in binary: 29 % of 100 is a little less than 29.
    allowed = limit if isinstance(limit, int) else round(limit * found.in_ledger, 6)
    if dropped <= allowed:
        return
    share = dropped / max(found.in_ledger, 1)
    yield Violation(
        rule="max_remove",
        message=f"{found.address}: {dropped:,} of {plural(found.in_ledger, 'row')} ({share:.0%}) would be removed;"
        f" the limit is {f'{limit:,}' if isinstance(limit, int) else f'{limit:.0%}'}",
        remedy=f"if that is meant: --allow-remove {dropped}; else mend the source",
        address=found.address,
    )


def empty_source(found: RowFindings) -> Iterable[Violation]:
    """A source that came out empty removes nobody, whatever the limit."""
    if not found.source_empty or not any(s.action == "remove" and s.reason == "not_in_source" for s in found.sets):
        return
    yield Violation(
        rule="empty_source",
        message=f"{found.address}: the source has no usable row, and"
        f" {plural(found.in_ledger, 'row stands', 'rows stand')} at the dialer",
        remedy="mend the source; to empty a campaign on purpose, set on_absent: keep and delete the campaign instead",
        address=found.address,
    )


def newly_callable(headline: Headline, guards: Guards) -> Iterable[Violation]:
    """No more people become callable at once than the project says."""
    if headline.newly_callable <= guards.max_newly_callable:
        return
    yield Violation(
        rule="max_newly_callable",
        message=f"{plural(headline.newly_callable, 'person', 'people')} would become callable; the limit is"
        f" {guards.max_newly_callable:,}",
        remedy=f"if that is meant: guards: {{max_newly_callable: {headline.newly_callable}}} in the project file",
    )


def starts(changes: Sequence[Change], guards: Guards) -> Iterable[Violation]:
    """No more campaigns start at once than the project says."""
    starting = [c for c in changes if isinstance(c, CampaignChange) and c.action == "start"]
    if len(starting) <= guards.max_starts:
        return
    yield Violation(
        rule="max_starts",
        message=f"{plural(len(starting), 'campaign')} would start; the limit is {guards.max_starts}",
        remedy=f"if that is meant: guards: {{max_starts: {len(starting)}}} in the project file",
    )


def dnd_removals(changes: Sequence[Change], dnd_released: int, allowances: Allowances) -> Iterable[Violation]:
    """Taking a number off a do-not-call list always needs an allowance, at any size."""
    at_dialers = sum(c.count for c in changes if isinstance(c, RowChange) and c.address.kind == "dnd" and _frees(c))
    count = max(at_dialers, dnd_released)
    if count <= allowances.dnd_remove:
        return
    yield Violation(
        rule="dnd_removal",
        message=f"{plural(count, 'do-not-call entry', 'do-not-call entries')} would be released;"
        f" {plural(allowances.dnd_remove, 'is', 'are')} allowed",
        remedy=f"after reading them: --allow-dnd-remove {count} together with --expect PLAN_ID or a saved plan",
    )


def rejected_rows(source: SourceSummary, contact_list: ContactList | None) -> Iterable[Violation]:
    """A source of which too much is unusable stops the plan."""
    # A do-not-call list may have the name of a contact list; it has rules of its own.
    if contact_list is None or source.kind != "contacts" or not source.rows:
        return
    share = source.rejected / source.rows
    if share <= contact_list.max_rejected:
        return
    worst = ", ".join(
        f"{count:,} {reason}" for reason, count in sorted(source.reasons.items(), key=lambda r: -r[1])[:3]
    )
    yield Violation(
        rule="rejected_rows",
        message=f"contacts {source.name}: {source.rejected:,} of {plural(source.rows, 'row')} ({share:.0%})"
        f" are unusable ({worst}); the limit is {contact_list.max_rejected:.0%}",
        remedy=f"mend {source.label}, or raise max_rejected of the list",
        location=contact_list.location,
    )


def unverified(findings: DialerFindings, used: Iterable[Operation], allowances: Allowances) -> Iterable[Violation]:
    """Calls that nobody has documented are not made unless someone takes it upon them."""
    doubtful = {operation.name: operation for operation in used if operation.ability == "unverified"}
    if not doubtful or allowances.unverified:
        return
    checks = "; ".join(dict.fromkeys(operation.check for operation in doubtful.values() if operation.check))
    yield Violation(
        rule="unverified",
        message=f"{findings.dialer.name}: {findings.vendor.title} documents these calls by name only:"
        f" {', '.join(sorted(doubtful))}",
        remedy=f"check against the account{f' ({checks})' if checks else ''}, then --allow-unverified",
        address=Address(findings.dialer.name, "campaign", "*"),
    )


def _frees(change: RowChange) -> bool:
    return change.action in {"remove", "unblock"}
