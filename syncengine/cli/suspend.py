"""``syncengine suspend``."""

import time
from pathlib import Path

import click

from syncengine.cli.options import project_option


@click.command("suspend")
@project_option
@click.option("--reason", default="", metavar="TEXT", help="Why, for those who see it.")
def command(project: Path, reason: str) -> None:
    """Let the watchers of this project apply nothing until somebody resumes them.

    The mark is kept in the ledger, so every watcher on it heeds it, also after a restart. They go on planning and
    showing. Do-not-call entries wait too: for a pause that must not hold these, use a deny window in the project file.
    An apply by hand is not stopped.
    """
    from syncengine import landing, sync
    from syncengine.cli.watch_telling import local_time

    now = time.time()
    by = f"suspended by {landing.person()} on {local_time(now)}"
    landing.suspend_watchers(sync.load(project), f"{by}: {reason}" if reason else by, now=now)
    click.echo("watchers apply nothing, do-not-call entries included; go on with: syncengine resume")
