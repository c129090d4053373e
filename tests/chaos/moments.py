"""Random moments of a run, learned from the runs that nobody disturbed.

Every other moment is drawn from the usual time of the whole run, however that passes; the others from the part in which
requests are sent and answers are booked, which is short beside the rest.
"""

from random import Random

from tests.chaos.trial import Course, Trial

# Until a run has been seen.
_FIRST_GUESS = Course(first_write=0.25, whole=0.4, writes=5)
_WEIGHT = 0.3
# From a request's arrival: its answer, its booking, and the beginning of the next one.
_AFTER_A_WRITE = 0.02


class Moments:
    """How long each phase of each job usually takes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Course] = {}
        self._last = _FIRST_GUESS

    def learn(self, trial: Trial) -> None:
        """Take in how long a trial's undisturbed runs took."""
        for phase, course in trial.courses.items():
            key = ("+".join(trial.scenario.ways), phase)
            before = self._known.get(key, course)
            self._known[key] = self._last = Course(
                first_write=before.first_write + _WEIGHT * (course.first_write - before.first_write),
                whole=before.whole + _WEIGHT * (course.whole - before.whole),
                writes=max(before.writes, course.writes),
            )

    def draw(self, random: Random, ways: tuple[str, ...], phase: str) -> str:
        """Return a moment, as a scenario writes it."""
        course = self._known.get(("+".join(ways), phase), self._last)
        if random.random() < 0.5:
            return f"{random.uniform(0.0, course.whole):.4f}"
        return f"{random.randint(1, max(1, course.writes))}w{random.uniform(0.0, _AFTER_A_WRITE):.4f}"
