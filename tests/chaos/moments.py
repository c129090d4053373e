"""Random moments of a run's usual time, learned from the runs that nobody disturbed."""

from random import Random

from tests.chaos.trial import Course, Trial

# Until a run has been seen.
_FIRST_GUESS = Course(first_write=0.25, whole=0.4)
_WEIGHT = 0.3


class Moments:
    """How long each phase of each job usually takes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Course] = {}

    def learn(self, trial: Trial) -> None:
        """Take in how long a trial's undisturbed runs took."""
        for phase, course in trial.courses.items():
            key = ("+".join(trial.scenario.ways), phase)
            before = self._known.get(key, course)
            self._known[key] = Course(
                first_write=before.first_write + _WEIGHT * (course.first_write - before.first_write),
                whole=before.whole + _WEIGHT * (course.whole - before.whole),
            )

    def draw(self, random: Random, ways: tuple[str, ...], phase: str) -> float:
        """Return a moment: of the whole run, or, every other time, of the part in which it writes."""
        course = self._known.get(("+".join(ways), phase), _FIRST_GUESS)
        begin = random.choice([0.0, course.first_write])
        return random.uniform(begin, course.whole)
