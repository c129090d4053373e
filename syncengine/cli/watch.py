"""``syncengine watch``."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syncengine.cli.exits import INTERRUPTED, Exit
from syncengine.cli.options import planning_options, project_option, span_of_time, view_options
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.cli.watching import Watcher


@click.command("watch")
@project_option
@planning_options
@click.option("--apply", "applies", is_flag=True, help="Apply what the project's policy lets land, without asking.")
@click.option(
    "--settle",
    callback=span_of_time,
    metavar="SPAN",
    help="How long files must be left alone before they are read.  [2s]",
)
@click.option(
    "--interval", callback=span_of_time, metavar="SPAN", help="How often to compare though no file changed.  [15m]"
)
@click.option("--once", is_flag=True, help="Act once, as soon as the files are settled, and end.")
@click.option("--listen", metavar="HOST:PORT", help="Serve a status page, /healthz, /readyz and /metrics here.")
@click.option("--listen-beyond-this-machine", "beyond", is_flag=True, help="Let --listen be open to other machines.")
@view_options
def command(
    project: Path,
    *,
    applies: bool,
    settle: float | None,
    interval: float | None,
    once: bool,
    listen: str | None,
    beyond: bool,
    **rest: Any,
) -> None:
    """Plan at the start, after every change of the project's files, and by the clock.

    A file counts as changed when it has been left alone for a while. Broken files and dialers that do not answer are
    told and waited out. With --apply, only what the project file lets land by itself is applied (watch: may_land,
    windows, heal); do-not-call entries always may. With --json each event is one line of JSON. SIGTERM ends it with 0,
    Ctrl-C with 130, both after the calls under way.
    """
    from syncengine.cli.interrupt import interruptible
    from syncengine.cli.planning import Given
    from syncengine.cli.watching import Watcher
    from syncengine.watch.files import Files
    from syncengine.watch.loop import Watching, watch

    given = Given(**rest)
    if given.allow_dnd_remove:
        raise UsageError("watch releases nobody from a do-not-call list: apply one plan by hand, with --expect PLAN_ID")
    with interruptible() as stop:
        watcher = Watcher(project=project, given=given, applies=applies, stop=stop, once=once)
        stated = watcher.times()
        with _company(watcher, listen, beyond=beyond) as alive:
            watching = Watching(
                files=Files(named=watcher.files, project=project, drops=watcher.drops),
                settle=stated.settle if settle is None else settle,
                interval=stated.interval if interval is None else interval,
                jitter=stated.jitter,
                wanted=watcher.wanted,
                alive=alive,
                waiting=watcher.waiting,
            )
            watch(watching, watcher.act, stop.event)
            watcher.end_notices()
    if stop.number == signal.SIGINT:
        raise Exit(INTERRUPTED)
    if once and watcher.code:
        raise Exit(watcher.code)


@contextmanager
def _company(watcher: "Watcher", listen: str | None, *, beyond: bool) -> Iterator[Callable[[], None]]:
    """Keep the seat among watchers, the service manager and the page informed; yields the watcher's sign of life."""
    from syncengine.cli.watch_company import keeping_company

    with ExitStack() as stack:
        if listen is not None:
            from syncengine.face.server import serving

            board, url = stack.enter_context(serving(listen, beyond=beyond))
            watcher.publish = board.post
            click.echo(f"the watcher shows itself at {url}", err=True)
            yield stack.enter_context(keeping_company(watcher, board.alive))
            return
        yield stack.enter_context(keeping_company(watcher))
