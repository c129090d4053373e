"""A plan without a ledger, a credential or a socket: the ledger is made again from an export and the files beside it.

From there on everything is the ordinary planner, so that the plan is the one that a trusted job makes of the same
facts. Exactly: its id is that of ``plan --refresh none`` on the ledger that was exported, at the same files, options
and moment; and that of a full plan whose reading told nothing that the ledger lacked: no campaign, row, state or
number, and no vendor's id of a row that this plan removes or blocks. "Moment" matters to the age of do-not-call files
and to entries that lapse. Where the export had to leave something out that could matter to this branch, the plan says
that it is not certain.
"""

import asyncio
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncengine.config.sources import beneath
from syncengine.errors import SyncEngineError
from syncengine.ledger.replica import restore_rows
from syncengine.model.address import Address
from syncengine.model.counted import plural
from syncengine.rows import positions
from syncengine.steps.differences import difference
from syncengine.steps.facts import Facts, check_of, frame_of, numbers_of, restore_campaigns, slow_check, survey
from syncengine.steps.loading import Loaded, load
from syncengine.steps.planned import Planned
from syncengine.steps.reading import read_dialers
from syncengine.steps.run import Run
from syncengine.steps.sources import read_sources

_WAY_ON = "give the project as it was at that commit: --base FOLDER (git worktree add FOLDER COMMIT)"


def refuse_rows_elsewhere(loaded: Loaded) -> None:
    """See that all rows are in files: without a socket nobody can be asked for others.

    Raises:
        SyncEngineError: a list has its rows in a database or a table.
    """
    desired = loaded.desired
    sources = {name: found.source for name, found in desired.contacts.items()}
    sources |= {name: found.source for name, found in desired.dnd.items()}
    for name, source in sources.items():
        if source.format in {"query", "table"}:
            raise SyncEngineError(
                f"{name}: its rows come from a {source.format}, which a plan without a ledger and a socket"
                " cannot ask; plan in a trusted job, with the ledger"
            )


def base_of(loaded: Loaded, facts: Facts, base: Path | None, folder: Path) -> Loaded:
    """Return the project as it was when the export was made: as given, or this one with its data files cut back.

    Raises:
        SyncEngineError: a data file was changed elsewhere than at its end.
    """
    if base is not None:
        return load(base)
    for path in loaded.files():
        name = path.relative_to(loaded.root).as_posix()
        found = beneath(loaded.root, name)
        if not found.paths:
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
        if name in facts.files:
            _cut(target, name, facts)
    return load(folder)


def _cut(path: Path, name: str, facts: Facts) -> None:
    length, check = facts.files[name]
    data = path.read_bytes()[:length]
    if slow_check(data, facts.salt) != check:
        raise SyncEngineError(f"{name} is not what it was when the ledger was exported, with lines added; {_WAY_ON}")
    changed = path.stat()
    path.write_bytes(data)
    os.utime(path, (changed.st_atime, changed.st_mtime))


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Whom the files beside the export name."""

    numbers: set[str]
    # Collection -> keys.
    keys: Mapping[str, set[str]]
    # Do-not-call list -> those of the numbers that it keeps by their digests alone.
    erased: Mapping[str, frozenset[str]]


def rebuild(run: Run, facts: Facts) -> Rebuilt:
    """Fill the run's empty ledger from an export and the files that it was made beside.

    Raises:
        SyncEngineError: these are not those files.
    """
    if facts.project != run.loaded.desired.project:
        raise SyncEngineError(f'the ledger export is of the project "{facts.project}"')
    restore_campaigns(run.ledger, facts)
    now = run.options.clock()
    sources = read_sources(run)
    numbers = numbers_of(run, sources)
    erased = {}
    for name, said in facts.lists.items():
        if said.erased_at:
            at = positions.numbers_at(run.workspace, numbers, said.erased_at)
            erased[name] = frozenset(at.column("number").to_pylist())
        table = positions.numbers_at(run.workspace, numbers, said.at)
        run.ledger.record_statements(name, table, source_digest="", now=now, complete=False, covers=said.covers)
        if said.rows is not None:
            # The number of digests alone counts, not what they are.
            digests = " ".join("-" * said.files)
            run.ledger.remember_source(f"dnd/{name}", digest=digests, rows=said.rows, now=now)
    readings = asyncio.run(read_dialers(run, sources))
    found = difference(run, sources, readings)
    surveyed = survey(run, sources, found, facts.salt)
    if check_of(surveyed.key, b"numbers") != facts.check:
        raise SyncEngineError(f"the data files are not those that the ledger was exported beside; {_WAY_ON}")
    for address, held in facts.collections.items():
        if address not in surveyed.placed:
            continue
        if surveyed.check(run, address) != held.check:
            raise SyncEngineError(f"what feeds {address} has changed since the ledger was exported; {_WAY_ON}")
        for group in held.groups:
            rows = positions.rows_of(run.workspace, surveyed.placed[address], group)
            restore_rows(run.ledger, Address.parse(address), rows, state=group.state, expires_at=group.expires_at)
    return Rebuilt(
        positions.texts(run.workspace, surveyed.numbers, "number"),
        {address: positions.texts(run.workspace, table, "key") for address, table in surveyed.placed.items()},
        erased,
    )


def doubts(made: Planned, facts: Facts, rebuilt: Rebuilt) -> Sequence[str]:
    """Return why the trusted job may plan otherwise; nothing when it will make the very same plan."""
    return [f"not certain: {why}" for why in _doubts(made, facts, rebuilt)]


def _doubts(made: Planned, facts: Facts, rebuilt: Rebuilt) -> Iterator[str]:
    if facts.open_calls:
        yield f"{plural(facts.open_calls, 'call')} had no known outcome when the ledger was exported"
    new = positions.texts(made.run.workspace, numbers_of(made.run, made.sources), "number") - rebuilt.numbers
    unknown = {name: said.unknown + said.released for name, said in facts.lists.items()}
    for reading in made.readings.dialers.values():
        for member in reading.members:
            address = str(member.address)
            said = facts.collections.get(address)
            left_out = said.left_out if said else facts.elsewhere.get(address, 0)
            hidden = left_out + sum(unknown.get(name, 0) for name in member.dnd)
            if said is not None and said.pending:
                yield f"{address}: {said.pending:,} changes were waiting already, to rows that only the ledger knows"
            elif hidden and (said is None or said.frame != frame_of(made.run, reading, member)):
                yield f"{address}: it is fed otherwise, and {hidden:,} of its rows or numbers only the ledger knows"
            elif hidden and (new or _new_keys(made, member.address, rebuilt)):
                yield f"{address}: people who are new here may be among the {hidden:,} whom only the ledger knows"


def _new_keys(made: Planned, address: Address, rebuilt: Rebuilt) -> bool:
    known = rebuilt.keys.get(str(address), set())
    return not positions.texts(made.run.workspace, made.differences.wanted[address], "key") <= known
