"""What was: the runs that the ledger remembers with their calls, and the rows that the last plan set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from syncengine.errors import UsageError
from syncengine.ledger.records import CallLine, RunRecord
from syncengine.model.set_aside import SetAside
from syncengine.rows.rejects import read_rejects
from syncengine.steps.ledgers import ledger_of
from syncengine.steps.loading import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRejects:
    """What one contact list had to set aside."""

    name: str
    # Below the project's folder.
    file: str
    # Seconds since 1970 at which it was written.
    written_at: float
    rows: Sequence[SetAside]


def runs(loaded: Loaded, limit: int) -> Sequence[RunRecord]:
    """Return the last runs, newest first; changes nothing."""
    with ledger_of(loaded) as ledger:
        return ledger.history(limit)


def calls_of_run(loaded: Loaded, run_id: int) -> Sequence[CallLine]:
    """Return the calls of a run in the order in which they were made.

    Raises:
        UsageError: the ledger has no such run of this project, or it made no call.
    """
    with ledger_of(loaded) as ledger:
        calls = ledger.calls_of_run(run_id)
    if not calls:
        raise UsageError(f"the ledger has no calls of a run {run_id} in this project; `syncengine history` lists runs")
    return calls


def rejects_file(folder: Path, name: str) -> Path:
    """Return where the rows that a contact list had to set aside are kept."""
    return folder / "rejects" / f"{name}.csv"


def rejects(loaded: Loaded) -> list[ListRejects]:
    """Return the set-aside rows of every contact list of the manifest that has any, as the last plan found them.

    Raises:
        SyncEngineError: a file of them cannot be read.
    """
    found = []
    for name in loaded.desired.contacts:
        path = rejects_file(loaded.kept, name)
        if path.is_file():
            kept = str(path.relative_to(loaded.root) if path.is_relative_to(loaded.root) else path)
            found.append(ListRejects(name=name, file=kept, written_at=path.stat().st_mtime, rows=read_rejects(path)))
    return found
