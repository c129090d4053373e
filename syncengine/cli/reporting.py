"""Asking before an apply, showing how far it is, and what it did."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from syncengine.cli.output import on_a_terminal, print_json, print_text
from syncengine.cli.planning import Given, show_plan
from syncengine.errors import UsageError
from syncengine.model.plan import Plan
from syncengine.model.report import ApplyReport, Progress


def asked(given: Given, *, decided: bool) -> Callable[[Plan], bool]:
    """Return what is asked with the plan before anything is sent.

    Raises:
        UsageError: nobody has decided, and there is no terminal to ask on.
    """
    if decided:
        return lambda _: True
    if not on_a_terminal():
        raise UsageError("off a terminal, apply needs a saved plan, --expect PLAN_ID or --auto-approve")

    def ask(plan: Plan) -> bool:
        show_plan(plan, given)
        return click.confirm("\nApply exactly this?", default=False)

    return ask


@contextmanager
def progress_shown() -> Iterator[Callable[[Progress], None]]:
    """Yield a listener that keeps one line up to date on a terminal, and says nothing elsewhere."""
    from syncengine.views.report_text import progress_line

    shown = False

    def show(progress: Progress) -> None:
        nonlocal shown
        if not sys.stderr.isatty():
            return
        shown = True
        click.echo(f"\r\x1b[2K{progress_line(progress)}", err=True, nl=False)

    try:
        yield show
    finally:
        if shown:
            click.echo("\r\x1b[2K", err=True, nl=False)


def show_report(report: ApplyReport, given: Given) -> None:
    """Print what an apply did in the view that was asked for."""
    from syncengine.views.as_json import report_json
    from syncengine.views.markdown import report_markdown
    from syncengine.views.report_text import report_text

    match given.shown_as:
        case "json":
            print_json(report_json(report))
        case "markdown":
            click.echo(report_markdown(report))
        case "text":
            print_text(report_text(report), color=given.color)
