"""What a watcher does with a plan: what its policy lets land is carried out, and the rest is held by name.

::

    plan -> decide -> nothing lands                       no lease is taken, people can always apply by hand
                   -> lease -> plan -> decide -> apply    what was decided before it is only a reason to take it

What was tried is written down before the first call, so that a crash cannot try it again at once. While somebody
applies to a dialer by hand, opt-outs land at all others, and everything else waits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from syncengine.engine.policy import after, decide, kinds_of, remaining
from syncengine.errors import LockedError, SyncEngineError
from syncengine.model.plan import Plan
from syncengine.model.policy import Decision, Standing
from syncengine.model.report import ApplyReport, Progress
from syncengine.model.watching import Drift, Propagation
from syncengine.notices.notice import Notice
from syncengine.rows.workspace import Workspace
from syncengine.steps.applying import apply_plan, hold_only_what_it_writes
from syncengine.steps.clients import budgets_left
from syncengine.steps.deadlines import near_deadline
from syncengine.steps.drifting import drift_of
from syncengine.steps.keeping import LeftOut, left_out_of
from syncengine.steps.ledgers import ledger_of
from syncengine.steps.loading import Loaded
from syncengine.steps.notifying import Way, ways
from syncengine.steps.options import Options
from syncengine.steps.planned import Planned
from syncengine.steps.propagation import propagation_of
from syncengine.steps.reading import dialers_of
from syncengine.steps.run import Run
from syncengine.steps.watch_notes import (
    Clocks,
    clock_doubt,
    free_lock_of_the_dead,
    keep_attempt,
    keep_told,
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
    suspension,
    told,
    watcher_name,
)
from syncengine.sync import plan_run

__all__ = [
    "Drift",
    "Landed",
    "Landing",
    "Way",
    "drift_of",
    "keep_told",
    "land",
    "leader",
    "leave",
    "person",
    "resume_watchers",
    "shown",
    "suspend_watchers",
    "suspension",
    "told",
    "watcher_name",
    "ways",
]


# Seconds to the next try when another run holds some of the dialers.
_SOON = 5.0


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
    # Opt-outs that are almost a day old and not everywhere; None: there are none, or nobody wants to be told.
    late: Notice | None = None
    # Dialer -> calls left of today's budget, after all this; only those that have one.
    budgets: Mapping[str, int] = field(default_factory=dict)

    @property
    def rest(self) -> Plan:
        """Return the plan that is to be expected at the next look."""
        return self.plan if self.report is None else remaining(self.plan, self.decision.lands)


def land(loaded: Loaded, options: Options, landing: Landing) -> Landed:
    """Plan, and carry out what the policy lets land; leases are held only where something does.

    Raises:
        LockedError: another run holds a dialer, and nothing lands at the others.
    """
    clocks = Clocks()
    options = replace(options, on_clock=clocks.told)
    with ledger_of(loaded) as ledger, Workspace() as workspace:
        free_lock_of_the_dead(ledger)
        # Calls that a dead run left open are settled under a lease, so that is where to begin.
        if not landing.applies or not ledger.unfinished_calls():
            made = plan_run(Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options))
            looked = _decided(made, landing, clocks)
            if looked.decision.lands is None:
                return _ended(looked, made)
    names = dialers_of(loaded, options)
    with (
        ledger_of(loaded) as ledger,
        Workspace() as workspace,
        ledger.lock("watch", now=options.clock(), dialers=names, only_free=True) as fence,
    ):
        sign_lock(ledger, fence, now=options.clock())
        left_out = left_out_of(ledger, names, now=options.clock())
        if left_out:
            options = replace(options, dialers=[name for name in names if name not in left_out])
        made = plan_run(Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options))
        looked = _decided(made, landing, clocks, left_out)
        if looked.decision.lands is None and left_out:
            raise LockedError(f"{_said(left_out)}; nothing lands at the other dialers meanwhile")
        if looked.decision.lands is None or not landing.approve(looked):
            return _ended(looked, made)
        report, retry_at = _carry_out(made, looked.decision.lands, landing)
        if left_out:
            retry_at = options.clock() + _SOON
        return _ended(replace(looked, report=report, retry_at=retry_at), made)


def _said(left_out: LeftOut) -> str:
    return "; ".join(f"{name} is locked: {why}" for name, why in left_out.items())


def _decided(made: Planned, landing: Landing, clocks: Clocks, left_out: LeftOut | None = None) -> Landed:
    standing = replace(_standing(made.run, landing, clocks), elsewhere=_said(left_out or {}))
    return Landed(
        plan=made.plan,
        decision=decide(made.plan, made.run.loaded.watch.policy(), standing),
        drift=drift_of(made),
        propagation=propagation_of(made),
        suspended=standing.suspended,
    )


def _ended(looked: Landed, made: Planned) -> Landed:
    """Add what is so at the end; what was sent has been sent, whatever the ledger says now."""
    # What landed in whole has brought the opt-outs along; the next look tells what is late all the same.
    whole = looked.report is not None and looked.report.complete
    try:
        left = budgets_left(made.run.loaded, made.run.ledger, made.run.options)
        return replace(looked, late=None if whole else _late(made), budgets=left)
    except SyncEngineError:
        return looked


def _late(made: Planned) -> Notice | None:
    """Look for opt-outs whose deadline is near, where somebody wants to know."""
    if not any(way.wants("dnd_deadline") for way in ways(made.run.loaded)):
        return None
    return near_deadline(made)


def _standing(run: Run, landing: Landing, clocks: Clocks) -> Standing:
    ledger, now = run.ledger, run.options.clock()
    leading = lead(ledger, landing.holder, now=now) if landing.holder else ""
    return Standing(
        now=now,
        applies=landing.applies,
        clock_doubt=clock_doubt(ledger, now=now) or (clocks.doubt() if run.loaded.watch.windows else ""),
        suspended=suspended(ledger),
        leader="" if leading == landing.holder else f"{shown(leading)} leads; this watcher stands by",
        attempt=last_attempt(ledger),
    )


def _carry_out(made: Planned, part: Plan, landing: Landing) -> tuple[ApplyReport, float | None]:
    """Apply, and remember beforehand that these files were tried; compliance alone is no try of the rest."""
    ledger, clock, policy = made.run.ledger, made.run.options.clock, made.run.loaded.watch.policy()
    narrowed = replace(made, plan=part)
    hold_only_what_it_writes(narrowed)
    if kinds_of(part) == {"compliance"}:
        return apply_plan(narrowed, on_progress=landing.on_progress, interrupted=landing.interrupted), None
    # Under the id of the whole plan, by which the next one is seen to be another.
    attempt = after(last_attempt(ledger), made.plan, policy, now=clock())
    keep_attempt(ledger, attempt, now=clock())
    report = apply_plan(narrowed, on_progress=landing.on_progress, interrupted=landing.interrupted)
    well = report.complete or report.interrupted
    keep_attempt(ledger, None if well else replace(attempt, ended=True), now=clock())
    return report, None if well else attempt.not_before
