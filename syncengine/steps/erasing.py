"""Erase one person from the ledger and from what is kept beside it; their do-not-call statements stay in force (D15).

The files of the project are people's own, so they are only named. What is in no reach of the ledger (backups, saved
plans, the dialers) is for people, too, and the command says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncengine.config.sources import beneath
from syncengine.errors import GuardError, SourceError, SyncEngineError, UsageError
from syncengine.ledger.erasure import Known, Person
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.opening import is_there
from syncengine.ledger.stores import is_sqlite, path_of
from syncengine.model.counted import plural
from syncengine.model.phone import mask_phone
from syncengine.rows.erased import DigestKey, DigestKeyError, ErasedIndex
from syncengine.rows.gate import ListedIndex
from syncengine.rows.phones import canonical, twins
from syncengine.rows.still_named import files_naming
from syncengine.rows.workspace import Workspace
from syncengine.steps.erased import key_of
from syncengine.steps.ledgers import ledger_of
from syncengine.steps.loading import Loaded
from syncengine.steps.options import Options
from syncengine.steps.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was erased and what is left to people; the number is masked."""

    number: str
    # Address -> rows that were taken out.
    rows: Mapping[str, int]
    # Do-not-call lists on which the number stays by its digest.
    kept: Sequence[str]
    # Why what was deleted can be found still in the ledger's own files; empty: it cannot.
    lingers: str
    # Files of the project that name the number still, and sources that nobody looked into, each with the reason.
    named_in: Sequence[str]
    not_looked_into: Sequence[str]
    # Damaged ledgers that were set aside, which may name it.
    aside: Sequence[str]


def erase_person(loaded: Loaded, number: str, *, assume_gone: bool, now: float, wait: float) -> Erasure:
    """Erase the person with a number.

    Args:
        loaded: the project.
        number: in international form.
        assume_gone: whether somebody has taken them out of the dialers where the ledger has them still.
        now: seconds since 1970.
        wait: seconds to wait for another run.

    Raises:
        UsageError: it is no number in international form.
        GuardError: a call about them is not over, they are still at a dialer, or there is no key for the digest.
        LockedError: another run holds a dialer.
    """
    found = canonical(number, "").number
    if found is None:
        raise UsageError(
            "give one whole number in international form, with its plus, as +573001234567; or - to be asked"
        )
    numbers = (found, *sorted(twins(found)))
    with ledger_of(loaded) as ledger, Workspace() as workspace:
        with ledger.lock("erase", now=now, wait=wait):
            known, person = _looked_up(loaded, ledger, numbers)
            _refuse_unfinished(found, known, assume_gone=assume_gone)
            made = ledger.erase(person)
            run = Run(loaded=loaded, ledger=ledger, workspace=workspace, options=Options())
            _forget_copies(run, numbers)
        named, unread = _named_in(run, numbers)
        folder = ledger.folder
    return Erasure(
        number=mask_phone(found),
        rows=made.rows,
        kept=tuple(sorted({*made.kept, *known.by_digest})),
        lingers=_why_it_lingers(loaded.desired.ledger),
        named_in=named,
        not_looked_into=unread,
        aside=sorted(run.shown(path) for path in folder.glob("*.damaged-*")) if folder is not None else (),
    )


def _looked_up(loaded: Loaded, ledger: Ledger, numbers: tuple[str, ...]) -> tuple[Known, Person]:
    """Return what the ledger knows, and the person with digests; without a key where none is needed."""
    erased = [statement for found in ledger.erased().values() for statement in found]
    known = ledger.known_of(Person(numbers=numbers))
    key: DigestKey | None = None
    try:
        key = key_of(loaded)
        # One key at a time: what was digested with another one would match nobody.
        ErasedIndex(key, erased)
    except DigestKeyError as problem:
        if known.lists or (key is not None and erased):
            raise GuardError(
                "do-not-call statements about this number stay in force by a keyed digest, and that cannot be made:"
                f" {str(problem).rstrip('.')}. Make a key once (openssl rand -hex 32), keep it where the ledger's"
                " backups are not, and name it in the project file: erasure_key: env:NAME"
            ) from problem
    digests = {number: key.statement(number) for number in numbers} if key is not None else {}
    person = Person(numbers=numbers, digests=digests)
    return ledger.known_of(person), person


def _refuse_unfinished(number: str, known: Known, *, assume_gone: bool) -> None:
    shown = mask_phone(number)
    if known.open_calls:
        calls = "; ".join(f"{call}: {action} at {address}" for call, address, action in known.open_calls)
        raise GuardError(
            f"nothing of {shown} is erased: nobody knows yet what became of calls about it ({calls}). The next plan or"
            " apply settles what can be proven; settle the others after a look at the dialer:"
            " syncengine state resolve CALL --assume-sent | --resend; then erase"
        )
    if known.there and not assume_gone:
        places = "; ".join(f"{address}: {plural(count, 'row')}" for address, count in known.there.items())
        raise GuardError(
            f"nothing of {shown} is erased: it is at a dialer still ({places}), and once that was forgotten it could be"
            " called there, or be added a second time. Take it out of the files, or put it on a do-not-call list, and"
            " apply; where that cannot remove it, remove it at the dialer and say so: --assume-gone"
        )


def _why_it_lingers(url: str) -> str:
    """Return why deleted rows linger once the ledger is closed: in its file they are overwritten, in its log not."""
    if not is_sqlite(url):
        return "the server keeps deleted rows until it vacuums"
    log = Path(f"{path_of(url)}-wal")
    return "others are reading the ledger and its log is kept until they have done" if is_there(log) else ""


def _forget_copies(run: Run, numbers: Sequence[str]) -> None:
    """Remove what is kept beside the ledger and made anew by the next plan, and reports that name a number."""
    index = ListedIndex(numbers)
    try:
        for path in _copies(run):
            path.unlink(missing_ok=True)
        for path in sorted((run.folder / "rejects").glob("*")):
            if path.is_file() and index.hits(path.read_bytes()):
                path.unlink(missing_ok=True)
    except OSError as problem:
        raise SyncEngineError(
            f"the number is erased from the ledger, but not from {problem.filename}: {problem.strerror}; erase it again"
        ) from problem


def _copies(run: Run) -> Iterator[Path]:
    if run.phone_book is not None:
        yield from run.phone_book.parent.glob(f"{run.phone_book.name}*")
    for folder in filter(None, (run.row_copies, run.row_memory)):
        yield from (path for path in sorted(folder.glob("*")) if path.is_file())


def _named_in(run: Run, numbers: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the files of the project that name a number still, and sources that were not looked into."""
    loaded, index = run.loaded, ListedIndex(numbers)
    manifests = [path for pattern in loaded.project.file.manifests for path in beneath(loaded.root, pattern).paths]
    named = {run.shown(path) for path in manifests if index.hits(path.read_bytes())}
    unread = []
    sources = [(name, found.source) for name, found in loaded.desired.contacts.items()]
    sources += [(name, found.source) for name, found in loaded.desired.dnd.items()]
    for name, source in sources:
        if source.format == "inline":
            # They stand in a manifest.
            continue
        try:
            named.update(files_naming(run.workspace, source, numbers))
        except SourceError as problem:
            unread.append(f"{name}: {problem}")
    return sorted(named), unread
