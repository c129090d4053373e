"""The care of a ledger: how it stands, whether it is sound, copies of it, and another home for it."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from syncengine.errors import LedgerError
from syncengine.ledger import invariants, lock, schema, statements
from syncengine.ledger.connection import Database, sync_folder
from syncengine.ledger.failures import translated
from syncengine.ledger.held import LEASE_SECONDS
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.opening import MOVED
from syncengine.ledger.records import LockHolder, RunRecord
from syncengine.ledger.store import Session
from syncengine.ledger.stores import open_store
from syncengine.ledger.transfer import copy_project, erase_project

RESTORED = "was put back from a backup, and what was sent since then is not in it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a ledger stands."""

    where: str
    project: str
    schema_version: int
    lineage: str
    serial: int
    holders: Sequence[LockHolder]
    # Do-not-call numbers in force, and campaigns.
    statements: int
    campaigns: int
    # Address -> rows that are settled there.
    rows: Mapping[str, int]
    open_calls: int
    parked_calls: int
    last_run: RunRecord | None


def status(ledger: Ledger) -> Status:
    """Return how a ledger stands."""
    mine = (ledger.project,)
    with ledger.reading() as session:
        in_force = "SELECT count(*) FROM statement WHERE project = ? AND released_at IS NULL"
        rows = (
            "SELECT c.address, count(*) FROM collection c JOIN collection_row r ON r.collection_id = c.collection_id"
            " WHERE c.project = ? GROUP BY c.address ORDER BY c.address"
        )
        lineage, serial = schema.basis(session, ledger.project)
        counted = [
            session.execute(query, mine).fetchone()[0]
            for query in (in_force, "SELECT count(*) FROM campaign WHERE project = ?")
        ]
        settled = dict(session.execute(rows, mine).fetchall())
        version = schema.version(session)
    return Status(
        where=ledger.store.name,
        project=ledger.project,
        schema_version=version,
        lineage=lineage,
        serial=serial,
        holders=ledger.lock_holders(),
        statements=counted[0],
        campaigns=counted[1],
        rows=settled,
        open_calls=len(ledger.unfinished_calls()),
        parked_calls=len(ledger.parked()),
        last_run=next(iter(ledger.history(1)), None),
    )


def check(ledger: Ledger) -> list[str]:
    """Return a sentence for everything that is not as it must be; none: the ledger is sound."""
    with ledger.reading() as session:
        return [*ledger.store.damages(), *invariants.broken(session, ledger.project)]


def back_up(ledger: Ledger, path: Path) -> int:
    """Write a copy as it stands at this moment into a new file, for its owner alone; return its size.

    Raises:
        LedgerError: the file is there already, or cannot be written.
    """
    with translated(path):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise LedgerError(f"{path} is there already; a backup never replaces a file, name another one") from None
        try:
            ledger.store.copy_into(path, ledger.project)
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise
        sync_folder(path.parent)
        return path.stat().st_size


def restore(ledger: Ledger, path: Path, *, now: float, wait: float) -> bool:
    """Replace what the ledger holds of its project by what a backup holds; False: the backup was as new as the ledger.

    Raises:
        LedgerError: the file is no sound ledger of this project.
        LockedError: another run holds the ledger.
    """
    if not path.is_file():
        raise LedgerError(f"there is no backup {path}")
    backup = Database.open_copy(path)
    try:
        schema.migrate(backup)
        with backup.read() as source:
            _refuse_foreign(source, ledger.project, path)
            found = schema.basis(source, ledger.project)
            if found == ledger.basis():
                return False
            with ledger.lock("restore", now=now, wait=wait) as fence, ledger.store.write() as target:
                # A backup lacks who has opted out since, and who was erased since: their lines may be gone everywhere.
                statements.set_aside(target, ledger.project)
                erase_project(target, ledger.project)
                copy_project(source, target, ledger.project)
                statements.put_back(target, ledger.project)
                schema.set_doubt(target, ledger.project, RESTORED)
                lock.hold_after_copy(target, ledger.project, fence, operation="restore", now=now, lease=LEASE_SECONDS)
    finally:
        backup.close()
    return True


def _refuse_foreign(session: Session, project: str, path: Path) -> None:
    found = session.execute("SELECT 1 FROM project WHERE project = ?", (project,)).fetchone()
    if found is None:
        raise LedgerError(f'{path} holds no ledger of the project "{project}"')


def move(ledger: Ledger, url: str, *, now: float, wait: float) -> int:
    """Copy the project's ledger into another store, compare it there row for row, and close the old one for good.

    Raises:
        LedgerError: the target knows the project already, or something did not arrive as it was.
        LockedError: another run holds the ledger.
    """
    target = open_store(url)
    try:
        schema.migrate(target)
        if target.name == ledger.store.name:
            raise LedgerError("that is where the ledger is already")
        # Under a write transaction, so that nobody adds a do-not-call statement here after it was copied.
        with ledger.lock("move", now=now, wait=wait), ledger.store.write() as source:
            with target.write() as into:
                counts = copy_project(source, into, ledger.project)
            schema.set_doubt(source, ledger.project, f"{MOVED} {target.name}; name that in the project file")
    finally:
        target.close()
    return sum(counts.values())
