"""The only writer: a plan is carried out, dialer by dialer side by side, level by level within each.

A failed part holds back what depends on it and nothing else. Every outcome is in the report, whatever happens: a
refusal never raises, and only a lost lock or a broken ledger ends the run, since nothing may be sent that cannot be
written down.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syncengine.errors import SyncEngineError
from syncengine.model.address import ACCOUNT, Address
from syncengine.model.change import CampaignChange, Change, RowChange
from syncengine.model.plan import Level, Plan
from syncengine.model.report import ApplyReport
from syncengine.model.vendor import Collection
from syncengine.remote.campaigns_writer import CampaignJob, write_campaign
from syncengine.remote.dialer_run import DialerRun
from syncengine.remote.rows_writer import RowJob, write_rows
from syncengine.remote.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """A plan and the dialers that it is carried out on."""

    plan: Plan
    runs: Mapping[str, DialerRun]
    tally: Tally
    # Row set name -> days after which its entries lapse at the dialer.
    lasts_days: Mapping[str, int]
    # Contacts with listed rows that nothing but the dialer's own do-not-call list keeps from being rung.
    exposed: frozenset[Address] = frozenset()
    # Campaigns in which listed numbers resisted once, and nobody is left to be suppressed.
    calmed: frozenset[Address] = frozenset()
    # Seconds between two renewals of the ledger's lock: several fit into its lease.
    renew_every: float = 30.0


async def execute(execution: Execution) -> ApplyReport:
    """Carry the plan out and return what became of every change.

    Raises:
        LockedError: another run has taken the ledger.
        LedgerError: the ledger cannot be written any more.
    """
    keeping = asyncio.create_task(_keep_lock(execution))
    ended: list[object] = await asyncio.gather(
        *(_run_or_halt(execution, run) for run in execution.runs.values()), return_exceptions=True
    )
    keeping.cancel()
    ended += await asyncio.gather(keeping, return_exceptions=True)
    for problem in ended:
        if isinstance(problem, BaseException) and not isinstance(problem, asyncio.CancelledError):
            raise problem
    tally = execution.tally
    return ApplyReport(
        plan_id=execution.plan.plan_id,
        changes=tuple(tally.of(change).report() for level in execution.plan.levels for change in level.changes),
        seconds=tally.clock() - tally.began,
        interrupted=any(run.interrupted() for run in execution.runs.values()),
        alarms=tuple(dict.fromkeys(tally.alarms)),
    )


async def _run_or_halt(execution: Execution, run: DialerRun) -> None:
    """Run one dialer; when nothing can be written down any more, the others finish what is under way and stop, too."""
    try:
        await _run_dialer(execution, run)
    except SyncEngineError as broken:
        _halt_all(execution, broken)
        raise


async def _keep_lock(execution: Execution) -> None:
    """Renew the lock now and then: a task at a vendor, or a pause that it asks for, can be longer than the lease."""
    journals = [run.journal for run in execution.runs.values()]
    while True:
        await asyncio.sleep(execution.renew_every)
        try:
            # The lock is one for all.
            for journal in journals[:1]:
                journal.renew()
        except SyncEngineError as lost:
            _halt_all(execution, lost)
            raise


def _halt_all(execution: Execution, why: SyncEngineError) -> None:
    for run in execution.runs.values():
        run.halted = run.halted or str(why)


async def _run_dialer(execution: Execution, run: DialerRun) -> None:
    for level in execution.plan.levels:
        mine = [change for change in level.changes if change.address.dialer == run.dialer]
        if not mine:
            continue
        run.tally.show(run.dialer, level.name)
        await _run_level(execution, run, level, mine)
    _count_suppressions(execution, run)


_RELEASING = {"dnd removals", "contacts released from dnd"}


async def _run_level(execution: Execution, run: DialerRun, level: Level, changes: Sequence[Change]) -> None:
    """Campaigns first, then row sets one after another, each with as many calls at once as the dialer allows."""
    if level.name in _RELEASING and not run.halted and not run.interrupted():
        # Written ahead: from here on the numbers count as not protected, whatever becomes of the calls.
        execution.tally.alarms += filter(None, [run.listed.release()])
    for change in changes:
        if isinstance(change, CampaignChange):
            await write_campaign(CampaignJob(run, change, execution.tally.of(change)))
    for change in changes:
        if not isinstance(change, RowChange):
            continue
        job = RowJob(run, change, _collection(run, change), execution.tally.of(change))
        await write_rows(job, lasts_days=execution.lasts_days.get(change.rows))


def _collection(run: DialerRun, change: RowChange) -> Collection:
    return next(c for c in run.vendor.collections if c.name == change.collection)


def _count_suppressions(execution: Execution, run: DialerRun) -> None:
    """Remember, over applies, in which campaigns listed numbers resist (D9)."""
    tried = {
        change.address
        for change in execution.plan.row_changes
        if change.address.dialer == run.dialer and change.address.kind == "contacts" and change.reason == "listed"
    }
    tried |= {address for address in execution.exposed if address.dialer == run.dialer and _lists(execution, address)}
    for address in sorted(tried):
        why = run.not_startable.get(address.name, "")
        if address in execution.exposed:
            why = why or run.not_dialable.get(address.name, "") or run.not_dialable.get(ACCOUNT, "")
        run.journal.suppression(address, failed=bool(why))
        if why:
            execution.tally.alarms.append(f"{address}: {why}")
    for address in sorted(execution.calmed):
        if address.dialer == run.dialer:
            run.journal.suppression(address, failed=False)


def _lists(execution: Execution, contacts: Address) -> bool:
    """Whether the plan puts numbers on a do-not-call list that keeps the contacts of a campaign from being rung."""
    return any(
        change.address.dialer == contacts.dialer
        and change.address.kind == "dnd"
        and change.action == "add"
        and (change.address.of_account or change.address.name == contacts.name)
        for change in execution.plan.row_changes
    )
