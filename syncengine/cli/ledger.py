"""``syncengine ledger``: how the ledger stands, whether it is sound, copies of it, and its recovery."""

import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncengine.cli.exits import ERROR, Exit
from syncengine.cli.options import project_option
from syncengine.errors import SyncEngineError, UsageError
from syncengine.model.counted import plural

if TYPE_CHECKING:
    from syncengine.sync import Loaded

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
_LOCK = click.option(
    "--lock-timeout", type=float, default=0.0, metavar="SECONDS", help="How long to wait for another run."
)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("ledger")
def command() -> None:
    """Look after the ledger: what was written to the dialers, and what came back.

    It is the only memory of what a dialer that cannot be read was told. A ledger that is damaged, gone or older than it
    was is refused by every command until it was recovered.
    """


@command.command("status")
@project_option
@_JSON
def status_command(project: Path, *, as_json: bool) -> None:
    """Say where it is, what it knows, and who works with it."""
    from syncengine import sync
    from syncengine.cli.ledger_view import status_json, status_text
    from syncengine.cli.output import print_json

    found = sync.ledger_status(_loaded(project))
    if as_json:
        print_json(status_json(found))
    else:
        click.echo(status_text(found))


@command.command("check")
@project_option
@_JSON
def check_command(project: Path, *, as_json: bool) -> None:
    """Look through all of it: pages, indexes, and what must be true of what it says.

    Exits with 1 if something is not.
    """
    from syncengine import sync
    from syncengine.cli.output import print_json

    wrong = sync.check_ledger(_loaded(project))
    if as_json:
        print_json({"format_version": 1, "sound": not wrong, "wrong": wrong})
    else:
        click.echo("\n".join(wrong) if wrong else "the ledger is sound")
    if wrong:
        raise Exit(ERROR)


@command.command("backup")
@click.argument("file", type=_FILE)
@project_option
def backup_command(file: Path, project: Path) -> None:
    """Write a copy as of this moment into a new FILE; runs may go on meanwhile. It holds phone numbers."""
    from syncengine import sync

    size = sync.back_up_ledger(_loaded(project), file)
    click.echo(f"{file}: {size:,} bytes")


@command.command("restore")
@click.argument("file", type=_FILE)
@project_option
@_LOCK
def restore_command(file: Path, project: Path, lock_timeout: float) -> None:
    """Put a backup in the ledger's place. What was sent since is not in it, so that it must be recovered next."""
    from syncengine import sync

    if sync.restore_ledger(_loaded(project), file, now=time.time(), wait=lock_timeout):
        click.echo("the backup is in place; nothing is planned or sent until: syncengine ledger recover")
    else:
        click.echo("the backup is as new as the ledger; nothing was changed")


@command.command("recover")
@project_option
@_LOCK
@_JSON
def recover_command(project: Path, lock_timeout: float, *, as_json: bool) -> None:
    """Make a ledger that was damaged, deleted or put back from a backup one to go on with. Nothing is sent.

    Do-not-call sources and dialers are read. Additions of which nothing proves that they were not made before are
    parked: a person looks at the dialer and settles them with `syncengine state resolve`.
    """
    from syncengine import sync
    from syncengine.cli.ledger_view import recovered_json, recovered_text
    from syncengine.cli.output import print_json

    found = sync.recover(_loaded(project), sync.Options(), wait=lock_timeout)
    if as_json:
        print_json(recovered_json(found))
    else:
        click.echo(recovered_text(found))


@command.command("erase")
@click.argument("number")
@project_option
@click.option(
    "--assume-gone", is_flag=True, help="They were taken out by hand at dialers where the ledger has them still."
)
@_LOCK
@_JSON
def erase_command(number: str, project: Path, lock_timeout: float, *, assume_gone: bool, as_json: bool) -> None:
    """Erase the person with a NUMBER, in international form; - reads it from stdin, so that no history keeps it.

    What the ledger and the files beside it hold of them goes. Do-not-call lists on which they are know them by a keyed
    digest from then on, made with the project's erasure_key: they stay in force, and nobody can read from them who it
    is. The project's own files are only named.
    """
    from syncengine import sync
    from syncengine.cli.ledger_view import erasure_json, erasure_text
    from syncengine.cli.output import print_json

    said = sys.stdin.readline() if number == "-" else number
    found = sync.erase_person(_loaded(project), said, assume_gone=assume_gone, now=time.time(), wait=lock_timeout)
    if as_json:
        print_json(erasure_json(found))
    else:
        click.echo(erasure_text(found))


@command.command("migrate")
@project_option
def migrate_command(project: Path) -> None:
    """Bring the tables to this program's version, as every other command does by itself. Make a backup before."""
    from syncengine import sync

    before, after = sync.migrate_ledger(_loaded(project))
    click.echo(f"schema version {after}" if before == after else f"schema version {before} -> {after}")


@command.command("move")
@click.option("--to", "url", required=True, metavar="URL", help="sqlite:///PATH or postgresql://HOST/DATABASE")
@project_option
@_LOCK
def move_command(url: str, project: Path, lock_timeout: float) -> None:
    """Move the ledger into another store, compared there row for row; the old one is closed for good."""
    from syncengine import sync

    loaded = _loaded(project)
    rows = sync.move_ledger(loaded, url, now=time.time(), wait=lock_timeout)
    click.echo(f"{plural(rows, 'row was', 'rows were')} moved and compared; now write into {project}: ledger: {url}")


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--for-ci", is_flag=True, help="Without a person in it: for plans of pull requests that nobody has read.")
@project_option
def export_command(file: Path, project: Path, *, for_ci: bool) -> None:
    """Write what the ledger knows into FILE.

    With --for-ci the file names no person: rows are told by their place in the data files as they are now, so that
    only who has those files can tell whom it means. Make one after every apply; `plan --offline` reads it.
    """
    from syncengine import sync
    from syncengine.cli.output import show_warnings

    if not for_ci:
        raise UsageError("say what the export is for: --for-ci")
    loaded = sync.load(project)
    show_warnings(loaded.diagnostics)
    facts = sync.export_facts(loaded, sync.Options(), salt=secrets.token_hex(16))
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    beside = file.with_name(f".{file.name}.new")
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)
        beside.replace(file)
    except OSError as problem:
        raise SyncEngineError(f"the export cannot be written to {file}: {problem.strerror}") from problem
    click.echo(f"written to {file}; plan a branch against it with: syncengine plan --offline --ledger-export {file}")


def _loaded(project: Path) -> "Loaded":
    from syncengine import sync
    from syncengine.cli.output import show_warnings

    loaded = sync.load(project)
    show_warnings(loaded.diagnostics)
    return loaded
