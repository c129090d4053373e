"""What the ledger knows, in a file that an untrusted pull request may read.

A job that plans a stranger's branch runs what that branch wants, so whatever such a job can find out, everybody can.
Could it tell whether a given number is known, it could be asked about all ten thousand million of them: no hash under
a key that the job holds would stop that, and a hash under one that it lacks is of no use to it. So the file has no
key, no number and no hash of one. It names people by their place in the project's files at the commit at which it was
made (``rows/positions.py``): whoever can read that commit knows them already, to everyone else it is a row of counts.

What this gives away: how many rows each collection and list has, and which people *of those files* are at a dialer,
were refused there, or are on a list that no longer states them. What it cannot say is left out and counted: people
whom only the ledger knows (a list that lost lines and keeps them in force, ``on_absent: keep``, an apply that is still
to come). Where they could matter the offline plan says that it is not certain. Checksums prove that the files are
those of that commit; they hang on a slow hash over all numbers together, so that one number cannot be tried alone.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from syncengine.errors import SyncEngineError
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.desired import FieldValue
from syncengine.model.findings import KnownCampaign
from syncengine.rows import positions
from syncengine.rows.positions import RowGroup
from syncengine.steps.collections import Member
from syncengine.steps.differences import Differences
from syncengine.steps.erased import ErasedNumbers
from syncengine.steps.planned import Planned
from syncengine.steps.reading import DialerReading, Readings
from syncengine.steps.run import Run
from syncengine.steps.sources import Sources

FORMAT_VERSION = 2
_MAX_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """One do-not-call list."""

    # Places of the numbers in force, and how many in force stand in none of the files.
    at: str
    unknown: int
    released: int
    # Rows of its last sound reading; None: there was none.
    rows: int | None
    # Files of that reading.
    files: int
    # Where it has ever held.
    covers: Sequence[str] = ()
    # Places of numbers that it keeps by their digests alone, since their people were erased.
    erased_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionFacts:
    """The rows of one collection."""

    check: str
    groups: tuple[RowGroup, ...]
    # Rows that only the ledger knows; how many of them the plan of that commit would change; how it is fed.
    left_out: int
    pending: int
    frame: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The whole export."""

    format_version: int
    project: str
    made_at: float
    lineage: str
    serial: int
    salt: str
    check: str
    # File of a source, below the project -> its length and a checksum.
    files: Mapping[str, tuple[int, str]]
    campaigns: Mapping[str, Sequence[KnownCampaign]]
    lists: Mapping[str, ListFacts]
    collections: Mapping[str, CollectionFacts]
    # Campaigns that only the ledger has -> rows.
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    open_calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """The people of a project's files in their order."""

    # Table (spot, number) of all numbers.
    numbers: str
    # Collection -> table (spot, key, phones, content_hash).
    placed: Mapping[str, str]
    key: bytes

    def check(self, run: Run, address: str) -> str:
        """Return the checksum of one collection."""
        rows = positions.digest(run.workspace, self.placed[address], ("key", "phones", "content_hash"))
        return hmac.new(self.key, address.encode() + b"\0" + rows, "sha256").hexdigest()


def numbers_of(run: Run, sources: Sources) -> str:
    """Return the table of all numbers of the files, in order."""
    contacts = [positions.numbers_of(found.people) for found in sources.contacts.values()]
    stated = [f"SELECT number FROM {found.stated}" for found in sources.dnd.values()]  # noqa: S608 - tables of our own
    return positions.numbered(run.workspace, [*contacts, *stated])


def survey(run: Run, sources: Sources, found: Differences, salt: str) -> Surveyed:
    """Put the people of the files into their order."""
    numbers = numbers_of(run, sources)
    every = positions.digest(run.workspace, numbers, ("number",))
    placed = {str(address): positions.placed(run.workspace, table, numbers) for address, table in found.wanted.items()}
    return Surveyed(numbers=numbers, placed=placed, key=_slow(every, salt))


def _slow(digest: bytes, salt: str) -> bytes:
    return hashlib.scrypt(digest, salt=bytes.fromhex(salt), n=2**14, r=8, p=1, dklen=32)


def check_of(key: bytes, what: bytes) -> str:
    """Return a checksum that only those who know all the numbers can make."""
    return hmac.new(key, what, "sha256").hexdigest()


def slow_check(data: bytes, salt: str) -> str:
    """Return a checksum of a file that is slow to guess at."""
    return _slow(hashlib.sha256(data).digest(), salt).hex()


def take_facts(made: Planned, *, salt: str) -> Facts:
    """Return what the ledger knows; ``made`` was planned from the ledger alone.

    Raises:
        SyncEngineError: nobody can tell whom its statements are about.
    """
    run, sources, readings, found = made.run, made.sources, made.readings, made.differences
    for name, why in sources.erased.problems.items():
        raise SyncEngineError(f"do-not-call list {name}: {why}")
    surveyed = survey(run, sources, found, salt)
    sources.erased.look([f"(SELECT number AS phones FROM {surveyed.numbers})"])  # noqa: S608 - a table of our own
    lineage, serial = run.ledger.basis()
    collections = {
        str(member.address): _collection(run, reading, member, found, surveyed)
        for reading in readings.dialers.values()
        for member in reading.members
    }
    return Facts(
        format_version=FORMAT_VERSION,
        project=run.loaded.desired.project,
        made_at=run.options.clock(),
        lineage=lineage,
        serial=serial,
        salt=salt,
        check=check_of(surveyed.key, b"numbers"),
        files=_files(run, salt),
        campaigns={name: tuple(reading.known.values()) for name, reading in readings.dialers.items()},
        lists={name: _list(run, name, surveyed, sources.erased) for name in {*sources.dnd, *sources.orphans}},
        collections=collections,
        elsewhere=_elsewhere(run, readings, collections),
        open_calls=len(run.ledger.unfinished_calls()) + len(run.ledger.parked()),
    )


