"""A day's budget of every size, over a restart: never overrun, and its reserve is there for suppressing calls."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from syncengine.ledger.ledger import Ledger
from syncengine.ledger.run_journal import LedgerBudget
from tests.remote.dialing import client, writing
from tests.remote.proof.figures import Figures, expect

_DIALABLE, _SUPPRESSING = 12, 4
_RESERVE = 3
_NOW = 1_800_000_000.0


def run(count: int, seed: int) -> Figures:
    """Try the budgets 0 to ``count``."""
    del seed
    for limit in range(count + 1):
        with TemporaryDirectory() as folder:
            _one(Path(folder), limit)
    return Figures({"budgets": count + 1, "overrun": 0, "suppressing calls that went without": 0})


def _one(folder: Path, limit: int) -> None:
    dialable: list[str] = []
    suppressing: list[str] = []
    # The second half after a restart: another process would open the same file.
    for _ in range(2):
        ledger = Ledger.open(folder / "ledger.db", "proof")
        budget = LedgerBudget(ledger=ledger, dialer="d", limit=limit, reserve=_RESERVE, clock=lambda: _NOW)
        sent = asyncio.run(_half(budget))
        dialable += sent[0]
        suppressing += sent[1]
        ledger.close()
    plain, urgent = dialable.count("applied"), suppressing.count("applied")
    expect(plain + urgent <= limit, f"budget {limit}: {plain + urgent} calls")
    expect(plain <= max(0, limit - _RESERVE), f"budget {limit}: {plain} calls took of the reserve")
    expect(urgent >= min(_RESERVE, limit, 2 * _SUPPRESSING), f"budget {limit}: {urgent} suppressing calls")
    expect({*dialable, *suppressing} <= {"applied", "budget_exhausted"}, f"budget {limit}: {dialable} {suppressing}")


async def _half(budget: LedgerBudget) -> tuple[list[str], list[str]]:
    arrived = 0

    def handler(request: httpx.Request) -> httpx.Response:
        nonlocal arrived
        arrived += 1
        return httpx.Response(200, json={"ok": True})

    calling = client(handler, budget=budget)
    plain = [(await calling.call(writing(effect="dialable"), {})).judgement.outcome for _ in range(_DIALABLE)]
    urgent = [(await calling.call(writing(effect="suppressing"), {})).judgement.outcome for _ in range(_SUPPRESSING)]
    done = plain.count("applied") + urgent.count("applied")
    expect(arrived == done, f"{arrived} calls arrived where {done} were counted")
    return plain, urgent
