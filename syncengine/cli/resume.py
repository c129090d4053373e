"""``syncengine resume``."""

import time
from pathlib import Path

import click

from syncengine.cli.options import project_option


@click.command("resume")
@project_option
def command(project: Path) -> None:
    """Let the watchers of this project apply again.

    What they had given up for now is tried again, and a clock that was set back is believed as it is.
    """
    from syncengine import landing, sync

    found = landing.resume_watchers(sync.load(project), now=time.time())
    click.echo(f"resumed ({found})" if found else "nothing was suspended; what failed is tried again at the next look")
