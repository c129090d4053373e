"""A plan on a terminal: what it means first, then what it does in order, then what stands in its way."""

from collections.abc import Iterator

from rich.text import Text

from syncengine.model.change import CampaignChange, Change, RowChange
from syncengine.model.plan import Plan, SourceSummary
from syncengine.views.wording import (
    REASONS,
    SIGNS,
    clean,
    cost_phrase,
    grouped,
    headline_sentences,
    plural,
    rows_phrase,
    shown_value,
    totals,
)

_STYLES = {"+": "green", "▶": "bold green", "■": "bold yellow", "~": "yellow", "-": "red", "⊘": "magenta", "=": "cyan"}
# A group of equal campaign changes is named one by one up to here, and counted beyond.
_NAMED = 3


def plan_text(plan: Plan) -> Text:
    """Return the plan as styled text."""
    lines = [Text.assemble(("Plan", "bold"), f" for project {clean(plan.project)}, read {_refresh(plan)}")]
    lines += list(_headline(plan))
    lines += list(_sources(plan))
    lines += list(_levels(plan))
    lines += list(_standing_in_the_way(plan))
    lines += list(_costs(plan))
    lines += [Text(""), Text(totals(plan), "bold")]
    return Text("\n").join(lines)


def _refresh(plan: Plan) -> str:
    return {"full": "in full", "changed": "where something changed", "none": "from the ledger only"}[plan.refresh]


def _headline(plan: Plan) -> Iterator[Text]:
    sentences = headline_sentences(plan.headline)
    if sentences:
        yield Text("")
    for sentence in sentences:
        yield Text(f"  • {sentence}", "bold red" if "RELEASED" in sentence else "bold")


def _sources(plan: Plan) -> Iterator[Text]:
    if not plan.sources:
        return
    yield Text("")
    yield Text("Sources", "bold")
    for source in plan.sources:
        yield Text.assemble("  ", (f"{source.name:<22}", "cyan"), _source_sentence(source))
        if source.held:
            yield Text(f"      HELD: {source.held}", "bold red")


def _source_sentence(source: SourceSummary) -> str:
    noun = "do-not-call numbers" if source.kind == "dnd" else "contacts"
    parts = [f"{source.accepted:,} {noun} from {clean(source.label)}"]
    if source.rejected:
        worst = sorted(source.reasons.items(), key=lambda item: -item[1])[:2]
        parts.append(f"{source.rejected:,} set aside ({'; '.join(f'{count:,} {clean(why)}' for why, count in worst)})")
    if source.duplicates:
        parts.append(f"{plural(source.duplicates, 'duplicate')} left out")
    if source.rejects_file:
        parts.append(f"see {source.rejects_file}")
    return ", ".join(parts)


def _levels(plan: Plan) -> Iterator[Text]:
    for number, level in enumerate(plan.levels, start=1):
        yield Text("")
        yield Text.assemble((f"{number}. {level.name}", "bold"))
        for group in grouped(level.changes):
            yield from _group(group)


def _group(group: list[Change]) -> Iterator[Text]:
    first = group[0]
    sign = SIGNS[first.action]
    if isinstance(first, RowChange):
        for change in group:
            assert isinstance(change, RowChange)
            yield from _rows(change)
        return
    named = ", ".join(clean(str(change.address)) for change in group[:_NAMED])
    more = f" and {len(group) - _NAMED:,} more alike" if len(group) > _NAMED else ""
    yield Text.assemble(
        "  ",
        (f"{sign} {first.action} ", _STYLES[sign]),
        named + more,
        (f"   {REASONS[first.reason]}, {first.confidence}", "dim"),
    )
    yield from _fields(first)
    if first.warns:
        yield Text(f"      ! {first.warns}", "bold yellow")


def _fields(change: CampaignChange) -> Iterator[Text]:
    for field in change.fields:
        if change.action == "create":
            yield Text(f"      {field.name}: {shown_value(field.after)}", "dim")
            continue
        yield Text(f"      {field.name}: {shown_value(field.before)} -> {shown_value(field.after)}", "dim")


def _rows(change: RowChange) -> Iterator[Text]:
    sign = SIGNS[change.action]
    yield Text.assemble(
        "  ",
        (f"{sign} {change.action} {rows_phrase(change)} ", _STYLES[sign]),
        clean(str(change.address)),
        (f"   {REASONS[change.reason]}, {change.confidence}", "dim"),
        (f", {plural(change.calls, 'call')}" if change.calls else "", "dim"),
    )
    if change.sample:
        yield Text(f"      {', '.join(change.sample)}{' …' if change.count > len(change.sample) else ''}", "dim")
    if change.warns:
        yield Text(f"      ! {change.warns}", "bold yellow")


def _standing_in_the_way(plan: Plan) -> Iterator[Text]:
    if plan.holds:
        yield Text("")
        yield Text("Held back", "bold yellow")
        for hold in plan.holds:
            yield Text(f"  {clean(str(hold.address))}: {hold.what}: {clean(hold.why)}", "yellow")
    if plan.notes:
        yield Text("")
        yield Text("Notes", "bold")
        for note in plan.notes:
            yield Text(f"  {clean(note)}", "bold red" if note.startswith("DANGER") else "")
    if plan.violations:
        yield Text("")
        yield Text("Stopped by guards: this plan cannot be applied as it is", "bold red")
        for violation in plan.violations:
            place = f"{violation.location}: " if violation.location else ""
            yield Text(f"  {place}{clean(violation.message)}", "red")
            yield Text(f"      {violation.remedy}")


def _costs(plan: Plan) -> Iterator[Text]:
    yield Text("")
    yield Text("Dialers", "bold")
    sentences = {enforcement.dialer: enforcement.sentence for enforcement in plan.enforcement}
    for cost in plan.costs:
        yield Text.assemble("  ", (f"{cost.dialer:<22}", "cyan"), f"{cost.vendor}: {cost_phrase(cost)}")
        yield Text(f"      do-not-call: {sentences.get(cost.dialer, '')}", "dim")
