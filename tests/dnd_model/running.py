"""Whole runs: the enumerated scripts and as many random histories as are wanted, on several processes."""

import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.dnd_model import scripts, walks
from tests.dnd_model.walks import Figures

# Seeds that one process takes at a time.
_PIECE = 50
# What must have occurred, or the run has shown nothing: every kind of request, and every way in which one was held.
REQUESTS = ("create", "start", "stop", "add", "update", "remove", "block", "unblock", "dnd add", "dnd remove")
BLOCKS = (
    "hold add",
    "hold start",
    "held late",
    "guard dnd_removal",
    "stale",
    "crash",
    "read meanwhile",
    "source missing",
    "source empty",
    "source garbled",
    "source shrunken",
    "source old",
    "clean",
)


def run(examples: int, *, seed: int, workers: int, every_script: int = 1) -> Figures:
    """Play the scripts (every so many-th case; 0: none) and so many histories."""
    began = time.perf_counter()
    figures = Figures()
    pieces = [(at, min(_PIECE, seed + examples - at)) for at in range(seed, seed + examples, _PIECE)]
    # Not forked: this process may have used DuckDB, whose threads a fork does not have.
    with ProcessPoolExecutor(max_workers=workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        parts = [
            pool.submit(_scripts, every_script * workers, every_script * n) for n in range(workers) if every_script
        ]
        parts += [pool.submit(_walks, at, count) for at, count in pieces]
        for part in parts:
            figures.add(part.result())
    figures.seconds = time.perf_counter() - began
    return figures


def missing(figures: Figures) -> Sequence[str]:
    """Return what never occurred although it should have."""
    return [*(k for k in REQUESTS if not figures.requests[k]), *(k for k in BLOCKS if not figures.blocks[k])]


def _scripts(every: int, first: int) -> Figures:
    return scripts.play_all(every=every, first=first)


def _walks(seed: int, count: int) -> Figures:
    return walks.explore(count, seed=seed)
