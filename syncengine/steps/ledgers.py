"""Where a project's ledger is, and where the mark that tells whether it is still the same one."""

from pathlib import Path

from syncengine.ledger.ledger import Ledger
from syncengine.ledger.opening import open_ledger
from syncengine.steps.loading import Loaded


def ledger_of(loaded: Loaded) -> Ledger:
    """Open the project's ledger.

    Raises:
        DoubtfulLedgerError: it is damaged, gone, older than it was or another one.
        LedgerError: it cannot be opened.
    """
    return open_ledger(loaded.desired.ledger, loaded.desired.project, beside=mark_folder(loaded))


def mark_folder(loaded: Loaded) -> Path:
    """Return the folder in which the project keeps what it knows of its ledger."""
    return loaded.root / ".syncengine"
