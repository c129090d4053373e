"""A plan with everything that it was made from; lives while the run that made it is open."""

from dataclasses import dataclass, replace
from pathlib import Path

from syncengine.model.change import Change, RowChange
from syncengine.model.plan import Level, Plan
from syncengine.model.row_lines import RowLines
from syncengine.planfile import save_plan
from syncengine.rows.row_lines import row_lines
from syncengine.rows.row_sets import RowSetTable
from syncengine.rows.store import PlanRows, save_row_sets
from syncengine.steps.differences import Differences
from syncengine.steps.reading import Readings
from syncengine.steps.run import Run
from syncengine.steps.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and the rows, readings and sources behind it."""

    plan: Plan
    run: Run
    sources: Sources
    readings: Readings
    differences: Differences

    def save(self, path: Path) -> None:
        """Write the plan and its rows into one file, readable by its owner only."""
        rows = save_row_sets(self.run.workspace, self._row_sets(), self.run.workspace.folder)
        save_plan(path, self.plan, rows, key=self.run.ledger.seal_key())

    def lines(self, most: int, *, whole: bool) -> list[RowLines]:
        """Return at most so many rows of the plan for people, masked unless they have asked for whole ones."""
        return row_lines(self.run.workspace, self._row_sets(), most=most, whole=whole)

    def _row_sets(self) -> list[RowSetTable]:
        names = {change.rows for change in self.plan.row_changes}
        return [found for found in self.differences.sets if found.set.name in names]

    def unmasked(self) -> Plan:
        """Return the plan with whole numbers in its samples, for a person who has asked to see them."""
        return replace(self.plan, levels=tuple(self._unmasked(level) for level in self.plan.levels))

    def _unmasked(self, level: Level) -> Level:
        rows = PlanRows(self.run.workspace, self.differences.sets)
        changes: list[Change] = []
        for change in level.changes:
            if not isinstance(change, RowChange):
                changes.append(change)
                continue
            first = next(rows.batches(change.rows, max(1, len(change.sample))), [])
            changes.append(replace(change, sample=tuple(row.phones[0] if row.phones else row.key for row in first)))
        return Level(level.name, tuple(changes))
