"""Difference: for every collection of every dialer, what the sources want beside what is there, as sets of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncengine.engine.rows import operations_for
from syncengine.model.address import Address
from syncengine.model.counted import plural
from syncengine.model.findings import DialerFindings, RowFindings
from syncengine.model.plan import SourceSummary
from syncengine.model.vendor import Collection, Column
from syncengine.rows.contacts import Contacts
from syncengine.rows.difference import Actual, Difference, difference_of_contacts, difference_of_dnd
from syncengine.rows.known_rows import KnownRows, from_ledger
from syncengine.rows.rejects import write_rejects
from syncengine.rows.row_sets import RowSetTable
from syncengine.rows.spark_remembered import remember_fetched
from syncengine.rows.wanted import Wanted, wanted_contacts, wanted_numbers
from syncengine.rows.workspace import Workspace
from syncengine.steps.clients import budget_used, daily_limit, identity_of
from syncengine.steps.collections import Member
from syncengine.steps.known_rows import known_rows
from syncengine.steps.looking_back import rejects_file
from syncengine.steps.reading import DialerReading, Readings, settle_time
from syncengine.steps.remembering import Fed, remember, unmoved
from syncengine.steps.run import Run
from syncengine.steps.sources import Sources

# Notes of a difference that the plan counts on its own.
_COUNTED = {"vanished", "not updatable", "waiting", "waiting and listed", "parked and listed", "rejected before"}


@dataclass(slots=True, kw_only=True)
class Differences:
    """What all comparisons came to."""

    dialers: list[DialerFindings] = field(default_factory=list)
    sets: list[RowSetTable] = field(default_factory=list)
    # Row set name -> days after which its entries lapse at the dialer.
    lasts_days: dict[str, int] = field(default_factory=dict)
    summaries: list[SourceSummary] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Collection -> table of the rows that are wanted there, before do-not-call.
    wanted: dict[Address, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparing:
    """A run whose collections are being compared."""

    run: Run
    sources: Sources
    readings: Readings
    # Do-not-call lists -> table of the numbers in force on any of them, less what is released now.
    in_force: dict[tuple[str, ...], str] = field(default_factory=dict)
    # Campaign (empty: the account) -> tables of what the dialer's own do-not-call lists are to hold, while it is
    # compared.
    kept_there: dict[str, list[str]] = field(default_factory=dict)
    # Contact list -> how each collection that it feeds has mapped it, and which of the mapped lists it is there.
    mapped: dict[str, list[tuple[Wanted, int]]] = field(default_factory=dict)
    # The collections of which the ledger may have rows.
    touched: frozenset[str] = frozenset()
    # Collection -> when a call of ours last took a row away there.
    removals: Mapping[str, float] = field(default_factory=dict)
    # What a collection wants that nothing feeds.
    nothing: list[Wanted] = field(default_factory=list)
    # Contact list -> the collections that it feeds.
    fed: dict[str, list[Fed]] = field(default_factory=dict)
    # Contact list -> the file into which its unusable rows were written.
    rejects: dict[str, str] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        """Return the run's tables."""
        return self.run.workspace


def difference(run: Run, sources: Sources, readings: Readings) -> Differences:
    """Compare every collection."""
    comparing = _Comparing(
        run=run,
        sources=sources,
        readings=readings,
        touched=run.ledger.collections(),
        removals=run.ledger.removals(),
    )
    found = Differences()
    held = sources.held(readings.wanted)
    for name, reading in readings.dialers.items():
        comparing.kept_there.clear()
        rows = [_compare(comparing, reading, member, found) for member in reading.members]
        limit = daily_limit(reading.dialer, reading.vendor)
        found.dialers.append(
            DialerFindings(
                dialer=reading.dialer,
                vendor=reading.vendor,
                identity=identity_of(reading.dialer, reading.vendor),
                snapshot=reading.snapshot,
                known=reading.known,
                listed_until=reading.began - settle_time(reading.vendor.campaigns.operations.values()),
                rows=tuple(rows),
                held={key: why for key, why in held.items() if readings.wanted.campaigns[key].dialer == name},
                duplicates=reading.duplicates,
                budget_used=budget_used(reading.dialer, run.ledger, run.options),
                budget=limit,
            )
        )
    # Mapping has learned how numbers are written at home, which takes longest of all where a vendor wants that.
    sources.book.save()
    _write_rejects(comparing)
    for name, contacts in sources.contacts.items():
        remember_fetched(run.workspace, contacts, comparing.mapped.get(name, ()))
    remember(run, sources.contacts, comparing.fed)
    found.summaries += _summaries(comparing)
    return found


