"""A plan with everything that it was made from; lives while the run that made it is open."""

from dataclasses import dataclass
from pathlib import Path

from syncengine.model.plan import Plan
from syncengine.planfile import save_plan
from syncengine.rows.store import save_row_sets
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
        names = {change.rows for change in self.plan.row_changes}
        kept = [found for found in self.differences.sets if found.set.name in names]
        save_plan(path, self.plan, save_row_sets(self.run.workspace, kept, self.run.workspace.folder))
