"""Open a project's ledger, or say why nothing may be planned or sent on its word.

A ledger can be damaged, deleted, swapped for another one or put back from an old backup, and each of these makes
additions look undone that were done. The mark beside the project tells; what it finds is settled by a recovery.
"""

import time
from contextlib import suppress
from pathlib import Path

from syncengine.errors import DoubtfulLedgerError, LedgerError
from syncengine.ledger import schema
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.mark import Mark, MarkFile
from syncengine.ledger.stores import is_sqlite, open_store, path_of

MARK = "ledger.mark"
# How the doubt about a ledger begins that has another home now.
MOVED = "was moved to"
# Measured at 5 to 15 ms a megabyte. A smaller file is looked through at each opening; a larger one once a day, since
# a run reads what it relies on before it sends anything, and a damaged page ends that reading.
_QUICKLY_CHECKED = 8 * 1024 * 1024
_DAY = 86_400.0


def open_ledger(url: str, project: str, *, beside: Path | None = None) -> Ledger:
    """Open the ledger of a project by its URL, as ``sqlite:///path``.

    ``beside`` is the project's folder for the mark of a ledger that is no file; without one, there is no mark, and what
    became of the ledger meanwhile is not known.

    Raises:
        DoubtfulLedgerError: it is damaged, gone, older than it was or another one.
        LedgerError: another kind of URL, or the file cannot be opened.
    """
    mark_file = mark_of(url, beside) if beside is not None else None
    mark = mark_file.read() if mark_file is not None else None
    if mark is not None and is_sqlite(url) and not is_there(path_of(url)):
        raise DoubtfulLedgerError(
            f"the ledger {path_of(url)} is gone, though {mark.serial:,} changes were written to it"
        )
    now = time.time()
    check = is_sqlite(url) and _is_to_be_checked(path_of(url), mark, now)
    store = open_store(url, check=check)
    ledger = Ledger.of(store, project, mark_file)
    try:
        refuse_doubtful(ledger, mark, store.name)
        ledger.write_mark(*ledger.basis(), checked_at=now if check or mark is None else mark.checked_at)
    except BaseException:
        with suppress(LedgerError):
            ledger.close()
        raise
    return ledger


def mark_of(url: str, beside: Path) -> MarkFile:
    """Return the mark of a ledger: beside its file, or where the project keeps its own."""
    if not is_sqlite(url):
        return MarkFile(beside / MARK)
    path = path_of(url)
    return MarkFile(path.with_name(f"{path.name}.mark"))


def is_there(path: Path) -> bool:
    """Whether a ledger's file is there and not empty."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _is_to_be_checked(path: Path, mark: Mark | None, now: float) -> bool:
    size = path.stat().st_size if is_there(path) else 0
    return size <= _QUICKLY_CHECKED or mark is None or not now - _DAY < mark.checked_at <= now


def refuse_doubtful(ledger: Ledger, mark: Mark | None, where: str) -> None:
    """Go on only with a ledger that is what was left here.

    Raises:
        DoubtfulLedgerError: it is not.
    """
    with ledger.reading() as connection:
        lineage, serial = schema.basis(connection, ledger.project)
        why = schema.doubt(connection, ledger.project)
        known = {lineage, *schema.ancestors(connection, ledger.project)}
    if why.startswith(MOVED):
        raise LedgerError(f"the ledger {where} {why}")
    if why:
        raise DoubtfulLedgerError(f"the ledger {where} {why}")
    if mark is None:
        return
    if mark.project != ledger.project:
        raise DoubtfulLedgerError(
            f'the project is called "{ledger.project}" now; what was done so far stands in the ledger under'
            f' "{mark.project}"'
        )
    if mark.lineage not in known:
        raise DoubtfulLedgerError(f"the ledger {where} is another one than this project has written to so far")
    if mark.lineage == lineage and serial < mark.serial:
        raise DoubtfulLedgerError(
            f"the ledger {where} is older than it was: it knows {serial:,} changes of {mark.serial:,}"
        )
