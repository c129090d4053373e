"""Apply: a plan that was made under the leases of its dialers, carried out and booked, with the run's own evidence."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from syncengine.engine.rows import plan_rows
from syncengine.failpoints import failpoint
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.run_journal import RunJournal
from syncengine.model.address import Address
from syncengine.model.counted import plural
from syncengine.model.desired import FieldValue
from syncengine.model.findings import KnownCampaign
from syncengine.model.ports import CampaignState, Intent
from syncengine.model.report import ApplyReport, Progress
from syncengine.remote.dialer_run import DialerRun
from syncengine.remote.executor import Execution, execute
from syncengine.remote.tally import Tally
from syncengine.rows.store import PlanRows
from syncengine.steps.clients import extra_of, open_client
from syncengine.steps.erased import key_of
from syncengine.steps.listed import ListedNow
from syncengine.steps.planned import Planned


def apply_plan(
    made: Planned, *, on_progress: Callable[[Progress], None] | None, interrupted: Callable[[], bool]
) -> ApplyReport:
    """Carry the plan out. The leases of the dialers that it writes about must be held.

    Raises:
        LockedError: another run has taken a dialer meanwhile; the calls made so far are booked.
    """
    now, ledger = made.run.options.clock, made.run.ledger
    number = ledger.begin_run("apply", made.plan.plan_id, now=now())
    failpoint("run.begun")
    outcome = "failed"
    summary: dict[str, int] = {}
    try:
        report = asyncio.run(_execute(made, number, on_progress, interrupted))
        outcome = "done" if report.complete else "in part"
        for change in report.changes:
            for word, count in change.outcomes.items():
                summary[word] = summary.get(word, 0) + count
    finally:
        failpoint("run.before_end")
        ledger.end_run(number, outcome, json.dumps(summary), now=now())
    return replace(report, parked=tuple(parked_lines(ledger)))


def parked_lines(ledger: Ledger) -> list[str]:
    """Return what waits for a person, with the command that settles it."""
    return [
        f"{call.address}: {call.action} of {plural(call.rows, 'row')}: nothing can prove whether it arrived;"
        f" settle it with: syncengine state resolve {call.call_id} --assume-sent | --resend"
        for call in ledger.parked()
    ]


async def _execute(
    made: Planned, number: int, on_progress: Callable[[Progress], None] | None, interrupted: Callable[[], bool]
) -> ApplyReport:
    run = made.run
    listed = ListedNow(
        ledger=run.ledger,
        desired=run.loaded.desired,
        orphans=made.sources.orphans,
        planned_at=made.sources.dnd_serial,
        releases=made.sources.releases,
        basis=made.plan.plan_id,
        clock=run.options.clock,
        key=lambda: key_of(run.loaded),
    )
    journal = RunJournal(
        ledger=run.ledger, run_id=number, clock=run.options.clock, evidence=lambda intent: _evidence(made, intent)
    )
    tally = Tally(plan=made.plan, clock=time.monotonic, on_progress=on_progress)
    store = PlanRows(run.workspace, made.differences.sets)
    _remember_adopted(made)
    async with AsyncExitStack() as stack:
        runs = {}
        for name, reading in made.readings.dialers.items():
            if not any(change.address.dialer == name for change in made.plan.changes):
                continue
            waiting = _Waiting(tally, name)
            client = await stack.enter_async_context(
                open_client(run.loaded, reading.dialer, run.ledger, run.options, waiting.told)
            )
            runs[name] = DialerRun(
                dialer=name,
                vendor=client.vendor,
                settings=reading.dialer.settings,
                options={**dict.fromkeys(client.vendor.options, ""), **extra_of(client.vendor, run.options)},
                client=client,
                campaigns=dict(reading.campaigns),
                journal=journal,
                store=store,
                listed=listed,
                tally=tally,
                interrupted=interrupted,
            )
        exposed = frozenset(rows.address for found in made.differences.dialers for rows in found.rows if rows.protected)
        report = await execute(
            Execution(
                plan=made.plan,
                runs=runs,
                tally=tally,
                lasts_days=made.differences.lasts_days,
                exposed=exposed,
                calmed=frozenset(_calmed(made)),
            )
        )
    why = listed.release() if made.plan.releases and not report.interrupted else ""
    return replace(report, alarms=tuple(dict.fromkeys([*report.alarms, why]))) if why else report


def _calmed(made: Planned) -> Iterator[Address]:
    """Walk the campaigns in which listed numbers resisted once, and nobody is left to be suppressed."""
    for found in made.differences.dialers:
        failed = {key for key, known in found.known.items() if known.failed_suppressions}
        for key in failed - plan_rows(found).resisting(found) if failed else ():
            yield Address(found.dialer.name, "campaign", key)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Tells the listener what a dialer's client waits for."""

    tally: Tally
    dialer: str

    def told(self, what: str) -> None:
        """Pass it on."""
        if what:
            self.tally.show(self.dialer, "", waiting=what)


def hold_only_what_it_writes(made: Planned) -> None:
    """Give back the leases of dialers that the plan leaves alone, so that other runs can work there meanwhile."""
    written = {change.address.dialer for change in made.plan.changes} | {name for name, _, _ in _adopted(made)}
    if written:
        made.run.ledger.keep_only(written, operation=f"apply of plan {made.plan.plan_id}")


def _adopted(made: Planned) -> Iterator[tuple[str, str, CampaignState]]:
    """Walk the campaigns that the manifest adopts and the ledger does not know yet: dialer, key, what is there."""
    for name, reading in made.readings.dialers.items():
        for key, state in reading.campaigns.items():
            campaign = made.readings.wanted.campaigns.get(key)
            if campaign is not None and campaign.id and state.known is None and state.id:
                yield name, key, state


def _remember_adopted(made: Planned) -> None:
    """Remember campaigns that the manifest adopts, so that what cannot be read back is believed from now on."""
    for name, key, state in list(_adopted(made)):
        state.known = KnownCampaign(
            key=key,
            remote_id=state.id,
            name=state.name,
            status="started" if state.status == "started" else "stopped" if state.status == "stopped" else "unknown",
            fields=_believed(made, name, key),
            adopted=True,
        )
        made.run.ledger.save_campaign(Address(name, "campaign", key), state.known, now=made.run.options.clock())


def _believed(made: Planned, dialer: str, key: str) -> dict[str, FieldValue]:
    """Return the stated fields of an adopted campaign that no reading and no call of this plan will tell about."""
    reading = made.readings.dialers[dialer]
    fields = made.readings.wanted.campaigns[key].fields
    rules = reading.vendor.campaigns.fields
    return {name: value for name, value in fields.items() if name in rules and rules[name].write == "never"}


def _evidence(made: Planned, intent: Intent) -> str:
    """Return the evidence line of a dialable call: which lists were consulted, how old they were, what was decided."""
    if intent.effect != "dialable":
        return ""
    consulted = {
        name: {"digest": _one_digest(found.digest), "age": round(found.summary.age), "numbers": found.summary.accepted}
        for name, found in made.sources.dnd.items()
    }
    return json.dumps({"lists": consulted, "orphans": list(made.sources.orphans), "decision": "no listed number"})


def _one_digest(digests: str) -> str:
    """Return the digest of a list's file, or one over the digests of all its files: any of them may have moved."""
    return hashlib.sha256(digests.encode()).hexdigest() if " " in digests else digests
