"""What disturbs which run of a trial, as one line of text that can be printed, kept, replayed and made smaller.

::

    wolkvox-predictive+comunik8 build.0=kill@0.1312/unlock build.1=spoil@0.05@77 change.0=ledger.before_commit:3:full

The first word names the ways to keep a campaign; every other one a run (phase and attempt) and what happens to it:
``kill``, ``term`` or ``int`` after so many seconds (``kill@3w0.0021``: so many after the third writing request has
arrived), a share of requests spoilt by a seed, or a failpoint. After the
slash stands how the next run comes: ``unlock`` at once, a person having broken the lock; ``lease`` once the lock's
lease is over; ``settled`` (the usual) when every settle time is over, too.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, cast, get_args

from tests.chaos.job import PHASES, WAYS

Gap = Literal["unlock", "lease", "settled"]
SIGNALS = ("kill", "term", "int")


class Signal(NamedTuple):
    """A signal, sent so many seconds after the beginning, or after so many writing requests have arrived."""

    kind: str
    writes: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What happens to one run."""

    phase: str
    attempt: int
    what: str
    gap: Gap = "settled"

    def __str__(self) -> str:
        after = "" if self.gap == "settled" else f"/{self.gap}"
        return f"{self.phase}.{self.attempt}={self.what}{after}"

    @property
    def signal(self) -> Signal | None:
        """The signal that is sent."""
        kind, _, moment = self.what.partition("@")
        if kind not in SIGNALS:
            return None
        writes, separator, seconds = moment.partition("w")
        return Signal(kind, int(writes), float(seconds)) if separator else Signal(kind, 0, float(moment))

    @property
    def spoilt(self) -> tuple[float, str] | None:
        """The share of requests that are spoilt, and the seed."""
        kind, _, rest = self.what.partition("@")
        share, _, seed = rest.partition("@")
        return (float(share), seed) if kind == "spoil" else None

    @property
    def failpoint(self) -> str:
        """The failpoint with its occurrence and action; empty: none."""
        return "" if "@" in self.what else self.what


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One trial."""

    ways: Sequence[str]
    treatments: Sequence[Treatment] = ()

    @classmethod
    def parse(cls, line: str) -> "Scenario":
        """Read a line.

        Raises:
            ValueError: it is written otherwise.
        """
        first, *words = line.split()
        ways = tuple(first.split("+"))
        if unknown := set(ways) - set(WAYS):
            raise ValueError(f"there is no way to keep a campaign named {', '.join(sorted(unknown))}")
        return cls(ways=ways, treatments=tuple(_treatment(word) for word in words))

    def __str__(self) -> str:
        return " ".join(["+".join(self.ways), *map(str, self.treatments)])

    def of(self, phase: str, attempt: int) -> list[Treatment]:
        """Return what happens to one run."""
        return [each for each in self.treatments if (each.phase, each.attempt) == (phase, attempt)]

    def treated(self, phase: str) -> int:
        """Return how many runs of a phase are disturbed, those between them included."""
        return max((each.attempt + 1 for each in self.treatments if each.phase == phase), default=0)

    @property
    def phases(self) -> Sequence[str]:
        """The phases up to the last that is disturbed; all of them where none is."""
        return PHASES[: max((PHASES.index(each.phase) + 1 for each in self.treatments), default=len(PHASES))]

    def alone(self, phase: str) -> "Scenario":
        """Return the scenario with what happens to one phase, and with nothing else."""
        return Scenario(ways=self.ways, treatments=[each for each in self.treatments if each.phase == phase])

    def without(self, indexes: Container[int]) -> "Scenario":
        """Return the scenario without some treatments."""
        return Scenario(ways=self.ways, treatments=[t for n, t in enumerate(self.treatments) if n not in indexes])


def _treatment(word: str) -> Treatment:
    run, separator, rest = word.partition("=")
    phase, _, attempt = run.partition(".")
    what, _, gap = rest.partition("/")
    if not separator or phase not in PHASES or not attempt.isdecimal() or (gap and gap not in get_args(Gap)):
        raise ValueError(f"{word!r} is not PHASE.ATTEMPT=WHAT or PHASE.ATTEMPT=WHAT/GAP")
    return Treatment(phase=phase, attempt=int(attempt), what=what, gap=cast("Gap", gap or "settled"))
