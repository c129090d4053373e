"""SIGKILL at a uniformly random moment, again and again, while networks lose requests and answers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

from tests.chaos.job import PHASES, WAYS
from tests.chaos.moments import Moments
from tests.chaos.registry import Failure, Outcome, Size
from tests.chaos.scenario import Gap, Scenario, Treatment
from tests.chaos.trial import Figures, Trial
from tests.chaos.workers import Share, carry_out, spread
from tests.chaos.world import World

# Of one phase; the runs that bring it to its end cost as much whatever the number.
_FEWEST, _MOST = 2, 7
_SHARE_OF_TWO = 0.2
_SHARE_SPOILT = 0.05
_GAPS: tuple[Gap, ...] = ("unlock", "lease", "settled")


def run(size: Size) -> Outcome:
    """Kill so many runs."""
    return spread(_work, size)


def _work(share: Share) -> tuple[Counter[str], list[Failure]]:
    random = Random(f"kills {share.seed} {share.number}")
    moments, kills = Moments(), 0

    def watch(trial: Trial, figures: Figures) -> None:
        nonlocal kills
        kills += figures.counts["kills"]
        moments.learn(trial)

    def scenarios() -> Iterator[Scenario]:
        while kills < share.count:
            yield drawn(random, moments)

    with World(ledger=share.ledger) as world:
        return carry_out(world, scenarios(), watch=watch)


def drawn(random: Random, moments: Moments, kinds: Sequence[str] = ("kill",), *, spoilt: bool = True) -> Scenario:
    """Return a scenario with signals at random moments of every phase."""
    ways = drawn_ways(random)
    treatments = []
    for phase in PHASES:
        for attempt in range(random.randint(_FEWEST, _MOST)):
            what = f"{random.choice(kinds)}@{moments.draw(random, ways, phase)}"
            treatments.append(Treatment(phase=phase, attempt=attempt, what=what, gap=random.choice(_GAPS)))
            if spoilt:
                what = f"spoil@{_SHARE_SPOILT}@{random.randrange(10**6)}"
                treatments.insert(-1, Treatment(phase=phase, attempt=attempt, what=what))
    return Scenario(ways=ways, treatments=treatments)


def drawn_ways(random: Random) -> tuple[str, ...]:
    """Return one way to keep a campaign, or two at different vendors."""
    first = random.choice(sorted(WAYS))
    if random.random() >= _SHARE_OF_TWO:
        return (first,)
    others = [name for name, way in sorted(WAYS.items()) if way.vendor != WAYS[first].vendor]
    return first, random.choice(others)
