"""One row change carried out: batches of rows, side by side as far as the dialer allows, each row's outcome booked.

A batch in which the last gate finds a listed number loses those rows (they are *held*) and goes on with the rest. A
batch that the vendor refuses whole is halved only where its file says that a refused batch left nothing behind; one of
which no request can be made is halved always, since nothing was sent.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from syncengine.errors import RemoteError, RenderError
from syncengine.failpoints import failpoint
from syncengine.model.address import ACCOUNT, Address
from syncengine.model.change import RowAction, RowChange
from syncengine.model.counted import plural
from syncengine.model.exchange import RowItem
from syncengine.model.ports import RowOutcome
from syncengine.model.report import DONE, Outcome
from syncengine.model.vendor import Collection, Operation
from syncengine.remote.course import CallResult
from syncengine.remote.dialer_run import DialerRun, ListedNumberError, outcome_of
from syncengine.remote.gate import rows_bytes
from syncengine.remote.ids import TASK_ID, handed_out_id
from syncengine.remote.items import item_results
from syncengine.remote.lookup import look_up
from syncengine.remote.row_scope import rows_scope
from syncengine.remote.tally import ChangeTally, distinct
from syncengine.remote.tasks import await_task

Outcomes = dict[str, RowOutcome]

# So many single rows in a row refused and none taken: then it is not the rows, and each further one costs a call.
_HOPELESS = 10


@dataclass(slots=True)
class _Behind:
    """The outcome of a worker's last call, on its way into the ledger while the next call is made ready.

    It shares the transaction of the next intent or has an earlier one, so that a call waits for the disk once, and
    still none is sent before the outcome of the one before it is written down.
    """

    waiting: asyncio.Future[object] | None = None

    async def settled(self) -> None:
        """Wait until nothing is on its way; raises what its writing raised."""
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            await waiting
            failpoint("batch.booked")


@dataclass(frozen=True, slots=True)
class RowJob:
    """One row change with all that its calls need."""

    run: DialerRun
    change: RowChange
    collection: Collection
    tally: ChangeTally
    # Each worker's own.
    behind: _Behind = field(default_factory=_Behind)

    @property
    def address(self) -> Address:
        """Return the collection's address."""
        return self.change.address


@dataclass(frozen=True, slots=True)
class _Step:
    """One of the calls that carry an action out."""

    operation: Operation
    action: RowAction
    lasts_days: int | None
    # The removal in a replace: a row that was gone already is not added again, since the person may have been called.
    replacing: bool = False


@dataclass(slots=True)
class _Search:
    """Looking for the rows on whose account a batch was refused, by halving it."""

    refused: int = 0
    taken: bool = False

    @property
    def hopeless(self) -> bool:
        """Whether the vendor refuses whatever it is offered."""
        return self.refused >= _HOPELESS and not self.taken

    def learn(self, outcomes: Mapping[str, RowOutcome]) -> None:
        """Take in what became of one part."""
        kinds = _kinds(outcomes)
        self.taken = self.taken or bool(kinds & DONE)
        self.refused += len(outcomes) == 1 and "rejected" in kinds


