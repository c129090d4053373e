"""``syncengine show``: a saved plan."""

from pathlib import Path

import click

from syncengine.cli.options import view_options


@click.command("show")
@click.argument("plan_file", type=click.Path(dir_okay=False, path_type=Path))
@view_options
def command(plan_file: Path, view: str, *, as_json: bool, no_color: bool) -> None:
    """Show a saved plan. Phones are masked; the file itself holds them."""
    from syncengine.cli.planning import show_in
    from syncengine.planfile import load_plan

    show_in(load_plan(plan_file), "json" if as_json else view, color=False if no_color else None)
