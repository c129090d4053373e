"""The story of a run, from files to an applied plan; every step is a function that can be read on its own.

::

    load -> read -> difference -> plan -> show      no dialer is written to up to here
                                  plan -> apply     the only writer

Reading keeps what do-not-call sources state (``plan`` writes that to the ledger, too: a line that is gone tomorrow was
still said today). Applying makes the plan anew under the ledger's lock and goes on only when it is the one that was
read and allowed. A watcher lands what its policy allows of a plan, and the rest is held by name.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from syncengine.engine.planner import Inputs, make_plan
from syncengine.engine.policy import after, decide, kinds_of
from syncengine.errors import GuardError, StalePlanError, UsageError
from syncengine.failpoints import failpoint
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.opening import open_ledger
from syncengine.ledger.records import CallLine, OpenCall, OpenRow, RunRecord
from syncengine.ledger.recovery import doubt_suppressions, trust
from syncengine.ledger.upkeep import Status as LedgerStatus
from syncengine.model.plan import Plan
from syncengine.model.policy import Decision, Standing
from syncengine.model.report import ApplyReport, Progress
from syncengine.model.watching import Drift, Propagation
from syncengine.planfile import Seal, refuse_stale
from syncengine.rows.workspace import Workspace
from syncengine.steps.applying import apply_plan
from syncengine.steps.basis import basis_of
from syncengine.steps.clients import check_extra
from syncengine.steps.differences import difference
from syncengine.steps.drifting import drift_of
from syncengine.steps.examples import check_examples
from syncengine.steps.facts import facts_json, load_facts, take_facts
from syncengine.steps.isolation import without_network
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
from syncengine.steps.offline import base_of, doubts, rebuild
from syncengine.steps.options import Options
from syncengine.steps.overdue import overdue
from syncengine.steps.planned import Planned
from syncengine.steps.propagation import propagation_of
from syncengine.steps.pulling import Pulled, pull
from syncengine.steps.reading import read_dialers
from syncengine.steps.recovering import Recovered, park_what_may_be_there, refuse_half_a_picture
from syncengine.steps.run import Run
from syncengine.steps.saved import saved_lines
from syncengine.steps.settling import settle
from syncengine.steps.sources import read_sources
from syncengine.steps.vendor_check import vendor_check
from syncengine.steps.waiting import Waiting, break_lock, resolve_call, resolve_row, waiting_calls, waiting_rows
from syncengine.steps.watch_notes import (
    clock_doubt,
    free_lock_of_the_dead,
    keep_attempt,
    last_attempt,
    lead,
    leader,
    leave,
    person,
    resume_watchers,
    shown,
    sign_lock,
    suspend_watchers,
    suspended,
    watcher_name,
)

__all__ = [
    "Applying",
    "CallLine",
    "Drift",
    "Landed",
    "Landing",
    "LedgerStatus",
    "ListRejects",
    "Loaded",
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
    "check_examples",
    "check_ledger",
    "drift_of",
    "export_facts",
    "land",
    "leader",
    "leave",
    "ledger_status",
    "load",
    "migrate_ledger",
    "move_ledger",
    "person",
    "planned",
    "planned_offline",
    "pull",
    "recover",
    "rejects",
    "resolve_call",
    "resolve_row",
    "restore_ledger",
    "resume_watchers",
    "runs",
    "saved_lines",
    "shown",
    "suspend_watchers",
    "waiting_calls",
    "waiting_rows",
    "watcher_name",
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
    with ledger_of(loaded) as ledger, Workspace() as workspace:
        yield _plan(Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options))


def export_facts(loaded: Loaded, options: Options, *, salt: str) -> dict[str, object]:
    """Return what the ledger knows, without a person in it, for plans of untrusted pull requests."""
    options = replace(options, refresh="none")
    with ledger_of(loaded) as ledger, Workspace() as workspace:
        run = Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options)
        made = _plan(run)
        return facts_json(take_facts(made, salt=salt))


@contextmanager
def planned_offline(loaded: Loaded, options: Options, export: Path, base: Path | None) -> Iterator[Planned]:
    """As :func:`planned`, from a ledger export: without a ledger, a credential or a socket.

    ``base`` is the project as it was when the export was made; None: it is this one, but for lines added at the end
    of its data files.
    """
    options = replace(options, refresh="none", vendor_check=False)
    facts = load_facts(export)
    with without_network(), TemporaryDirectory(prefix="syncengine-") as name, Workspace() as workspace:
        folder = Path(name)
        with (
            open_ledger(f"sqlite:///{folder / 'ledger.db'}", loaded.desired.project) as ledger,
            ledger.lock("plan", now=options.clock()),
        ):
            before = base_of(loaded, facts, base, folder / "base")
            known = rebuild(_offline(before, options, ledger, workspace, folder), facts)
            made = _plan(_offline(loaded, options, ledger, workspace, folder))
            unsure = doubts(made, facts, known)
            basis = replace(made.plan.basis, lineage=facts.lineage, serial=facts.serial)
            yield replace(made, plan=replace(made.plan, basis=basis, notes=(*unsure, *made.plan.notes)))


def _offline(loaded: Loaded, options: Options, ledger: Ledger, workspace: Workspace, folder: Path) -> Run:
    return Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options, locked=True, own_folder=folder)


def _plan(run: Run) -> Planned:
    check_extra(run.loaded, run.options)
    sources = read_sources(run)
    failpoint("plan.sources_read")
    readings = asyncio.run(read_dialers(run, sources))
    failpoint("plan.dialers_read")
    settled = settle(run, readings)
    failpoint("plan.settled")
    differences = difference(run, sources, readings)
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
                *overdue(run, readings, differences),
                *settled,
                *sources.notes,
                *readings.notes,
                *differences.notes,
                *checked,
            ),
        )
    )
    failpoint("plan.made")
    return Planned(plan=plan, run=run, sources=sources, readings=readings, differences=differences)


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
        options = options.as_for(applying.saved)
    elif options.allowances.dnd_remove and not applying.expect:
        raise UsageError("--allow-dnd-remove holds for one plan: add --expect PLAN_ID, or apply a saved plan")
    now = options.clock
    with ledger_of(loaded) as ledger:
        free_lock_of_the_dead(ledger)
    with (
        ledger_of(loaded) as ledger,
        Workspace() as workspace,
        ledger.lock("apply", now=now(), wait=applying.lock_timeout),
    ):
        if applying.seal is not None:
            applying.seal.refuse_broken(ledger.seal_key())
        made = _plan(Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options, locked=True))
        _refuse_another(made.plan, applying, now=now())
        if made.plan.empty:
            return made.plan, None
        if not made.plan.applicable:
            raise NotApplicableError(made.plan)
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
        Workspace() as workspace,
        ledger.lock("recover", now=options.clock(), wait=wait),
    ):
        doubt_suppressions(ledger)
        made = _plan(Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options, locked=True))
        refuse_half_a_picture(made, doubted)
        parked = park_what_may_be_there(made)
        trust(doubted)
        return Recovered(
            aside=doubted.aside,
            salvaged=doubted.salvaged,
            statements={name: len(ledger.all_numbers([name])) for name in ledger.dnd_lists()},
            parked=parked,
        )


def _refuse_another(plan: Plan, applying: Applying, *, now: float) -> None:
    if applying.saved is not None:
        refuse_stale(applying.saved, plan, now=now)
    if applying.expect and applying.expect != plan.plan_id:
        raise StalePlanError(
            f"the plan is {plan.plan_id} now, not {applying.expect}; read it with: syncengine plan, then apply that one"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """How a watcher applies."""

    # Whether it applies at all.
    applies: bool
    # Who it is among watchers; empty: it does not care whether there are others.
    holder: str = ""
    # Told of a plan and of what lands of it, before anything is sent; False: nothing is.
    approve: Callable[["Landed"], bool] = lambda _: True
    on_progress: Callable[[Progress], None] | None = None
    interrupted: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """What a watcher found, what it decided, and what it did."""

    plan: Plan
    decision: Decision
    drift: tuple[Drift, ...]
    propagation: tuple[Propagation, ...]
    # Who suspended the watchers; empty: nobody.
    suspended: str
    # None: nothing was sent.
    report: ApplyReport | None = None
    # Seconds since 1970 when the same files are tried again; None: they landed.
    retry_at: float | None = None


def land(loaded: Loaded, options: Options, landing: Landing) -> Landed:
    """Plan, and carry out what the policy lets land; the lock is held only where something does.

    Raises:
        LockedError: another run holds the ledger.
    """
    with ledger_of(loaded) as ledger, Workspace() as workspace:
        free_lock_of_the_dead(ledger)
        # Calls that a dead run left open are settled under the lock, so that is where to begin.
        if not landing.applies or not ledger.unfinished_calls():
            made = _plan(Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options))
            looked = _decided(made, landing)
            if looked.decision.lands is None:
                return looked
    with (
        ledger_of(loaded) as ledger,
        Workspace() as workspace,
        ledger.lock("watch", now=options.clock()) as fence,
    ):
        sign_lock(ledger, fence, now=options.clock())
        made = _plan(Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options, locked=True))
        looked = _decided(made, landing)
        if looked.decision.lands is None or not landing.approve(looked):
            return looked
        report, retry_at = _carry_out(made, looked.decision.lands, landing)
        return replace(looked, report=report, retry_at=retry_at)


def _decided(made: Planned, landing: Landing) -> Landed:
    standing = _standing(made.run, landing)
    return Landed(
        plan=made.plan,
        decision=decide(made.plan, made.run.loaded.watch.policy(), standing),
        drift=drift_of(made),
        propagation=propagation_of(made),
        suspended=standing.suspended,
    )


def _standing(run: Run, landing: Landing) -> Standing:
    ledger, now = run.ledger, run.options.clock()
    leading = lead(ledger, landing.holder, now=now) if landing.holder else ""
    return Standing(
        now=now,
        applies=landing.applies,
        clock_doubt=clock_doubt(ledger, now=now),
        suspended=suspended(ledger),
        leader="" if leading == landing.holder else f"{shown(leading)} leads; this watcher stands by",
        attempt=last_attempt(ledger),
    )


def _carry_out(made: Planned, part: Plan, landing: Landing) -> tuple[ApplyReport, float | None]:
    """Apply, and remember beforehand that these files were tried; compliance alone is no try of the rest."""
    ledger, clock, policy = made.run.ledger, made.run.options.clock, made.run.loaded.watch.policy()
    narrowed = replace(made, plan=part)
    if kinds_of(part) == {"compliance"}:
        return apply_plan(narrowed, on_progress=landing.on_progress, interrupted=landing.interrupted), None
    # Under the id of the whole plan, by which the next one is seen to be another.
    attempt = after(last_attempt(ledger), made.plan, policy, now=clock())
    keep_attempt(ledger, attempt, now=clock())
    report = apply_plan(narrowed, on_progress=landing.on_progress, interrupted=landing.interrupted)
    well = report.complete or report.interrupted
    keep_attempt(ledger, None if well else replace(attempt, ended=True), now=clock())
    return report, None if well else attempt.not_before
