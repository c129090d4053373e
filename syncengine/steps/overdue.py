# ruff: noqa: S608  # SQL is put together from table names of our own; numbers go in as parameters
"""Opt-outs that have been known for a day and hold nowhere yet (D6): the plan says so, loudly, until they do.

The law leaves ten working days; a day is what is promised here. Only what this plan still has to do, or cannot do, is
looked at, so that a plan without any such thing costs nothing.
"""

from collections.abc import Iterator

from syncengine.rows.row_sets import RowSetTable
from syncengine.steps.collections import Member
from syncengine.steps.differences import Differences
from syncengine.steps.reading import Readings
from syncengine.steps.run import Run
from syncengine.steps.sources import Sources

_LONGEST = 86_400.0
# What is still to be done about a number that must not be called.
_OPEN = {("dnd", "missing"), ("dnd", "vanished"), ("dnd", "lapsing"), ("contacts", "listed")}


def overdue(run: Run, sources: Sources, readings: Readings, differences: Differences) -> tuple[str, ...]:
    """Return one sentence for each collection in which a statement has waited for longer than a day."""
    members = {member.address: member for reading in readings.dialers.values() for member in reading.members}
    sets = {found.set.name: found for found in differences.sets}
    sentences = []
    for dialer in differences.dialers:
        for found in dialer.rows:
            waiting = [sets[s.name] for s in found.sets if (found.address.kind, s.reason) in _OPEN]
            late = len(set(_late(run, sources, members[found.address], waiting))) if waiting else 0
            if late:
                sentences.append(
                    f"ALARM {found.address}: numbers on a do-not-call list for more than a day that are not known to be"
                    f" kept from being rung there: {late:,}; apply this plan and see what becomes of it"
                )
    return tuple(sentences)


def _late(run: Run, sources: Sources, member: Member, waiting: list[RowSetTable]) -> Iterator[str]:
    """Walk the numbers of some rows whose statements were first read more than a day ago."""
    tables = " UNION ALL ".join(f"SELECT phones FROM {found.table}" for found in waiting)
    numbers = f"(SELECT DISTINCT unnest(string_split(phones, ' ')) AS number FROM ({tables}))"
    before = run.options.clock() - _LONGEST
    for name in member.dnd:
        early = run.ledger.statements(name, read_before=before).select(["number"])
        if early.num_rows:
            with run.workspace.registered(early) as stated:
                rows = run.workspace.run(f"SELECT number FROM {stated} SEMI JOIN {numbers} USING (number)").fetchall()
            yield from (number for (number,) in rows)
    erased = sorted(number for number, at in sources.erased.first_read(member.dnd).items() if at < before)
    if erased:
        among = f"SELECT number FROM {numbers} WHERE number IN (SELECT unnest(?::VARCHAR[]))"
        yield from (number for (number,) in run.workspace.run(among, [erased]).fetchall())
