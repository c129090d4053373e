"""What a watcher says of each cycle: sentences on a terminal, one line of JSON an event for a log."""

import json
import time
from dataclasses import dataclass, field
from datetime import datetime

import click

from syncengine.cli.output import print_text
from syncengine.cli.planning import Given, show_plan
from syncengine.cli.reporting import show_report
from syncengine.errors import ConfigError
from syncengine.model.counted import plural
from syncengine.model.plan import FORMAT_VERSION, Plan
from syncengine.model.policy import Decision, Held
from syncengine.model.report import ApplyReport
from syncengine.model.watching import Drift
from syncengine.views.as_json import diagnostics_json, jsonable, plan_json, report_json
from syncengine.views.wording import totals
from syncengine.watch.loop import Cause

CAUSES: dict[Cause, str] = {"start": "start", "change": "files changed", "clock": "clock"}


@dataclass(slots=True)
class Telling:
    """Remembers what was shown, so that the same is not shown twice."""

    given: Given
    _shown: str = field(default="", init=False)
    _held: tuple[str, ...] = field(default=(), init=False)
    _drift: tuple[Drift, ...] = field(default=(), init=False)

    @property
    def _as_json(self) -> bool:
        return self.given.shown_as == "json"

    def plan(self, cause: Cause, plan: Plan, decision: Decision, drift: tuple[Drift, ...]) -> None:
        """Tell a plan, what is held of it, and, apart from it, what others changed at the dialers."""
        if self._as_json:
            lands = decision.lands.plan_id if decision.lands is not None else None
            told = {"lands": lands, "held": jsonable(decision.held)}
            self._line(cause, plan=plan_json(plan), decision=told, drift=jsonable(drift))
            return
        if plan.empty and plan.applicable and not plan.holds and not plan.held_sources:
            self._head(cause, _short(plan))
        elif plan.plan_id == self._shown:
            self._head(cause, f"still the plan shown above. {totals(plan)}")
        else:
            # What was said of another plan is said again of this one.
            self._held, self._drift = (), ()
            self._head(cause, "this would change" if plan.applicable else "stopped by a guard")
            show_plan(plan, self.given)
        self._shown = plan.plan_id
        self._tell_drift(drift)
        self._tell_held(decision)

    def _tell_drift(self, drift: tuple[Drift, ...]) -> None:
        if drift != self._drift:
            for found in drift:
                self._say(f"  drift: {found.address}: {rows_of(found)}{found.what}")
        self._drift = drift

    def _tell_held(self, decision: Decision) -> None:
        # "off" is said by the plan's own heading.
        said = tuple(held_sentence(held) for held in decision.held if held.rule != "off")
        if said != self._held:
            for sentence in said:
                self._say(f"  held: {sentence}")
            if decision.held and decision.lands is not None:
                self._say(f"  lands all the same: {plural(len(list(decision.lands.changes)), 'change')}")
        self._held = said

    def report(self, cause: Cause, report: ApplyReport) -> None:
        """Tell what an apply did."""
        # What was left undone is planned again, and then worth showing again.
        self._shown, self._held = "", ()
        if self._as_json:
            self._line(cause, report=report_json(report))
        else:
            show_report(report, self.given)

    def diagnostics(self, cause: Cause, wrong: ConfigError) -> None:
        """Tell the mistakes of people's files, with their places."""
        if self._as_json:
            self._line(cause, error=str(wrong), diagnostics=diagnostics_json(wrong.diagnostics))
            return
        for diagnostic in wrong.diagnostics:
            click.echo(f"{diagnostic.render()}\n", err=True)
        self._head(cause, f"{wrong}; the last good plan stands, and nothing is applied until the files are put right")

    def error(self, cause: Cause, problem: str) -> None:
        """Tell what went wrong besides the files."""
        if self._as_json:
            self._line(cause, error=problem, diagnostics=[])
        else:
            self._head(cause, f"{problem}; tried again at the next change or by the clock")

    def notice(self, cause: Cause, words: str) -> None:
        """Tell that something is waited for."""
        if self._as_json:
            self._line(cause, notice=words)
        else:
            self._head(cause, words)

    def warning(self, words: str) -> None:
        """Tell what stops nothing; from any thread."""
        if self._as_json:
            click.echo(json.dumps({"format_version": FORMAT_VERSION, "at": time.time(), "warning": words}))
        else:
            click.echo(f"warning: {words}", err=True)

    def _line(self, cause: Cause, **what: object) -> None:
        document = {"format_version": FORMAT_VERSION, "at": time.time(), "cause": cause, **what}
        click.echo(json.dumps(document, ensure_ascii=False, default=str))

    def _head(self, cause: Cause, text: str) -> None:
        self._say(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {CAUSES[cause]}: {text}")

    def _say(self, text: str) -> None:
        print_text(text, color=self.given.color)


def rows_of(found: Drift) -> str:
    """Return how many rows drifted; nothing for a campaign."""
    return "" if found.address.kind == "campaign" else f"{plural(found.count, 'row')} "


def held_sentence(held: Held) -> str:
    """Return what is held, by which rule, and until when."""
    until = f"; until {local_time(held.until)}" if held.until is not None else ""
    return f"{held.what}: {held.rule}: {held.why}{until}"


def local_time(seconds: float) -> str:
    """Return a moment in the time zone of this machine, spelt so that no mask takes it for a telephone number."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%d %b %Y at %H:%M:%S %Z")


def _short(plan: Plan) -> str:
    parts = [totals(plan)]
    if plan.notes:
        parts.append(f"{plural(len(plan.notes), 'note')}; see: syncengine plan")
    return " ".join(parts)
