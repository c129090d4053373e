"""Read the dialers, side by side: campaigns and rows. What cannot be read is a problem in a value, not an exception."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncengine.diagnostics import did_you_mean
from syncengine.errors import RemoteError, UsageError
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.calling import Proof
from syncengine.model.desired import Campaign, Desired, Dialer, FieldValue
from syncengine.model.findings import KnownCampaign
from syncengine.model.ports import CampaignState
from syncengine.model.snapshot import ActualCampaign, CampaignSnapshot, ListedRow
from syncengine.model.vendor import Collection, Operation, Vendor
from syncengine.remote.campaigns_reader import read_duplicates
from syncengine.remote.client import DialerClient
from syncengine.remote.dialer_run import campaign_scope
from syncengine.remote.field_values import canonical_fields
from syncengine.rows.listing import Listing, lacks_ours, load_listing
from syncengine.rows.phone_book import PhoneBook
from syncengine.steps.clients import open_client
from syncengine.steps.collections import Member, members_of
from syncengine.steps.known_rows import known_rows
from syncengine.steps.loading import Loaded
from syncengine.steps.options import Options
from syncengine.steps.run import Run
from syncengine.steps.second_look import Look, look, look_again, look_for_campaigns
from syncengine.steps.sources import Sources

# Where the vendor file states no settle time for a write.
_USUAL_SETTLE = Proof(by="repeat").settle


@dataclass(slots=True, kw_only=True)
class DialerReading:
    """One dialer as it was read."""

    dialer: Dialer
    vendor: Vendor
    snapshot: CampaignSnapshot
    known: Mapping[str, KnownCampaign]
    members: Sequence[Member]
    # Campaign key -> the campaign as it is now, for templates; without an id: not there yet.
    campaigns: Mapping[str, CampaignState]
    # When the first question was asked, in seconds since 1970: what was written shortly before may not be listed yet.
    began: float
    listings: dict[Address, Listing] = field(default_factory=dict)
    # Collection -> why its listing is not whole.
    problems: dict[Address, str] = field(default_factory=dict)
    duplicates: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What was asked for, and what the dialers hold of it."""

    # The manifest, restricted to the chosen dialers and campaigns, its fields in one spelling.
    wanted: Desired
    dialers: Mapping[str, DialerReading]

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what people must know of the readings."""
        return tuple(note for reading in self.dialers.values() for note in reading.notes)


async def read_dialers(run: Run, sources: Sources) -> Readings:
    """Read all dialers of the project that were not left out, side by side."""
    wanted = _chosen(run.loaded, run.options)
    names = dialers_of(run.loaded, run.options)
    readings = await asyncio.gather(*(_read_dialer(run, sources, wanted.dialers[name], wanted) for name in names))
    for reading, rows in readings:
        _take_in(run, sources.book, reading, rows)
    await asyncio.gather(*(_look_again(run, sources, reading, rows) for reading, rows in readings))
    sources.book.save()
    return Readings(wanted=wanted, dialers={reading.dialer.name: reading for reading, _ in readings})


Rows = Mapping[Address, Look]


def dialers_of(loaded: Loaded, options: Options) -> list[str]:
    """Return the dialers that a run is about.

    Raises:
        UsageError: a dialer or a campaign was named that the project does not have.
    """
    desired = loaded.desired
    _check_names("dialer", options.dialers, desired.dialers)
    _check_names("campaign", options.campaigns, desired.campaigns)
    chosen = {desired.campaigns[key].dialer for key in options.campaigns} if options.campaigns else desired.dialers
    return [name for name in sorted(chosen) if not options.dialers or name in options.dialers]


def _chosen(loaded: Loaded, options: Options) -> Desired:
    """Return the part of the manifest that this run is about, its fields in the spelling of a reading."""
    desired = loaded.desired
    campaigns = {
        key: replace(campaign, fields=_canonical(loaded.vendor_of(desired.dialers[campaign.dialer]), campaign))
        for key, campaign in desired.campaigns.items()
        if (not options.dialers or campaign.dialer in options.dialers)
        and (not options.campaigns or key in options.campaigns)
    }
    return replace(desired, campaigns=campaigns)


def _check_names(kind: str, chosen: Sequence[str], known: Mapping[str, object]) -> None:
    for name in chosen:
        if name not in known:
            raise UsageError(
                f'there is no {kind} "{name}" in this project. {did_you_mean(name, tuple(known))}'.rstrip()
            )


def _canonical(vendor: Vendor, campaign: Campaign) -> Mapping[str, FieldValue]:
    """Return the stated fields that the vendor's mapping has; a name that it lacks is still used to find a campaign."""
    mapped = {name: value for name, value in campaign.fields.items() if name in vendor.campaigns.fields}
    return canonical_fields(vendor, mapped)


