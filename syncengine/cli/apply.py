"""``syncengine apply``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syncengine.cli.exits import GUARD, IN_PART, INTERRUPTED, Exit
from syncengine.cli.options import planning_options, project_option, view_options
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine import sync
    from syncengine.cli.planning import Given
    from syncengine.cli.telling import Telling
    from syncengine.model.plan import Plan
    from syncengine.model.report import ApplyReport


@click.command("apply")
@click.argument("plan_file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@project_option
@planning_options
@click.option("--expect", default="", metavar="PLAN_ID", help="Go on only if today's plan has this id.")
@click.option("--auto-approve", "--yes", "-y", "approved", is_flag=True, help="Do not ask.")
@click.option("--lock-timeout", type=float, default=0.0, metavar="SECONDS", help="How long to wait for another run.")
@click.option("--only-free-dialers", is_flag=True, help="Leave out dialers that another run holds; ends with 3 then.")
@view_options
def command(
    plan_file: Path | None,
    project: Path,
    expect: str,
    *,
    approved: bool,
    lock_timeout: float,
    only_free_dialers: bool,
    **rest: Any,
) -> None:
    """Carry out a plan: a saved one, or the one of today.

    The plan is made anew and applied only when it is the one that was saved or expected. Several runs may work at
    different dialers at once. Exits with 3 when something was not done, 4 when a guard stops it, 5 when the plan is
    stale or another run holds one of its dialers.
    """
    from syncengine import sync
    from syncengine.cli.interrupt import interruptible
    from syncengine.cli.output import show_warnings
    from syncengine.cli.planning import Given, show_plan
    from syncengine.cli.reporting import asked, progress_shown
    from syncengine.cli.telling import Telling
    from syncengine.planfile import load_sealed

    given = Given(**rest)
    saved, seal = load_sealed(plan_file) if plan_file is not None else (None, None)
    loaded = sync.load(project)
    show_warnings(loaded.diagnostics)
    decided = approved or saved is not None or bool(expect)
    telling, left_out = Telling(loaded), _LeftOut()
    with interruptible() as stop, progress_shown() as on_progress:
        applying = sync.Applying(
            saved=saved,
            seal=seal,
            expect=expect,
            approve=asked(given, stop, decided=decided),
            on_progress=on_progress,
            on_planned=telling.look,
            interrupted=stop.asked,
            lock_timeout=lock_timeout,
            only_free_dialers=only_free_dialers,
            on_left_out=left_out.tell,
        )
        plan, report = _carry_out(loaded, given, applying, telling)
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
    if left_out.names:
        raise Exit(IN_PART)


@dataclass(slots=True)
class _LeftOut:
    """The dialers that other runs hold, told at once."""

    names: list[str] = field(default_factory=list)

    def tell(self, found: Mapping[str, str]) -> None:
        """Tell who holds them."""
        self.names += found
        for name, why in found.items():
            click.echo(f"{name} is left out: {why}", err=True)


def _carry_out(
    loaded: "sync.Loaded", given: "Given", applying: "sync.Applying", telling: "Telling"
) -> "tuple[Plan, ApplyReport | None]":
    """Apply; a plan that a guard stops is shown."""
    from syncengine import sync
    from syncengine.cli.planning import show_plan

    try:
        return sync.apply(loaded, given.options(), applying)
    except sync.NotApplicableError as stopped:
        show_plan(stopped.plan, given)
        telling.of_plan(stopped.plan, "guard")
        click.echo(f"error: {stopped}", err=True)
        raise Exit(GUARD) from stopped


def _tell(report: "ApplyReport", given: "Given") -> None:
    """Show the report and end with the code that it deserves."""
    from syncengine.cli.reporting import show_report

    show_report(report, given)
    if report.interrupted:
        raise Exit(INTERRUPTED)
    if not report.complete:
        raise Exit(IN_PART)
