"""One campaign change carried out: create, update, start, stop, delete, keep one of duplicates.

A start is the most dangerous call there is, so it is refused here, too, when anything in this run has left a listed
number where it could be rung.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from syncengine.errors import RemoteError, RenderError
from syncengine.failpoints import failpoint
from syncengine.model.address import ACCOUNT
from syncengine.model.change import CampaignChange
from syncengine.model.findings import KnownCampaign
from syncengine.model.ports import CampaignState
from syncengine.model.report import DONE, Outcome
from syncengine.model.snapshot import ActualStatus
from syncengine.model.vendor import Operation
from syncengine.remote.campaigns_reader import read_duplicates
from syncengine.remote.course import CallResult
from syncengine.remote.dialer_run import DialerRun, HeldByGateError, campaign_scope, outcome_of
from syncengine.remote.field_values import write_fields
from syncengine.remote.ids import handed_out_id
from syncengine.remote.tally import ChangeTally

# What a campaign's status is once an action is done; while its outcome is unknown, a start counts as running.
_STATUS_AFTER: dict[str, ActualStatus] = {"start": "started", "stop": "stopped"}


@dataclass(frozen=True, slots=True)
class CampaignJob:
    """One campaign change with all that its call needs."""

    run: DialerRun
    change: CampaignChange
    tally: ChangeTally


async def write_campaign(job: CampaignJob) -> None:
    """Carry one campaign change out."""
    run, change = job.run, job.change
    operation = run.vendor.campaigns.operations[change.operation]
    state = run.campaigns[change.address.name]
    why = _why_not(job, operation, state)
    if why:
        created = change.action == "create" or bool(state.id)
        job.tally.add("skipped" if run.why_stopped() or not created else "held", why)
        return
    scope = run.scope(change.address.name)
    scope["fields"] = write_fields(
        run.vendor, {field.name: field.after for field in change.fields if field.after is not None}
    )
    if change.action == "deduplicate":
        try:
            scope["duplicates"] = await _kept(job, state)
        except RemoteError as problem:
            job.tally.add("failed", problem.detail)
            return
    try:
        result, call = await run.write(operation, scope, change.address, action=change.action)
    except HeldByGateError as held:
        job.tally.add("held", f"the last gate: {held}")
        return
    except (RemoteError, RenderError) as problem:
        # The request itself cannot be made: nothing was sent.
        job.tally.add("failed", str(problem))
        return
    job.tally.calls += result.attempts
    outcome, message = _book(job, operation, state, result)
    if call:
        await run.journal.finish(call, outcome, message, {})
        failpoint("campaign.booked")
    job.tally.add(outcome, message)
    run.tally.show(run.dialer, job.tally.level)


def _why_not(job: CampaignJob, operation: Operation, state: CampaignState) -> str:
    run, change = job.run, job.change
    why = run.why_held(operation, change.address)
    if why:
        return why
    if change.action != "create" and not state.id:
        return "the campaign was not created"
    if change.action == "start":
        # Asked for whatever the vendor file says of the effect of its start.
        name = change.address.name
        return run.not_startable.get(name) or run.not_dialable.get(name) or run.not_dialable.get(ACCOUNT, "")
    return ""


async def _kept(job: CampaignJob, state: CampaignState) -> dict[str, object]:
    """Ask for the duplicates once more and keep the entry that came first of each number."""
    run = job.run
    groups = await read_duplicates(run.client, run.vendor, campaign_scope(run.vendor, state))
    return {group.phone: _first(group.ids) for group in groups}


def _first(ids: Sequence[str | int]) -> str | int:
    """Return the id of the oldest row: numbers are handed out upwards, of other ids the vendor's first is taken."""
    numbers = [found for found in ids if isinstance(found, int)]
    return min(numbers) if len(numbers) == len(ids) else ids[0]


def _book(job: CampaignJob, operation: Operation, state: CampaignState, result: CallResult) -> tuple[Outcome, str]:
    """Write what the ledger must know of the campaign now, and return the outcome with its message."""
    outcome = outcome_of(result)
    action = job.change.action
    if action == "create":
        return _book_created(job, operation, state, result)
    if outcome in DONE and action == "delete":
        job.run.journal.forget_campaign(job.change.address)
    if action in _STATUS_AFTER and (outcome in DONE or (outcome == "unknown" and action == "start")):
        state.status = _STATUS_AFTER[action]
        _save(job, state)
    if action == "update" and outcome in DONE:
        state.fields |= {field.name: field.after for field in job.change.fields}
        _save(job, state)
    return outcome, _message(result, outcome)


def _message(result: CallResult, outcome: Outcome) -> str:
    return "" if outcome in DONE else result.judgement.message or result.judgement.name


def _book_created(
    job: CampaignJob, operation: Operation, state: CampaignState, result: CallResult
) -> tuple[Outcome, str]:
    outcome = outcome_of(result)
    if outcome not in DONE and outcome != "unknown":
        return outcome, _message(result, outcome)
    pattern = operation.id_pattern or job.run.vendor.campaigns.id_pattern
    new_id = ""
    if outcome in DONE and result.answer is not None:
        new_id = handed_out_id(result.answer, operation.id, pattern)
    if not new_id:
        # It may well be there: the next plan looks for it by its name.
        _save(job, state, known_state="unknown")
        why = "created, but the answer holds no id of the form that the vendor file states"
        return "unknown", _message(result, outcome) or why
    state.id, state.status = new_id, job.run.vendor.campaigns.born
    # An earlier campaign of this key is gone; its rows are not in the new one.
    job.run.journal.forget_campaign(job.change.address)
    _save(job, state)
    return outcome, ""


def _save(job: CampaignJob, state: CampaignState, *, known_state: str = "present") -> None:
    applied = {field.name: field.after for field in job.change.fields if field.after is not None}
    before = state.known or KnownCampaign(key=state.key, remote_id="", name=state.name, status="unknown", fields={})
    status: ActualStatus = "started" if state.status == "started" else "stopped"
    if state.status not in {"started", "stopped"}:
        status = "unknown"
    state.known = replace(
        before,
        remote_id=state.id,
        name=state.name,
        status=status,
        fields={**before.fields, **applied},
        state="unknown" if known_state == "unknown" else "present",
    )
    job.run.journal.save_campaign(job.change.address, state.known)
    failpoint("campaign.saved")
