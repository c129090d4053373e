"""Asking before an apply, showing how far it is, and what it did."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from syncengine.cli.interrupt import Stop, interrupting_at_once
from syncengine.cli.output import on_a_terminal, print_json, print_text
from syncengine.cli.planning import Given, show_in
from syncengine.errors import UsageError
from syncengine.model.plan import Plan
from syncengine.model.report import ApplyReport, Progress


def asked(given: Given, stop: Stop, *, decided: bool) -> Callable[[Plan], bool]:
    """Return what is asked with the plan before anything is sent.

    Raises:
        UsageError: nobody has decided, and there is no terminal to ask on.
    """
    if decided:
        return lambda _: not stop.asked()
    if not on_a_terminal():
        raise UsageError("off a terminal, apply needs a saved plan, --expect PLAN_ID or --auto-approve")

    def ask(plan: Plan) -> bool:
        if stop.asked():
            return False
        # stdout is kept for the report where a program reads it.
        as_json = given.shown_as == "json"
        show_in(plan, "text" if as_json else given.shown_as, color=given.color, err=as_json)
        with interrupting_at_once():
            return click.confirm("\nApply exactly this?", default=False, err=as_json)

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
