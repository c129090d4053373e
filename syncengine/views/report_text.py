"""What an apply did, on a terminal: every change with every outcome, alarms last so that they are read."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from syncengine.model.counted import plural
from syncengine.model.phone import mask_numbers_in
from syncengine.model.report import DONE, ApplyReport, ChangeReport, Progress
from syncengine.views.grouping import grouped_reports, named, together
from syncengine.views.lines import heading, line
from syncengine.views.wording import clean, outcomes_phrase

# The commonest messages of a change; the ledger keeps the message of every row.
_MESSAGES = 3


def report_text(report: ApplyReport) -> Text:
    """Return the report as styled text."""
    whole = report.complete
    lines = [line(("Applied" if whole else "Applied in part", "bold green" if whole else "bold yellow"))]
    for group in grouped_reports(report.changes):
        lines += list(_group(group))
    if report.parked:
        lines += heading("Waiting for a person", "bold yellow")
        lines += [line((f"  {waiting}", "yellow")) for waiting in report.parked]
    if report.alarms:
        lines += heading("ALARM", "bold red")
        lines += [line((f"  {alarm}", "red")) for alarm in report.alarms]
    lines += heading(_totals(report))
    return Text("\n").join(lines)


def _group(group: Sequence[ChangeReport]) -> Iterator[Text]:
    first = group[0]
    outcomes, messages = together(group)
    calls = sum(change.calls for change in group)
    yield line(
        "  ",
        ("✓ " if first.done else "✗ ", "green" if first.done else "red"),
        (f"{first.action} {named([change.address for change in group])}: ", "" if first.done else "yellow"),
        (outcomes_phrase(outcomes), "" if first.done else "yellow"),
        (f"   {plural(calls, 'call')}" if calls else "", "dim"),
    )
    worst = sorted(messages.items(), key=lambda item: (-item[1], item[0]))
    for message, count in worst[:_MESSAGES]:
        yield line((f"      {count:,} x {mask_numbers_in(message)}", "dim"))
    if len(worst) > _MESSAGES:
        yield line((f"      and {plural(len(worst) - _MESSAGES, 'other message')}", "dim"))


def _totals(report: ApplyReport) -> str:
    rows = sum(count for change in report.changes for outcome, count in change.outcomes.items() if outcome in DONE)
    left = sum(count for change in report.changes for outcome, count in change.outcomes.items() if outcome not in DONE)
    calls = sum(change.calls for change in report.changes)
    rest = f", {left:,} not done" if left else ""
    interrupted = " Interrupted." if report.interrupted else ""
    return f"Apply: {rows:,} done{rest}, {plural(calls, 'call')} in {report.seconds:.1f} s.{interrupted}"


def progress_line(progress: Progress) -> str:
    """Return one line about where a long apply stands."""
    left = f", about {progress.remaining:.0f} s left" if progress.remaining is not None else ""
    waiting = f", waiting for {progress.waiting}" if progress.waiting else ""
    level = f" {progress.level}:" if progress.level else ""
    return clean(
        f"{progress.dialer}:{level} {progress.done:,} of {progress.total:,} ({progress.rate:,.0f}/s{left}{waiting})"
    )
