"""SIGTERM and SIGINT at a random moment: calls under way are booked, the lock is given back, the exit code is 130."""

from collections import Counter
from collections.abc import Iterator
from random import Random

from tests.chaos.kills import drawn
from tests.chaos.moments import Moments
from tests.chaos.registry import Failure, Outcome, Size
from tests.chaos.scenario import Scenario
from tests.chaos.trial import Figures, Trial
from tests.chaos.workers import Share, carry_out, spread
from tests.chaos.world import World


def run(size: Size) -> Outcome:
    """Send so many signals."""
    return spread(_work, size)


def _work(share: Share) -> tuple[Counter[str], list[Failure]]:
    random = Random(f"signals {share.seed} {share.number}")
    moments, signals = Moments(), 0

    def watch(trial: Trial, figures: Figures) -> None:
        nonlocal signals
        signals += figures.counts["signals"]
        moments.learn(trial)

    def scenarios() -> Iterator[Scenario]:
        while signals < share.count:
            yield drawn(random, moments, ("term", "int"))

    with World(ledger=share.ledger) as world:
        return carry_out(world, scenarios(), watch=watch)
