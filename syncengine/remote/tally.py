"""Counting outcomes while a plan is applied, so that the report is complete whatever happens."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from syncengine.model.change import Change, RowChange
from syncengine.model.plan import LevelName, Plan
from syncengine.model.ports import RowOutcome
from syncengine.model.report import ChangeReport, Outcome, Progress


def distinct(outcomes: Iterable[RowOutcome]) -> Collection[RowOutcome]:
    """Return each object once: a batch of ten thousand rows mostly has one outcome, which all of them share."""
    return {id(found): found for found in outcomes}.values()


@dataclass(slots=True)
class ChangeTally:
    """What became of one change so far."""

    level: LevelName
    change: Change
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    calls: int = 0

    @property
    def size(self) -> int:
        """How many rows (or one campaign) the change is about."""
        return self.change.count if isinstance(self.change, RowChange) else 1

    def add(self, outcome: Outcome, message: str = "", count: int = 1) -> None:
        """Count an outcome for some rows."""
        self.outcomes[outcome] += count
        if message:
            self.messages[message] += count

    def add_rows(self, results: Iterable[RowOutcome]) -> None:
        """Count the outcomes of rows."""
        found = list(results)
        counts = Counter(map(id, found))
        for result in distinct(found):
            self.add(result.outcome, result.message, counts[id(result)])

    def report(self) -> ChangeReport:
        """Return the change's report; what was never tried is skipped."""
        outcomes = Counter(self.outcomes)
        left = self.size - sum(outcomes.values())
        if left > 0:
            outcomes["skipped"] += left
        return ChangeReport(
            level=self.level,
            address=self.change.address,
            action=self.change.action,
            outcomes=dict(outcomes),
            messages=dict(self.messages),
            calls=self.calls,
        )


@dataclass(slots=True)
class Tally:
    """All changes of a plan, and how fast they go."""

    plan: Plan
    clock: Callable[[], float]
    on_progress: Callable[[Progress], None] | None = None
    by_change: dict[int, ChangeTally] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    began: float = 0.0
    _shown: float = 0.0

    def __post_init__(self) -> None:
        self.began = self.clock()
        for level in self.plan.levels:
            for change in level.changes:
                self.by_change[id(change)] = ChangeTally(level.name, change)

    def of(self, change: Change) -> ChangeTally:
        """Return the tally of a change of this plan."""
        return self.by_change[id(change)]

    def show(self, dialer: str, level: str, waiting: str = "") -> None:
        """Tell the listener where the apply stands, at most ten times a second."""
        now = self.clock()
        if self.on_progress is None or (now - self._shown < 0.1 and not waiting):
            return
        self._shown = now
        total = sum(tally.size for tally in self.by_change.values())
        done = sum(sum(tally.outcomes.values()) for tally in self.by_change.values())
        seconds = max(now - self.began, 0.001)
        rate = done / seconds
        remaining = (total - done) / rate if done else None
        self.on_progress(
            Progress(
                dialer=dialer, level=level, done=done, total=total, rate=rate, remaining=remaining, waiting=waiting
            )
        )
