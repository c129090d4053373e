"""Random histories by the thousand, each from its own seed, and the shortest form of one that breaks an invariant."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.dnd_model.monitor import BrokenInvariantError
from tests.dnd_model.steps import Step, begin, chosen, do, play
from tests.dnd_model.vendors import KINDS
from tests.dnd_model.world import World

STEPS = 50


@dataclass
class Figures:
    """What some histories came to."""

    examples: int = 0
    steps: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    blocks: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: "Figures") -> None:
        self.examples += other.examples
        self.steps += other.steps
        self.requests += other.requests
        self.blocks += other.blocks
        self.violations += other.violations
        self.seconds = max(self.seconds, other.seconds)

    def line(self) -> str:
        """Say it in one line."""
        requests = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.requests.items()))
        blocks = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.blocks.items()))
        return (
            f"dnd_model: {self.examples:,} examples, {self.steps:,} steps; requests: {requests}; blocks: {blocks};"
            f" {len(self.violations)} violations; {self.seconds:.0f} s"
        )


def walk(number: int, *, steps: int, into: Figures) -> tuple[str, list[Step], str]:
    """Play the history of one seed; return the kind of vendor, the steps, and what was broken (empty: nothing)."""
    dice = random.Random(number)
    kind = sorted(KINDS)[number % len(KINDS)]
    world = World(kind)
    started = dice.random() < 0.6
    history: list[Step] = [("begin", {"started": started})]
    broken = ""
    try:
        begin(world, started=started)
        for _ in range(steps):
            step = chosen(dice)
            history.append(step)
            do(world, step)
        world.come_to_rest()
    except BrokenInvariantError as problem:
        broken = str(problem)
    finally:
        into.examples += 1
        into.steps += len(history)
        into.requests += world.dialer.requests
        into.blocks += world.events + world.monitor.blocks
        world.close()
    return kind, history, broken


def shrunk(kind: str, history: Sequence[Step]) -> list[Step]:
    """Return as few of the steps as still break the same invariant."""
    wanted = _breaks(kind, history)
    kept = list(history)
    size = max(1, len(kept) // 2)
    while size:
        position = 0
        while position < len(kept):
            fewer = kept[:position] + kept[position + size :]
            if _breaks(kind, fewer) == wanted:
                kept = fewer
            else:
                position += size
        size //= 2
    return kept


def _breaks(kind: str, history: Sequence[Step]) -> str:
    try:
        play(kind, history)
    except BrokenInvariantError as problem:
        return str(problem).split(":")[0]
    return ""


def explore(examples: int, *, seed: int, steps: int = STEPS, keep_going: bool = True) -> Figures:
    """Play histories of the seeds from ``seed`` on; each that breaks something is told with its shortest form."""
    figures = Figures()
    began = time.perf_counter()
    for number in range(seed, seed + examples):
        kind, history, broken = walk(number, steps=steps, into=figures)
        if broken:
            short = shrunk(kind, history)
            figures.violations.append(f"seed {number}, {kind}: {broken}\n  {short!r}")
            if not keep_going:
                break
    figures.seconds = time.perf_counter() - began
    return figures