async def _read_dialer(run: Run, sources: Sources, dialer: Dialer, wanted: Desired) -> tuple[DialerReading, Rows]:
    vendor = run.loaded.vendor_of(dialer)
    known = _known(run.ledger, dialer, run.options)
    began = run.options.clock()
    if run.options.refresh == "none":
        return _prepare(run, sources, dialer, wanted, _from_ledger(dialer, known, ""), began=began), {}
    async with open_client(run.loaded, dialer, run.ledger, run.options) as client:
        snapshot = await _snapshot(client, vendor, dialer, known, run.options)
        snapshot = _with_the_new(vendor, snapshot, known, began)
        reading = _prepare(run, sources, dialer, wanted, snapshot, began=began)
        await _read_duplicates(client, reading, wanted)
        rows: dict[Address, Look] = {}
        if run.options.refresh == "full":
            for member in reading.members:
                await _read_member(client, reading, member, run.options, rows)
        return reading, rows


def _known(ledger: Ledger, dialer: Dialer, options: Options) -> Mapping[str, KnownCampaign]:
    known = ledger.campaigns(dialer.name)
    if not options.campaigns:
        return known
    return {key: campaign for key, campaign in known.items() if key in options.campaigns}


async def _snapshot(
    client: DialerClient, vendor: Vendor, dialer: Dialer, known: Mapping[str, KnownCampaign], options: Options
) -> CampaignSnapshot:
    operation = vendor.campaigns.operations.get("list")
    if not may_call(operation, options):
        return _from_ledger(dialer, known, "its listing of campaigns is not documented and was not allowed")
    snapshot = await look_for_campaigns(client, vendor, known)
    return _from_ledger(dialer, known, "") if snapshot.source == "none" else snapshot


def _with_the_new(
    vendor: Vendor, snapshot: CampaignSnapshot, known: Mapping[str, KnownCampaign], began: float
) -> CampaignSnapshot:
    """Doubt a listing that lacks a campaign of ours so new that it may not be listed yet: it would be created twice."""
    create = vendor.campaigns.operations.get("create")
    listed = {campaign.id for campaign in snapshot.campaigns}
    new = [
        key
        for key, campaign in sorted(known.items())
        if campaign.remote_id not in {"", *listed} and campaign.updated_at > began - settle_time([create])
    ]
    if snapshot.source != "read" or not new:
        return snapshot
    problem = f"{', '.join(new)}: written a moment ago and not listed yet"
    return replace(snapshot, complete=False, problem=snapshot.problem or problem)


def settle_time(operations: Iterable[Operation | None]) -> float:
    """Return the seconds after which what these calls have written is listed for sure."""
    proofs = [operation.proof for operation in operations if operation is not None and operation.proof is not None]
    return max((proof.settle for proof in proofs), default=_USUAL_SETTLE)


def _from_ledger(dialer: Dialer, known: Mapping[str, KnownCampaign], problem: str) -> CampaignSnapshot:
    remembered = tuple(
        ActualCampaign(id=k.remote_id, name=k.name, status=k.status, fields=k.fields) for k in known.values()
    )
    return CampaignSnapshot(
        dialer=dialer.name, campaigns=remembered, complete=not problem, source="ledger", problem=problem
    )


def may_call(operation: Operation | None, options: Options) -> bool:
    """Whether a call exists and is documented, or was allowed though it is not."""
    if operation is None or operation.ability == "absent":
        return False
    return operation.ability == "documented" or options.allowances.unverified


def _prepare(
    run: Run, sources: Sources, dialer: Dialer, wanted: Desired, snapshot: CampaignSnapshot, *, began: float
) -> DialerReading:
    vendor, known = run.loaded.vendor_of(dialer), _known(run.ledger, dialer, run.options)
    return DialerReading(
        dialer=dialer,
        vendor=vendor,
        snapshot=snapshot,
        known=known,
        members=tuple(members_of(wanted, dialer, vendor, known, sources.orphans)),
        campaigns=_states(vendor, snapshot, _at(wanted, dialer), known),
        began=began,
    )


def recall(run: Run, reading: DialerReading, wanted: Desired) -> None:
    """Take in what the ledger knows of a dialer's campaigns now, after lost calls were settled."""
    reading.known = _known(run.ledger, reading.dialer, run.options)
    reading.campaigns = _states(reading.vendor, reading.snapshot, _at(wanted, reading.dialer), reading.known)


def _at(wanted: Desired, dialer: Dialer) -> list[Campaign]:
    return [campaign for campaign in wanted.campaigns.values() if campaign.dialer == dialer.name]


def _states(
    vendor: Vendor, snapshot: CampaignSnapshot, wanted: Iterable[Campaign], known: Mapping[str, KnownCampaign]
) -> dict[str, CampaignState]:
    states = {campaign.key: _state(vendor, snapshot, campaign, known.get(campaign.key)) for campaign in wanted}
    for key, remembered in known.items():
        states.setdefault(key, _state_of_known(snapshot, remembered))
    return states


