"""``syncengine ledger export``: what the ledger knows, for jobs that may not see it."""

import json
import os
import secrets
from pathlib import Path

import click

from syncengine.cli.options import project_option
from syncengine.errors import SyncEngineError, UsageError


@click.group("ledger")
def command() -> None:
    """Look after the ledger."""


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
    from syncengine.cli.planning import show_warnings

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
