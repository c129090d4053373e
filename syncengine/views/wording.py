"""The words that all views share, so that a plan says the same on a terminal, in a pull request and in JSON."""

import unicodedata

from syncengine.model.change import CampaignChange, Change, Reason, RowChange
from syncengine.model.plan import Cost, Headline, Plan
from syncengine.model.report import Outcome

REASONS: dict[Reason, str] = {
    "missing": "not there yet",
    "differs": "changed in the files",
    "drift": "changed at the dialer by someone else",
    "vanished": "no longer listed by the dialer",
    "listed": "on a do-not-call list",
    "released": "taken off a do-not-call list",
    "not_in_source": "no longer in the source",
    "not_in_manifest": "no longer in the manifest",
    "already_there": "there already, taken into the ledger",
    "lapsing": "would lapse at the dialer",
    "duplicates": "there more than once",
    "suppression_failed": "a listed number could not be blocked in it",
}

OUTCOMES: dict[Outcome, str] = {
    "applied": "applied",
    "already_present": "already there",
    "already_absent": "already gone",
    "rejected": "refused by the vendor",
    "deferred": "put off by the vendor",
    "failed": "failed, not applied",
    "unknown": "outcome unknown",
    "skipped": "skipped",
    "held": "held back",
}

SIGNS = {
    "create": "+",
    "add": "+",
    "start": "▶",
    "stop": "■",
    "update": "~",
    "delete": "-",
    "remove": "-",
    "block": "⊘",
    "unblock": "+",
    "deduplicate": "-",
    "adopt": "=",
    "forget": "=",
}


def plural(count: int, one: str, many: str = "") -> str:
    """Return ``1,204 rows``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def clean(text: str) -> str:
    """Return text in which control and direction characters are visible, so that it cannot rearrange a terminal."""
    return "".join(c if unicodedata.category(c)[0] != "C" else f"\\u{ord(c):04x}" for c in text)


def what_rows(change: RowChange) -> str:
    """Return what the rows of a change are."""
    return {"contacts": "contact", "dnd": "do-not-call entry", "directory": "person"}[change.address.kind]


def rows_phrase(change: RowChange) -> str:
    """Return ``1,204 contacts``."""
    many = {"contacts": "contacts", "dnd": "do-not-call entries", "directory": "people"}[change.address.kind]
    return plural(change.count, what_rows(change), many)


def headline_sentences(headline: Headline) -> list[str]:
    """Return a plan in business words, the sentences that say nothing left out."""
    counted = [
        (headline.campaigns_created, f"{plural(headline.campaigns_created, 'campaign')} created"),
        (headline.campaigns_updated, f"{plural(headline.campaigns_updated, 'campaign')} changed"),
        (headline.campaigns_deleted, f"{plural(headline.campaigns_deleted, 'campaign')} deleted"),
        (headline.starts, f"{plural(headline.starts, 'campaign')} started"),
        (headline.stops, f"{plural(headline.stops, 'campaign')} stopped"),
        (headline.newly_callable, f"{plural(headline.newly_callable, 'person becomes', 'people become')} callable"),
        (
            headline.no_longer_callable,
            f"{plural(headline.no_longer_callable, 'person stops', 'people stop')} being callable",
        ),
        (headline.rows_updated, f"{plural(headline.rows_updated, 'contact')} changed"),
        (headline.dnd_added, f"{plural(headline.dnd_added, 'do-not-call entry', 'do-not-call entries')} added"),
        (headline.dnd_removed, f"{plural(headline.dnd_removed, 'do-not-call entry', 'do-not-call entries')} RELEASED"),
    ]
    return [sentence for count, sentence in counted if count]


def totals(plan: Plan) -> str:
    """Return the line that ends a plan."""
    if plan.empty:
        return f"No changes. {plural(plan.headline.rows_unchanged, 'contact')} as wanted."
    calls = sum(cost.calls for cost in plan.costs)
    return f"Plan: {plural(len(list(plan.changes)), 'change')}, {plural(calls, 'call')}. Plan id {plan.plan_id}"


def cost_phrase(cost: Cost) -> str:
    """Return what a plan costs at one dialer."""
    parts = [plural(cost.calls, "call")]
    if cost.minutes is not None and cost.calls:
        parts.append("under a minute" if cost.minutes < 1 else f"about {plural(round(cost.minutes), 'minute')}")
    if cost.budget is not None:
        parts.append(f"budget today {cost.budget_used + cost.calls:,} of {cost.budget:,}")
    return ", ".join(parts)


def grouped(changes: tuple[Change, ...]) -> list[list[Change]]:
    """Put changes that differ only in which campaign they are about into one group, in order."""
    groups: dict[object, list[Change]] = {}
    for change in changes:
        groups.setdefault(_likeness(change), []).append(change)
    return list(groups.values())


def _likeness(change: Change) -> object:
    if isinstance(change, CampaignChange):
        fields = tuple((f.name, repr(f.before), repr(f.after)) for f in change.fields if f.name != "name")
        return (change.address.dialer, change.action, change.operation, change.reason, fields)
    return (change.address, change.collection, change.action, change.reason)


def shown_value(value: object) -> str:
    """Return a field's value as people read it."""
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(str(value))
