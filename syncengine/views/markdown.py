"""A plan or a report as Markdown for a pull request: short at any size, with nothing in it that a host would run.

Everything that matters for safety (what is released, what is held, what stops the plan, what is in danger) stands
outside the foldable part and before what may be cut.
"""

from collections.abc import Sequence
from itertools import repeat

from syncengine.model.change import Change, RowChange
from syncengine.model.phone import mask_numbers_in
from syncengine.model.plan import Level, Plan, Violation
from syncengine.model.report import ApplyReport, ChangeReport
from syncengine.views.grouping import (
    fields_of,
    grouped,
    grouped_holds,
    grouped_notes,
    grouped_reports,
    is_danger,
    named,
    together,
)
from syncengine.views.markup import bullet, code, cut_fairly, escape, fitted, size_of
from syncengine.views.wording import (
    REASONS,
    SIGNS,
    cost_phrase,
    headline_sentences,
    masked_sample,
    outcomes_phrase,
    plural,
    release_sentences,
    rows_phrase,
    shown_value,
    source_phrase,
    totals,
)

# The lowest limit among the large hosts is 65,536 characters for one comment.
MAX_LENGTH = 60_000
# No row is shorter than 30 characters.
_MOST_ROWS = MAX_LENGTH // 30
_SECTION = 9_000
_FIELDS = 5


def plan_markdown(plan: Plan) -> str:
    """Return the plan as one comment; where it would be too long, every level keeps its beginning."""
    head = [f"### syncengine plan {code(plan.plan_id)}", "", f"Project {escape(plan.project)}.", ""]
    head += [bullet(s, strong=True) for s in (*headline_sentences(plan.headline), *release_sentences(plan))]
    head += _section("Stopped by guards", [_violation(v) for v in plan.violations])
    notes = grouped_notes(plan.notes)
    head += _section("In danger", [bullet(note, strong=True) for note in notes if is_danger(note)])
    head += _section("Held back", _holds(plan))
    tail = _folded("Sources", [bullet(f"{s.name}: {source_phrase(s)}") for s in plan.sources])
    tail += _folded("Notes", [bullet(note) for note in notes if not is_danger(note)])
    tail += _folded("Dialers", _dialers(plan))
    tail += ["", escape(totals(plan)), ""]
    room = MAX_LENGTH - size_of((*head, *tail))
    body = cut_fairly([_level(level) for level in plan.levels], room)
    return "\n".join([*head, *body, *tail])


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return ["", f"**{title}**", "", *fitted(lines, _SECTION)] if lines else []


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    return ["", f"<details><summary>{title}</summary>", "", *fitted(lines, _SECTION), "", "</details>"]


def _violation(violation: Violation) -> str:
    place = f"{violation.location}: " if violation.location else ""
    return bullet(f"{place}{violation.message}; {violation.remedy}")


def _holds(plan: Plan) -> list[str]:
    sources = [bullet(f"source {source.name}: {source.held}", strong=True) for source in plan.sources if source.held]
    groups = grouped_holds(plan.holds)
    return sources + [bullet(f"{named([h.address for h in g])}: {g[0].what}: {g[0].why}") for g in groups]


def _dialers(plan: Plan) -> list[str]:
    sentences = {enforcement.dialer: f"; do-not-call: {enforcement.sentence}" for enforcement in plan.enforcement}
    return [bullet(f"{c.dialer} ({c.vendor}): {cost_phrase(c)}{sentences.get(c.dialer, '')}") for c in plan.costs]


def _level(level: Level) -> list[str]:
    head = ["", f"**{level.name}**", "", "| | what | where | why |", "|---|---|---|---|"]
    groups = grouped(level.changes)
    # What a comment cannot hold is counted, and not rendered only to be left out.
    return [*head, *(_row(group) for group in groups[:_MOST_ROWS]), *repeat("", len(groups) - _MOST_ROWS)]


def _row(group: Sequence[Change]) -> str:
    first = group[0]
    what = f"{first.action} {rows_phrase(first) if isinstance(first, RowChange) else plural(len(group), 'campaign')}"
    warns = f" **{escape(first.warns)}**" if first.warns else ""
    where = escape(named([change.address for change in group]))
    why = f"{REASONS[first.reason]}, {first.confidence}"
    return f"| {SIGNS[first.action]} | {what}{_details(group)} | {where} | {why}{warns} |"


def _details(group: Sequence[Change]) -> str:
    first = group[0]
    if isinstance(first, RowChange):
        dots = " …" if first.count > len(first.sample) else ""
        return f"<br>{escape(', '.join(masked_sample(first)))}{dots}" if first.sample else ""
    fields = fields_of(group)
    shown = [
        f"{f.name}: {'' if first.action == 'create' else f'{shown_value(f.before)} → '}{shown_value(f.after)}"
        for f in fields[:_FIELDS]
    ]
    more = [f"and {plural(len(fields) - _FIELDS, 'more field')}"] if len(fields) > _FIELDS else []
    return "".join(f"<br>{escape(text)}" for text in (*shown, *more))


def report_markdown(report: ApplyReport) -> str:
    """Return what an apply did as one comment: alarms first, then what was not done, then the rest."""
    head = [f"### syncengine apply {code(report.plan_id)}: {'done' if report.complete else 'in part'}", ""]
    head += ["**Interrupted**", ""] if report.interrupted else []
    head += _section("ALARM", [bullet(alarm, strong=True) for alarm in report.alarms])
    head += _section("Waiting for a person", [bullet(waiting) for waiting in report.parked])
    groups = sorted(grouped_reports(report.changes), key=lambda group: group[0].done)
    table = ["", "| | what | where | outcome |", "|---|---|---|---|"]
    table += [*(_outcome(group) for group in groups[:_MOST_ROWS]), *repeat("", len(groups) - _MOST_ROWS)]
    room = MAX_LENGTH - size_of(head)
    return "\n".join([*head, *cut_fairly([table], room)]) + "\n"


def _outcome(group: Sequence[ChangeReport]) -> str:
    first = group[0]
    counted, messages_of = together(group)
    outcomes = outcomes_phrase(counted)
    worst = sorted(messages_of.items(), key=lambda item: (-item[1], item[0]))[:3]
    messages = "".join(f"<br>{count:,} x {escape(mask_numbers_in(message))}" for message, count in worst)
    where = escape(named([change.address for change in group]))
    sign, shown = ("✓", outcomes) if first.done else ("✗", f"**{outcomes}**")
    return f"| {sign} | {escape(first.action)} | {where} | {shown}{messages} |"
