"""A plan or a report as Markdown for a pull request: short at any size, with nothing in it that a host would run.

Everything that matters for safety (what is released, what is held, what stops the plan, what is in danger) stands
outside the foldable part and before what may be cut.
"""

from collections.abc import Mapping, Sequence
from itertools import repeat

from syncengine.model.change import Change, RowChange
from syncengine.model.counted import plural
from syncengine.model.phone import mask_numbers_in
from syncengine.model.plan import Level, Plan, Violation
from syncengine.model.report import ApplyReport, ChangeReport
from syncengine.model.shares import fair_shares
from syncengine.views.grouping import (
    fields_of,
    grouped,
    grouped_holds,
    grouped_notes,
    grouped_reports,
    is_danger,
    named,
    rows_of,
    together,
)
from syncengine.views.markup import bullet, code, cut_fairly, escape, fitted, pointer, size_of
from syncengine.views.wording import (
    REASONS,
    SIGNS,
    cost_phrase,
    headline_sentences,
    masked_sample,
    outcomes_phrase,
    release_sentences,
    rows_phrase,
    shown_value,
    source_phrase,
    totals,
)

# The lowest limit among the large hosts is 65,536 characters for one comment; counted in bytes, to be below it
# however a host counts, and with room for what a pipeline puts around it.
MAX_LENGTH = 60_000
# No row is shorter than 30 bytes.
_MOST_ROWS = MAX_LENGTH // 30
# Kept for everything that is not about safety, however much of that there is.
_REST = 9_000
_FIELDS = 5
# Most bytes of the line that says where the whole plan is.
_POINTER = 600
_TABLE = ["| | what | where | why |", "|---|---|---|---|"]
_CUT_ROW = "| | {} | | |"


def plan_markdown(plan: Plan, *, whole_plan: str = "") -> str:
    """Return the plan as one comment, of any size of plan.

    What is released, stopped, in danger and held comes first and gives way last; the rest shares what is left, and
    whatever is cut keeps both its ends and says how much is missing.

    Args:
        plan: the plan.
        whole_plan: where every change can be read, as the address or the name of an artefact.
    """
    title = [f"### syncengine plan {code(plan.plan_id)}", "", f"Project {escape(plan.project)}.", ""]
    notes = grouped_notes(plan.notes)
    safety = [
        [bullet(sentence, strong=True) for sentence in release_sentences(plan)],
        [bullet(sentence, strong=True) for sentence in headline_sentences(plan.headline)],
        _section("Stopped by guards", [_violation(v) for v in plan.violations]),
        _section("In danger", [bullet(note, strong=True) for note in notes if is_danger(note)]),
        _section("Held back", _holds(plan)),
    ]
    end = ["", escape(totals(plan)), ""]
    head = [*title, *cut_fairly(safety, MAX_LENGTH - _REST - size_of(title))]
    room = MAX_LENGTH - size_of((*head, *end)) - _POINTER
    tail = _folded_away(
        {
            "Sources": [bullet(f"{s.name}: {source_phrase(s)}") for s in plan.sources],
            "Notes": [bullet(note) for note in notes if not is_danger(note)],
            "Dialers": _dialers(plan),
        },
        room // 3,
    )
    body = cut_fairly([_level(level) for level in plan.levels], room - size_of(tail), row=_CUT_ROW)
    lines = [*head, *body, *tail]
    return "\n".join([*lines, *_where_the_rest_is(lines, whole_plan), *end])


def _where_the_rest_is(lines: Sequence[str], whole_plan: str) -> list[str]:
    if whole_plan:
        return ["", f"_Every single change:_ {pointer(whole_plan)}"]
    if any("left out here._" in text for text in lines):
        return ["", f"_Every single change:_ {code('syncengine plan --format html -o plan.html')}"]
    return []


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return ["", f"**{title}**", "", *lines] if lines else []


def _folded_away(sections: Mapping[str, Sequence[str]], room: int) -> list[str]:
    """Return sections that are folded until somebody opens them, cut within their folds."""
    filled = {title: lines for title, lines in sections.items() if lines}
    folds = {title: (["", f"<details><summary>{title}</summary>", ""], ["", "</details>"]) for title in filled}
    room -= sum(size_of((*before, *after)) for before, after in folds.values())
    shares = fair_shares([size_of(lines) for lines in filled.values()], room)
    made: list[str] = []
    for (title, lines), share in zip(filled.items(), shares, strict=True):
        before, after = folds[title]
        made += [*before, *fitted(lines, share), *after]
    return made


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
    groups = grouped(level.changes)
    # What a comment cannot hold is counted, and not rendered only to be left out.
    between = max(0, len(groups) - 2 * _MOST_ROWS)
    rows = [_row(group) for group in groups[:_MOST_ROWS]]
    ends = [_row(group) for group in groups[_MOST_ROWS:][between:]]
    return ["", f"**{level.name}**", "", *_TABLE, *rows, *repeat("", between), *ends]


def _row(group: Sequence[Change]) -> str:
    first = group[0]
    noun = rows_phrase(first, rows_of(group)) if isinstance(first, RowChange) else plural(len(group), "campaign")
    warns = f" **{escape(first.warns)}**" if first.warns else ""
    where = escape(named([change.address for change in group]))
    why = f"{REASONS[first.reason]}, {first.confidence}"
    return f"| {SIGNS[first.action]} | {first.action} {noun}{_details(group)} | {where} | {why}{warns} |"


def _details(group: Sequence[Change]) -> str:
    first = group[0]
    if isinstance(first, RowChange):
        dots = " …" if rows_of(group) > len(first.sample) else ""
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
    title = [f"### syncengine apply {code(report.plan_id)}: {'done' if report.complete else 'in part'}", ""]
    title += ["**Interrupted**", ""] if report.interrupted else []
    safety = [
        _section("ALARM", [bullet(alarm, strong=True) for alarm in report.alarms]),
        _section("Waiting for a person", [bullet(waiting) for waiting in report.parked]),
    ]
    head = [*title, *cut_fairly(safety, MAX_LENGTH - _REST - size_of(title))]
    groups = sorted(grouped_reports(report.changes), key=lambda group: group[0].done)
    table = ["", "| | what | where | outcome |", "|---|---|---|---|"]
    table += [*(_outcome(group) for group in groups[:_MOST_ROWS]), *repeat("", len(groups) - _MOST_ROWS)]
    return "\n".join([*head, *cut_fairly([table], MAX_LENGTH - size_of(head), row=_CUT_ROW)]) + "\n"


def _outcome(group: Sequence[ChangeReport]) -> str:
    first = group[0]
    counted, messages_of = together(group)
    outcomes = outcomes_phrase(counted)
    worst = sorted(messages_of.items(), key=lambda item: (-item[1], item[0]))[:3]
    messages = "".join(f"<br>{count:,} x {escape(mask_numbers_in(message))}" for message, count in worst)
    where = escape(named([change.address for change in group]))
    sign, shown = ("✓", outcomes) if first.done else ("✗", f"**{outcomes}**")
    return f"| {sign} | {escape(first.action)} | {where} | {shown}{messages} |"
