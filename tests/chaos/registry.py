"""The suites of ``python -m tests.chaos``, and what each must offer.

A suite is a module with ``run(size: Size) -> Outcome``. It does ``size.count`` of whatever it counts, draws all its
chance from ``size.seed``, uses at most ``size.workers`` processes, and returns figures in the order in which they are to
be read. A failure is a line that reproduces it and the reason; where the line is a scenario it is kept and replayed.
"""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.job import REFERENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much a suite does."""

    count: int
    seed: int = 1
    workers: int = 1
    # URL of a PostgreSQL ledger; empty: an SQLite file for each trial.
    ledger: str = ""
    # One of the suite's named parts; empty: all of it, or what the seed draws.
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that must not happen and did."""

    # What reproduces it.
    line: str
    reason: str


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a suite came to."""

    figures: Mapping[str, int | float]
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A suite as the command line shows it."""

    module: str
    summary: str
    # The whole of it, as `make chaos` runs it.
    count: int
    # The function of the module.
    function: str = "run"
    # Names of the parts that make the whole where it is no count of cases; each is told when it is done.
    parts: Sequence[str] = ("",)

    def run(self, size: Size) -> Outcome:
        """Run it."""
        outcome = getattr(importlib.import_module(self.module), self.function)(size)
        assert isinstance(outcome, Outcome)
        return outcome


def _elsewhere(function: str, summary: str, count: int) -> Entry:
    return Entry(module="tests.chaos.elsewhere", function=function, summary=summary, count=count)


SUITES: dict[str, Entry] = {
    "kills": Entry(module="tests.chaos.kills", summary="SIGKILL at a random moment", count=10_000),
    "singles": Entry(
        module="tests.chaos.singles",
        summary="every failpoint, every time it is passed, every action",
        count=0,
        parts=REFERENCE,
    ),
    "combos": Entry(module="tests.chaos.combos", summary="pairs and triples of failures", count=10_000),
    "signals": Entry(module="tests.chaos.signals", summary="SIGTERM and SIGINT at a random moment", count=500),
    "tree": Entry(module="tests.chaos.tree", summary="SIGKILL of the real command line", count=200),
    "seeds": Entry(module="tests.chaos.seeds", summary="every scenario that once failed", count=0),
    "races": _elsewhere("races", "two writers take the ledger by turns", 500),
    "stalls": _elsewhere("stalls", "a writer is stopped for longer than its lease", 500),
    "dnd_model": _elsewhere("dnd_model", "random histories of do-not-call lists, and the enumerated ones", 25_000),
    "mutants": _elsewhere("mutants", "each defence taken out, and its test", 0),
    "tampering": Entry(module="tests.plan_tampering", summary="a saved plan with one thing changed", count=0),
    "tenants": Entry(module="tests.ledger.tenants", summary="two projects in one ledger", count=10_000),
    "pages": _elsewhere("pages", "listings that lie while others edit", 5_000),
    "outage": _elsewhere("outage", "half an hour without a dialer", 30),
    "retry-after": _elsewhere("retry_after", "forms of Retry-After", 60),
    "items": _elsewhere("items", "answers to batches, right and spoilt", 5_000),
    "answers": _elsewhere("answers", "answers cut or spoilt, of every operation", 100_000),
    "cuts": _elsewhere("cuts", "exchanges cut at every byte", 2_000),
    "renewals": _elsewhere("renewals", "credentials that expire within a run", 40),
    "budgets": _elsewhere("budgets", "a day's calls of every number", 30),
    "hostile": _elsewhere("hostile", "hostile inputs, each in a process of its own", 0),
    "canaries": _elsewhere("canaries", "what a run with faults leaves behind, searched for secrets and people", 0),
    "coverage": Entry(
        module="tests.safety.covered", summary="branches of the safety modules that their tests walk", count=0
    ),
    "mutation": Entry(module="tests.safety.mutation", summary="the safety modules changed spot by spot", count=0),
}
