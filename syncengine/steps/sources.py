"""Read the sources: contact lists into columns, do-not-call lists into statements that are kept from this moment on."""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from syncengine.config.origins import allowed_origins
from syncengine.config.servers import database_url
from syncengine.errors import ConfigError, SourceError
from syncengine.failpoints import failpoint
from syncengine.model.counted import plural
from syncengine.model.desired import ContactList, Desired, DndList
from syncengine.model.plan import SourceSummary
from syncengine.model.secret import Secret
from syncengine.rows.contacts import Contacts, load_contacts
from syncengine.rows.dnd import DndReading, load_dnd
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.queries import answered
from syncengine.rows.spark_contacts import load_from_spark
from syncengine.steps.collections import lists_without_people
from syncengine.steps.engines import engine_of
from syncengine.steps.erased import ErasedNumbers, erased_numbers
from syncengine.steps.remembering import memory_of
from syncengine.steps.run import Run
from syncengine.steps.scopes import stated_cover


@dataclass(frozen=True, slots=True, kw_only=True)
class DndSource:
    """One do-not-call list as it was read."""

    summary: SourceSummary
    digest: str
    # Numbers that its ``release`` takes off now.
    releases: tuple[str, ...]
    # All numbers under its ``release`` that its source no longer states, those taken off before, too.
    named: frozenset[str]
    # Table of one column ``number``: what the source states now.
    stated: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the sources say."""

    contacts: Mapping[str, Contacts]
    # Contact list -> why it could not be read; nothing is added or removed on its account.
    unreadable: Mapping[str, str]
    dnd: Mapping[str, DndSource]
    # Do-not-call lists that the ledger knows and the manifest no longer names; their statements stay in force.
    orphans: tuple[str, ...]
    # The ledger's number of the last change of statements that this reading is sure to know.
    dnd_serial: int
    book: PhoneBook
    # What these lists keep of people who were erased.
    erased: ErasedNumbers

    @property
    def releases(self) -> Mapping[str, Sequence[str]]:
        """Return do-not-call list -> numbers that its ``release`` takes off now; lists without any are left out."""
        return {name: found.releases for name, found in self.dnd.items() if found.releases}

    @property
    def contacts_digest(self) -> str:
        """Return the digest of all contact sources."""
        return _digest(f"{name}:{found.digest}" for name, found in sorted(self.contacts.items()))

    @property
    def dnd_digest(self) -> str:
        """Return the digest of all do-not-call sources."""
        return _digest(f"{name}:{found.digest}" for name, found in sorted(self.dnd.items()))

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what people must know of the sources."""
        unread = [
            f"contacts {name}: cannot be read, so nothing is done with it: {why}"
            for name, why in self.unreadable.items()
        ]
        orphaned = [
            f"do-not-call list {name} is no longer in the manifest; its numbers stay in force everywhere"
            for name in self.orphans
        ]
        return (*unread, *(note for found in self.dnd.values() for note in found.notes), *orphaned)

    def held(self, desired: Desired) -> dict[str, str]:
        """Return campaign -> why everything dialable there is held: one of its do-not-call sources is not sound."""
        found: dict[str, str] = {}
        for name, source in self.dnd.items():
            if source.summary.held:
                for key in desired.dnd_scopes(desired.dnd[name]):
                    found.setdefault(key, f"do-not-call list {name}: {source.summary.held}")
        for name in self.orphans:
            if name in self.erased.problems:
                for key in desired.campaigns:
                    found.setdefault(key, f"do-not-call list {name}: {self.erased.problems[name]}")
        return found


def read_sources(run: Run) -> Sources:
    """Read every source of a project; what cannot be read is said and never raised."""
    desired, workspace, now = run.loaded.desired, run.workspace, run.options.clock()
    book = PhoneBook(workspace, run.phone_book)
    contacts: dict[str, Contacts] = {}
    unreadable: dict[str, str] = {}
    no_people = _lists_without_people(run)
    people, opted_out = _with_answers(run)
    for name, wanted in people.items():
        try:
            contacts[name] = _load(run, wanted, book, people=name not in no_people)
        except SourceError as problem:
            unreadable[name] = str(problem)
    dnd = {}
    erased = erased_numbers(run)
    for name, dnd_list in opted_out.items():
        last = run.ledger.last_reading(f"dnd/{name}")
        read = load_dnd(
            workspace,
            dnd_list,
            regions=desired.regions,
            previous_rows=last.rows if last else None,
            previous_files=last.files if last and dnd_list.source.paths else 0,
            book=book,
            now=now,
        )
        dnd[name] = _keep(run, dnd_list, read, erased)
    book.save()
    # After our own readings and before the plan asks for the numbers in force: what comes later moves it.
    serial = run.ledger.dnd_serial()
    known = sorted({*run.ledger.dnd_lists(), *erased.lists})
    orphans = tuple(name for name in known if name not in desired.dnd)
    return Sources(
        contacts=contacts,
        unreadable=unreadable,
        dnd=dnd,
        orphans=orphans,
        dnd_serial=serial,
        book=book,
        erased=erased,
    )


