"""``syncengine plan``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from syncengine.cli.exits import CHANGES, GUARD, Exit
from syncengine.cli.options import page_options, planning_options, project_option
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.cli.planning import Given


@click.command("plan")
@project_option
@planning_options
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan here, for: apply FILE.")
@click.option(
    "--notify",
    type=click.Choice(["approval", "drift"]),
    help="Tell the notifications of the project file that this plan waits for approval, or that it is drift.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.option("--show-personal-data", "whole", is_flag=True, help="Whole numbers and fields, as text or page.")
@click.option("--offline", is_flag=True, help="Without ledger, credential or network: for a branch nobody has read.")
@click.option(
    "--ledger-export",
    "export",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What the ledger knows, from: syncengine ledger export --for-ci. For --offline.",
)
@click.option(
    "--base",
    type=click.Path(exists=True, path_type=Path),
    help="The project as it was at that export, where data files have changed since. For --offline.",
)
@page_options
def command(
    project: Path,
    *,
    out: Path | None,
    output: Path | None,
    whole_plan: str,
    export: Path | None,
    base: Path | None,
    notify: Literal["approval", "drift"] | None,
    detailed_exitcode: bool,
    whole: bool,
    offline: bool,
    **rest: Any,
) -> None:
    """Show what an apply would change. No dialer is written to.

    What do-not-call files state is kept in the ledger from its first reading on. Exits with 4 when a guard stops the
    plan, or when a do-not-call file is not sound and holds what it covers.
    """
    from syncengine import sync
    from syncengine.cli.output import show_warnings
    from syncengine.cli.planning import Given, put_plan
    from syncengine.model.row_lines import MOST_LINES

    given = Given(**rest)
    _check_offline(export, base, given=given, offline=offline)
    if offline and notify is not None:
        raise UsageError("--notify reaches out; --offline does not")
    loaded = sync.load(project)
    show_warnings(loaded.diagnostics)
    planned = (
        sync.planned_offline(loaded, given.options(), export, base) if export else sync.planned(loaded, given.options())
    )
    with planned as made:
        if out is not None:
            made.save(out)
        put_plan(
            made.unmasked() if whole and given.shown_as == "text" else made.plan,
            given.shown_as,
            lambda: made.lines(MOST_LINES, whole=whole),
            whole=whole,
            output=output,
            whole_plan=whole_plan,
            color=given.color,
        )
        if out is not None:
            click.echo(f"saved to {out}; apply it within a day with: syncengine apply {out}", err=True)
        if notify is not None:
            from syncengine.cli.telling import Telling

            telling = Telling(loaded)
            telling.look(made)
            telling.of_plan(made.plan, notify)
        if not made.plan.applicable or made.plan.held_sources:
            raise Exit(GUARD)
        if detailed_exitcode and not made.plan.empty:
            raise Exit(CHANGES)


def _check_offline(export: Path | None, base: Path | None, *, given: "Given", offline: bool) -> None:
    """Refuse a command line that means two things."""
    if offline and export is None:
        raise UsageError("--offline needs --ledger-export FILE, from: syncengine ledger export --for-ci FILE")
    if not offline and (export is not None or base is not None):
        raise UsageError("--ledger-export and --base are for --offline")
    if offline and given.vendor_check:
        raise UsageError("--vendor-check asks a dialer; --offline asks nobody")
