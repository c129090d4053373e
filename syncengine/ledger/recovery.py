"""Take up a ledger that is not what it was, doubting what it says; ``steps/recovering.py`` tells what is done then."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from syncengine.errors import DoubtfulLedgerError, LedgerError
from syncengine.ledger import schema
from syncengine.ledger.connection import Database
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.mark import Mark
from syncengine.ledger.opening import MOVED, is_there, mark_of
from syncengine.ledger.salvage import salvage, set_aside
from syncengine.ledger.store import Session
from syncengine.ledger.stores import is_sqlite, open_store, path_of

_UNFINISHED = "is being recovered"
_FENCES = 1_000


@dataclass(frozen=True, slots=True)
class Doubted:
    """A ledger taken up for recovery, and what was known of it before."""

    ledger: Ledger
    mark: Mark | None
    # Where a damaged file was put; None: it was not damaged.
    aside: Path | None
    # Rows that could be read of a damaged file.
    salvaged: int


def open_doubted(url: str, project: str, *, beside: Path) -> Doubted:
    """Open a ledger whatever its state; until :func:`trust` nobody else can use it.

    Raises:
        LedgerError: the file cannot be opened for another reason than its damage.
    """
    mark_file = mark_of(url, beside)
    mark = None
    with suppress(DoubtfulLedgerError):
        mark = mark_file.read()
    aside, salvaged = None, 0
    try:
        store = open_store(url)
    except DoubtfulLedgerError:
        if not is_sqlite(url):
            raise
        path = path_of(url)
        aside = set_aside(path) if is_there(path) else None
        store, salvaged = _anew(path, aside)
    ledger = Ledger.of(store, project, mark_file)
    try:
        with store.write() as session:
            _refuse_moved(schema.doubt(session, project), store.name)
            schema.set_doubt(session, project, _UNFINISHED)
            _move_fences(session, project)
    except BaseException:
        with suppress(LedgerError):
            ledger.close()
        raise
    return Doubted(ledger, mark, aside, salvaged)


def _move_fences(session: Session, project: str) -> None:
    """Give out fences anew: whoever held leases of what was lost had one that is not known here."""
    known = "SELECT fence FROM project WHERE project = ? UNION ALL SELECT fence FROM call WHERE project = ?"
    (largest,) = session.execute(f"SELECT max(fence) FROM ({known}) known", (project, project)).fetchone()  # noqa: S608 - constants
    session.execute("UPDATE project SET fence = ? WHERE project = ?", (largest + _FENCES, project))
    session.execute("UPDATE lease SET fence = fence + ? WHERE project = ? AND fence <> 0", (_FENCES, project))


def _refuse_moved(why: str, where: str) -> None:
    if why.startswith(MOVED):
        raise LedgerError(f"the ledger {where} {why}")


def _anew(path: Path, aside: Path | None) -> tuple[Database, int]:
    store = Database.open(path)
    schema.migrate(store)
    return store, salvage(aside, store) if aside is not None else 0


def doubt_suppressions(ledger: Ledger) -> None:
    """Take every do-not-call entry and every block at a dialer for undone: they are made again, which is harmless."""
    with ledger.changing(locked=True) as session:
        mine = "SELECT collection_id FROM collection WHERE project = ?"
        session.execute(
            f"DELETE FROM collection_row WHERE collection_id IN ({mine} AND address LIKE '%/dnd/%')",  # noqa: S608 - constants
            (ledger.project,),
        )
        session.execute(
            f"UPDATE collection_row SET state = 'present' WHERE state = 'blocked' AND collection_id IN ({mine})",  # noqa: S608 - constants
            (ledger.project,),
        )
        session.execute("UPDATE collection SET generation = generation + 1 WHERE project = ?", (ledger.project,))


def trust(doubted: Doubted) -> None:
    """End a recovery: from now on this is the project's ledger, and what was before is another one."""
    ledger = doubted.ledger
    with ledger.changing(locked=True) as session:
        schema.begin_lineage(session, ledger.project, after={doubted.mark.lineage} if doubted.mark else set())