def _compare(comparing: _Comparing, reading: DialerReading, member: Member, found: Differences) -> RowFindings:
    if _is_empty(comparing, reading, member):
        made = _nothing(comparing, member, found)
    elif member.collection.holds == "dnd":
        made = _dnd(comparing, reading, member, found)
    else:
        made = _contacts(comparing, reading, member, found)
    found.sets += made.row_sets
    if member.lasts_days is not None:
        found.lasts_days |= {row_set.set.name: member.lasts_days for row_set in made.row_sets}
    found.notes += [
        f"{member.address}: {plural(count, 'row')}: {note}"
        for note, count in made.notes.items()
        if note not in _COUNTED
    ]
    return replace(made.findings, problem=reading.problems.get(member.address, ""))


def _is_empty(comparing: _Comparing, reading: DialerReading, member: Member) -> bool:
    """Whether nothing is wanted in a collection, and nothing is known of it: most campaigns of some projects."""
    if member.address in reading.listings or str(member.address) in comparing.touched:
        return False
    return not (member.dnd if member.collection.holds == "dnd" else member.contacts)


def _nothing(comparing: _Comparing, member: Member, found: Differences) -> Difference:
    """Compare nothing with nothing, without a statement: there can be thousands of such collections."""
    if not comparing.nothing:
        comparing.nothing.append(wanted_numbers(comparing.workspace, "", columns=(), book=comparing.sources.book))
    (wanted,) = comparing.nothing
    found.wanted[member.address] = wanted.table
    return Difference(findings=RowFindings(address=member.address, collection=member.collection), row_sets=())


def _dnd(comparing: _Comparing, reading: DialerReading, member: Member, found: Differences) -> Difference:
    numbers = _in_force(comparing, member.dnd)
    wanted = wanted_numbers(
        comparing.workspace, numbers, columns=_columns(reading, member), book=comparing.sources.book
    )
    if operations_for(member.collection, "add"):
        comparing.kept_there.setdefault(member.campaign, []).append(wanted.table)
    found.wanted[member.address] = wanted.table
    return difference_of_dnd(
        comparing.workspace,
        address=member.address,
        collection=member.collection,
        wanted=wanted,
        actual=_actual(comparing, reading, member),
        released=_numbers_table(comparing.workspace, _taken_off(comparing, member)),
        book=comparing.sources.book,
        now=comparing.run.options.clock(),
        lasts_days=member.lasts_days,
    )


def _contacts(comparing: _Comparing, reading: DialerReading, member: Member, found: Differences) -> Difference:
    lists = [comparing.sources.contacts[name] for name in member.contacts if name in comparing.sources.contacts]
    if len(lists) < len(member.contacts):
        # A list that cannot be read says nothing about who is gone, and its people are not in the others.
        lists = []
    wanted = wanted_contacts(
        comparing.workspace,
        lists,
        collection=member.collection,
        columns=_columns(reading, member),
        book=comparing.sources.book,
    )
    found.wanted[member.address] = wanted.table
    if member.collection.holds == "contacts":
        for position, contacts in enumerate(lists):
            comparing.mapped.setdefault(contacts.list.name, []).append((wanted, position))
    found.notes += [f"{member.address}: {plural(count, 'row')}: {why}" for why, count in wanted.rejected.items()]
    listed, actual = member.dnd, _actual(comparing, reading, member)
    made = difference_of_contacts(
        comparing.workspace,
        address=member.address,
        collection=member.collection,
        lists=lists,
        wanted=wanted,
        actual=actual,
        listed=_listed(comparing, listed, wanted, actual),
        released=_released(comparing, listed),
        book=comparing.sources.book,
        kept_there=() if _can_suppress(member.collection) else _kept_there(comparing, member.campaign),
        unmoved=_any_known(lists)
        and not _is_gone_here(reading, member)
        and unmoved(comparing.run, member.address, wanted),
    )
    for position, contacts in enumerate(lists):
        fed = Fed(address=member.address, wanted=wanted, position=position, unsettled=made.unsettled)
        comparing.fed.setdefault(contacts.list.name, []).append(fed)
    return made


def _can_suppress(collection: Collection) -> bool:
    return any(bool(operations_for(collection, action)) for action in ("remove", "block"))


def _kept_there(comparing: _Comparing, campaign: str) -> tuple[str, ...]:
    """Return what the dialer's lists are to hold for a campaign; the walk over its collections begins with them."""
    return (*comparing.kept_there.get("", ()), *comparing.kept_there.get(campaign, ()))


def _columns(reading: DialerReading, member: Member) -> Sequence[Column]:
    return reading.vendor.columns.get(member.collection.name, ())


