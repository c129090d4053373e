"""One run of the engine, inside a process that may be killed at any moment.

Nothing of the engine is replaced but its clock, the length of its pauses and the pace at which tasks are asked about.
"""

import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from syncengine import failpoints, sync
from syncengine.cli import apply as _command  # noqa: F401 - imported before the fork, so that a run need not
from syncengine.cli import exits, interrupt, main, planning  # noqa: F401 - likewise
from syncengine.errors import SyncEngineError
from syncengine.failpoints import Armed, Failure
from syncengine.model.plan import Allowances, Plan
from syncengine.model.report import ApplyReport
from syncengine.planfile import load_plan
from syncengine.remote import client
from syncengine.remote.retries import Breaker
from syncengine.sync import Applying, Loaded, Options
from tests.chaos import mutants
from tests.chaos.orders import Order, Told, said
from tests.chaos.real_process import commands
from tests.conformance.project import shown, with_quick_tasks

__all__ = ["carry_out", "loaded_for_trials"]


def loaded_for_trials(root: str) -> Loaded:
    """Load a project; tasks at its vendors are asked about without a pause."""
    loaded = sync.load(Path(root))
    quick = {name: replace(found, vendor=with_quick_tasks(found.vendor)) for name, found in loaded.vendors.items()}
    return replace(loaded, vendors=quick)


def carry_out(loaded: Loaded, order: Order, answer: Path) -> int:
    """Carry an order out, write what is to be told of it, and return the exit code."""
    known, clock = set(sys.modules), _Clock(order.ahead)
    armed = Armed((Failure.parse(text) for text in order.failures), stall=clock.stall)
    failpoints.arm(armed)
    client.backoff = lambda _, random: 0.001 * random()  # type: ignore[assignment]  # a pause, much shorter
    client.Breaker = partial(Breaker, cool_down=0.02)  # type: ignore[misc, assignment]  # likewise
    if order.mutant:
        mutants.switch_on(order.mutant)
    told = Told()
    try:
        _TASKS[order.task](loaded, order, clock.now, told)
    except SyncEngineError as problem:
        told.error, told.text, told.code = type(problem).__name__, str(problem), problem.exit_code
    except Exception as problem:  # noqa: BLE001 - the judge decides whether it may have happened
        told.error, told.code = type(problem).__name__, 1
        told.text = "".join(traceback.format_exception(problem))[-4000:]
    failpoints.arm(None)
    told.passed, told.happened = dict(armed.passed), [str(failure) for failure in armed.happened]
    told.modules = sorted(set(sys.modules) - known)
    answer.write_text(said(told), encoding="utf-8")
    return told.code


class _Clock:
    """The clock of this run; a stall moves it and takes no time."""

    def __init__(self, ahead: float) -> None:
        self._ahead = ahead

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead

    def stall(self, seconds: float) -> None:
        """Let time go by in which nothing is done."""
        self._ahead += seconds
        time.sleep(0.002)


def _apply(loaded: Loaded, order: Order, clock: Callable[[], float], told: Told) -> None:
    options = Options(
        allowances=Allowances(unverified=True, prune=order.prune, dnd_remove=order.dnd_remove), clock=clock
    )
    applying = Applying()
    if order.dnd_remove or order.saved:
        file = Path(order.root) / "plan.bin"
        with sync.planned(loaded, options) as made:
            if made.plan.empty or not made.plan.applicable:
                _tell(made.plan, None, told)
                return
            made.save(file)
        applying = Applying(saved=load_plan(file))
    try:
        plan, report = sync.apply(loaded, options, applying)
    except sync.NotApplicableError as stopped:
        _tell(stopped.plan, None, told)
        raise
    _tell(plan, report, told)


def _tell(plan: Plan, report: ApplyReport | None, told: Told) -> None:
    told.empty, told.holds = plan.empty, len(plan.holds)
    told.complete = report is not None and report.complete
    told.notes = [*plan.notes, *(report.parked if report else ())]
    told.plan = shown(plan, report)


def _command_line(loaded: Loaded, order: Order, clock: Callable[[], float], told: Told) -> None:
    """``syncengine apply``, signals and exit codes included."""
    sync.load = lambda _: loaded  # type: ignore[assignment]  # loaded before, by the same function
    # Else the clock of this trial would reach nobody, and its files would be dated in the future.
    assert planning.Options is Options
    planning.Options = partial(Options, clock=clock)  # type: ignore[misc, assignment]  # only the clock differs
    for words in commands(order):
        told.code = exits.run(main.cli, words)
        if told.code:
            return


def _resolve(loaded: Loaded, order: Order, clock: Callable[[], float], told: Told) -> None:
    """``syncengine state resolve``, without the command line's clock."""
    assume = "sent" if order.assume == "sent" else "not_sent"
    sync.resolve_call(loaded, order.call, assume, now=clock(), wait=0.0)  # type: ignore[arg-type]  # one of two words
    told.complete = True


_TASKS: dict[str, Callable[[Loaded, Order, Callable[[], float], Told], None]] = {
    "apply": _apply,
    "command": _command_line,
    "resolve": _resolve,
}
