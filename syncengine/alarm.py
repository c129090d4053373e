"""A moment at which this process ends, wherever it is: for who may not act late.

Between the last look at a lease and the write lie some steps, and a process can be stopped between any two of them for
minutes: Ctrl-Z, a debugger, a frozen container. A handler in Python would come too late: it runs between two steps of
the interpreter, and the last one lets other threads go first and then writes, which takes milliseconds on a busy
machine. So the kernel is told beforehand: SIGALRM, left to its default, ends a process that goes on after its time
before it takes another step. For the journal that is one more sudden end.

Whichever thread does not block the signal takes it, and the others may take a step meanwhile. So all threads block it,
by being made while the main one does, and only who sends takes it. A program that has not allowed it is never ended.
"""

import os
import signal

_ALARM = {signal.SIGALRM}
# 128 and the number of the signal, as a shell tells it.
_EXIT_CODE = 142
_SHORTEST = 1e-6


class _Process:
    """Whether this one may be ended."""

    may_end = False


def allow() -> None:
    """Let alarms end this process; for its beginning, before it has threads."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ALARM)
    # The kernel spares the first process of a container where nothing handles the signal; there it is as early as
    # Python can be.
    signal.signal(signal.SIGALRM, (lambda *_: os._exit(_EXIT_CODE)) if os.getpid() == 1 else signal.SIG_DFL)
    _Process.may_end = True


def set_in(seconds: float) -> None:
    """End this process when so many seconds have passed, unless the alarm is set anew or taken back."""
    if _Process.may_end:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, _SHORTEST))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ALARM)


def clear() -> None:
    """Take the alarm back."""
    if _Process.may_end:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.pthread_sigmask(signal.SIG_BLOCK, _ALARM)
