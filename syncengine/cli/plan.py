"""``syncengine plan``."""

from pathlib import Path
from typing import Any

import click

from syncengine.cli.exits import CHANGES, GUARD, Exit
from syncengine.cli.options import page_options, planning_options, project_option


@click.command("plan")
@project_option
@planning_options
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan here, for: apply FILE.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.option("--show-personal-data", "whole", is_flag=True, help="Whole numbers and fields, as text or page.")
@page_options
def command(
    project: Path,
    out: Path | None,
    output: Path | None,
    whole_plan: str,
    *,
    detailed_exitcode: bool,
    whole: bool,
    **rest: Any,
) -> None:
    """Show what an apply would change. No dialer is written to.

    What do-not-call files state is kept in the ledger from its first reading on. Exits with 4 when a guard stops the
    plan, or when a do-not-call file is not sound and holds what it covers.
    """
    from syncengine import sync
    from syncengine.cli.planning import Given, put_plan, show_warnings
    from syncengine.model.row_lines import MOST_LINES

    given = Given(**rest)
    loaded = sync.load(project)
    show_warnings(loaded.diagnostics)
    with sync.planned(loaded, given.options()) as made:
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
        if not made.plan.applicable or made.plan.held_sources:
            raise Exit(GUARD)
        if detailed_exitcode and not made.plan.empty:
            raise Exit(CHANGES)
