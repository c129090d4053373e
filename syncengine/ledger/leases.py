"""Take leases, keep them, give them back; ``lock.py`` has the rows and tells which act takes which lease."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass

from syncengine.errors import LedgerError, LockedError
from syncengine.failpoints import failpoint
from syncengine.ledger import lock
from syncengine.ledger.held import LEASE_SECONDS, WHOLE, Held, steady_seconds
from syncengine.ledger.reading import LedgerReader
from syncengine.ledger.records import LockHolder
from syncengine.ledger.store import Store

_LOCK_POLL_SECONDS = 0.2


class LeasedLedger(LedgerReader):
    """A ledger with the leases of one run."""

    def __init__(self, database: Store, project: str) -> None:
        super().__init__(database, project)
        self._held = Held()

    @contextmanager
    def lock(
        self,
        operation: str,
        *,
        now: float,
        wait: float = 0.0,
        lease: float | None = None,
        dialers: Iterable[str] = (),
        only_free: bool = False,
    ) -> Iterator[int]:
        """Hold some dialers, or without any the whole project, waiting up to ``wait`` seconds; yields the fence.

        With ``only_free`` those are taken that nobody holds, if there are any; :meth:`holds` tells which.

        Raises:
            LockedError: another run holds one; the message says who, since when, doing what, and the ways on.
        """
        names = frozenset(dialers) or frozenset({WHOLE})
        fence = self._acquire(operation, names, now=now, wait=wait, lease=lease or LEASE_SECONDS, only_free=only_free)
        try:
            self._database.hold_reserve()
            failpoint("lock.acquired")
            yield fence
        finally:
            self._held.end()
            self._database.drop_reserve()
            failpoint("lock.before_free")
            # Where it cannot be given back, as on a server that has gone away, its lease runs out by itself.
            with suppress(LedgerError), self._database.write() as connection:
                lock.free(connection, self._project, fence)

    def _acquire(
        self, operation: str, names: frozenset[str], *, now: float, wait: float, lease: float, only_free: bool
    ) -> int:
        if self._held.fence:
            raise LockedError("this run already holds leases of the ledger")
        began = time.monotonic()
        while True:
            waited, at = time.monotonic() - began, steady_seconds()
            with self._database.write() as connection:
                found = lock.in_the_way(connection, self._project, names, now=now + waited)
                taken = _free_of(names, found) if only_free else names
                fence = None
                if taken:
                    fence = lock.take(
                        connection, self._project, taken, operation=operation, now=now + waited, lease=lease
                    )
            if fence is not None:
                self._held.begin(fence, taken, lease, at)
                return fence
            if waited >= wait:
                may_leave_out = operation == "apply" and not only_free and bool(_free_of(names, found))
                raise LockedError(lock.held_message(found, now + waited, may_leave_out=may_leave_out))
            time.sleep(min(_LOCK_POLL_SECONDS, wait - waited))

    @property
    def holds_any(self) -> bool:
        """Whether this run holds anything."""
        return bool(self._held.fence)

    def holds(self, dialer: str) -> bool:
        """Whether this run took the lease of a dialer, or the whole project's."""
        return self._held.covers(dialer)

    def keep_only(self, dialers: Iterable[str], *, operation: str) -> None:
        """Give back the leases of all other dialers, and tell people what is done with these."""
        names = self._held.names if WHOLE in self._held.names else self._held.names & frozenset(dialers)
        with self._database.write() as connection:
            lock.keep_only(connection, self._project, self._held.fence, names, operation=operation)
        self._held.keep(names)

    def renew(self, *, clock: Callable[[], float]) -> None:
        """Hold all leases for their whole time from now; raises LockedError when one was lost."""
        # In this order: a process that is stopped between the two must not take its leases for newer than they are.
        at, now = steady_seconds(), clock()
        with self._database.write() as connection:
            lock.extend(connection, self._project, self._held, now=now, changes=0)
        self._held.proven(at)

    def keep_fresh(self, *, clock: Callable[[], float]) -> None:
        """Renew leases that were not renewed for a while; raises LockedError when one was lost."""
        if self._held.is_aging():
            self.renew(clock=clock)

    def check_fence(self, dialer: str = WHOLE) -> None:
        """Raise LockedError when the lease of a dialer was lost."""
        with self._database.read() as connection:
            lock.require(connection, self._project, self._held, dialer)

    def confirm_lock(self, dialer: str = WHOLE) -> None:
        """Raise LockedError unless a dialer is surely held at this moment; cheap enough for each call's last moment."""
        if self._held.must_ask(dialer):
            self.check_fence(dialer)

    def surely_held(self, dialer: str) -> AbstractContextManager[None]:
        """Hold a dialer for as long as a block lasts: in the command line, the process ends before the lease does.

        Entering it raises LockedError where the dialer is not surely held.
        """
        return _SurelyHeld(self, self._held, dialer)

    def break_lock(self, fence: int) -> bool:
        """Take all leases away from a dead holder, named by its fence; False when that holder has none any more."""
        with self._database.write() as connection:
            return lock.free(connection, self._project, fence)


@dataclass(frozen=True, slots=True)
class _SurelyHeld(AbstractContextManager[None]):
    """A block in which one request leaves; a class, since it is in the way of each of them."""

    ledger: LeasedLedger
    held: Held
    dialer: str

    def __enter__(self) -> None:
        self.held.begin_leaving()
        try:
            self.ledger.confirm_lock(self.dialer)
        except BaseException:
            self.held.end_leaving()
            raise

    def __exit__(self, *_: object) -> None:
        self.held.end_leaving()


def _free_of(names: frozenset[str], found: Sequence[LockHolder]) -> frozenset[str]:
    """Return those of some leases that none of the holders has."""
    if WHOLE in names or any(not holder.dialers for holder in found):
        return frozenset() if found else names
    return names - {dialer for holder in found for dialer in holder.dialers}
