"""Opt-outs that are almost a day old and not yet where they count: at every dialer that they cover.

The law gives days; we give one. What is asked for is what a plan still has to do for listed numbers: entries that a
dialer's list lacks, and people who are there still. Their age is that of the first reading.
"""

import json
from collections.abc import Mapping

from syncengine.notices.notice import Notice
from syncengine.rows import positions
from syncengine.steps.planned import Planned

DEADLINE = 24 * 3600.0
# How long before it people are told.
WARNING = 4 * 3600.0


def near_deadline(made: Planned) -> Notice | None:
    """Return what to say of opt-outs whose deadline is near or over; None where there are none."""
    now = made.run.options.clock()
    waiting: dict[str, set[str]] = {}
    for found in made.differences.sets:
        dialer, kind, _ = found.set.name.split("/", 2)
        if (kind == "dnd" and found.set.action == "add") or found.set.reason == "listed":
            phones = positions.texts(made.run.workspace, found.table, "phones")
            waiting.setdefault(dialer, set()).update(number for text in phones for number in text.split(" "))
    if not waiting:
        return None
    old = _old(made, now)
    late = {dialer: len(numbers & old.keys()) for dialer, numbers in waiting.items() if numbers & old.keys()}
    if not late:
        return None
    numbers = {number for waits in waiting.values() for number in waits if number in old}
    return Notice(
        event="dnd_deadline",
        project=made.plan.project,
        plan_id=made.plan.plan_id,
        about=[f"{dialer}: {count:,}" for dialer, count in sorted(late.items())],
        # Each hour makes them older, and the news no newer.
        subject=json.dumps([sorted(late.items()), len(numbers)]),
        counts={"opt_outs": len(numbers), "hours_old": int((now - min(old[number] for number in numbers)) / 3600)},
    )


def _old(made: Planned, now: float) -> Mapping[str, float]:
    """Return the numbers in force whose deadline is near, with their first reading."""
    lists = (*made.sources.dnd, *made.sources.orphans)
    erased = made.sources.erased.first_read(lists).items()
    found = {number: read_at for number, read_at in erased if read_at <= now - (DEADLINE - WARNING)}
    for name in lists:
        table = made.run.ledger.statements(name)
        columns = (table.column("number").to_pylist(), table.column("first_read_at").to_pylist())
        for number, read_at in zip(*columns, strict=True):
            if read_at <= now - (DEADLINE - WARNING):
                found[number] = min(read_at, found.get(number, read_at))
    return found
