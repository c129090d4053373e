"""``syncengine state``: what waits for a person, and the person's word that settles it."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from syncengine.cli.options import project_option
from syncengine.errors import UsageError

if TYPE_CHECKING:
    from syncengine.sync import Loaded

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
_LOCK = click.option(
    "--lock-timeout", type=float, default=0.0, metavar="SECONDS", help="How long to wait for another run."
)


@click.group("state", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Show and settle calls whose outcome nobody knows.

    An answer that was lost is never guessed at: the call is settled by what the vendor can prove, or it is parked and
    waits here for a person who has looked at the dialer.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_command)


@command.command("list")
@project_option
@_JSON
def list_command(project: Path = Path("syncengine.yaml"), *, as_json: bool = False) -> None:
    """List what waits, by address."""
    from syncengine import sync
    from syncengine.cli.output import print_json
    from syncengine.cli.waiting_view import waiting_json, waiting_text

    waiting = sync.waiting_calls(_loaded(project))
    if as_json:
        print_json(waiting_json(waiting))
    else:
        click.echo(waiting_text(waiting))


@command.command("show")
@click.argument("call", type=int)
@project_option
@click.option("--show-personal-data", is_flag=True, help="Show keys and numbers whole, to look them up at the dialer.")
@_JSON
def show_command(call: int, project: Path, *, show_personal_data: bool, as_json: bool) -> None:
    """Show the rows of one waiting call."""
    from syncengine import sync
    from syncengine.cli.output import print_json
    from syncengine.cli.waiting_view import rows_json, rows_text

    found, rows = sync.waiting_rows(_loaded(project), call)
    if as_json:
        print_json(rows_json(found, rows, whole=show_personal_data))
    else:
        click.echo(rows_text(found, rows, whole=show_personal_data))


@command.command("resolve")
@click.argument("call", type=int, required=False)
@project_option
@click.option("--assume-sent", "assume", flag_value="sent", help="The call arrived: book it as done.")
@click.option("--resend", "assume", flag_value="not_sent", help="It did not arrive: the next plan sends it again.")
@click.option("--row", "key", metavar="KEY", help="Settle this row only, of CALL or wherever it waits at --address.")
@click.option("--address", metavar="ADDRESS", help="Where it waits, as my-dialer/contacts/my-campaign; without CALL.")
@_LOCK
@_JSON
def resolve_command(
    call: int | None,
    project: Path,
    assume: Literal["sent", "not_sent"] | None,
    key: str | None,
    address: str | None,
    *,
    lock_timeout: float,
    as_json: bool,
) -> None:
    """Settle a waiting call, or one row of it, after a look at the dialer.

    --resend of a call that did arrive adds people a second time, and --assume-sent of one that did not leaves them out
    (or, for a do-not-call entry, unprotected): look first.
    """
    from syncengine import sync
    from syncengine.cli.output import print_json
    from syncengine.model.address import Address
    from syncengine.model.phone import mask_key

    if assume is None:
        raise UsageError("say what happened: --assume-sent or --resend")
    if (call is None) is (address is None) or (address is not None and key is None):
        raise UsageError("name one call, one row of it (CALL --row KEY), or one row (--row KEY --address ADDRESS)")
    loaded, now = _loaded(project), time.time()
    if key is None:
        assert call is not None
        count = sync.resolve_call(loaded, call, assume, now=now, wait=lock_timeout)
        what = f"call {call}: {count:,} settled"
    else:
        try:
            place = Address.parse((address or "") if call is None else sync.waiting_rows(loaded, call)[0].address)
        except ValueError as problem:
            raise UsageError(str(problem)) from problem
        count = sync.resolve_row(loaded, place, key, assume, call=call, now=now, wait=lock_timeout)
        if not count:
            where = f"no waiting call at {place} is" if call is None else f"call {call} is not"
            raise UsageError(f"{where} about the row {mask_key(key)}")
        what = f"{place}: {mask_key(key)} settled in {count:,} call{'' if count == 1 else 's'}"
    words = "as sent" if assume == "sent" else "as not sent; the next plan sends it again"
    if as_json:
        print_json({"format_version": 1, "settled": count, "assumed": assume})
    else:
        click.echo(f"{what} {words}")


@command.command("unlock")
@click.argument("fence", type=int)
@project_option
def unlock_command(fence: int, project: Path) -> None:
    """Break the lock of a run that has surely died, at all its dialers; its number stands in the message about it."""
    from syncengine import sync

    if not sync.break_lock(_loaded(project), fence):
        raise UsageError(f"nobody holds the lock with number {fence} (any more)")
    click.echo("the lock is free")


def _loaded(project: Path) -> "Loaded":
    from syncengine import sync
    from syncengine.cli.output import show_warnings

    loaded = sync.load(project)
    show_warnings(loaded.diagnostics)
    return loaded
