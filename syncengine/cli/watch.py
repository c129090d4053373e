"""``syncengine watch``."""

import signal
from pathlib import Path
from typing import Any

import click

from syncengine.cli.exits import INTERRUPTED, Exit
from syncengine.cli.options import planning_options, project_option, span_of_time, view_options
from syncengine.errors import UsageError


@click.command("watch")
@project_option
@planning_options
@click.option("--apply", "applies", is_flag=True, help="Apply each plan that no guard stops, without asking.")
@click.option(
    "--settle",
    callback=span_of_time,
    metavar="SPAN",
    help="How long files must be left alone before they are read.  [2s]",
)
@click.option(
    "--interval", callback=span_of_time, metavar="SPAN", help="How often to plan though no file changed.  [15m]"
)
@click.option("--once", is_flag=True, help="Act once, as soon as the files are settled, and end.")
@view_options
def command(
    project: Path, *, applies: bool, settle: float | None, interval: float | None, once: bool, **rest: Any
) -> None:
    """Plan at the start, after every change of the project's files, and by the clock.

    A file counts as changed when it has been left alone for a while. Broken files and dialers that do not answer are
    told and waited out. With --json each event is one line of JSON. SIGTERM ends it with 0, Ctrl-C with 130, both after
    the calls under way.
    """
    from syncengine.cli.interrupt import interruptible
    from syncengine.cli.planning import Given
    from syncengine.cli.watching import Watcher
    from syncengine.watch import Watching, watch

    given = Given(**rest)
    if given.allow_dnd_remove:
        raise UsageError("watch releases nobody from a do-not-call list: apply one plan by hand, with --expect PLAN_ID")
    with interruptible() as stop:
        watcher = Watcher(project=project, given=given, applies=applies, stop=stop, once=once)
        stated = watcher.times()
        watching = Watching(
            root=watcher.root,
            files=watcher.files,
            settle=stated.settle if settle is None else settle,
            interval=stated.interval if interval is None else interval,
        )
        watch(watching, watcher.act, stop.event)
    if stop.number == signal.SIGINT:
        raise Exit(INTERRUPTED)
    if once and watcher.code:
        raise Exit(watcher.code)
