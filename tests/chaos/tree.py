"""SIGKILL of the real command line, started as people start it: imports, files and command line are part of the run."""

from collections import Counter
from collections.abc import Iterator
from random import Random

from tests.chaos.kills import drawn
from tests.chaos.moments import Moments
from tests.chaos.real_process import ProcessServer
from tests.chaos.registry import Failure, Outcome, Size
from tests.chaos.scenario import Scenario
from tests.chaos.trial import Figures, Trial
from tests.chaos.workers import Share, carry_out, spread
from tests.chaos.world import World


def run(size: Size) -> Outcome:
    """Kill so many processes."""
    return spread(_work, size)


def _work(share: Share) -> tuple[Counter[str], list[Failure]]:
    random = Random(f"tree {share.seed} {share.number}")
    moments, kills = Moments(), 0

    def watch(trial: Trial, figures: Figures) -> None:
        nonlocal kills
        kills += figures.counts["kills"]
        moments.learn(trial)

    def scenarios() -> Iterator[Scenario]:
        while kills < share.count:
            yield drawn(random, moments, spoilt=False)

    with World(ledger=share.ledger, server=ProcessServer()) as world:
        return carry_out(world, scenarios(), watch=watch, saved=False)
