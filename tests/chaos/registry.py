"""The suites of ``python -m tests.chaos``, and what each must offer.

A suite is a module with ``run(size: Size) -> Outcome``. It does ``size.count`` of whatever it counts, draws all its
chance from ``size.seed``, uses at most ``size.workers`` processes, and returns figures in the order in which they are to
be read. A failure is a line that reproduces it and the reason; where the line is a scenario it is kept and replayed.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much a suite does."""

    count: int
    seed: int = 1
    workers: int = 1
    # URL of a PostgreSQL ledger; empty: an SQLite file for each trial.
    ledger: str = ""


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

    def run(self, size: Size) -> Outcome:
        """Run it."""
        outcome = importlib.import_module(self.module).run(size)
        assert isinstance(outcome, Outcome)
        return outcome


SUITES: dict[str, Entry] = {
    "kills": Entry(module="tests.chaos.kills", summary="SIGKILL at a random moment", count=10_000),
    "singles": Entry(
        module="tests.chaos.singles", summary="every failpoint, every time it is passed, every action", count=0
    ),
    "combos": Entry(module="tests.chaos.combos", summary="pairs and triples of failures", count=10_000),
    "signals": Entry(module="tests.chaos.signals", summary="SIGTERM and SIGINT at a random moment", count=500),
    "tree": Entry(module="tests.chaos.tree", summary="SIGKILL of the real command line", count=200),
    "seeds": Entry(module="tests.chaos.seeds", summary="every scenario that once failed", count=0),
}
