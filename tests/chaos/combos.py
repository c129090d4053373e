"""Pairs and triples of failures, sampled by a seed: in one run, or in a run and the runs that recover from it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random

from tests.chaos.job import PHASES, WAYS
from tests.chaos.registry import Failure, Outcome, Size
from tests.chaos.scenario import Gap, Scenario, Treatment
from tests.chaos.singles import actions_at, passings
from tests.chaos.workers import Share, carry_out, spread
from tests.chaos.world import World

_GAPS: tuple[Gap, ...] = ("unlock", "lease", "settled")
_SHARE_SPOILT = 0.25

Passings = Mapping[str, Counter[str]]


def run(size: Size) -> Outcome:
    """Try so many pairs and triples."""
    return spread(_work, size)


def _work(share: Share) -> tuple[Counter[str], list[Failure]]:
    random = Random(f"combos {share.seed} {share.number}")
    known: dict[str, Passings] = {}
    done = 0
    with World(ledger=share.ledger) as world:

        def scenarios() -> Iterator[Scenario]:
            nonlocal done
            while done < share.count:
                way = random.choice(sorted(WAYS))
                if way not in known:
                    known[way] = passings(world, way, recovering=False)
                scenario = drawn(random, way, known[way])
                done += len({each.phase for each in scenario.treatments})
                yield scenario

        counts, failures = carry_out(world, scenarios())
    counts["pairs and triples"] = done
    return counts, failures


def drawn(random: Random, way: str, passed: Passings) -> Scenario:
    """Return a scenario with one pair or triple in every phase."""
    treatments: list[Treatment] = []
    for phase in PHASES:
        if phase not in passed:
            continue
        attempt = 0
        for number in range(random.choice([2, 3])):
            # In the same run as the one before, or in the next one.
            attempt += bool(number) and random.random() < 0.7
            treatments.append(_one(random, phase, attempt, passed[phase]))
    return Scenario(ways=(way,), treatments=treatments)


def _one(random: Random, phase: str, attempt: int, passed: Counter[str]) -> Treatment:
    gap = random.choice(_GAPS)
    if random.random() < _SHARE_SPOILT:
        what = f"spoil@0.3@{random.randrange(10**6)}"
    else:
        name = random.choice(sorted(passed))
        what = f"{name}:{random.randint(1, passed[name])}:{random.choice(actions_at(name))}"
    return Treatment(phase=phase, attempt=attempt, what=what, gap=gap)
