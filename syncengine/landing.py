"""What a watcher does with a plan: what its policy lets land is carried out, and the rest is held by name.

::

    plan -> decide -> nothing lands                       no lease is taken, people can always apply by hand
                   -> lease -> plan -> decide -> apply    what was decided before it is only a reason to take it

What was tried is written down before the first call, so that a crash cannot try it again at once. While somebody
applies to a dialer by hand, opt-outs land at all others, and everything else waits.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from syncengine.engine.policy import after, decide, kinds_of
from syncengine.errors import LockedError
from syncengine.model.plan import Plan
from syncengine.model.policy import Decision, Standing
from syncengine.model.report import ApplyReport, Progress
from syncengine.model.watching import Drift, Propagation
from syncengine.rows.workspace import Workspace
from syncengine.steps.applying import apply_plan, hold_only_what_it_writes
from syncengine.steps.drifting import drift_of
from syncengine.steps.keeping import LeftOut, left_out_of
from syncengine.steps.ledgers import ledger_of
from syncengine.steps.loading import Loaded
from syncengine.steps.options import Options
from syncengine.steps.planned import Planned
from syncengine.steps.propagation import propagation_of
from syncengine.steps.reading import dialers_of
from syncengine.steps.run import Run
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
    suspension,
    watcher_name,
)
from syncengine.sync import plan_run

__all__ = [
    "Drift",
    "Landed",
    "Landing",
    "drift_of",
    "land",
    "leader",
    "leave",
    "person",
    "resume_watchers",
    "shown",
    "suspend_watchers",
    "suspension",
    "watcher_name",
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


def land(loaded: Loaded, options: Options, landing: Landing) -> Landed:
    """Plan, and carry out what the policy lets land; leases are held only where something does.

    Raises:
        LockedError: another run holds a dialer, and nothing lands at the others.
    """
    with ledger_of(loaded) as ledger, Workspace() as workspace:
        free_lock_of_the_dead(ledger)
        # Calls that a dead run left open are settled under a lease, so that is where to begin.
        if not landing.applies or not ledger.unfinished_calls():
            made = plan_run(Run(loaded=loaded, ledger=ledger, workspace=workspace, options=options))
            looked = _decided(made, landing)
            if looked.decision.lands is None:
                return looked
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
        looked = _decided(made, landing, left_out)
        if looked.decision.lands is None and left_out:
            raise LockedError(f"{_said(left_out)}; nothing lands at the other dialers meanwhile")
        if looked.decision.lands is None or not landing.approve(looked):
            return looked
        report, retry_at = _carry_out(made, looked.decision.lands, landing)
        if left_out:
            retry_at = options.clock() + _SOON
        return replace(looked, report=report, retry_at=retry_at)


def _said(left_out: LeftOut) -> str:
    return "; ".join(f"{name} is locked: {why}" for name, why in left_out.items())


def _decided(made: Planned, landing: Landing, left_out: LeftOut | None = None) -> Landed:
    standing = replace(_standing(made.run, landing), elsewhere=_said(left_out or {}))
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
