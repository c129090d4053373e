"""The story of a run, from files to an applied plan; every step is a function that can be read on its own.

::

    load -> read -> difference -> plan -> show      no dialer is written to up to here
                                  plan -> apply     the only writer

Reading keeps what do-not-call sources state (``plan`` writes that to the ledger, too: a line that is gone tomorrow was
still said today). Applying makes the plan anew under the leases of its dialers and goes on only when it is the one that
was read and allowed. A watcher lands what its policy allows of a plan, and the rest is held by name.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from syncengine.engine.planner import Inputs, make_plan
from syncengine.errors import GuardError, StalePlanError, UsageError
from syncengine.failpoints import failpoint
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.opening import open_ledger
from syncengine.ledger.records import CallLine, LockHolder, OpenCall, OpenRow, RunRecord
from syncengine.ledger.recovery import doubt_suppressions, trust
from syncengine.ledger.upkeep import Status as LedgerStatus
from syncengine.model.plan import Plan
from syncengine.model.report import ApplyReport, Progress
from syncengine.planfile import Seal, refuse_stale
from syncengine.rows.contacts import WrongMemoryError
from syncengine.rows.workspace import Workspace
from syncengine.steps.applying import apply_plan, hold_only_what_it_writes
from syncengine.steps.basis import basis_of
from syncengine.steps.clients import check_extra
from syncengine.steps.deadlines import near_deadline
from syncengine.steps.differences import Differences, difference
from syncengine.steps.erasing import Erasure, erase_person
from syncengine.steps.facts import facts_json, load_facts, take_facts
from syncengine.steps.isolation import without_network
from syncengine.steps.keeping import LeftOut, keep_leases, keeping_leases, left_out_of
from syncengine.steps.ledgers import (
    back_up_ledger,
    check_ledger,
    doubted_ledger,
    ledger_of,
    ledger_status,
    migrate_ledger,
    move_ledger,
    restore_ledger,
)
from syncengine.steps.loading import Loaded, load
from syncengine.steps.looking_back import ListRejects, calls_of_run, rejects, runs
from syncengine.steps.notifying import notify
from syncengine.steps.offline import base_of, doubts, rebuild, refuse_rows_elsewhere
from syncengine.steps.options import Options
from syncengine.steps.overdue import overdue
from syncengine.steps.planned import Planned
from syncengine.steps.pulling import Pulled, pull
from syncengine.steps.reading import Readings, dialers_of, read_dialers
from syncengine.steps.recovering import Recovered, park_what_may_be_there, refuse_half_a_picture
from syncengine.steps.run import Run
from syncengine.steps.saved import saved_lines
from syncengine.steps.scopes import with_kept_scopes
from syncengine.steps.settling import settle
from syncengine.steps.sources import Sources, read_sources, read_without_memory
from syncengine.steps.vendor_check import vendor_check
from syncengine.steps.waiting import Waiting, break_lock, resolve_call, resolve_row, waiting_calls, waiting_rows
from syncengine.steps.watch_notes import free_lock_of_the_dead

__all__ = [
    "Applying",
    "CallLine",
    "Erasure",
    "LedgerStatus",
    "LeftOut",
    "ListRejects",
    "Loaded",
    "LockHolder",
    "NotApplicableError",
    "OpenCall",
    "OpenRow",
    "Options",
    "Planned",
    "Pulled",
    "Recovered",
    "RunRecord",
    "Waiting",
    "apply",
    "back_up_ledger",
    "break_lock",
    "calls_of_run",
    "check_ledger",
    "erase_person",
    "export_facts",
    "ledger_status",
    "load",
    "migrate_ledger",
    "move_ledger",
    "near_deadline",
    "notify",
    "plan_run",
    "planned",
    "planned_offline",
    "pull",
    "recover",
    "rejects",
    "resolve_call",
    "resolve_row",
    "restore_ledger",
    "runs",
    "saved_lines",
    "waiting_calls",
    "waiting_rows",
]


class NotApplicableError(GuardError):
    """A guard stops the plan, which is carried along to be shown."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        rules = ", ".join(sorted({violation.rule for violation in plan.violations}))
        super().__init__(f"stopped by guards: {rules}")


