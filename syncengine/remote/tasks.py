"""Waiting for a task at the vendor: an answer that only promises is not an outcome."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from syncengine.errors import RemoteError, RenderError
from syncengine.model.answers import ResponseOutcome
from syncengine.model.calling import Task
from syncengine.model.vendor import Operation, Vendor
from syncengine.remote.client import DialerClient
from syncengine.remote.judge import Judgement
from syncengine.remote.paths import as_text, find
from syncengine.remote.wording import presentable

# After these, asking again is of no use in this run.
_HOPELESS: frozenset[ResponseOutcome] = frozenset({"stop_dialer", "budget_exhausted"})
# A task that has just been started may not be known at once.
_REFUSALS = 3


async def await_task(
    client: DialerClient,
    vendor: Vendor,
    operation: Operation,
    task_id: str,
    scope: Mapping[str, object],
    *,
    clock: Callable[[], float] | None = None,
    sleep: Callable[[float], Awaitable[None]] | None = None,
) -> Judgement:
    """Ask about a task until it ends; return ``applied``, or ``unknown`` with the reason.

    Only the words that the vendor file lists end a task. Failure is unknown too, since a part may have been loaded.
    """
    task = operation.task
    assert task is not None
    clock, sleep = clock or client.clock, sleep or client.sleep
    deadline = clock() + task.deadline
    refused = 0
    while True:
        asked = await ask_once(client, vendor, operation, task_id, scope)
        if asked.outcome in {"applied", "unknown"}:
            return asked
        refused = refused + 1 if asked.outcome == "rejected" else 0
        if asked.outcome in _HOPELESS or refused >= _REFUSALS:
            return _unknown(f"the task could not be asked about: {asked.message}")
        if clock() + task.interval > deadline:
            return _unknown(f"the task did not end within {task.deadline:g} s")
        await sleep(task.interval)


async def ask_once(
    client: DialerClient, vendor: Vendor, operation: Operation, task_id: str, scope: Mapping[str, object]
) -> Judgement:
    """Return ``applied`` or ``unknown`` when the task has ended, ``wait`` while it runs, else why it was not told."""
    task = operation.task
    assert task is not None
    try:
        result = await client.call(vendor.calls[task.poll], {**scope, "task": {"id": task_id}})
    except RemoteError as problem:
        return _unknown(problem.detail)
    except RenderError as problem:
        return _unknown(str(problem))
    judgement = result.judgement
    if judgement.outcome == "unknown":
        # The question was lost, which says nothing about the task.
        return replace(judgement, outcome="deferred")
    if judgement.outcome != "applied" or result.answer is None:
        return replace(judgement, message=judgement.message or judgement.name)
    return _by_word(task, as_text(find(result.answer.body, task.status)).strip())


def _by_word(task: Task, word: str) -> Judgement:
    if word in task.success:
        return Judgement("applied", "task")
    if word in task.failure:
        return _unknown(f"the task failed with {presentable(word)}; a part of the rows may have been loaded")
    return Judgement("wait", "task")


def _unknown(message: str) -> Judgement:
    return Judgement("unknown", "task", message)
