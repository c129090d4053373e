"""What may be true after a run, after a killed one, and at the end; everything else is named as a crime."""

import json
from collections import Counter
from collections.abc import Collection, Sequence

from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from tests.chaos.fork_server import Ended
from tests.chaos.job import Job, Line
from tests.chaos.scenario import Treatment

INTERRUPTED = 130
# Errors that a disturbed run may end with; each is one that people can act on.
_SPEAKABLE = {"LedgerError", "LockedError", "StalePlanError", "SyncEngineError", "RemoteError", "TransportError"}
_SURE = {"present", "blocked"}
_NOT_THERE = {"rejected", "deferred"}


def run_crimes(ended: Ended, treatments: Sequence[Treatment]) -> list[str]:
    """Return what is wrong with how a run ended."""
    signals = {each.signal.kind for each in treatments if each.signal is not None}
    failing = [each.failpoint for each in treatments if each.failpoint]
    spoilt = any(each.spoilt is not None for each in treatments)
    if ended.killed:
        killable = "kill" in signals or any(each.endswith(":kill") for each in failing)
        return [] if killable else ["the run was killed by somebody else"]
    if signals - {"kill"}:
        # Before the handlers are in place a signal ends the process, as it does every process.
        allowed = {0, INTERRUPTED, 3 if spoilt else 0, -15 if "term" in signals else 0}
        return [] if ended.code in allowed else [f"a signal ended the run with {ended.code}"]
    told = ended.told
    if told is None:
        return [f"the run ended with {ended.code} and said nothing"]
    if not told.error or told.error in _SPEAKABLE or (told.error == "OSError" and "failpoint" in told.text):
        return []
    if told.error == "OSError" and any(each.endswith(":full") for each in failing):
        return []
    return [f"the run ended with {told.error}: {told.text}"]


def left_crimes(ended: Ended, ledger: Ledger, treatments: Sequence[Treatment], *, dead: Collection[int]) -> list[str]:
    """Return what a run that was not killed has left behind: its lock, or a call without an outcome.

    ``dead`` are the fences of what killed runs have left.
    """
    disk = any(each.failpoint for each in treatments)
    if disk or ended.code < 0:
        return []
    crimes = []
    if any(holder.fence not in dead for holder in ledger.lock_holders()):
        crimes.append("a run that ended by itself has left its lock")
    mine = [call for call in ledger.unfinished_calls() if call.state == "intent"]
    if ended.code == INTERRUPTED and mine:
        crimes.append(f"{len(mine)} calls of an interrupted run were not booked")
    return crimes


def shown_crimes(ended: Ended, ledger: Ledger) -> list[str]:
    """Return calls without a known outcome that a run, which came to its end, has not shown."""
    told = ended.told
    if told is None or told.error or not told.plan:
        return []
    shown = told.plan + "\n".join(told.notes)
    crimes = [
        f"unknown not shown: parked call {call.call_id} about {call.address}"
        for call in ledger.parked()
        if f"state resolve {call.call_id} " not in shown
    ]
    return crimes + [
        f"unknown not shown: open call {call.call_id} about {call.address}"
        for call in ledger.unfinished_calls()
        if call.address not in shown
    ]


def row_crimes(job: Job, ledger: Ledger) -> list[str]:
    """Return rows of which the ledger is sure and the dialer knows better. Nothing may be under way."""
    crimes = []
    for line in job.lines:
        if not job.campaign_ids(line):
            continue
        held = records_of(job, line)
        table = ledger.rows_table(Address(line.dialer, "contacts", f"spring-{line.dialer}"))
        states = dict(zip(table.column("key").to_pylist(), table.column("state").to_pylist(), strict=True))
        texts = dict(zip(table.column("key").to_pylist(), table.column("phones").to_pylist(), strict=True))
        known = {number: states[key] for key, phones in texts.items() for number in _people_of(line, phones)}
        for number in line.everybody():
            times, state = held[number], known.get(number, "")
            if times > 1:
                crimes.append(f"doubled: person {number} is at {line.dialer} {times} times, the ledger says {state!r}")
            elif state in _SURE and not times:
                crimes.append(f"lost: person {number} is not at {line.dialer}, the ledger says {state!r}")
            elif times and (not state or state in _NOT_THERE):
                crimes.append(f"unknown not shown: person {number} is at {line.dialer}, the ledger says {state!r}")
    return crimes


def _people_of(line: Line, phones: str) -> list[int]:
    return [number for number in line.everybody() if line.variant.phone(number) in phones]


def records_of(job: Job, line: Line) -> Counter[int]:
    """Return how many records of each person our campaigns at a line's dialer hold."""
    found: Counter[int] = Counter()
    for campaign in job.campaign_ids(line):
        for record in job.at(line).records(campaign):
            text = json.dumps(record, default=str)
            found.update(n for n in line.everybody() if f"{line.variant.numbers}{n:03d}" in text)
    return found


def left_blocked(line: Line, notes: Sequence[str]) -> set[str]:
    """Return released numbers that stay blocked because the engine takes the block for other people's, and says so.

    A block of the number, lost before the block of its record was planned, looks like that in a listing.
    """
    told = any("blocked there by others" in note and note.startswith(f"{line.dialer}/contacts/") for note in notes)
    return line.numbers(set(line.release)) if told else set()


def line_crimes(job: Job, line: Line, notes: Sequence[str]) -> list[str]:
    """Return what is wrong at a dialer when a phase has come to its end with a plan that has these notes."""
    dialer, crimes = job.at(line), []
    if doubled := dialer.doubled():
        crimes.append(f"doubled: {doubled}")
    ringing = set().union(*dialer.dialling().values())
    if bad := ringing & line.numbers(line.listed):
        crimes.append(f"listed callable: {len(bad)} numbers at {line.dialer}")
    if job.seen_of_others(line) != job.others[line.dialer]:
        crimes.append(f"what other people have at {line.dialer} was touched")
    ours = job.campaign_ids(line)
    if len(ours) != (0 if line.ended else 1):
        crimes.append(f"lost: {len(ours)} campaigns at {line.dialer}, expected {'none' if line.ended else 'one'}")
    elif line.runs:
        rung, wanted = dialer.callable_numbers(ours[0]), line.numbers(line.wanted)
        if missing := wanted - rung - left_blocked(line, notes):
            crimes.append(f"lost: {len(missing)} people are not callable at {line.dialer}")
        if more := rung - wanted:
            crimes.append(f"{len(more)} people are callable at {line.dialer} whom nobody wants called")
    return crimes
