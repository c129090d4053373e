"""Read the sources: contact lists into columns, do-not-call lists into statements that are kept from this moment on."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncengine.errors import SourceError, SyncEngineError
from syncengine.ledger.ledger import Ledger
from syncengine.model.desired import DndList
from syncengine.model.plan import SourceSummary
from syncengine.rows.contacts import Contacts, load_contacts
from syncengine.rows.dnd import load_dnd
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.workspace import Workspace
from syncengine.steps.loading import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the sources say."""

    contacts: Mapping[str, Contacts]
    # Contact list -> why it could not be read; nothing is removed on its account.
    unreadable: Mapping[str, str]
    summaries: Sequence[SourceSummary]
    # Do-not-call list -> why everything dialable in its scope is held.
    held: Mapping[str, str]
    # Do-not-call list -> numbers that its ``release`` takes off now.
    releases: Mapping[str, Sequence[str]]
    # Do-not-call lists that the ledger knows and the manifest no longer names; their statements stay in force.
    orphans: Sequence[str]
    book: PhoneBook
    # Do-not-call list -> (digest, age in seconds), the evidence of what was consulted.
    consulted: Mapping[str, tuple[str, float]]
    contacts_digest: str
    notes: Sequence[str]


def read_sources(loaded: Loaded, ledger: Ledger, workspace: Workspace, *, now: float) -> Sources:
    """Read every source of a project; what cannot be read is said and never raised."""
    book = PhoneBook(workspace, loaded.root / ".syncengine" / "phones.parquet")
    contacts: dict[str, Contacts] = {}
    unreadable: dict[str, str] = {}
    for name, found in loaded.desired.contacts.items():
        try:
            contacts[name] = load_contacts(workspace, found, book=book, now=now)
        except SourceError as problem:
            unreadable[name] = str(problem)
    dnd = _Dnd()
    for dnd_list in loaded.desired.dnd.values():
        _read_dnd(loaded, dnd_list, ledger, workspace, book, dnd, now=now)
    book.save()
    orphans = tuple(name for name in ledger.dnd_lists() if name not in loaded.desired.dnd)
    notes = [f"contacts {name}: cannot be read, so nothing is done with it: {why}" for name, why in unreadable.items()]
    notes += dnd.notes
    notes += [
        f"do-not-call list {name} is no longer in the manifest; its numbers stay in force everywhere until released"
        for name in orphans
    ]
    return Sources(
        contacts=contacts,
        unreadable=unreadable,
        summaries=(*_with_rejects(loaded, workspace, contacts), *dnd.summaries),
        held=dnd.held,
        releases=dnd.releases,
        orphans=orphans,
        book=book,
        consulted=dnd.consulted,
        contacts_digest=_digest(f"{name}:{found.digest}" for name, found in sorted(contacts.items())),
        notes=notes,
    )


class _Dnd:
    """What reading the do-not-call lists came to."""

    def __init__(self) -> None:
        self.summaries: list[SourceSummary] = []
        self.held: dict[str, str] = {}
        self.releases: dict[str, list[str]] = {}
        self.consulted: dict[str, tuple[str, float]] = {}
        self.notes: list[str] = []


def _digest(parts: object) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()  # type: ignore[arg-type]  # any iterable of text
