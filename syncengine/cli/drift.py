"""``syncengine drift``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncengine.cli.exits import CHANGES, Exit
from syncengine.cli.options import project_option

if TYPE_CHECKING:
    from syncengine.model.watching import Drift


@click.command("drift")
@project_option
@click.option("--dialer", "dialers", multiple=True, metavar="NAME", help="Only this dialer; may be repeated.")
@click.option("--target", "targets", multiple=True, metavar="CAMPAIGN", help="Only this campaign; may be repeated.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there is drift.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(
    project: Path, dialers: tuple[str, ...], targets: tuple[str, ...], *, detailed_exitcode: bool, as_json: bool
) -> None:
    """Show what dialers hold otherwise than it was last applied, though no file changed.

    Everything is read, and no dialer is written to. What changed in the files is no drift: plan shows that.
    """
    from syncengine import landing, sync
    from syncengine.cli.output import print_json

    options = sync.Options(refresh="full", dialers=dialers, campaigns=targets)
    with sync.planned(sync.load(project), options) as made:
        found = landing.drift_of(made)
        plan = made.plan
    unread = [note for note in plan.notes if "not whole" in note]
    if as_json:
        print_json(_document(found, unread))
    else:
        _show(found, unread)
    if detailed_exitcode and found:
        raise Exit(CHANGES)


def _document(found: "tuple[Drift, ...]", unread: list[str]) -> dict[str, object]:
    from syncengine.model.plan import FORMAT_VERSION
    from syncengine.views.as_json import jsonable

    return {"format_version": FORMAT_VERSION, "drift": jsonable(found), "unread": unread}


def _show(found: "tuple[Drift, ...]", unread: list[str]) -> None:
    from syncengine.cli.watch_telling import rows_of

    for drift in found:
        click.echo(f"{drift.address}: {rows_of(drift)}{drift.what}")
    for note in unread:
        click.echo(f"not known: {note}", err=True)
    if not found:
        click.echo("No drift: the dialers hold what was last applied, as far as they can be read.")