def _actual(comparing: _Comparing, reading: DialerReading, member: Member) -> Actual:
    listed_until = reading.began - settle_time(member.collection.operations.values())
    return Actual(
        ledger=_known(comparing, reading, member),
        listing=reading.listings.get(member.address),
        listed_until=listed_until,
        removed_lately=comparing.removals.get(str(member.address), 0.0) > listed_until,
    )


def _known(comparing: _Comparing, reading: DialerReading, member: Member) -> KnownRows:
    run, address = comparing.run, member.address
    if _is_gone_here(reading, member):
        # The campaign that held them no longer exists; the next one begins empty.
        return from_ledger(run.workspace, run.ledger.rows_table(address).slice(0, 0))
    return known_rows(run, address)


def _any_known(lists: Sequence[Contacts]) -> bool:
    return any(contacts.known is not None for contacts in lists)


def _is_gone_here(reading: DialerReading, member: Member) -> bool:
    return bool(member.campaign) and _is_gone(reading, member.campaign)


def _is_gone(reading: DialerReading, campaign: str) -> bool:
    state = reading.campaigns[campaign]
    return not state.id and reading.snapshot.source == "read" and reading.snapshot.complete


def _in_force(comparing: _Comparing, lists: tuple[str, ...]) -> str:
    """Return a table of the numbers in force on any of some lists, less those released now and on no other of them."""
    if lists not in comparing.in_force:
        numbers = comparing.run.ledger.all_numbers(lists) - _free(comparing, lists)
        comparing.in_force[lists] = _numbers_table(comparing.workspace, numbers)
    return comparing.in_force[lists]


def _listed(comparing: _Comparing, lists: tuple[str, ...], wanted: Wanted, actual: Actual) -> str:
    """Return a table of the numbers that must not be called: those in force, and those known by a digest alone.

    A dialer's own list gets only the former: whoever was erased is written down nowhere again.
    """
    plain, erased = _in_force(comparing, lists), comparing.sources.erased
    if not erased.lists & {*lists}:
        return plain
    erased.look([wanted.table, actual.ledger.table, *([actual.listing.table] if actual.listing else [])])
    numbers = erased.among(lists) - _free(comparing, lists)
    if not numbers or not plain:
        return _numbers_table(comparing.workspace, numbers) or plain
    also = _numbers_table(comparing.workspace, numbers)
    return comparing.workspace.table("numbers", f"SELECT number FROM {plain} UNION SELECT number FROM {also}")  # noqa: S608 - tables of our own


def _released(comparing: _Comparing, lists: tuple[str, ...]) -> str:
    return _numbers_table(comparing.workspace, _free(comparing, lists))


def _taken_off(comparing: _Comparing, member: Member) -> set[str]:
    """Return the numbers to take off a dialer's list: released now, or before and without success there."""
    free = _free(comparing, member.dnd)
    if "remove" not in member.collection.operations:
        return free
    sources = [comparing.sources.dnd[name] for name in member.dnd if name in comparing.sources.dnd]
    named = {number for source in sources for number in source.named}
    return free | (named - comparing.run.ledger.all_numbers(member.dnd) - comparing.sources.erased.among(member.dnd))


def _free(comparing: _Comparing, lists: tuple[str, ...]) -> set[str]:
    """Return the numbers that this plan takes off some of the lists and that stand on no other of them."""
    releases = comparing.sources.releases
    free: set[str] = set()
    for name in lists:
        rest = [other for other in lists if other != name]
        others = (
            comparing.run.ledger.all_numbers(rest) | comparing.sources.erased.among(rest) if name in releases else set()
        )
        also = {number for other in lists if other != name for number in releases.get(other, ())}
        free |= {number for number in releases.get(name, ()) if number not in others or number in also}
    return free


def _numbers_table(workspace: Workspace, numbers: set[str]) -> str:
    """Return a table of one column ``number``; empty when there are none."""
    if not numbers:
        return ""
    return workspace.table("numbers", "SELECT unnest(?::VARCHAR[]) AS number", [sorted(numbers)])


def _write_rejects(comparing: _Comparing) -> None:
    """Write each list's unusable rows beside the ledger, once a run: what one collection cannot take is in it, too."""
    for name, mapped in comparing.mapped.items():
        path = rejects_file(comparing.run.folder, name)
        if write_rejects(comparing.workspace, path, comparing.sources.contacts[name], mapped=mapped):
            comparing.rejects[name] = comparing.run.shown(path)
        else:
            # What an earlier plan set aside has been mended since.
            path.unlink(missing_ok=True)


def _summaries(comparing: _Comparing) -> list[SourceSummary]:
    contacts = [
        replace(found.summary, rejects_file=comparing.rejects.get(name, ""))
        for name, found in comparing.sources.contacts.items()
    ]
    return [*contacts, *(found.summary for found in comparing.sources.dnd.values())]
