"""``syncengine apply``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syncengine.cli.exits import GUARD, IN_PART, INTERRUPTED, Exit
from syncengine.cli.options import planning_options, project_option, view_options
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.cli.planning import Given
    from syncengine.model.report import ApplyReport


@click.command("apply")
@click.argument("plan_file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@project_option
@planning_options
@click.option("--expect", default="", metavar="PLAN_ID", help="Go on only if today's plan has this id.")
@click.option("--auto-approve", "--yes", "-y", "approved", is_flag=True, help="Do not ask.")
@click.option("--lock-timeout", type=float, default=0.0, metavar="SECONDS", help="How long to wait for another run.")
@view_options
def command(
    plan_file: Path | None, project: Path, expect: str, *, approved: bool, lock_timeout: float, **rest: Any
) -> None:
    """Carry out a plan: a saved one, or the one of today.

    The plan is made anew and applied only when it is the one that was saved or expected. Exits with 3 when something
    was not done, 4 when a guard stops it, 5 when the plan is stale or another run holds the ledger.
    """
    from syncengine import sync
    from syncengine.cli.interrupt import interruptible
    from syncengine.cli.planning import Given, show_plan, show_warnings
    from syncengine.cli.reporting import asked, progress_shown
    from syncengine.cli.telling import Telling
    from syncengine.planfile import load_sealed

    given = Given(**rest)
    saved, seal = load_sealed(plan_file) if plan_file is not None else (None, None)
    loaded = sync.load(project)
    show_warnings(loaded.diagnostics)
    decided = approved or saved is not None or bool(expect)
    telling = Telling(loaded)
    with interruptible() as stop, progress_shown() as on_progress:
        ask = asked(given, stop, decided=decided)
        try:
            plan, report = sync.apply(
                loaded,
                given.options(),
                sync.Applying(
                    saved=saved,
                    seal=seal,
                    expect=expect,
                    approve=ask,
                    on_progress=on_progress,
                    on_planned=telling.look,
                    interrupted=stop.asked,
                    lock_timeout=lock_timeout,
                ),
            )
        except sync.NotApplicableError as stopped:
            show_plan(stopped.plan, given)
            telling.of_plan(stopped.plan, "guard")
            click.echo(f"error: {stopped}", err=True)
            raise Exit(GUARD) from stopped
    telling.of_apply(plan, report)
    if report is not None:
        _tell(report, given)
    elif stop.asked():
        raise KeyboardInterrupt
    elif plan.empty:
        show_plan(plan, given)
    else:
        raise UsageError("not approved; nothing was sent")
    if plan.held_sources:
        names = ", ".join(plan.held_sources)
        click.echo(f"error: do-not-call lists are not sound, so what they cover is held: {names}", err=True)
        raise Exit(GUARD)


def _tell(report: "ApplyReport", given: "Given") -> None:
    """Show the report and end with the code that it deserves."""
    from syncengine.cli.reporting import show_report

    show_report(report, given)
    if report.interrupted:
        raise Exit(INTERRUPTED)
    if not report.complete:
        raise Exit(IN_PART)
