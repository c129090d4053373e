"""The project's ledger: where it is, how it stands, and the care of it."""

import os
from pathlib import Path

from syncengine.config.origins import allowed_origins, check_ledger_server
from syncengine.config.project import owners_ledger
from syncengine.errors import DoubtfulLedgerError, UsageError
from syncengine.ledger import schema, upkeep
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.opening import open_ledger
from syncengine.ledger.recovery import Doubted, open_doubted
from syncengine.ledger.stores import open_store
from syncengine.ledger.upkeep import Status
from syncengine.steps.loading import Loaded

_SQLITE = "sqlite:///"


def ledger_of(loaded: Loaded) -> Ledger:
    """Open the project's ledger.

    Raises:
        ConfigError: the project's file names a server that the owner has not allowed.
        DoubtfulLedgerError: it is damaged, gone, older than it was or another one.
        LedgerError: it cannot be opened.
    """
    return open_ledger(_url_of(loaded), loaded.desired.project, beside=mark_folder(loaded))


def _url_of(loaded: Loaded) -> str:
    """Return the ledger's URL once it is sure that its password may go there."""
    if not owners_ledger(os.environ):
        check_ledger_server(loaded.project.file.ledger, allowed_origins(os.environ))
    return loaded.desired.ledger


def mark_folder(loaded: Loaded) -> Path:
    """Return the folder in which the project keeps what it knows of its ledger."""
    return loaded.root / ".syncengine"


def doubted_ledger(loaded: Loaded) -> Doubted:
    """Take up a ledger that is not what it was.

    Raises:
        UsageError: it is what it was.
    """
    try:
        ledger_of(loaded).close()
    except DoubtfulLedgerError:
        return open_doubted(_url_of(loaded), loaded.desired.project, beside=mark_folder(loaded))
    raise UsageError("the ledger is sound, so there is nothing to recover")


def ledger_status(loaded: Loaded) -> Status:
    """Return how the ledger stands."""
    with ledger_of(loaded) as ledger:
        return upkeep.status(ledger)


def check_ledger(loaded: Loaded) -> list[str]:
    """Return a sentence for everything in the ledger that is not as it must be."""
    with ledger_of(loaded) as ledger:
        return upkeep.check(ledger)


def back_up_ledger(loaded: Loaded, path: Path) -> int:
    """Write a copy of the ledger into a new file and return its size."""
    with ledger_of(loaded) as ledger:
        return upkeep.back_up(ledger, path)


def restore_ledger(loaded: Loaded, path: Path, *, now: float, wait: float) -> bool:
    """Put a backup in the ledger's place; False: it was as new as the ledger.

    Raises:
        LockedError: another run holds the ledger.
        LedgerError: it is no sound backup of this project.
    """
    try:
        ledger = ledger_of(loaded)
    except DoubtfulLedgerError:
        # What is there is not worth keeping in place; a damaged file is set aside.
        ledger = open_doubted(_url_of(loaded), loaded.desired.project, beside=mark_folder(loaded)).ledger
    with ledger:
        return upkeep.restore(ledger, path, now=now, wait=wait)


def move_ledger(loaded: Loaded, url: str, *, now: float, wait: float) -> int:
    """Move the project's ledger into another store and return how many rows that were.

    Raises:
        LockedError: another run holds the ledger.
        LedgerError: the target holds this project already, or something did not arrive as it was.
    """
    if url.startswith(_SQLITE):
        url = f"{_SQLITE}{loaded.root / url.removeprefix(_SQLITE)}"
    with ledger_of(loaded) as ledger:
        return upkeep.move(ledger, url, now=now, wait=wait)


def migrate_ledger(loaded: Loaded) -> tuple[int, int]:
    """Bring the ledger's tables up to date and return the schema version before and after."""
    store = open_store(_url_of(loaded))
    try:
        before = schema.migrate(store)
    finally:
        store.close()
    return before, schema.VERSION
