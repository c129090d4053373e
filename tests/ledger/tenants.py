"""Two projects in one ledger, changed by turns at random: each is at every moment what it would be alone.

Each project has a twin in a ledger of its own that is changed in the same way; the two must always read the same.
"""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from syncengine.errors import LedgerError
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.findings import KnownCampaign
from tests.chaos.registry import Failure, Outcome, Size
from tests.ledger.writing import NOW, begin, intent, item

_PROJECTS = ("acme", "zenith")
_LEADS = Address("main", "contacts", "spring")
_CAMPAIGN = Address("main", "campaign", "spring")
_KEYS = tuple(f"{number:05d}" for number in range(12))
# Operations between two looks at everything.
_A_LOOK_EVERY = 25


def run(size: Size) -> Outcome:
    """Do so many operations."""
    random = Random(f"tenants {size.seed}")
    crossings: list[str] = []
    looks = 0
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        both = size.ledger or Path(folder) / "both.db"
        shared = [stack.enter_context(Ledger.open(both, f"{project}{size.seed}")) for project in _PROJECTS]
        alone = [stack.enter_context(Ledger.open(Path(folder) / f"{p}.db", f"{p}{size.seed}")) for p in _PROJECTS]
        for ledger in (*shared, *alone):
            stack.enter_context(ledger.lock("apply", now=NOW, lease=86_400))
            ledger.begin_run("apply", "plan", now=NOW)
        for number in range(size.count):
            one = random.randrange(2)
            operation = random.choice(_OPERATIONS)
            drawn = random.random()
            said = [_done(operation, each[one], Random(drawn)) for each in (shared, alone)]
            if said[0] != said[1]:
                crossings.append(f"operation {number}, {operation.__name__}: {said[0]!r}, alone {said[1]!r}")
            if number % _A_LOOK_EVERY == 0 or number == size.count - 1:
                looks += 1
                crossings += [
                    f"after operation {number} {project} reads otherwise than alone"
                    for project, here, there in zip(_PROJECTS, shared, alone, strict=True)
                    if view(here) != view(there)
                ]
            if crossings:
                break
    failures = [Failure(line=f"tenants, seed {size.seed}", reason=found) for found in crossings]
    return Outcome(figures={"operations": size.count, "looks": looks, "crossings": len(crossings)}, failures=failures)


def view(ledger: Ledger) -> dict[str, Any]:
    """Return all that a project can read of a ledger, but for numbers that are counted for all together."""
    lists = ledger.dnd_lists()
    rows = [{k: v for k, v in row.items() if k != "call_id"} for row in ledger.rows_table(_LEADS).to_pylist()]
    return {
        "lists": lists,
        "numbers": sorted(ledger.all_numbers(lists)),
        "released": sorted(ledger.all_numbers(["opt-outs"], released=True)),
        "covers": dict(ledger.covers()),
        "rows": rows,
        "campaigns": dict(ledger.campaigns("main")),
        "open": [(call.action, call.rows) for call in ledger.unfinished_calls()],
        "parked": [(call.action, call.rows) for call in ledger.parked()],
        "budget": ledger.budget_used("main", day="today"),
        "note": ledger.notes.read("note"),
        "runs": len(ledger.history(100)),
        "resisted": ledger.failed_suppressions(_CAMPAIGN),
    }


def _done(operation: Callable[[Ledger, Random], object], ledger: Ledger, random: Random) -> object:
    try:
        return operation(ledger, random)
    except LedgerError as refused:
        return type(refused).__name__


def _some(random: Random) -> list[str]:
    return random.sample(_KEYS, random.randrange(1, 5))


def _state(ledger: Ledger, random: Random) -> object:
    numbers = [f"+5730012{key}" for key in _some(random)]
    read = ledger.record_statements("opt-outs", numbers, source_digest="d", now=NOW, covers=["all"])
    return read.new, read.again


def _release(ledger: Ledger, random: Random) -> object:
    return ledger.release("opt-outs", [f"+5730012{key}" for key in _some(random)], basis="plan", now=NOW)


def _see(ledger: Ledger, random: Random) -> object:
    return ledger.save_rows(_LEADS, [item(key) for key in _some(random)], now=NOW)


def _forget(ledger: Ledger, random: Random) -> object:
    return ledger.forget_rows(_LEADS, _some(random))


def _send(ledger: Ledger, random: Random) -> object:
    call = begin(ledger, intent("add", [item(key) for key in _some(random)], proof=random.choice(("park", "list"))))
    ledger.finish_call(call, random.choice(("applied", "unknown", "rejected", "deferred")), "", {}, now=NOW)
    return True


def _settle(ledger: Ledger, random: Random) -> object:
    waiting: Sequence[Any] = [*ledger.unfinished_calls(), *ledger.parked()]
    if not waiting:
        return 0
    return ledger.resolve_call(waiting[0].call_id, random.choice(("sent", "not_sent")), now=NOW)


def _campaign(ledger: Ledger, random: Random) -> object:
    status = random.choice(("started", "stopped"))
    known = KnownCampaign(key="spring", remote_id=random.choice(("1", "2")), name="S", status=status, fields={})
    ledger.save_campaign(_CAMPAIGN, known, now=NOW)
    return True


def _forget_campaign(ledger: Ledger, random: Random) -> object:
    if random.random() < 0.3:
        ledger.forget_campaign(_CAMPAIGN)
    return True


def _spend(ledger: Ledger, random: Random) -> object:
    return ledger.take_budget("main", day="today", limit=300, reserve=20, suppressing=random.random() < 0.2)


def _resist(ledger: Ledger, random: Random) -> object:
    ledger.count_suppression(_CAMPAIGN, failed=random.random() < 0.7)
    return True


def _note(ledger: Ledger, random: Random) -> object:
    ledger.notes.write("note", random.choice(("", "a", "b")), now=NOW)
    return True


_OPERATIONS: Sequence[Callable[[Ledger, Random], object]] = (
    _state, _release, _see, _forget, _send, _settle, _campaign, _forget_campaign, _spend, _resist, _note,
)  # fmt: skip
