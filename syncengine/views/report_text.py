"""What an apply did, on a terminal: every change with every outcome, alarms last so that they are read."""

from collections.abc import Iterator

from rich.text import Text

from syncengine.model.report import DONE, ApplyReport, ChangeReport, Progress
from syncengine.views.wording import OUTCOMES, clean, plural


def report_text(report: ApplyReport) -> Text:
    """Return the report as styled text."""
    lines = [
        Text("Applied" if report.complete else "Applied in part", "bold green" if report.complete else "bold yellow")
    ]
    for change in report.changes:
        lines += list(_change(change))
    if report.parked:
        lines += [Text(""), Text("Waiting for a person", "bold yellow")]
        lines += [Text(f"  {clean(line)}", "yellow") for line in report.parked]
    if report.alarms:
        lines += [Text(""), Text("ALARM", "bold red")]
        lines += [Text(f"  {clean(line)}", "red") for line in report.alarms]
    lines += [Text(""), Text(_totals(report), "bold")]
    return Text("\n").join(lines)


def _change(change: ChangeReport) -> Iterator[Text]:
    outcomes = ", ".join(
        f"{count:,} {OUTCOMES[outcome]}" for outcome, count in sorted(change.outcomes.items()) if count
    )
    style = "" if change.done else "yellow"
    yield Text.assemble(
        "  ",
        ("✓ " if change.done else "✗ ", "green" if change.done else "red"),
        (f"{change.action} {clean(str(change.address))}: {outcomes}", style),
        (f"   {plural(change.calls, 'call')}" if change.calls else "", "dim"),
    )
    worst = sorted(change.messages.items(), key=lambda item: (-item[1], item[0]))[:3]
    for message, count in worst:
        yield Text(f"      {count:,} x {clean(message)}", "dim")


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
    return (
        f"{progress.dialer}: {progress.level}: {progress.done:,} of {progress.total:,}"
        f" ({progress.rate:,.0f}/s{left}{waiting})"
    )
