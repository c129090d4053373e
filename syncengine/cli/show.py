"""``syncengine show``: a saved plan."""

from pathlib import Path

import click

from syncengine.cli.options import page_options


@click.command("show")
@click.argument("plan_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--show-personal-data", "whole", is_flag=True, help="Whole numbers and fields in a page.")
@page_options
def command(
    plan_file: Path, view: str, output: Path | None, whole_plan: str, *, whole: bool, as_json: bool, no_color: bool
) -> None:
    """Show a saved plan. Phones are masked; the file itself holds them."""
    from syncengine import sync
    from syncengine.cli.planning import put_plan
    from syncengine.model.row_lines import MOST_LINES
    from syncengine.planfile import load_plan

    plan, view = load_plan(plan_file), "json" if as_json else view
    put_plan(
        plan,
        view,
        lambda: sync.saved_lines(plan_file, plan, MOST_LINES, whole=whole),
        # The samples of a saved plan are masked for good; only a page has the rows themselves.
        whole=whole and view == "html",
        output=output,
        whole_plan=whole_plan,
        color=False if no_color else None,
    )
