"""Who hears that the process goes on after it was stopped: the main thread, at once, at the moment that matters.

The kernel hands SIGCONT to any thread that does not block it, and Python runs the handler in the main thread only when
that next waits for the interpreter: beside four idle threads three of four stops were heard late, after the step that
was to be kept from happening. So all threads block it, by being made while the main one does, and the main thread takes
it for the few lines in which it must not miss it; one that waits since before is heard first of all.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_GOES_ON = {signal.SIGCONT}


def keep_from_threads() -> None:
    """Block the signal in this thread and all that it makes from now on; for the beginning of a process."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _GOES_ON)


@contextmanager
def heard_at_once() -> Iterator[None]:
    """Take the signal in this block, if this is the main thread: no other one runs handlers."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_UNBLOCK, _GOES_ON)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
