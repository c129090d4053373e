"""The words that all views share, so that a plan says the same on a terminal, in a pull request and in JSON."""

import json
import unicodedata
from collections.abc import Mapping

from syncengine.model.change import Reason, RowChange
from syncengine.model.counted import plural
from syncengine.model.phone import mask_numbers_in
from syncengine.model.plan import Cost, Headline, Plan, SourceSummary
from syncengine.model.report import Outcome

REASONS: dict[Reason, str] = {
    "missing": "not there yet",
    "differs": "changed in the files",
    "drift": "changed at the dialer by someone else",
    "vanished": "no longer listed by the dialer",
    "not_yet_listed": "taken lately, but not in its listing",
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
    "deferred": "put off until the next plan",
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


def clean(text: str) -> str:
    """Return text in which control, direction and line characters are visible, so that it rearranges nothing."""
    if text.isprintable():
        return text
    return "".join(f"\\u{ord(c):04x}" if rearranges(c) else c for c in text)


def rearranges(character: str) -> bool:
    """Whether a character moves, hides or breaks what stands around it."""
    category = unicodedata.category(character)
    return category[0] == "C" or category in {"Zl", "Zp"}


def masked_sample(change: RowChange) -> tuple[str, ...]:
    """Return a few rows of a change for people; whoever made the sample has masked it, and this makes sure."""
    return tuple(mask_numbers_in(row) for row in change.sample)


def rows_phrase(change: RowChange, count: int | None = None) -> str:
    """Return ``1,204 contacts``: the rows of a change, or of several that do the same."""
    nouns = {
        "contacts": ("contact",),
        "dnd": ("do-not-call entry", "do-not-call entries"),
        "directory": ("person", "people"),
    }
    # A change to rows is never about a campaign.
    return plural(change.count if count is None else count, *nouns[change.address.kind])


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


def release_sentences(plan: Plan) -> list[str]:
    """Return what the plan takes off do-not-call lists, also where no dialer holds such a list."""
    return [
        f"{plural(count, 'number')} RELEASED from the do-not-call list {name}" for name, count in plan.releases.items()
    ]


def totals(plan: Plan) -> str:
    """Return the line that ends a plan."""
    if plan.empty and (plan.holds or plan.violations):
        return "No changes that could be made now; see what is held back or stopped."
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
        used = cost.budget_used + cost.calls
        over = "; what is over waits for another day" if used > cost.budget else ""
        parts.append(f"budget today {used:,} of {cost.budget:,}{over}")
    return ", ".join(parts)


def age_phrase(seconds: float) -> str:
    """Return how old something is, roughly."""
    hours = int(seconds // 3600)
    if hours >= 48:
        return f"{hours // 24} days old"
    return f"{plural(hours, 'hour')} old" if hours else "under an hour old"


def source_phrase(source: SourceSummary) -> str:
    """Return how a source was read."""
    noun = ("do-not-call number",) if source.kind == "dnd" else ("contact",)
    parts = [f"{plural(source.accepted, *noun)} from {source.label}"]
    if source.kind == "dnd":
        parts.append(age_phrase(source.age))
    if source.rejected:
        # Doubles are counted on their own.
        reasons = {why: count for why, count in source.reasons.items() if not why.startswith("same ")}
        worst = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:2]
        why = "; ".join(f"{count:,} {mask_numbers_in(reason)}" for reason, count in worst)
        parts.append(f"{source.rejected:,} set aside{f' ({why})' if why else ''}")
    if source.duplicates:
        parts.append(f"{plural(source.duplicates, 'duplicate')} left out")
    if source.rejects_file:
        parts.append(f"see {source.rejects_file}")
    return ", ".join(parts)


def outcomes_phrase(outcomes: Mapping[Outcome, int]) -> str:
    """Return ``1,200 applied, 4 refused by the vendor``."""
    return ", ".join(f"{count:,} {OUTCOMES[outcome]}" for outcome, count in sorted(outcomes.items()) if count)


def shown_value(value: object) -> str:
    """Return a field's value as people read it."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return short(value, 120) or '""'
    if isinstance(value, list | tuple | Mapping):
        return short(json.dumps(value, ensure_ascii=False, default=str), 120)
    return str(value)


def short(text: str, length: int) -> str:
    """Return a text, or its beginning where it is too long."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
