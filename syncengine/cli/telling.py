"""From what a command found to notices, for plan and apply; what could not be sent is said on stderr and no more."""

from dataclasses import dataclass, field
from typing import Literal

import click

from syncengine import sync
from syncengine.model.plan import Plan
from syncengine.model.report import ApplyReport
from syncengine.notices.notice import Notice, notice_of_plan, notice_of_report


@dataclass(slots=True)
class Telling:
    """What is to be said at the end of one command."""

    loaded: sync.Loaded
    late: list[Notice] = field(default_factory=list)

    def look(self, made: sync.Planned) -> None:
        """Look for opt-outs whose deadline is near, where somebody wants to know."""
        found = sync.near_deadline(made) if self.loaded.project.file.notifications else None
        self.late = [found] if found else []

    def of_plan(self, plan: Plan, event: Literal["approval", "drift", "guard"]) -> None:
        """Say what is to be said of a plan that is not applied now."""
        self._say([notice_of_plan(plan, event), *self.late])

    def of_apply(self, plan: Plan, report: ApplyReport | None) -> None:
        """Say what an apply has left undone."""
        held = notice_of_plan(plan, "guard") if plan.held_sources else None
        partial = notice_of_report(plan.project, report) if report is not None else None
        late = self.late if report is None or partial is not None or held is not None else []
        self._say([held, partial, *late])

    def _say(self, notices: list[Notice | None]) -> None:
        for problem in sync.notify(self.loaded, [notice for notice in notices if notice is not None]):
            click.echo(f"warning: {problem}", err=True)
