"""What the watcher does when it is called: load, plan, perhaps apply, and outlive whatever is wrong with the files."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncengine import sync
from syncengine.cli.exits import GUARD, IN_PART, INTERRUPTED
from syncengine.cli.interrupt import Stop
from syncengine.cli.output import print_text
from syncengine.cli.planning import Given, show_plan
from syncengine.cli.reporting import show_report
from syncengine.errors import ConfigError, LockedError, SyncEngineError
from syncengine.model.plan import FORMAT_VERSION, Plan
from syncengine.model.report import ApplyReport
from syncengine.views.as_json import diagnostics_json, plan_json, report_json
from syncengine.views.wording import plural, totals
from syncengine.watch import Cause

if TYPE_CHECKING:
    from syncengine.config.project import WatchFile

# Folders in which a project's files usually are: what to watch while the project file itself is broken.
_USUAL = ("manifests", "vendors", "mappings")


@dataclass(slots=True, kw_only=True)
class Watcher:
    """Acts on causes; remembers the last files that were sound and the last plan that was shown."""

    project: Path
    given: Given
    applies: bool
    stop: Stop
    once: bool
    # Exit code of the last act, for --once.
    code: int = 0
    _loaded: sync.Loaded | None = field(default=None, init=False)
    _shown: str = field(default="", init=False)

    @property
    def root(self) -> Path:
        """Return the folder to watch."""
        return self.project if self.project.is_dir() else self.project.resolve().parent

    def times(self) -> "WatchFile":
        """Return the times that the project states, or the usual ones while its files are broken."""
        from syncengine.config.project import WatchFile

        try:
            # Kept: the files that it names are watched from the start.
            self._loaded = sync.load(self.project)
        except ConfigError:
            # Told by the first act.
            return WatchFile()
        return self._loaded.watch

    def files(self) -> Sequence[Path]:
        """Return the files that a plan depends on, as far as they were ever known."""
        if self._loaded is not None:
            return self._loaded.files()
        found = [path for name in _USUAL for path in sorted((self.root / name).rglob("*.yaml"))]
        return [*self.root.glob("*.yaml"), *found]

    def act(self, cause: Cause) -> None:
        """Plan and perhaps apply, once; whatever is wrong is told."""
        self.code = 0
        try:
            self._act(cause)
        except ConfigError as wrong:
            self._tell_diagnostics(cause, wrong)
        except LockedError as held:
            self._tell_error(cause, held, "tried again at the next change or by the clock")
        except SyncEngineError as problem:
            self._tell_error(cause, problem, "tried again at the next change or by the clock")
        if self.once:
            self.stop.event.set()

    def _act(self, cause: Cause) -> None:
        loaded = sync.load(self.project)
        self._loaded = loaded
        options = self.given.options()
        if not (self.applies or loaded.watch.apply):
            with sync.planned(loaded, options) as made:
                self._tell_plan(cause, made.plan)
            return
        try:
            plan, report = sync.apply(loaded, options, self._applying(cause))
        except sync.NotApplicableError as stopped:
            self._tell_plan(cause, stopped.plan)
            return
        if report is not None:
            self._tell_report(cause, report)
            self.code = self.code or (GUARD if plan.held_sources else 0)
        elif not self.stop.asked():
            self._tell_plan(cause, plan)

    def _applying(self, cause: Cause) -> sync.Applying:
        def approve(plan: Plan) -> bool:
            if self.stop.asked():
                return False
            self._tell_plan(cause, plan)
            return True

        return sync.Applying(approve=approve, interrupted=self.stop.asked)

    # ------------------------------------------------------------------------------------------------------ telling

    @property
    def _as_json(self) -> bool:
        return self.given.shown_as == "json"

    def _line(self, cause: Cause, **what: object) -> None:
        document = {"format_version": FORMAT_VERSION, "at": time.time(), "cause": cause, **what}
        click.echo(json.dumps(document, ensure_ascii=False, default=str))

    def _head(self, cause: Cause, text: str) -> None:
        print_text(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {_CAUSES[cause]}: {text}", color=self.given.color)

    def _tell_plan(self, cause: Cause, plan: Plan) -> None:
        if not plan.applicable or plan.held_sources:
            self.code = GUARD
        if self._as_json:
            self._line(cause, plan=plan_json(plan))
        elif plan.empty and plan.applicable and not plan.holds and not plan.held_sources:
            self._head(cause, _short(plan))
        elif plan.plan_id == self._shown:
            self._head(cause, f"still the plan shown above. {totals(plan)}")
        else:
            self._head(cause, "this would change" if plan.applicable else "stopped by a guard")
            show_plan(plan, self.given)
        self._shown = plan.plan_id

    def _tell_report(self, cause: Cause, report: ApplyReport) -> None:
        self.code = INTERRUPTED if report.interrupted else 0 if report.complete else IN_PART
        # What was left undone is planned again, and then worth showing again.
        self._shown = ""
        if self._as_json:
            self._line(cause, report=report_json(report))
        else:
            show_report(report, self.given)

    def _tell_diagnostics(self, cause: Cause, wrong: ConfigError) -> None:
        self.code = wrong.exit_code
        if self._as_json:
            self._line(cause, error=str(wrong), diagnostics=diagnostics_json(wrong.diagnostics))
            return
        for diagnostic in wrong.diagnostics:
            click.echo(f"{diagnostic.render()}\n", err=True)
        self._head(cause, f"{wrong}; nothing is planned until the files are put right")

    def _tell_error(self, cause: Cause, problem: SyncEngineError, then: str) -> None:
        self.code = problem.exit_code
        if self._as_json:
            self._line(cause, error=str(problem), diagnostics=[])
        else:
            self._head(cause, f"{problem}; {then}")


_CAUSES: dict[Cause, str] = {"start": "start", "change": "files changed", "clock": "clock"}


def _short(plan: Plan) -> str:
    parts = [totals(plan)]
    if plan.notes:
        parts.append(f"{plural(len(plan.notes), 'note')}; see: syncengine plan")
    return " ".join(parts)
