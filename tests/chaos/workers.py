"""Scenarios spread over processes, each with a world of its own, and their figures added up."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.chaos.job import PHASES
from tests.chaos.registry import Failure, Outcome, Size
from tests.chaos.scenario import Scenario
from tests.chaos.trial import Figures, Trial
from tests.chaos.world import World

# Of each worker; a defect that is hit so often needs no further example.
_ENOUGH_FAILURES = 3
# Of one failing scenario; it is printed before.
_SHRINKING_SECONDS = 120.0
# Crimes begin so; what begins otherwise is counted as something else.
_CRIMES = ("lost", "doubled", "listed callable", "unknown not shown", "sent without an intent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One worker's part of a suite."""

    number: int
    workers: int
    count: int
    seed: int
    ledger: str
    part: str


Work = Callable[[Share], tuple[Counter[str], list[Failure]]]


def spread(work: Work, size: Size) -> Outcome:
    """Let the workers do their shares and add up what they found."""
    workers = max(1, min(size.workers, size.count or size.workers))
    shares = [
        Share(
            number=number,
            workers=workers,
            count=size.count // workers + (number < size.count % workers),
            seed=size.seed,
            ledger=size.ledger,
            part=size.part,
        )
        for number in range(workers)
    ]
    began = time.monotonic()
    if workers == 1:
        found = [work(shares[0])]
    else:
        # Spawned, so that no worker inherits another's threads.
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            found = pool.map(work, shares)
    counts: Counter[str] = sum((counted for counted, _ in found), Counter())
    failures = [failure for _, each in found for failure in each]
    return Outcome(figures=_figures(counts, failures, time.monotonic() - began), failures=failures)


def _figures(counts: Counter[str], failures: list[Failure], seconds: float) -> dict[str, int | float]:
    """Return the figures, what must be zero among them whether it was met or not."""
    reasons = [failure.reason for failure in failures]
    crimes = {crime: sum(crime in reason for reason in reasons) for crime in _CRIMES}
    other = sum(not any(crime in reason for crime in _CRIMES) for reason in reasons)
    return {**counts, **crimes, "other failures": other, "seconds": round(seconds)}


def carry_out(
    world: World,
    scenarios: Iterable[Scenario],
    *,
    watch: Callable[[Trial, Figures], None] | None = None,
    saved: bool = True,
    whole: bool = True,
) -> tuple[Counter[str], list[Failure]]:
    """Carry scenarios out one after another; ``watch`` is shown each one when it is over.

    Without ``whole`` a trial ends with the phase that is disturbed last.
    """
    counts: Counter[str] = Counter()
    failures: list[Failure] = []
    for scenario in scenarios:
        trial = Trial(world, scenario, phases=PHASES if whole else scenario.phases, saved=saved)
        figures = trial.run()
        counts += figures.counts
        if watch is not None:
            watch(trial, figures)
        if figures.crimes:
            reason = "; ".join(figures.crimes)
            print(f"FAILED {scenario}\n       {reason}", flush=True)
            failures.append(Failure(line=str(shrunk(world, scenario, saved=saved)), reason=reason))
            if len(failures) == _ENOUGH_FAILURES:
                break
    return counts, failures


def shrunk(world: World, scenario: Scenario, *, saved: bool, seconds: float = _SHRINKING_SECONDS) -> Scenario:
    """Take away treatments, in ever smaller pieces, without which the trial fails all the same, while there is time.

    What depends on time is tried more than once.
    """
    until = time.monotonic() + seconds

    def fails(smaller: Scenario) -> bool:
        tries = 3 if _by_time(smaller) else 1
        return any(time.monotonic() < until and Trial(world, smaller, saved=saved).run().crimes for _ in range(tries))

    piece = len(scenario.treatments) // 2
    while piece and time.monotonic() < until:
        start = 0
        while start < len(scenario.treatments):
            smaller = scenario.without(range(start, start + piece))
            if fails(smaller):
                scenario = smaller
            else:
                start += piece
        piece //= 2
    return scenario


def _by_time(scenario: Scenario) -> bool:
    return any(each.signal is not None or each.spoilt is not None for each in scenario.treatments)


def dealt(scenarios: Iterable[Scenario], share: Share) -> Iterator[Scenario]:
    """Return one worker's scenarios of all."""
    return (scenario for number, scenario in enumerate(scenarios) if number % share.workers == share.number)