def _state(vendor: Vendor, snapshot: CampaignSnapshot, wanted: Campaign, known: KnownCampaign | None) -> CampaignState:
    remote_id = wanted.id or (known.remote_id if known else "")
    remembered = dict(known.fields) if known else {}
    if vendor.campaigns.references_only:
        return CampaignState(wanted.key, remote_id, wanted.name, "started", dict(wanted.fields), {}, known)
    actual = next((c for c in snapshot.campaigns if c.id == remote_id and remote_id and not c.ending), None)
    if actual is None and known is not None and known.state == "unknown":
        named = [c for c in snapshot.campaigns if c.name == wanted.name and not c.ending]
        actual = named[0] if len(named) == 1 else None
    if actual is None:
        # Where it is not proven to be gone, its id is taken at its word: listed numbers must be removed there.
        gone = snapshot.source == "read" and snapshot.complete
        fields: dict[str, object] = {**remembered, **wanted.fields}
        return CampaignState(wanted.key, "" if gone else remote_id, wanted.name, "unknown", fields, {}, known)
    return CampaignState(
        wanted.key,
        actual.id,
        actual.name or wanted.name,
        actual.status,
        {**remembered, **actual.fields, **wanted.fields},
        dict(actual.raw),
        known,
    )


def _state_of_known(snapshot: CampaignSnapshot, known: KnownCampaign) -> CampaignState:
    actual = next((c for c in snapshot.campaigns if c.id == known.remote_id), None)
    status = actual.status if actual else known.status
    return CampaignState(
        known.key, known.remote_id, known.name, status, dict(known.fields), dict(actual.raw) if actual else {}, known
    )


async def _read_duplicates(client: DialerClient, reading: DialerReading, wanted: Desired) -> None:
    if "find_duplicates" not in reading.vendor.campaigns.operations:
        return
    for key, state in reading.campaigns.items():
        campaign = wanted.campaigns.get(key)
        if campaign is None or not campaign.duplicates or not state.id:
            continue
        try:
            groups = await read_duplicates(client, reading.vendor, campaign_scope(reading.vendor, state))
        except RemoteError as problem:
            reading.notes.append(
                f"{reading.dialer.name}/campaign/{key}: duplicates could not be read: {problem.detail}"
            )
            continue
        reading.duplicates[key] = len(groups)


async def _read_member(
    client: DialerClient, reading: DialerReading, member: Member, options: Options, rows: dict[Address, Look]
) -> None:
    operation = member.collection.operations.get("list")
    if member.collection.listed is None or not may_call(operation, options):
        return
    if member.campaign and not reading.campaigns[member.campaign].id:
        return
    try:
        rows[member.address] = await look(client, member.collection, _scope(reading, member))
    except RemoteError as problem:
        reading.problems[member.address] = problem.detail


def _scope(reading: DialerReading, member: Member) -> Mapping[str, object] | None:
    return campaign_scope(reading.vendor, reading.campaigns[member.campaign]) if member.campaign else None


def _take_in(run: Run, book: PhoneBook, reading: DialerReading, rows: Rows) -> None:
    """Put the listed rows into columns."""
    for member in reading.members:
        if member.address not in rows:
            continue
        seen = rows[member.address]
        if not seen.complete:
            reading.problems[member.address] = seen.problem
        reading.listings[member.address] = load_listing(
            run.workspace,
            _under_our_keys(seen.rows, reading, member.collection, run.ledger),
            collection=member.collection,
            regions=run.loaded.desired.regions,
            complete=seen.complete,
            book=book,
        )


async def _look_again(run: Run, sources: Sources, reading: DialerReading, rows: Rows) -> None:
    """Read those listings again that lack rows of ours on whose absence a plan would act."""
    doubted = [member for member in reading.members if _is_doubted(run, sources, reading, member)]
    if not doubted:
        return
    async with open_client(run.loaded, reading.dialer, run.ledger, run.options) as client:
        again = {}
        for member in doubted:
            first = rows[member.address]
            try:
                seen = await look_again(client, member.collection, _scope(reading, member), first)
            except RemoteError as problem:
                seen = replace(first, complete=False, problem=problem.detail)
            again[member.address] = seen
    _take_in(run, sources.book, reading, again)


def _is_doubted(run: Run, sources: Sources, reading: DialerReading, member: Member) -> bool:
    listing = reading.listings.get(member.address)
    if listing is None or not listing.complete:
        return False
    lists = [sources.contacts[name].list for name in member.contacts if name in sources.contacts]
    # A row that is gone is added again, or forgotten so that nothing would ever remove it.
    acts = any(found.on_vanish == "add" or found.on_absent == "remove" for found in lists)
    until = reading.began - settle_time(member.collection.operations.values())
    return lacks_ours(run.workspace, listing, known_rows(run, member.address), until=until, present=acts)


def _under_our_keys(
    rows: list[ListedRow], reading: DialerReading, collection: Collection, ledger: Ledger
) -> list[ListedRow]:
    """Give rows that are listed by a directory's id the key that we know that person by; strangers get "#id"."""
    if not collection.needs:
        return rows
    directory = next(m for m in reading.members if m.collection.name == collection.needs)
    table = ledger.rows_table(directory.address)
    ours = dict(zip(table.column("remote_id").to_pylist(), table.column("key").to_pylist(), strict=True))
    return [row._replace(key=ours.get(row.remote_id, f"#{row.remote_id}")) for row in rows]
