"""Ctrl-C and SIGTERM: the first finishes the calls under way, writes the ledger and stops; the second kills."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType


@dataclass(slots=True)
class Stop:
    """Whether somebody wants to stop, and by which signal."""

    event: threading.Event = field(default_factory=threading.Event)
    number: int = 0

    def asked(self) -> bool:
        """Whether the first signal has come."""
        return self.event.is_set()


@contextmanager
def interruptible(*, quiet: bool = False) -> Iterator[Stop]:
    """Take both signals as a wish to stop; the usual handlers come back at the end.

    ``quiet`` says nothing of calls under way, where there are none.
    """
    stop = Stop()

    def take(number: int, frame: FrameType | None) -> None:
        del frame
        if stop.asked():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.number = number
        stop.event.set()
        if not quiet:
            # Not by print: the program may be in the middle of one.
            os.write(2, b"stopping: calls under way are finished and written down; once more to kill\n")

    before = {number: signal.signal(number, take) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def interruption_told(*, unless: type[Exception]) -> Iterator[None]:
    """Let Ctrl-C leave the block as KeyboardInterrupt, whatever a library makes of it in the middle of its own code.

    DuckDB calls it a query that was interrupted, Arrow an operation that was cancelled, and one inside the other an
    invalid input: all of them would pass for mistakes of ours. An ``unless`` has said all there was to say.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came = False

    def take(number: int, frame: FrameType | None) -> None:
        nonlocal came
        del number, frame
        came = True
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, take)
    try:
        yield
    except unless:
        raise
    except Exception as disguised:
        if came:
            raise KeyboardInterrupt from disguised
        raise
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def interrupting_at_once() -> Iterator[None]:
    """Let Ctrl-C end a question: nothing is under way, and input() would wait on after a polite handler."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
