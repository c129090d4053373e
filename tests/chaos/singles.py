"""Every failpoint fails the first, second, ... time it is passed, with every action, until a run passes untouched.

The reference job is one campaign at each of five dialers. A first walk through it, and one in which every phase begins
with a run that was killed, count how often each failpoint is passed; then each passing of each is made to fail. The
cases of different phases share a trial, since a phase begins only when the one before has been judged.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from random import Random

from tests.chaos.job import PHASES, REFERENCE
from tests.chaos.registry import Failure, Outcome, Size
from tests.chaos.scenario import Scenario, Treatment
from tests.chaos.trial import Figures, Trial
from tests.chaos.workers import Share, carry_out, dealt, spread
from tests.chaos.world import World

# Where a disk is written, being full is how a call fails; inside a transaction a stall is nothing but time.
_DISK: Mapping[str, tuple[str, ...]] = {
    "ledger.before_open": ("kill", "full", "stall"),
    "ledger.in_intent": ("kill", "full"),
    "ledger.rows_booked": ("kill", "full"),
    "ledger.before_commit": ("kill", "full"),
    # The commit stands, and its maker is not told: as when a server's answer is lost.
    "ledger.after_commit": ("kill", "raise"),
    "ledger.before_close": ("kill", "full"),
    "phones.before_replace": ("kill", "full"),
    "plan.written": ("kill", "full"),
}
_USUAL = ("kill", "raise", "stall")
# What a phase begins with where the recovery is to fail: an answer is lost with the process.
_BEFORE = "remote.before_outcome:2:kill"
# Phases whose recovery is made to fail, too.
_RECOVERING = ("build", "release")


def run(size: Size) -> Outcome:
    """Run all cases, or as many as ``count`` says, drawn by the seed."""
    return spread(_work, size)


def _work(share: Share) -> tuple[Counter[str], list[Failure]]:
    random = Random(share.seed)
    with World(ledger=share.ledger) as world:
        if share.count:
            ways: Sequence[str] = random.sample(REFERENCE, 2)
        else:
            ways = [share.part] if share.part else REFERENCE
        scenarios = list(dealt(all_scenarios(world, ways), share))
        cases = sum(len(scenario.treatments) for scenario in scenarios)
        if share.count:
            random.shuffle(scenarios)
            scenarios = scenarios[: max(1, share.count * len(scenarios) // cases)]
        counts, failures = _carried_out(world, scenarios)
    counts["cases"] = sum(len({each.phase for each in scenario.treatments}) for scenario in scenarios)
    return counts, failures


def _carried_out(world: World, scenarios: Sequence[Scenario]) -> tuple[Counter[str], list[Failure]]:
    """Carry the trials out; a case that its run did not come to is tried again without those of the other phases."""
    missed: list[Scenario] = []

    def watch(trial: Trial, figures: Figures) -> None:
        missed.extend(trial.scenario.alone(phase) for phase in sorted({each.phase for each in figures.missed}))

    # The phases after would be undisturbed, as those of the trials whose cases come later show them.
    counts, failures = carry_out(world, scenarios, watch=watch, whole=False)
    if not missed:
        return counts, failures
    print("tried again alone:", *missed, sep="\n  ", flush=True)
    del counts["not reached"]
    again, more = carry_out(world, missed, whole=False)
    return counts + again + Counter({"tried again alone": len(missed)}), failures + more


def all_scenarios(world: World, ways: Sequence[str] = REFERENCE) -> Iterator[Scenario]:
    """Return the trials with all cases of the reference job."""
    for way in ways:
        for recovering in (False, True):
            found = passings(world, way, recovering=recovering).items()
            queues = [_cases(phase, passed, recovering=recovering) for phase, passed in found]
            for together in zip_longest(*queues):
                treatments = [treatment for case in together if case is not None for treatment in case]
                yield Scenario(ways=(way,), treatments=treatments)


def passings(world: World, way: str, *, recovering: bool) -> Mapping[str, Counter[str]]:
    """Return phase -> failpoint -> how often the run that is to fail passes it."""
    before = [Treatment(phase=phase, attempt=0, what=_BEFORE) for phase in _RECOVERING] if recovering else []
    trial = Trial(world, Scenario(ways=(way,), treatments=before), saved=True)
    figures = trial.run()
    assert not figures.crimes, figures.crimes
    return {phase: trial.passed[phase][int(recovering)] for phase in (_RECOVERING if recovering else PHASES)}


def actions_at(name: str) -> tuple[str, ...]:
    """Return what can happen at a failpoint."""
    return _DISK.get(name, _USUAL)


def _cases(phase: str, passed: Counter[str], *, recovering: bool) -> Iterator[list[Treatment]]:
    for name, times in sorted(passed.items()):
        for occurrence in range(1, times + 1):
            for action in actions_at(name):
                before = [Treatment(phase=phase, attempt=0, what=_BEFORE)] if recovering else []
                what = f"{name}:{occurrence}:{action}"
                yield [*before, Treatment(phase=phase, attempt=len(before), what=what)]
