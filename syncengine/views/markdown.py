"""A plan as Markdown for a pull request: short at any size of plan, with nothing in it that a host would run."""

from syncengine.model.change import Change, RowChange
from syncengine.model.plan import Plan
from syncengine.model.report import DONE, ApplyReport
from syncengine.views.wording import (
    OUTCOMES,
    REASONS,
    SIGNS,
    clean,
    cost_phrase,
    grouped,
    headline_sentences,
    rows_phrase,
    totals,
)

# The lowest limit among the large hosts is 65,536 characters for one comment.
MAX_LENGTH = 60_000
_MARKUP = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>#|~@!"})


def escape(text: str) -> str:
    """Return text that a Markdown renderer shows as it stands, without mentions, links or markup."""
    return clean(text).translate(_MARKUP).replace("\\@", "&#64;")


def plan_markdown(plan: Plan) -> str:
    """Return the plan as one comment, cut in the middle when it would be too long."""
    head = [f"### syncengine plan `{plan.plan_id}`", ""]
    head += [f"- **{escape(sentence)}**" for sentence in headline_sentences(plan.headline)] or ["No changes."]
    if plan.violations:
        head += ["", "**Stopped by guards**", ""]
        head += [f"- {escape(v.message)}. {escape(v.remedy)}" for v in plan.violations]
    body = [line for level in plan.levels for line in _level(level.name, level.changes)]
    tail = _tail(plan)
    return _cut(head, body, tail)


def _level(name: str, changes: tuple[Change, ...]) -> list[str]:
    lines = ["", f"**{name}**", "", "| | what | where | why |", "|---|---|---|---|"]
    for group in grouped(changes):
        first = group[0]
        what = rows_phrase(first) if isinstance(first, RowChange) else "campaign"
        where = escape(str(first.address)) + (f" and {len(group) - 1:,} more alike" if len(group) > 1 else "")
        warns = f" **{escape(first.warns)}**" if first.warns else ""
        lines.append(f"| {SIGNS[first.action]} | {first.action} {what} | {where} | {REASONS[first.reason]}{warns} |")
    return lines


def _tail(plan: Plan) -> list[str]:
    lines: list[str] = []
    if plan.holds:
        lines += ["", "**Held back**", ""]
        lines += [f"- {escape(str(h.address))}: {escape(h.what)}: {escape(h.why)}" for h in plan.holds[:50]]
    if plan.notes:
        lines += ["", "<details><summary>Notes</summary>", ""]
        lines += [f"- {escape(note)}" for note in plan.notes[:50]]
        lines += ["", "</details>"]
    lines += ["", *(f"- {escape(cost.dialer)}: {escape(cost_phrase(cost))}" for cost in plan.costs)]
    return [*lines, "", escape(totals(plan)), ""]


def _cut(head: list[str], body: list[str], tail: list[str]) -> str:
    room = MAX_LENGTH - sum(len(line) + 1 for line in (*head, *tail)) - 200
    kept: list[str] = []
    for line in body:
        room -= len(line) + 1
        if room < 0:
            kept += ["", f"_{len(body) - len(kept):,} lines left out; the saved plan holds them all._"]
            break
        kept.append(line)
    return "\n".join([*head, *kept, *tail])[:MAX_LENGTH]


def report_markdown(report: ApplyReport) -> str:
    """Return what an apply did as one comment."""
    lines = [f"### syncengine apply `{report.plan_id}`: {'done' if report.complete else 'in part'}", ""]
    lines += ["| what | where | outcome |", "|---|---|---|"]
    for change in report.changes[:200]:
        outcomes = ", ".join(f"{count:,} {OUTCOMES[o]}" for o, count in sorted(change.outcomes.items()) if count)
        bold = "" if all(o in DONE for o in change.outcomes) else "**"
        lines.append(f"| {change.action} | {escape(str(change.address))} | {bold}{outcomes}{bold} |")
    lines += [f"- **{escape(alarm)}**" for alarm in report.alarms]
    return "\n".join(lines)[:MAX_LENGTH] + "\n"
