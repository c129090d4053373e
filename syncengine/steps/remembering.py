"""Rows that need not be read again: which lists are remembered where, and what of them is remembered after a plan."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncengine.model.address import Address
from syncengine.rows.contacts import Contacts
from syncengine.rows.remembered import Memory, mark_of, worth_remembering
from syncengine.rows.remembering import Mapped, remember_list
from syncengine.rows.wanted import Wanted
from syncengine.steps.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """A collection that a list feeds."""

    address: Address
    wanted: Wanted
    # Which of the wanted lists it is there.
    position: int
    # Table of the rows that are not there as they are wanted.
    unsettled: str


def memory_of(run: Run, name: str) -> Memory | None:
    """Return where the rows of a list are remembered; None where nothing is kept beside the ledger."""
    if run.own_folder is not None or run.row_copies is None:
        return None
    return Memory(folder=run.row_copies, name=hashlib.sha256(f"contacts/{name}".encode()).hexdigest()[:16])


def remember(run: Run, contacts: Mapping[str, Contacts], fed: Mapping[str, Sequence[Fed]]) -> None:
    """Remember those rows of each list that the ledger holds as they are wanted, wherever they are."""
    if run.options.dialers or run.options.campaigns:
        # What the other collections make of a list is not known now.
        return
    for name, found in contacts.items():
        memory = memory_of(run, name)
        if memory is None or not worth_remembering(found.summary.accepted) or not fed.get(name):
            continue
        state = _state(run, fed[name])
        if found.known is not None and found.known.state == state:
            continue
        mapped = [
            Mapped(
                wanted=one.wanted.table,
                position=one.position,
                unsettled=one.unsettled,
                hash_column=one.wanted.lists[one.position][1],
                mark=_mark(run, one.address, one.wanted, one.position),
            )
            for one in fed[name]
        ]
        remember_list(run.workspace, memory, found, mapped, state=state)


def unmoved(run: Run, address: Address, wanted: Wanted) -> bool:
    """Whether the ledger holds all remembered rows of a collection as they are wanted: it has not moved since."""
    return all(
        contacts.known is None or _mark(run, address, wanted, position) in contacts.known.marks
        for position, (contacts, _) in enumerate(wanted.lists)
    )


def _mark(run: Run, address: Address, wanted: Wanted, position: int) -> str:
    return mark_of(f"{address} {run.ledger.generation(address)}", wanted.lists[position][1])


def _state(run: Run, fed: Sequence[Fed]) -> str:
    """Return a word for what the ledger holds of the collections that a list feeds, and how they map it."""
    said = sorted(
        f"{one.address} {run.ledger.generation(one.address)} {one.wanted.lists[one.position][1]}" for one in fed
    )
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
