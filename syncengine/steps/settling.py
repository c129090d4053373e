"""Settle: calls of earlier runs whose outcome is not known, each by the proof that the vendor file declares.

repeat, refusal: the difference plans the row again, which is harmless or refused; nothing to do here, unless a listing
shows it done, so that nothing would ever be planned again. task: the vendor is asked once more. read_back: the listing
of this run tells, once the settle time is over. park: a person decides.

What can be settled changes the ledger, so it takes the lease of the dialer; where another run holds that, its calls are
left to it, since they may be under way. A run that holds some dialers settles the calls of those alone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from syncengine.config.operation_lookup import find_operation
from syncengine.errors import LockedError, RemoteError, RenderError
from syncengine.failpoints import failpoint
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.records import OpenCall, OpenRow
from syncengine.model.address import Address
from syncengine.model.counted import plural
from syncengine.model.desired import Desired
from syncengine.model.exchange import RowItem
from syncengine.model.findings import KnownCampaign
from syncengine.model.ports import RowOutcome
from syncengine.model.report import Outcome
from syncengine.remote.dialer_run import campaign_scope
from syncengine.remote.lookup import find_row
from syncengine.remote.tasks import ask_once
from syncengine.rows.listing import keys_listed
from syncengine.steps.clients import open_client
from syncengine.steps.reading import DialerReading, Readings, recall
from syncengine.steps.run import Run

# A call that is surely over: its time-out and as much again.
_OVER = 2.0
# What history says of a campaign's call that nobody had to look after.
_LISTING = "a listing"


def settle(run: Run, readings: Readings) -> Sequence[str]:
    """Settle what can be proven, and return sentences about what still waits."""
    waiting = run.ledger.unfinished_calls()
    if not waiting:
        return _parked(run.ledger)
    now, dialers = run.options.clock(), {call.dialer for call in waiting}
    if run.ledger.holds_any:
        _settle_mine(run, readings, waiting)
    else:
        # Where all of them are held, there is nothing to settle.
        with suppress(LockedError), run.ledger.lock("settle", now=now, dialers=dialers, only_free=True):
            _settle_mine(run, readings, waiting)
    open_calls = run.ledger.unfinished_calls()
    theirs = [call for call in open_calls if _is_anothers(run, call)]
    notes = [_sentence(call) for call in open_calls if call not in theirs]
    if theirs:
        some = plural(len(theirs), "call of another run has", "calls of another run have")
        notes.append(f"{some} no outcome yet; that run is under way")
    return [*notes, *_parked(run.ledger)]


def _settle_mine(run: Run, readings: Readings, waiting: Sequence[OpenCall]) -> None:
    now = run.options.clock()
    mine = [call for call in waiting if run.ledger.holds(call.dialer)]
    for call in mine:
        _settle_call(run, readings, call, now=now)
        failpoint("settle.booked")
    for name in {call.dialer for call in mine if not call.rows and call.dialer in readings.dialers}:
        recall(run, readings.dialers[name], readings.wanted)


def _is_anothers(run: Run, call: OpenCall) -> bool:
    return not run.ledger.holds(call.dialer) and bool(run.ledger.held_at([call.dialer], now=run.options.clock()))


def _sentence(call: OpenCall) -> str:
    what = plural(call.rows, "row") if call.rows else "the campaign"
    return f"{call.address}: {call.action} of {what}: the answer was lost; it is settled by {call.proof}"


def _parked(ledger: Ledger) -> list[str]:
    return [
        f"{call.address}: {call.action} of {plural(call.rows, 'row')} is parked, since nothing can prove whether it"
        f" arrived; settle it with: syncengine state resolve {call.call_id} --assume-sent | --resend"
        for call in ledger.parked()
    ]


def _settle_call(run: Run, readings: Readings, call: OpenCall, *, now: float) -> None:
    reading = readings.dialers.get(call.dialer)
    match call.proof:
        case "park":
            run.ledger.park_call(call.call_id)
        case "task" if not call.task_id:
            run.ledger.park_call(call.call_id)
        case "task" if reading is not None and run.options.refresh != "none":
            asyncio.run(_ask_task(run, reading, call, now=now))
        case "repeat" | "refusal" if reading is not None and call.action == "block":
            # Before, a listing may still show the block that was lifted a moment before this one.
            if _is_over(reading, call):
                _see_blocked(run, reading, call, now=now)
        case "repeat" | "refusal" if reading is not None and not call.rows and call.action != "create":
            # What was done is not planned again; what was not is, and what no listing shows is written once more.
            if _is_over(reading, call):
                _read_campaign_back(run, reading, readings.wanted, call, now=now)
        case "read_back" if reading is not None and _is_over(reading, call):
            if call.rows:
                _read_rows_back(run, reading, call, now=now)
            else:
                _read_campaign_back(run, reading, readings.wanted, call, now=now)
        case _:
            # Repeatable, or too early, or not read in this run.
            return


def _is_over(reading: DialerReading, call: OpenCall) -> bool:
    """Whether the settle time was over when the reading began; its first page may be minutes old by now."""
    alive = _OVER * reading.vendor.limits.timeout if call.state == "intent" else 0.0
    return reading.began >= call.last_alive + call.settle + alive


async def _ask_task(run: Run, reading: DialerReading, call: OpenCall, *, now: float) -> None:
    operation = find_operation(reading.vendor, call.operation)
    if operation.task is None:
        return
    state = reading.campaigns.get(Address.parse(call.address).name)
    scope = {"campaign": campaign_scope(reading.vendor, state)} if state is not None else {}
    # One question is enough here: a task of an earlier run has had its time.
    async with open_client(run.loaded, reading.dialer, run.ledger, run.options) as client:
        judgement = await ask_once(client, reading.vendor, operation, call.task_id, scope)
    if judgement.outcome == "applied":
        done = {row.key: RowOutcome("applied") for row in run.ledger.call_rows(call.call_id)}
        run.ledger.settle_call(call.call_id, done, now=now)
    # A dialer that did not answer has told nothing; it is asked again by the next run.
    elif judgement.outcome in {"unknown", "wait", "rejected"} and now > call.last_alive + operation.task.deadline:
        run.ledger.park_call(call.call_id)


def _see_blocked(run: Run, reading: DialerReading, call: OpenCall, *, now: float) -> None:
    """A row that is seen to be blocked needs no second block, so that nothing else would ever settle the first one."""
    listing = reading.listings.get(Address.parse(call.address))
    if listing is None:
        return
    keys = [row.key for row in run.ledger.call_rows(call.call_id)]
    blocked = keys_listed(run.workspace, listing, keys, blocked=True)
    run.ledger.settle_call(call.call_id, dict.fromkeys(blocked, RowOutcome("applied")), now=now)


def _read_rows_back(run: Run, reading: DialerReading, call: OpenCall, *, now: float) -> None:
    listing = reading.listings.get(Address.parse(call.address))
    rows = run.ledger.call_rows(call.call_id)
    if listing is None and call.action == "add" and run.options.refresh != "none":
        # What is too large to list is asked for row by row, where the vendor answers that.
        run.ledger.settle_call(call.call_id, asyncio.run(_look_up(run, reading, call, rows)), now=now)
    if listing is None or not listing.complete:
        return
    keys = [row.key for row in rows]
    there = keys_listed(run.workspace, listing, keys)
    callable_there = there - keys_listed(run.workspace, listing, keys, blocked=True)
    verdicts = {
        key: RowOutcome(_verdict(call.action, there=key in there, callable_there=key in callable_there)) for key in keys
    }
    run.ledger.settle_call(call.call_id, verdicts, now=now)


def _verdict(action: str, *, there: bool, callable_there: bool) -> Outcome:
    """Return what a complete listing proves about a lost call: an addition landed if listed, a removal if not.

    A listing shows no content, so an update counts as not done and is planned again: it states an end state.
    """
    landed = {"add": there, "remove": not there, "block": not callable_there, "unblock": callable_there}
    return "applied" if landed.get(action, False) else "skipped"


async def _look_up(
    run: Run, reading: DialerReading, call: OpenCall, rows: Sequence[OpenRow]
) -> Mapping[str, RowOutcome]:
    """Ask for the rows of a lost addition one by one; those that the vendor does not tell about are left out."""
    collection = next(m.collection for m in reading.members if str(m.address) == call.address)
    if "lookup" not in collection.operations:
        return {}
    told = {}
    async with open_client(run.loaded, reading.dialer, run.ledger, run.options) as client:
        for row in rows:
            item = RowItem(row.key, row.phones, {}, row.content_hash, row.remote_id)
            try:
                found = await find_row(client, collection, item)
            except (RemoteError, RenderError):
                break
            if found is None:
                told[row.key] = RowOutcome("skipped")
            elif found.outcome == "already_present":
                told[row.key] = found
    return told


def _read_campaign_back(run: Run, reading: DialerReading, manifest: Desired, call: OpenCall, *, now: float) -> None:
    """What a whole listing of campaigns proves about a lost call."""
    if reading.snapshot.source != "read" or not reading.snapshot.complete:
        return
    if call.action == "create":
        _read_creation_back(run, reading, manifest, call, now=now)
        return
    address = Address.parse(call.address)
    known = reading.known.get(address.name)
    if known is None:
        # A later run has deleted it, and that was answered: nothing is left to prove, or to do once more.
        run.ledger.resolve_call(
            call.call_id, "sent" if call.action == "delete" else "not_sent", now=now, told_by=_LISTING
        )
        return
    there = next((c for c in reading.snapshot.campaigns if c.id == known.remote_id and not c.ending), None)
    landed = {
        "delete": there is None,
        "start": there is not None and there.status == "started",
        "stop": there is not None and there.status == "stopped",
    }.get(call.action, False)
    run.ledger.resolve_call(call.call_id, "sent" if landed else "not_sent", now=now, told_by=_LISTING)
    if landed and call.action == "delete":
        run.ledger.forget_campaign(address)


def _read_creation_back(run: Run, reading: DialerReading, manifest: Desired, call: OpenCall, *, now: float) -> None:
    """A lost creation: one campaign of that name is ours, none means that it did not arrive, several are parked."""
    address = Address.parse(call.address)
    named = manifest.campaigns.get(address.name) or reading.known.get(address.name)
    if named is None or not named.name:
        # Its name went with the manifest's entry, so that no listing can tell which one it would be.
        run.ledger.park_call(call.call_id)
        return
    found = [c for c in reading.snapshot.campaigns if c.name == named.name and not c.ending]
    if not found:
        run.ledger.resolve_call(call.call_id, "not_sent", now=now, told_by=_LISTING)
        return
    if len(found) > 1:
        run.ledger.park_call(call.call_id)
        return
    # There was none of that name when it was created, so this one is ours. What it was created with and cannot be read
    # back is written once more.
    mine = KnownCampaign(key=address.name, remote_id=found[0].id, name=found[0].name, status=found[0].status, fields={})
    run.ledger.save_campaign(address, mine, now=now)
    run.ledger.resolve_call(call.call_id, "sent", now=now, told_by=_LISTING)
