"""The story of a run, from files to an applied plan; every step is a function that can be read on its own.

::

    load -> read -> difference -> plan -> show      no dialer is written to up to here
                                  plan -> apply     the only writer

Reading keeps what do-not-call sources state (``plan`` writes that to the ledger, too: a line that is gone tomorrow was
still said today). Applying makes the plan anew under the ledger's lock and goes on only when it is the one that was
read and allowed.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from syncengine.engine.planner import Inputs, make_plan
from syncengine.errors import GuardError, StalePlanError, UsageError
from syncengine.ledger.ledger import Ledger, open_ledger
from syncengine.ledger.records import OpenCall, OpenRow
from syncengine.model.plan import Plan
from syncengine.model.report import ApplyReport, Progress
from syncengine.planfile import refuse_stale, save_plan
from syncengine.rows.store import save_row_sets
from syncengine.rows.workspace import Workspace
from syncengine.steps.applying import ApplyingRun, apply_plan
from syncengine.steps.basis import basis_of
from syncengine.steps.clients import check_extra
from syncengine.steps.differences import ComparingRun, Differences, difference
from syncengine.steps.examples import check_examples
from syncengine.steps.loading import Loaded, load
from syncengine.steps.options import Options
from syncengine.steps.reading import ReadingRun, Readings, read_dialers
from syncengine.steps.settling import SettlingRun, settle
from syncengine.steps.sources import Sources, read_sources
from syncengine.steps.vendor_check import CheckingRun, vendor_check
from syncengine.steps.waiting import Waiting, break_lock, resolve_call, resolve_row, waiting_calls, waiting_rows

__all__ = [
    "Applying",
    "Loaded",
    "NotApplicableError",
    "OpenCall",
    "OpenRow",
    "Options",
    "Planned",
    "Waiting",
    "apply",
    "break_lock",
    "check_examples",
    "load",
    "planned",
    "resolve_call",
    "resolve_row",
    "waiting_calls",
    "waiting_rows",
]


class NotApplicableError(GuardError):
    """A guard stops the plan, which is carried along to be shown."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        rules = ", ".join(sorted({violation.rule for violation in plan.violations}))
        super().__init__(f"stopped by guards: {rules}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with the rows that it is about; lives while the run that made it is open."""

    plan: Plan
    loaded: Loaded
    options: Options
    ledger: Ledger
    workspace: Workspace
    sources: Sources
    readings: Readings
    differences: Differences

    def save(self, path: Path) -> None:
        """Write the plan and its rows into one file, readable by its owner only."""
        names = {change.rows for change in self.plan.row_changes}
        kept = [found for found in self.differences.sets if found.set.name in names]
        save_plan(path, self.plan, save_row_sets(self.workspace, kept, self.workspace.folder))


@contextmanager
def planned(loaded: Loaded, options: Options) -> Iterator[Planned]:
    """Make a plan; its rows can be looked at until the block ends."""
    with open_ledger(loaded.desired.ledger, loaded.desired.project) as ledger, Workspace() as workspace:
        yield _plan(loaded, options, ledger, workspace, locked=False)


def _plan(loaded: Loaded, options: Options, ledger: Ledger, workspace: Workspace, *, locked: bool) -> Planned:
    check_extra(loaded, options)
    sources = read_sources(loaded, ledger, workspace, now=options.clock())
    readings = asyncio.run(
        read_dialers(
            ReadingRun(
                loaded=loaded,
                ledger=ledger,
                workspace=workspace,
                book=sources.book,
                orphans=sources.orphans,
                options=options,
            )
        )
    )
    settled = settle(
        SettlingRun(
            loaded=loaded, ledger=ledger, workspace=workspace, readings=readings, options=options, locked=locked
        )
    )
    differences = difference(
        ComparingRun(
            loaded=loaded,
            ledger=ledger,
            workspace=workspace,
            sources=sources,
            readings=readings,
            options=options,
        )
    )
    checked = vendor_check(
        CheckingRun(
            loaded=loaded,
            ledger=ledger,
            workspace=workspace,
            readings=readings,
            differences=differences,
            options=options,
        )
    )
    plan = make_plan(
        Inputs(
            desired=readings.wanted,
            dialers=differences.dialers,
            sources=differences.summaries,
            released={name: len(numbers) for name, numbers in sources.releases.items()},
            basis=basis_of(loaded, ledger, sources, differences),
            allowances=options.allowances,
            refresh=options.refresh,
            created_at=options.clock(),
            notes=(*settled, *sources.notes, *readings.notes, *differences.notes, *checked),
        )
    )
    return Planned(
        plan=plan,
        loaded=loaded,
        options=options,
        ledger=ledger,
        workspace=workspace,
        sources=sources,
        readings=readings,
        differences=differences,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Applying:
    """How a plan is applied."""

    # The plan that was read and approved, from a file; None: whatever is planned now.
    saved: Plan | None = None
    # The id that was read and approved; empty: any.
    expect: str = ""
    # Asked with the plan before anything is sent.
    approve: Callable[[Plan], bool] = lambda _: True
    on_progress: Callable[[Progress], None] | None = None
    interrupted: Callable[[], bool] = lambda: False
    # Seconds to wait for the ledger's lock.
    lock_timeout: float = 0.0


def apply(loaded: Loaded, options: Options, applying: Applying) -> tuple[Plan, ApplyReport | None]:
    """Plan under the ledger's lock and carry the plan out; no report when it is empty or was not approved.

    Raises:
        StalePlanError: the plan is not the one that was expected.
        NotApplicableError: a guard stops it.
        LockedError: another run holds the ledger.
        UsageError: a release is allowed for no plan in particular.
    """
    if applying.saved is not None:
        options = replace(options, allowances=applying.saved.allowances, refresh=applying.saved.refresh)
    elif options.allowances.dnd_remove and not applying.expect:
        raise UsageError("--allow-dnd-remove holds for one plan: add --expect PLAN_ID, or apply a saved plan")
    now = options.clock
    with (
        open_ledger(loaded.desired.ledger, loaded.desired.project) as ledger,
        Workspace() as workspace,
        ledger.lock("apply", now=now(), wait=applying.lock_timeout),
    ):
        made = _plan(loaded, options, ledger, workspace, locked=True)
        _refuse_another(made.plan, applying, now=now())
        if made.plan.empty:
            return made.plan, None
        if not made.plan.applicable:
            raise NotApplicableError(made.plan)
        if not applying.approve(made.plan):
            return made.plan, None
        return made.plan, apply_plan(_applying_run(made, applying))


def _refuse_another(plan: Plan, applying: Applying, *, now: float) -> None:
    if applying.saved is not None:
        refuse_stale(applying.saved, plan, now=now)
    if applying.expect and applying.expect != plan.plan_id:
        raise StalePlanError(
            f"the plan is {plan.plan_id} now, not {applying.expect}; read it with: syncengine plan, then apply that one"
        )


def _applying_run(made: Planned, applying: Applying) -> ApplyingRun:
    return ApplyingRun(
        plan=made.plan,
        loaded=made.loaded,
        ledger=made.ledger,
        workspace=made.workspace,
        sources=made.sources,
        readings=made.readings,
        differences=made.differences,
        options=made.options,
        on_progress=applying.on_progress,
        interrupted=applying.interrupted,
    )
