"""One writer at a time: a row with a holder, a lease and a fence, never a lock that ends with a connection.

The fence grows with every holder. Each write of a run names the fence it was given, inside its own transaction, so a
process that slept past its lease and woke up cannot write an intent, and hence cannot send. For one that slept between
its intent and the first byte, :class:`Held` knows by a clock that nobody sets until when the lock was surely ours.
"""

import getpass
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from syncengine.errors import LockedError
from syncengine.failpoints import failpoint
from syncengine.ledger.records import LockHolder, records
from syncengine.ledger.store import Session

# Longer than any call may take, so that a call sent under the lease ends under it.
LEASE_SECONDS = 120.0
# For so long after the ledger has said that the lock is ours it is not asked again.
_FRESH_SECONDS = 0.05


def steady_seconds() -> float:
    """Return seconds on a clock that is never set and that goes on while the machine sleeps."""
    boot_clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_clock is None else time.clock_gettime(boot_clock)


@dataclass(slots=True)
class Held:
    """The lock as its holder knows it; ``fence`` is 0 while it is not held."""

    fence: int = 0
    lease: float = LEASE_SECONDS
    # On the steady clock: when the ledger last said that the lock is ours.
    _proven: float = 0.0

    def begin(self, fence: int, lease: float, at: float) -> None:
        """Note that the lock was taken; ``at`` is the steady time before the ledger was asked."""
        self.fence, self.lease, self._proven = fence, lease, at

    def proven(self, at: float) -> None:
        """Note that the ledger has extended the lease; ``at`` is the steady time before it was asked."""
        self._proven = at

    def end(self) -> None:
        """Note that the lock is not held any more."""
        self.fence = 0

    def must_ask(self) -> bool:
        """Whether the ledger has to be asked again before a byte may leave.

        Raises:
            LockedError: the lease has run out, so that somebody else may hold the lock, now or in a moment.
        """
        if not self.fence:
            raise LockedError("this run does not hold the ledger's lock; nothing more is sent. Plan again")
        since = steady_seconds() - self._proven
        if since >= self.lease:
            raise LockedError(
                f"this run was held up for {since:.0f} s, longer than its lease on the ledger;"
                " nothing more is sent. Plan again"
            )
        return since > _FRESH_SECONDS

    @contextmanager
    def minding_stops(self, cut: Callable[[], None]) -> Iterator[None]:
        """Cut all connections when this process goes on after a stop (Ctrl-Z, SIGSTOP) that was longer than its lease.

        The last check and the write that follows it are some microseconds apart, and a process can be stopped between
        them. The signal that lets it go on is heard before its next step, so that the write meets a closed connection.
        """
        if threading.current_thread() is not threading.main_thread():
            # Only the main thread can hear signals; the last check alone must do.
            yield
            return

        def goes_on(*_: object) -> None:
            if self.fence and steady_seconds() - self._proven >= self.lease:
                cut()

        before = signal.signal(signal.SIGCONT, goes_on)
        try:
            yield
        finally:
            signal.signal(signal.SIGCONT, signal.SIG_DFL if before is None else before)


def take(connection: Session, project: str, *, holder: str, operation: str, now: float, lease: float) -> int | None:
    """Take the lock if it is free or its lease has run out; return the fence, or None."""
    found = connection.execute(
        "UPDATE lock SET fence = fence + 1, holder = ?, who = ?, operation = ?, since = ?, lease_until = ?"
        " WHERE project = ? AND (holder = '' OR lease_until <= ?) RETURNING fence",
        (holder, process_name(), operation, now, now + lease, project, now),
    ).fetchall()
    return int(found[0][0]) if found else None


def free(connection: Session, project: str, fence: int) -> bool:
    """Give the lock back, or break somebody else's; False when that fence no longer holds it."""
    changed = connection.execute(
        "UPDATE lock SET holder = '', lease_until = 0 WHERE project = ? AND fence = ? AND holder <> ''",
        (project, fence),
    )
    return changed.rowcount == 1


def require(connection: Session, project: str, fence: int) -> None:
    """Make sure that the lock is still ours.

    Raises:
        LockedError: it is not.
    """
    found = connection.execute(
        "SELECT 1 FROM lock WHERE project = ? AND fence = ? AND holder <> ''", (project, fence)
    ).fetchone()
    if found is None:
        raise _lost(connection, project)


def extend(connection: Session, project: str, fence: int, *, now: float, lease: float) -> None:
    """Make sure that the lock is still ours, and ours for a whole lease from now.

    Raises:
        LockedError: it is not ours any more.
    """
    failpoint("lock.before_fence_check")
    changed = connection.execute(
        "UPDATE lock SET lease_until = CASE WHEN lease_until > ? THEN lease_until ELSE ? END"
        " WHERE project = ? AND fence = ? AND holder <> ''",
        (now + lease, now + lease, project, fence),
    )
    if changed.rowcount != 1:
        raise _lost(connection, project)


def holder(connection: Session, project: str) -> LockHolder | None:
    """Return who holds the lock."""
    found = connection.execute(
        "SELECT fence, who, operation, since, lease_until FROM lock WHERE project = ? AND holder <> ''", (project,)
    )
    return next(iter(records(found, LockHolder)), None)


def held_message(found: LockHolder, now: float) -> str:
    """Say who is in the way, and the ways on."""
    left = max(0, round(found.lease_until - now))
    return (
        f"the ledger is locked: {found.who} runs {found.operation} since {_moment(found.since)};"
        f" its lease ends in {left} s unless it is renewed. Wait (--lock-timeout), or, if that process is surely"
        f" dead, break the lock: syncengine state unlock {found.fence}"
    )


def process_name() -> str:
    """Return user, host and process, for people."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        # A container's user may have no name.
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()} pid {os.getpid()}"


def _lost(connection: Session, project: str) -> LockedError:
    found = holder(connection, project)
    by = f"{found.who} has taken it for {found.operation}" if found else "it is not held by this run"
    return LockedError(f"the ledger's lock was lost: {by}; nothing more is sent. Plan again")


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
