"""Scenarios that once failed, one a line; each is replayed for ever."""

from collections import Counter
from pathlib import Path

from tests.chaos.registry import Failure, Outcome, Size
from tests.chaos.scenario import Scenario
from tests.chaos.workers import Share, carry_out, dealt, spread
from tests.chaos.world import World

FILE = Path(__file__).with_name("seeds.txt")


def kept() -> list[Scenario]:
    """Return the kept scenarios."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return [Scenario.parse(line) for line in lines if line.strip() and not line.startswith("#")]


def keep(line: str, reason: str) -> bool:
    """Keep a scenario that failed; False where the line is none, or stands there already."""
    try:
        scenario = Scenario.parse(line)
    except ValueError:
        return False
    if str(scenario) in map(str, kept()):
        return False
    first = reason.splitlines()[0][:100]
    with FILE.open("a", encoding="utf-8") as file:
        file.write(f"# {first}\n{scenario}\n")
    return True


def run(size: Size) -> Outcome:
    """Replay them."""
    return spread(_work, size)


def _work(share: Share) -> tuple[Counter[str], list[Failure]]:
    with World(ledger=share.ledger) as world:
        return carry_out(world, dealt(kept(), share))