@contextmanager
def planned(loaded: Loaded, options: Options) -> Iterator[Planned]:
    """Make a plan; its rows can be looked at until the block ends."""
    with ledger_of(loaded) as ledger, Workspace(memory_limit=options.memory_limit) as workspace:
        yield plan_run(Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options))


def export_facts(loaded: Loaded, options: Options, *, salt: str) -> dict[str, object]:
    """Return what the ledger knows, without a person in it, for plans of untrusted pull requests."""
    refuse_rows_elsewhere(loaded)
    options = replace(options, refresh="none")
    with ledger_of(loaded) as ledger, Workspace(memory_limit=options.memory_limit) as workspace:
        run = Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options)
        made = plan_run(run)
        return facts_json(take_facts(made, salt=salt))


@contextmanager
def planned_offline(loaded: Loaded, options: Options, export: Path, base: Path | None) -> Iterator[Planned]:
    """As :func:`planned`, from a ledger export: without a ledger, a credential or a socket.

    ``base`` is the project as it was when the export was made; None: it is this one, but for lines added at the end
    of its data files.
    """
    options = replace(options, refresh="none", vendor_check=False)
    refuse_rows_elsewhere(loaded)
    facts = load_facts(export)
    with (
        without_network(),
        TemporaryDirectory(prefix="syncengine-") as name,
        Workspace(memory_limit=options.memory_limit) as workspace,
    ):
        folder = Path(name)
        with (
            open_ledger(f"sqlite:///{folder / 'ledger.db'}", loaded.desired.project) as ledger,
            ledger.lock("plan", now=options.clock()),
        ):
            before = base_of(loaded, facts, base, folder / "base")
            known = rebuild(_offline(before, options, ledger, workspace, folder), facts)
            run = _offline(loaded, options, ledger, workspace, folder)
            made = plan_run(replace(run, told_erased=known.erased))
            unsure = doubts(made, facts, known)
            basis = replace(made.plan.basis, lineage=facts.lineage, serial=facts.serial)
            yield replace(made, plan=replace(made.plan, basis=basis, notes=(*unsure, *made.plan.notes)))


def _offline(loaded: Loaded, options: Options, ledger: Ledger, workspace: Workspace, folder: Path) -> Run:
    return Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options, own_folder=folder)


def plan_run(run: Run) -> Planned:
    """Make a plan from all that a run reads."""
    check_extra(run.loaded, run.options)
    run, widened = with_kept_scopes(run)
    sources = read_sources(run)
    failpoint("plan.sources_read")
    readings = asyncio.run(keeping_leases(run, read_dialers(run, sources)))
    failpoint("plan.dialers_read")
    settled = settle(run, readings)
    failpoint("plan.settled")
    sources, differences = _compared(run, sources, readings)
    keep_leases(run)
    checked = vendor_check(run, readings, differences)
    plan = make_plan(
        Inputs(
            desired=readings.wanted,
            dialers=differences.dialers,
            sources=differences.summaries,
            released={name: len(numbers) for name, numbers in sources.releases.items()},
            basis=basis_of(run, sources, differences),
            allowances=run.options.allowances,
            refresh=run.options.refresh,
            created_at=run.options.clock(),
            scope=run.options.scope,
            notes=(
                *overdue(run, sources, readings, differences),
                *settled,
                *widened,
                *sources.notes,
                *readings.notes,
                *differences.notes,
                *checked,
            ),
        )
    )
    failpoint("plan.made")
    return Planned(plan=plan, run=run, sources=sources, readings=readings, differences=differences)


