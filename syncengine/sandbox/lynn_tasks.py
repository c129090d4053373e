"""Lynn's tasks: loads and bulk blacklisting answer a task id; the outcome shows when it is asked for (document 000).

Success is an HTTP-like number as text, `Status` = '200'. The rest of the vocabulary is unknown; '100' while it runs
and '500' after a failure are ours. What a task does is done at once and only its status lags: a load goes on whether
or not anybody asks after it.
"""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Literal

from starlette.responses import Response

from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.lynn_campaigns import no_such

Ending = Literal["done", "failed", "partly", "never"]
TaskKind = Literal["load", "dnd"]


@dataclass(slots=True)
class LynnSwitches:
    """What a test may want different."""

    # How many questions a task answers with "still running".
    task_polls: int = 2
    # After how many requests an exchanged token expires; nothing means never.
    token_requests: int | None = None
    # The column of a loaded row that holds the number.
    phone_column: str = "Phone"


@dataclass(slots=True)
class Task:
    """A task: of `total` items `done` were done; it answers '100' for `polls_left` more questions."""

    id: str
    kind: TaskKind
    total: int
    done: int
    ending: Ending
    polls_left: int

    def status(self) -> str:
        """Return the status as text."""
        if self.polls_left > 0 or self.ending == "never":
            return "100"
        return "200" if self.ending == "done" else "500"


class Tasks:
    """The tasks of the tenant, and how the next ones are to end."""

    def __init__(self, switches: LynnSwitches) -> None:
        self.held: dict[str, Task] = {}
        self._switches = switches
        self._endings: deque[Ending] = deque()

    def clear(self) -> None:
        """Forget every task and every ending decided."""
        self.held.clear()
        self._endings.clear()

    def end_next(self, ending: Ending, times: int = 1) -> None:
        """Decide how the next tasks end: a failed one does nothing, a "partly" one does the first half and fails."""
        self._endings.extend([ending] * times)

    def begin(self, kind: TaskKind, total: int, accepted: int) -> Task:
        """Start a task over `total` items of which the dialer accepts `accepted`."""
        ending = self._endings.popleft() if self._endings else "done"
        if accepted < total and ending == "done":
            ending = "failed"
        done = {"failed": 0, "partly": accepted // 2}.get(ending, accepted)
        task = Task(f"T{len(self.held) + 1:06d}", kind, total, done, ending, self._switches.task_polls)
        self.held[task.id] = task
        return task

    def load_status(self, call: Call) -> Response:
        """GetTaskStatus."""
        return self._status(call.params["id"], "load")

    def dnd_status(self, call: Call) -> Response:
        """GetDndTaskStatus: knows only the tasks of ManageDnDByCampaign."""
        return self._status(call.params["id"], "dnd")

    def as_json(self) -> list[dict[str, Any]]:
        """Return every task with its status."""
        return [asdict(task) | {"status": task.status()} for task in self.held.values()]

    def _status(self, task_id: str, kind: TaskKind) -> Response:
        task = self.held.get(task_id)
        if not task or task.kind != kind:
            return no_such("task")
        answer = {"taskId": task.id, "Status": task.status()}
        task.polls_left = max(0, task.polls_left - 1)
        return json_answer(answer)