def _files(run: Run, salt: str) -> dict[str, tuple[int, str]]:
    desired = run.loaded.desired
    sources = [
        *(contacts.source for contacts in desired.contacts.values()),
        *(dnd.source for dnd in desired.dnd.values()),
    ]
    found = {}
    for path in (Path(path) for source in sources for path in source.paths):
        if path.is_file():
            data = path.read_bytes()
            found[path.relative_to(run.loaded.root).as_posix()] = (len(data), slow_check(data, salt))
    return found


def _list(run: Run, name: str, surveyed: Surveyed, erased: ErasedNumbers) -> ListFacts:
    at, unknown = positions.places_of(run.workspace, surveyed.numbers, run.ledger.all_numbers([name]))
    erased_at, elsewhere = positions.places_of(run.workspace, surveyed.numbers, erased.among([name]))
    last = run.ledger.last_reading(f"dnd/{name}")
    return ListFacts(
        at=at,
        unknown=unknown + elsewhere + erased.unmet(name),
        released=len(run.ledger.all_numbers([name], released=True)),
        rows=last.rows if last else None,
        files=last.files if last else 0,
        covers=sorted(run.ledger.covers().get(name, ())),
        erased_at=erased_at,
    )


def _collection(
    run: Run, reading: DialerReading, member: Member, found: Differences, surveyed: Surveyed
) -> CollectionFacts:
    address = str(member.address)
    groups, left_out = positions.groups_of(
        run.workspace, surveyed.placed[address], run.ledger.rows_table(member.address)
    )
    sets = [table for table in found.sets if table.set.name.startswith(f"{address}/")]
    pending = sum(positions.strangers(run.workspace, table.table, surveyed.placed[address]) for table in sets)
    return CollectionFacts(
        check=surveyed.check(run, address),
        groups=tuple(groups),
        left_out=left_out,
        pending=pending,
        frame=frame_of(run, reading, member),
    )


def frame_of(run: Run, reading: DialerReading, member: Member) -> str:
    """Return the digest of how a collection is fed: what decides about rows besides the rows themselves."""
    desired = run.loaded.desired
    lists = [desired.contacts[name] for name in member.contacts]
    said = [
        reading.vendor.digest,
        member.collection.name,
        [(found.name, found.on_absent, found.on_vanish, sorted(found.columns.items())) for found in lists],
        [(name, desired.dnd[name].release if name in desired.dnd else ()) for name in member.dnd],
        member.lasts_days,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _elsewhere(run: Run, readings: Readings, said: Mapping[str, object]) -> dict[str, int]:
    counts = {}
    for name, reading in readings.dialers.items():
        for key in reading.known:
            for address in (Address(name, "contacts", key), Address(name, "dnd", key)):
                rows = run.ledger.rows_table(address).num_rows if str(address) not in said else 0
                if rows:
                    counts[str(address)] = rows
    return counts


def facts_json(facts: Facts) -> dict[str, Any]:
    """Return the export as plain JSON values."""
    return asdict(facts)


def load_facts(path: Path) -> Facts:
    """Read an export.

    Raises:
        SyncEngineError: it is none.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
        if len(raw) > _MAX_BYTES:
            raise SyncEngineError(f"{path} is too large to be a ledger export")
        return _facts(json.loads(raw))
    except OSError as problem:
        raise SyncEngineError(f"the ledger export {path} cannot be read: {problem.strerror}") from problem
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise SyncEngineError(
            f"{path} is not a ledger export of this version; make one with: syncengine ledger export --for-ci {path}"
        ) from problem


def _facts(said: dict[str, Any]) -> Facts:
    if said["format_version"] != FORMAT_VERSION:
        raise ValueError("another version")
    collections = {
        address: CollectionFacts(**{**found, "groups": tuple(_group(group) for group in found["groups"])})
        for address, found in said["collections"].items()
    }
    campaigns = {name: tuple(_campaign(campaign) for campaign in known) for name, known in said["campaigns"].items()}
    lists = {name: ListFacts(**found) for name, found in said["lists"].items()}
    files = {name: (int(length), str(check)) for name, (length, check) in said["files"].items()}
    return Facts(**{**said, "collections": collections, "campaigns": campaigns, "lists": lists, "files": files})


def _group(said: dict[str, Any]) -> RowGroup:
    return RowGroup(**{**said, "ids": tuple(said["ids"])})


def _campaign(said: dict[str, Any]) -> KnownCampaign:
    return KnownCampaign(**{**said, "fields": cast("Mapping[str, FieldValue]", _frozen(said["fields"]))})


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return {name: _frozen(item) for name, item in value.items()} if isinstance(value, dict) else value


def restore_campaigns(ledger: Ledger, facts: Facts) -> None:
    """Write the campaigns of an export into an empty ledger."""
    for dialer, campaigns in facts.campaigns.items():
        for campaign in campaigns:
            address = Address(dialer, "campaign", campaign.key)
            ledger.save_campaign(address, campaign, now=campaign.updated_at)
            for _ in range(campaign.failed_suppressions):
                ledger.count_suppression(address, failed=True)