def _compared(run: Run, sources: Sources, readings: Readings) -> tuple[Sources, Differences]:
    """Compare; a memory of rows that turns out wrong on the way costs a second comparison, never a plan."""
    while True:
        try:
            return sources, difference(run, sources, readings)
        except WrongMemoryError as wrong:
            sources = read_without_memory(run, sources, wrong.list_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applying:
    """How a plan is applied."""

    # The plan that was read and approved, from a file; None: whatever is planned now.
    saved: Plan | None = None
    # The seal of its file; None: it never left this program.
    seal: Seal | None = None
    # The id that was read and approved; empty: any.
    expect: str = ""
    # Asked with the plan before anything is sent.
    approve: Callable[[Plan], bool] = lambda _: True
    on_progress: Callable[[Progress], None] | None = None
    # Told of the plan before anything is sent, with all that it was made from.
    on_planned: Callable[[Planned], None] = lambda _: None
    interrupted: Callable[[], bool] = lambda: False
    # Seconds to wait for dialers that another run holds.
    lock_timeout: float = 0.0
    # Whether dialers that another run holds are left out; else all that the plan is about are taken, or none.
    only_free_dialers: bool = False
    # Told of the dialers that are left out, and who holds them, before anything is read.
    on_left_out: Callable[[LeftOut], None] = lambda _: None


def apply(loaded: Loaded, options: Options, applying: Applying) -> tuple[Plan, ApplyReport | None]:
    """Plan under the leases of its dialers and carry the plan out; no report when it is empty or was not approved.

    Raises:
        StalePlanError: the plan is not the one that was expected.
        NotApplicableError: a guard stops it.
        LockedError: another run holds a dialer.
        UsageError: a release is allowed for no plan in particular, or one plan is to be applied without some dialers.
    """
    if applying.only_free_dialers and (applying.saved is not None or applying.expect):
        raise UsageError("one plan is applied whole or not at all: leave out --only-free-dialers, or the plan")
    if applying.saved is not None:
        options = options.as_for(applying.saved)
    elif options.allowances.dnd_remove and not applying.expect:
        raise UsageError("--allow-dnd-remove holds for one plan: add --expect PLAN_ID, or apply a saved plan")
    now, names = options.clock, dialers_of(loaded, options)
    with ledger_of(loaded) as ledger:
        free_lock_of_the_dead(ledger)
    with (
        ledger_of(loaded) as ledger,
        Workspace(memory_limit=options.memory_limit) as workspace,
        ledger.lock(
            "apply", now=now(), wait=applying.lock_timeout, dialers=names, only_free=applying.only_free_dialers
        ),
    ):
        if applying.seal is not None:
            applying.seal.refuse_broken(ledger.seal_key())
        if left_out := left_out_of(ledger, names, now=now()):
            applying.on_left_out(left_out)
            options = replace(options, dialers=[name for name in names if name not in left_out])
        made = plan_run(Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options))
        applying.on_planned(made)
        _refuse_another(made.plan, applying, now=now())
        if made.plan.empty:
            return made.plan, None
        if not made.plan.applicable:
            raise NotApplicableError(made.plan)
        hold_only_what_it_writes(made)
        if not applying.approve(made.plan):
            return made.plan, None
        return made.plan, apply_plan(made, on_progress=applying.on_progress, interrupted=applying.interrupted)


def recover(loaded: Loaded, options: Options, *, wait: float = 0.0) -> Recovered:
    """Make a ledger that is not what it was one to go on with; nothing is sent. What may have been done is parked.

    Raises:
        GuardError: a source or a dialer could not be read to the end.
        LockedError: another run holds the ledger.
        UsageError: the ledger is sound.
    """
    doubted = doubted_ledger(loaded)
    with (
        doubted.ledger as ledger,
        Workspace(memory_limit=options.memory_limit) as workspace,
        ledger.lock("recover", now=options.clock(), wait=wait),
    ):
        doubt_suppressions(ledger)
        made = plan_run(Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options))
        refuse_half_a_picture(made, doubted)
        parked = park_what_may_be_there(made)
        trust(doubted)
        return Recovered(
            aside=doubted.aside,
            salvaged=doubted.salvaged,
            statements=ledger.statement_counts(),
            parked=parked,
        )


def _refuse_another(plan: Plan, applying: Applying, *, now: float) -> None:
    if applying.saved is not None:
        refuse_stale(applying.saved, plan, now=now)
    if applying.expect and applying.expect != plan.plan_id:
        raise StalePlanError(
            f"the plan is {plan.plan_id} now, not {applying.expect}; read it with: syncengine plan, then apply that one"
        )