async def write_rows(job: RowJob, *, lasts_days: int | None = None) -> None:
    """Carry one row change out."""
    if job.change.action in {"adopt", "forget"}:
        _book(job)
        return
    steps = _steps(job.collection, job.change.action, lasts_days)
    workers = max(1, job.run.vendor.limits.concurrency)
    size = max(step.operation.batch for step in steps)
    over = asyncio.Event()
    batches = takewhile(lambda _: not over.is_set(), job.run.store.batches(job.change.rows, size))
    tasks = [asyncio.create_task(_write_batches(job, steps, batches)) for _ in range(workers)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        # Where one has failed, nobody begins another batch. What is under way is finished and written down.
        over.set()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for problem in ended:
        if isinstance(problem, BaseException):
            raise problem
    _after(job)


async def _write_batches(job: RowJob, steps: Sequence[_Step], batches: Iterator[list[RowItem]]) -> None:
    """Take batches from the row set, which other workers take from as well, until there is none left."""
    job = replace(job, behind=_Behind())
    try:
        for batch in batches:
            if job.run.why_stopped():
                return
            await _write_batch(job, steps, batch)
    finally:
        await job.behind.settled()


def _book(job: RowJob) -> None:
    for batch in job.run.store.batches(job.change.rows, 10_000):
        job.run.journal.book(job.address, job.change.action, batch)
        job.tally.add("applied", count=len(batch))


def _steps(collection: Collection, action: RowAction, lasts_days: int | None) -> list[_Step]:
    """Return the calls that carry an action out; a replace is a removal and an addition of the same rows."""
    actions: tuple[RowAction, ...] = (action,)
    if action == "update" and collection.update == "replace":
        actions = ("remove", "add")
    last = actions[-1]
    return [_Step(collection.operations[each], each, lasts_days, replacing=each != last) for each in actions]


async def _write_batch(job: RowJob, steps: Sequence[_Step], batch: Sequence[RowItem]) -> None:
    """Carry a batch through its steps: a row takes the next step only when the one before is known to be done."""
    rows = list(batch)
    final: Outcomes = {}
    for step in steps:
        results = await _write_step(job, step, rows)
        final |= results
        if step is not steps[-1]:
            rows = [row for row in rows if results[row.key].outcome in DONE]
    job.tally.add_rows(final.values())
    job.run.tally.show(job.run.dialer, job.tally.level)


async def _write_step(job: RowJob, step: _Step, rows: list[RowItem]) -> Outcomes:
    results: Outcomes = _held_back(job, step, rows)
    if results:
        return results
    rows = _with_directory_ids(job, rows, results)
    if step.action == "add" and "lookup" in job.collection.operations:
        job.tally.calls += len(rows)
        rows = await look_up(job.run, job.collection, job.address, rows, results)
    for start in range(0, len(rows), step.operation.batch):
        results |= await _send(job, step, rows[start : start + step.operation.batch])
    return results


def _held_back(job: RowJob, step: _Step, rows: Sequence[RowItem]) -> Outcomes:
    """Return an outcome for each row when no call may be made for them now, else nothing."""
    run = job.run
    if why := run.why_stopped():
        return {row.key: RowOutcome("skipped", why) for row in rows}
    if job.collection.scope == "campaign" and not run.is_there(job.address.name):
        # Without an id a template would say "no campaign", which a vendor may take for any.
        return {row.key: RowOutcome("skipped", "the campaign was not created") for row in rows}
    why = run.why_held(step.operation, job.address)
    return {row.key: RowOutcome("held", why) for row in rows} if why else {}


def _with_directory_ids(job: RowJob, rows: list[RowItem], results: Outcomes) -> list[RowItem]:
    """Fill in the directory's id where the vendor's record carries it; a row without one cannot be sent."""
    if not job.collection.needs:
        return rows
    fields = [c.to for c in job.run.vendor.columns[job.collection.name] if c.source == "remote_id"]
    directory = Address(job.run.dialer, "directory", job.run.vendor.account_name(job.collection.needs))
    ids = job.run.journal.remote_ids(directory, [row.key for row in rows])
    filled = []
    for row in rows:
        # A row that is not ours has the dialer's own id as its key, marked so by the reader.
        found = ids.get(row.key) or (row.key[1:] if row.key.startswith("#") else "")
        if not found:
            results[row.key] = RowOutcome("skipped", f"not in the vendor's directory ({job.collection.needs})")
            continue
        filled.append(replace(row, record={**row.record, **dict.fromkeys(fields, found)}))
    return filled


async def _send(job: RowJob, step: _Step, rows: list[RowItem], search: _Search | None = None) -> Outcomes:
    """Send one call and return each row's outcome; listed rows are taken out and the rest is sent."""
    held = _held_back(job, step, rows)
    if held:
        return held
    scope = rows_scope(job.run, job.address, rows, lasts_days=step.lasts_days)
    try:
        result, call = await job.run.write(
            step.operation,
            scope,
            job.address,
            action=step.action,
            rows=rows,
            lasts_days=step.lasts_days,
            after=job.behind.settled,
        )
    except ListedNumberError as found:
        return await _without_listed(job, step, rows, found)
    except (RemoteError, RenderError) as problem:
        # The request itself cannot be made, as where the rows travel in a URL that is too long: nothing was sent.
        if len(rows) > 1:
            return await _send_halves(job, step, rows, search)
        return {row.key: RowOutcome("failed", str(problem)) for row in rows}
    job.tally.calls += result.attempts
    outcomes = await _judge_rows(job, step.operation, rows, result, call)
    if step.replacing and not result.lost:
        outcomes = {key: _gone_already(found) for key, found in outcomes.items()}
    bisecting = _may_bisect(step.operation, rows, result)
    if bisecting:
        # Nothing has happened to any of them yet, and a crash before the halves are sent must not call them refused.
        outcomes = {key: replace(found, outcome="deferred") for key, found in outcomes.items()}
    if call:
        # Nothing of an earlier one is left behind where this one had no intent of its own.
        await job.behind.settled()
        job.behind.waiting = asyncio.ensure_future(
            job.run.journal.finish(call, _overall(outcomes), result.judgement.message, outcomes)
        )
        if bisecting or step.replacing:
            # The same rows go on with their next call.
            await job.behind.settled()
    search = search or _Search()
    search.learn(outcomes)
    if not bisecting or search.hopeless:
        return outcomes
    return await _send_halves(job, step, rows, search)


async def _send_halves(job: RowJob, step: _Step, rows: list[RowItem], search: _Search | None) -> Outcomes:
    """Send both halves, the second one unless the first told that it is of no use."""
    search = search or _Search()
    half = len(rows) // 2
    outcomes = await _send(job, step, rows[:half], search)
    if search.hopeless:
        why = f"the vendor refused {search.refused} rows one by one and took none; the rest was not sent"
        return outcomes | {row.key: RowOutcome("deferred", why) for row in rows[half:]}
    return outcomes | await _send(job, step, rows[half:], search)


def _gone_already(found: RowOutcome) -> RowOutcome:
    """Refuse to go on with a replace whose row was not there to be removed.

    Not asked where an earlier attempt of the same call was lost: then it was that one which has removed the row.
    """
    if found.outcome != "already_absent":
        return found
    return RowOutcome("rejected", "no longer there, perhaps called already; not added again")


async def _without_listed(job: RowJob, step: _Step, rows: list[RowItem], found: ListedNumberError) -> Outcomes:
    listed = [r for r in rows if job.run.listed.hits(job.address, rows_bytes([r]))]
    why = "a number on a do-not-call list, found by the last gate"
    if not listed or len(listed) == len(rows):
        # The number is not in a row but in the request around it, or in every row: nothing can be sent.
        job.run.tally.alarms.append(
            f"{job.address}: {plural(len(found.numbers), 'listed number')} stopped by the last gate"
        )
        return {row.key: RowOutcome("held", why) for row in rows}
    held = {row.key: RowOutcome("held", why) for row in listed}
    rest = [row for row in rows if row.key not in held]
    return held | await _send(job, step, rest)


async def _judge_rows(
    job: RowJob, operation: Operation, rows: list[RowItem], result: CallResult, call: int
) -> Outcomes:
    judgement = result.judgement
    if judgement.outcome == "applied" and result.answer is not None:
        if operation.task is not None:
            return await _by_task(job, operation, rows, result, call)
        if operation.items is not None:
            results, summary = item_results(operation, rows, result.answer)
            if summary.alarm:
                job.run.tally.alarms.append(f"{job.address}: {summary.alarm}")
            # Mostly one result for all rows: then one outcome, too.
            made = {
                id(r): RowOutcome(r.outcome, r.message, r.remote_id)
                for r in {id(r): r for r in results.values()}.values()
            }
            return {key: made[id(r)] for key, r in results.items()}
    outcome = outcome_of(result)
    if outcome == "applied" and len(rows) == 1 and operation.id and result.answer is not None:
        pattern = operation.id_pattern or TASK_ID
        return {rows[0].key: RowOutcome("applied", remote_id=handed_out_id(result.answer, operation.id, pattern))}
    if outcome == "rejected" and len(rows) > 1 and operation.refused_batch == "unknown":
        outcome = "unknown"
    message = "" if outcome in DONE else judgement.message or judgement.name
    return {row.key: RowOutcome(outcome, message) for row in rows}


async def _by_task(job: RowJob, operation: Operation, rows: list[RowItem], result: CallResult, call: int) -> Outcomes:
    assert operation.task is not None
    assert result.answer is not None
    task_id = handed_out_id(result.answer, operation.task.id, TASK_ID)
    if not task_id:
        return {row.key: RowOutcome("unknown", "the answer names no task") for row in rows}
    job.run.journal.task_started(call, task_id)
    failpoint("task.started")
    job.run.tally.show(job.run.dialer, job.tally.level, waiting=f"task {task_id}")
    judgement = await await_task(job.run.client, job.run.vendor, operation, task_id, job.run.scope(job.address.name))
    outcome: Outcome = "applied" if judgement.outcome == "applied" else "unknown"
    return {row.key: RowOutcome(outcome, "" if outcome == "applied" else judgement.message) for row in rows}


def _may_bisect(operation: Operation, rows: list[RowItem], result: CallResult) -> bool:
    return (
        len(rows) > 1
        and result.judgement.outcome == "rejected"
        and operation.items is not None
        and operation.refused_batch == "nothing_applied"
    )


def _kinds(outcomes: Mapping[str, RowOutcome]) -> set[Outcome]:
    return {found.outcome for found in distinct(outcomes.values())}


def _overall(outcomes: Mapping[str, RowOutcome]) -> Outcome:
    kinds = _kinds(outcomes)
    if len(kinds) == 1:
        return next(iter(kinds))
    return "unknown" if "unknown" in kinds else "applied"


def _after(job: RowJob) -> None:
    """Count what was never tried, and remember what later levels depend on."""
    run, name = job.run, job.address.name
    left = job.tally.size - sum(job.tally.outcomes.values())
    if left > 0 and (why := run.why_stopped()):
        job.tally.add("skipped", why, count=left)
    failed = sum(count for outcome, count in job.tally.outcomes.items() if outcome not in DONE)
    if job.collection.holds == "dnd" and job.change.action in {"add", "block"}:
        if failed:
            target = ACCOUNT if job.address.of_account else name
            run.not_dialable[target] = (
                f"{plural(failed, 'do-not-call entry is', 'do-not-call entries are')} not confirmed there"
            )
        return
    if job.collection.holds == "contacts" and job.change.reason == "listed" and failed:
        run.not_startable[name] = f"{plural(failed, 'listed row')} may still be rung there"
