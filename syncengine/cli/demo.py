"""``syncengine demo``."""

import tempfile
from pathlib import Path

import click

from syncengine.cli.exits import Exit


@click.command("demo")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", help="Leave the project here."
)
@click.option("--no-color", is_flag=True, help="No colour, also on a terminal.")
def command(keep: Path | None, *, no_color: bool) -> None:
    """Watch the whole job run on this machine: five fake dialers, planned, applied, and asked what they hold.

    Takes about 20 seconds, needs no account and no network, and exits with 0 only when everything it says was true.
    """
    from syncengine.cli.demo_story import tell

    color = False if no_color else None
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        true = tell(keep.resolve(), kept=True, color=color)
    else:
        with tempfile.TemporaryDirectory(prefix="syncengine-demo-") as folder:
            true = tell(Path(folder).resolve(), kept=False, color=color)
    if not true:
        raise Exit(1)