def read_without_memory(run: Run, sources: Sources, name: str) -> Sources:
    """Read a contact list whole, whatever is remembered of its rows, which is forgotten.

    Raises:
        SourceError: it cannot be read any more.
    """
    memory = memory_of(run, name)
    if memory is not None:
        memory.forget()
    contacts = load_contacts(
        run.workspace,
        run.loaded.desired.contacts[name],
        book=sources.book,
        now=run.options.clock(),
        people=name not in _lists_without_people(run),
    )
    return replace(sources, contacts={**sources.contacts, name: contacts})


def _with_answers(run: Run) -> tuple[dict[str, ContactList], dict[str, DndList]]:
    """Return the lists, those that a query gives with its answer as their source."""
    desired = run.loaded.desired
    lists: dict[str, ContactList | DndList] = {
        **{f"contacts {name}": found for name, found in desired.contacts.items()},
        **{f"dnd {name}": found for name, found in desired.dnd.items()},
    }
    sources = answered(
        run.workspace, {key: found.source for key, found in lists.items()}, _database_url, now=run.options.clock()
    )
    return (
        {name: replace(found, source=sources[f"contacts {name}"]) for name, found in desired.contacts.items()},
        {name: replace(found, source=sources[f"dnd {name}"]) for name, found in desired.dnd.items()},
    )


def _database_url(reference: str) -> Secret:
    try:
        return database_url(reference, os.environ, allowed_origins(os.environ))
    except ConfigError as problem:
        # One list that cannot be asked for holds what hangs on it, and the others go on.
        said = "; ".join(". ".join(filter(None, [item.message, item.hint])) for item in problem.diagnostics)
        raise SourceError(said) from problem


def _load(run: Run, wanted: ContactList, book: PhoneBook, *, people: bool) -> Contacts:
    engine, now = engine_of(run), run.options.clock()
    if engine is None or not engine.reads(wanted.source):
        memory = memory_of(run, wanted.name)
        return load_contacts(run.workspace, wanted, book=book, now=now, people=people, memory=memory)
    return load_from_spark(run.workspace, wanted, engine=engine, book=book, now=now, people=people)


def _lists_without_people(run: Run) -> set[str]:
    dialers = run.loaded.desired.dialers
    return lists_without_people(
        run.loaded.desired,
        {name: run.loaded.vendor_of(dialer) for name, dialer in dialers.items()},
        {name: run.ledger.campaigns(name) for name in dialers},
    )


def _keep(run: Run, dnd_list: DndList, read: DndReading, erased: ErasedNumbers) -> DndSource:
    """Write what a list states into the ledger, at once and whatever becomes of this run."""
    name, summary, ledger, now = dnd_list.name, read.summary, run.ledger, run.options.clock()
    numbers = run.workspace.arrow(f"SELECT number FROM {read.numbers} ORDER BY number")  # noqa: S608 - a table of our own
    known = ledger.record_statements(
        name,
        numbers,
        source_digest=read.digest,
        now=now,
        complete=not summary.held,
        covers=stated_cover(run.loaded.desired, dnd_list),
    )
    failpoint("statements.recorded")
    if known.contradictions:
        why = (
            f"{plural(len(known.contradictions), 'number was', 'numbers were')} released by name and the source still"
            f" states {'it' if len(known.contradictions) == 1 else 'them'}"
        )
        summary = replace(summary, held="; ".join(filter(None, [summary.held, why])))
    if not summary.held:
        ledger.remember_source(f"dnd/{name}", digest=read.digest, rows=summary.rows, now=now)
    if name in erased.problems:
        summary = replace(summary, held="; ".join(filter(None, [summary.held, erased.problems[name]])))
    stated = set(numbers.column("number").to_pylist()) if dnd_list.release else set()
    in_force = _in_force(run, dnd_list, erased) if dnd_list.release else set()
    still = [number for number in dnd_list.release if number in stated]
    note = (
        f"do-not-call list {name}:"
        f" {plural(len(still), 'number under release: stands', 'numbers under release: stand')} in its source still;"
        f" take the {'line' if len(still) == 1 else 'lines'} out"
    )
    # A source that is not sound may state a number in the part that could not be read.
    named = frozenset() if summary.held else frozenset(dnd_list.release) - stated
    return DndSource(
        summary=summary,
        digest=read.digest,
        releases=tuple(sorted(named & in_force)),
        named=named,
        stated=read.numbers,
        notes=(note,) if still else (),
    )


def _in_force(run: Run, dnd_list: DndList, erased: ErasedNumbers) -> set[str]:
    """Return the numbers in force on a list, those of erased people among them that stand under its ``release``."""
    numbers = run.workspace.table("released", "SELECT unnest(?::VARCHAR[]) AS phones", [list(dnd_list.release)])
    erased.look([numbers])
    return run.ledger.all_numbers([dnd_list.name]) | erased.among([dnd_list.name])


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
