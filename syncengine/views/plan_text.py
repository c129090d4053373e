"""A plan on a terminal: what it means first, then what it does in order, then what stands in its way."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from syncengine.model.change import Change, RowChange
from syncengine.model.counted import plural
from syncengine.model.plan import Plan
from syncengine.views.grouping import (
    calls_of,
    fields_of,
    grouped,
    grouped_holds,
    grouped_notes,
    is_danger,
    named,
    rows_of,
)
from syncengine.views.lines import heading, line
from syncengine.views.wording import (
    REASONS,
    SIGNS,
    cost_phrase,
    headline_sentences,
    masked_sample,
    release_sentences,
    rows_phrase,
    shown_value,
    source_phrase,
    totals,
)

_STYLES = {"+": "green", "▶": "bold green", "■": "bold yellow", "~": "yellow", "-": "red", "⊘": "magenta", "=": "cyan"}
_REFRESHES = {"full": "in full", "changed": "where something changed", "none": "from the ledger only"}


def plan_text(plan: Plan, *, whole: bool = False) -> Text:
    """Return the plan as styled text.

    Args:
        plan: the plan.
        whole: whether the numbers in its samples are shown as they are, for a person who has asked for them.
    """
    lines = [line(("Plan", "bold"), f" for project {plan.project}, read {_REFRESHES[plan.refresh]}")]
    lines += list(_headline(plan))
    lines += list(_sources(plan))
    lines += list(_levels(plan, whole=whole))
    lines += list(_standing_in_the_way(plan))
    lines += list(_enforcement(plan))
    lines += heading(totals(plan))
    return Text("\n").join(lines)


def _headline(plan: Plan) -> Iterator[Text]:
    sentences = [*headline_sentences(plan.headline), *release_sentences(plan)]
    if sentences:
        yield Text("")
    for sentence in sentences:
        yield line((f"  • {sentence}", "bold red" if "RELEASED" in sentence else "bold"))
    for cost in plan.costs:
        if cost.calls:
            yield line((f"  • {cost.dialer}: {cost_phrase(cost)}", "dim"))


def _sources(plan: Plan) -> Iterator[Text]:
    if plan.sources:
        yield from heading("Sources")
    for source in plan.sources:
        yield line("  ", (f"{source.name:<22}", "cyan"), " ", source_phrase(source))
        if source.held:
            yield line((f"      HELD: {source.held}", "bold red"))


def _levels(plan: Plan, *, whole: bool) -> Iterator[Text]:
    for number, level in enumerate(plan.levels, start=1):
        yield from heading(f"{number}. {level.name}")
        for group in grouped(level.changes):
            yield from _group(group, whole=whole)


def _group(group: Sequence[Change], *, whole: bool) -> Iterator[Text]:
    first = group[0]
    sign = SIGNS[first.action]
    what = f" {rows_phrase(first, rows_of(group))}" if isinstance(first, RowChange) else ""
    calls = calls_of(group)
    yield line(
        "  ",
        (f"{sign} {first.action}{what} ", _STYLES[sign]),
        named([change.address for change in group]),
        (f"   {REASONS[first.reason]}, {first.confidence}", "dim"),
        (f", {plural(calls, 'call')}" if calls else "", "dim"),
    )
    for field in fields_of(group):
        before = "" if first.action == "create" else f"{shown_value(field.before)} -> "
        yield line((f"      {field.name}: {before}{shown_value(field.after)}", "dim"))
    if isinstance(first, RowChange) and first.sample:
        more = " …" if rows_of(group) > len(first.sample) else ""
        sample = first.sample if whole else masked_sample(first)
        yield line((f"      {', '.join(sample)}{more}", "dim"))
    if first.warns:
        yield line((f"      ! {first.warns}", "bold yellow"))


def _standing_in_the_way(plan: Plan) -> Iterator[Text]:
    if plan.holds:
        yield from heading("Held back", "bold yellow")
    for holds in grouped_holds(plan.holds):
        where = named([hold.address for hold in holds])
        yield line((f"  {where}: {holds[0].what}: {holds[0].why}", "yellow"))
    if plan.notes:
        yield from heading("Notes")
    for note in grouped_notes(plan.notes):
        yield line((f"  {note}", "bold red" if is_danger(note) else ""))
    if plan.violations:
        yield from heading("Stopped by guards: this plan cannot be applied as it is", "bold red")
    for violation in plan.violations:
        place = f"{violation.location}: " if violation.location else ""
        yield line((f"  {place}{violation.message}", "red"))
        yield line(f"      {violation.remedy}")


def _enforcement(plan: Plan) -> Iterator[Text]:
    """Say for every dialer what keeps listed numbers from being rung there; dialers with the same answer share it."""
    dialers: dict[str, list[str]] = {}
    for enforcement in plan.enforcement:
        dialers.setdefault(enforcement.sentence, []).append(enforcement.dialer)
    if dialers:
        yield from heading("How do-not-call holds")
    for sentence, names in dialers.items():
        yield line("  ", (", ".join(names), "cyan"), (f": {sentence}", "dim"))
