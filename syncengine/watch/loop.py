"""The loop: wait for an event or the clock, wait until the files are at rest, act, and again.

One action at a time, in one thread. However many events come, an action is made only after a whole quiet time, so in
a storm of S seconds there are at most S / settle + 2 of them.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from syncengine.watch.files import Files, Resting, Snapshot
from syncengine.watch.folders import Eyes

Cause = Literal["start", "change", "clock"]
# An action may find that it depends on files that were not looked at; a manifest that names a pattern of files which
# name no others needs one more look, never many.
_MOST_LOOKS = 4
_TICK = 0.5
# Seconds between two questions whether there is another reason to act.
_ASK = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What an action came to."""

    # The files moved while they were read, or others belong to them: look again, then act again.
    again: bool = False
    # Seconds since 1970 when something that is held back can go on; None: at the next event or by the clock.
    at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What to watch, and when to act."""

    files: Files
    # Seconds in which nothing may change before a change is acted on.
    settle: float
    # Seconds after which an action is made without any event, and by how much of itself that varies.
    interval: float
    jitter: float = 0.0
    # Seconds after which the files are looked at in case an event was lost.
    rescan: float = 30.0
    # Asked now and then while the loop waits: whether there is a reason to act besides files and the clock.
    wanted: Callable[[], bool] = lambda: False
    # Called at least twice a second while the loop waits.
    alive: Callable[[], None] = lambda: None
    # Told while the files are not at rest: since when, and why.
    waiting: Callable[[float, str], None] = lambda _, __: None


def watch(watching: Watching, act: Callable[[Cause, Snapshot], Turn], stop: threading.Event) -> None:
    """Call ``act`` at the start, after every settled change and by the clock, until ``stop`` is set.

    ``act`` must not raise for a broken file, since a watcher outlives it.
    """
    wake = threading.Event()
    resting = Resting(
        files=watching.files, settle=watching.settle, stop=stop, alive=watching.alive, waiting=watching.waiting
    )
    with Eyes(watching.files.project, wake) as eyes:
        turn, seen = _act("start", None, resting, act, stop)
        deadline = _deadline(watching, turn)
        while not stop.is_set():
            cause = _wait(watching, deadline, wake, resting, stop)
            eyes.follow()
            if cause is None:
                return
            wake.clear()
            if cause == "change" and not resting.moved():
                # Something near by moved: a rejects file, an editor's scratch file. The clock goes on, and whatever
                # never rests there costs two looks a second at most.
                stop.wait(timeout=_TICK)
                continue
            turn, now = _act(cause, seen, resting, act, stop)
            seen = now or seen
            if turn is not None:
                deadline = _deadline(watching, turn)


def _act(
    cause: Cause,
    seen: Snapshot | None,
    resting: Resting,
    act: Callable[[Cause, Snapshot], Turn],
    stop: threading.Event,
) -> tuple[Turn | None, Snapshot | None]:
    """Act on files at rest; no turn when they are what they were, or when asked to stop."""
    for _ in range(_MOST_LOOKS):
        snapshot = resting.wait()
        if snapshot is None or stop.is_set():
            return None, None
        if cause == "change" and seen is not None and snapshot.content == seen.content and not _led(snapshot, seen):
            # Written anew with the same bytes.
            return None, snapshot
        turn = act(cause, snapshot)
        seen = None
        if not turn.again:
            return turn, snapshot
    return turn, snapshot


def _led(now: Snapshot, before: Snapshot) -> bool:
    """Whether other files belong to the project than before."""
    return now.looks.keys() != before.looks.keys()


def _deadline(watching: Watching, turn: Turn | None) -> float:
    spread = 1.0 + watching.jitter * random.uniform(-1.0, 1.0)  # noqa: S311 - no secret hangs on it
    pause = watching.interval * spread
    if turn is not None and turn.at is not None:
        pause = min(pause, max(0.2, turn.at - time.time()))
    return time.monotonic() + pause


def _wait(
    watching: Watching, deadline: float, wake: threading.Event, resting: Resting, stop: threading.Event
) -> Cause | None:
    """Wait for an event or the clock; None: asked to stop."""
    rescan = time.monotonic() + watching.rescan
    ask = time.monotonic() + _ASK
    while not stop.is_set():
        watching.alive()
        now = time.monotonic()
        # Before any event: what never rests near by must not keep the clock from being heard.
        if now >= deadline:
            return "clock"
        if wake.wait(timeout=min(_TICK, deadline - now)):
            return "change"
        if time.monotonic() >= ask:
            if watching.wanted():
                return "clock"
            ask = time.monotonic() + _ASK
        if time.monotonic() >= rescan:
            if resting.moved():
                return "change"
            rescan = time.monotonic() + watching.rescan
    return None
