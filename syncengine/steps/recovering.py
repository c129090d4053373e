"""Recover: a ledger that lost its memory is believed in nothing that could call a person twice or after an opt-out.

Do-not-call sources are read first and kept. A listing that is whole is trusted: what it shows is there, what it lacks
is not. Where nothing can be listed, every person whom the sources want and the ledger does not know may have been added
already, so the addition is parked: a person looks at the dialer and settles it with ``state resolve``. The same goes
for a campaign that may have been created. What a dialer was told of do-not-call is told again.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from syncengine.errors import GuardError, LedgerError
from syncengine.ledger.recovery import Doubted
from syncengine.model.address import Address
from syncengine.model.findings import DialerFindings, RowFindings, RowSet
from syncengine.model.ports import Intent
from syncengine.rows.store import PlanRows
from syncengine.steps.planned import Planned
from syncengine.steps.reading import DialerReading, settle_time

_PIECE = 10_000
_WHY = "the ledger lost its memory; nothing tells whether this was done before"
_EVIDENCE = '{"decision": "not sent"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What a recovery came to."""

    # Where a damaged file was put; None: it was not damaged.
    aside: Path | None
    salvaged: int
    # Do-not-call list -> numbers in force.
    statements: Mapping[str, int] = field(default_factory=dict)
    # Address -> additions that wait for a person now.
    parked: Mapping[str, int] = field(default_factory=dict)


def refuse_half_a_picture(made: Planned, doubted: Doubted) -> None:
    """Go on only when everything that can be known was read.

    Raises:
        GuardError: a source or a dialer could not be read to the end.
        LedgerError: what was written last may not be listed yet.
    """
    sources = made.sources
    problems = [f"contacts {name}: {why}" for name, why in sources.unreadable.items()]
    problems += [f"do-not-call list {name}: {s.summary.held}" for name, s in sources.dnd.items() if s.summary.held]
    for reading in made.readings.dialers.values():
        problems += [f"{address}: {why}" for address, why in reading.problems.items()]
        if reading.snapshot.source == "read" and not reading.snapshot.complete:
            problems.append(f"{reading.dialer.name}: {reading.snapshot.problem}")
    if problems:
        raise GuardError(f"the ledger cannot be recovered while this is not read: {'; '.join(problems)}")
    if doubted.mark is None:
        return
    for reading in made.readings.dialers.values():
        if reading.snapshot.source != "read" and not reading.listings:
            continue
        wait = doubted.mark.at + _settled_after(reading) - reading.began
        if wait > 0:
            raise LedgerError(
                f"{reading.dialer.name}: what was written last may not be listed yet; recover again in {wait:.0f} s"
            )


def _settled_after(reading: DialerReading) -> float:
    operations = [o for m in reading.members for o in m.collection.operations.values()]
    return settle_time([*operations, *reading.vendor.campaigns.operations.values()]) + reading.vendor.limits.timeout


def park_what_may_be_there(made: Planned) -> Mapping[str, int]:
    """Park every addition of which nothing proves that it was not made before; return how many at which address."""
    ledger, now = made.run.ledger, made.run.options.clock
    rows = PlanRows(made.run.workspace, made.differences.sets)
    parked: Counter[str] = Counter()
    run_id = ledger.begin_run("recover", "", now=now())
    for dialer in made.differences.dialers:
        reading = made.readings.dialers[dialer.dialer.name]
        for address in _campaigns_in_doubt(made, reading):
            _park(made, run_id, Intent(address=address, operation="create", action="create", effect="neutral"))
            parked[str(address)] += 1
        for found, row_set in _sets_in_doubt(made, dialer, reading):
            for batch in rows.batches(row_set.name, _PIECE):
                intent = Intent(
                    address=found.address, operation="add", action="add", effect="dialable", rows=tuple(batch)
                )
                _park(made, run_id, intent)
            parked[str(found.address)] += row_set.count
    ledger.end_run(run_id, "done", "{}", now=now())
    return parked


def _park(made: Planned, run_id: int, intent: Intent) -> None:
    ledger, now = made.run.ledger, made.run.options.clock()
    call = ledger.begin_call(intent, run_id=run_id, evidence=_EVIDENCE, now=now)
    # Of this proof, a call without a known outcome is parked.
    assert intent.proof == "park"
    ledger.finish_call(call, "unknown", _WHY, {}, now=now)


def _campaigns_in_doubt(made: Planned, reading: DialerReading) -> Iterator[Address]:
    if reading.vendor.campaigns.references_only:
        return
    for key, campaign in made.readings.wanted.campaigns.items():
        unknown = not campaign.id and key not in reading.known
        if campaign.dialer == reading.dialer.name and unknown and not _is_surely_absent(made, reading, key):
            yield Address(reading.dialer.name, "campaign", key)


def _is_surely_absent(made: Planned, reading: DialerReading, key: str) -> bool:
    """Whether a whole listing shows no campaign of that name, so that there is none of ours either."""
    if reading.snapshot.source != "read" or not reading.snapshot.complete:
        return False
    return all(found.name != made.readings.wanted.campaigns[key].name for found in reading.snapshot.campaigns)


def _sets_in_doubt(
    made: Planned, dialer: DialerFindings, reading: DialerReading
) -> Iterator[tuple[RowFindings, RowSet]]:
    for found in dialer.rows:
        if found.collection.holds == "dnd":
            # Whatever was told before, to be told again does no harm.
            continue
        name = found.address.name
        state = reading.campaigns.get(name)
        if state is not None and not state.id and _is_surely_absent(made, reading, name):
            # Nobody can be in a campaign that does not exist.
            continue
        yield from ((found, s) for s in found.sets if s.action == "add" and s.confidence != "verified")
