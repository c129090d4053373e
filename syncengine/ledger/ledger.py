"""The ledger as the rest of the program sees it: one door, behind which each table has its own module.

All times are seconds since 1970 and come from the caller. Whoever writes what a dialer holds must hold its lease; what
is read from people's files (statements, sources) and what came back of a call may be written without one. Who has to
hold what is told in ``lock.py``.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from syncengine.errors import DoubtfulLedgerError, LedgerError, LockedError, StalePlanError
from syncengine.ledger import budget, campaigns, erasure, journal, lock, rows, runs, schema, statements, unsettled
from syncengine.ledger.connection import Database
from syncengine.ledger.held import steady_seconds
from syncengine.ledger.leases import LeasedLedger
from syncengine.ledger.mark import Mark, MarkFile
from syncengine.ledger.notes import Notes
from syncengine.ledger.records import (
    RowState,
    StatementsRead,
)
from syncengine.ledger.store import Session, Store
from syncengine.ledger.stores import open_store
from syncengine.ledger.unsettled import Assumption
from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
from syncengine.model.findings import KnownCampaign
from syncengine.model.ports import Intent, RowOutcome
from syncengine.model.report import Outcome

if TYPE_CHECKING:
    import pyarrow as pa

# From so many rows on, the loop has more to gain from the other thread than it loses by waking it.
_MANY_ROWS = 1_000


class Ledger(LeasedLedger):
    """The ledger of one project; a context manager, used from one thread.

    Every method raises LedgerError when the ledger cannot be read or written, and writing ones that need the lock
    raise LockedError when this run does not hold it (any more).
    """

    def __init__(self, database: Store, project: str, mark: MarkFile | None = None) -> None:
        """Wrap an open database whose tables are up to date; ``mark`` is where lineage and serial are kept as well."""
        super().__init__(database, project)
        self.notes = Notes(database, project)
        self._mark = mark
        self._checked_at = 0.0
        # Lineage and serial after the last change that this run has made.
        self._seen = ("", 0)

    @classmethod
    def open(cls, where: Path | str, project: str) -> "Ledger":
        """Open or make a ledger (a file, or by its URL) without a mark beside it; a project uses ``opening.py``."""
        return cls.of(Database.open(where) if isinstance(where, Path) else open_store(where), project)

    @classmethod
    def of(cls, database: Store, project: str, mark: MarkFile | None = None) -> "Ledger":
        """Take over an open database and bring its tables up to date; it is closed if that fails."""
        try:
            schema.migrate(database)
            database.belongs_to(project)
            with database.write() as connection:
                schema.enter_project(connection, project)
        except BaseException:
            with suppress(LedgerError):
                database.close()
            raise
        return cls(database, project, mark)

    @contextmanager
    def changing(self, *, locked: bool, dialer: str | None = None) -> Iterator[Session]:
        """Change what plans are made from: counted in the serials, under the lease of a dialer where that is asked for.

        Without a dialer, all that this run took must still be held.
        """
        with self._database.write() as connection:
            if locked:
                lock.require(connection, self._project, self._held, dialer)
            yield connection
            lock.count_change(connection, self._project, self._held.names)
            counted = schema.bump_serial(connection, self._project)
        self.write_mark(*counted)

    @contextmanager
    def _beginning(self, dialers: Iterable[str], *, now: float) -> Iterator[Session]:
        """Write intents: all leases are extended by the same transaction, which counts as a change at their dialers."""
        self._refuse_begun(dialers)
        with self._database.write() as connection:
            lock.extend(connection, self._project, self._held, now=now, changes=1)
            yield connection
            counted = schema.bump_serial(connection, self._project)
        self.write_mark(*counted)

    def _refuse_begun(self, dialers: Iterable[str]) -> None:
        """Refuse intents where the store has no room, or where the lease of a dialer is not ours."""
        self._database.refuse_more()
        for dialer in dialers:
            if not self._held.covers(dialer):
                raise LockedError(f"this run does not hold the lease of {dialer}; nothing is sent there. Plan again")

    def _book(self, change: Callable[[Session], None], *, locked: bool, dialer: str | None = None) -> None:
        """Write down what has happened already: once more where the store can make room for it, or connect again."""
        try:
            with self.changing(locked=locked, dialer=dialer) as connection:
                change(connection)
        except LedgerError as problem:
            if not self._database.second_try(problem):
                raise
            self._refuse_another()
            with self.changing(locked=locked, dialer=dialer) as connection:
                change(connection)

    def _refuse_another(self) -> None:
        """After connecting again: go on only with the ledger that was left, or a later one."""
        lineage, serial = self.basis()
        if (lineage, max(serial, self._seen[1])) != (self._seen[0] or lineage, serial):
            raise DoubtfulLedgerError(
                f"the ledger {self._database.name} came back as another one, or without its last changes"
            )

    def write_mark(self, lineage: str, serial: int, *, checked_at: float | None = None) -> None:
        """Keep a copy of lineage and serial beside the project, where there is such a place."""
        self._seen = (lineage, serial)
        if checked_at is not None:
            self._checked_at = checked_at
        if self._mark is not None:
            self._mark.write(
                Mark(
                    project=self._project,
                    lineage=lineage,
                    serial=serial,
                    at=time.time(),
                    checked_at=self._checked_at,
                )
            )

    @property
    def folder(self) -> Path | None:
        """Return the folder of the file; None where the ledger is no file."""
        return self._database.folder

    # --------------------------------------------------------------------------------- do-not-call statements

    def record_statements(
        self,
        list_name: str,
        numbers: "Iterable[str] | pa.Table",
        *,
        source_digest: str,
        now: float,
        complete: bool = True,
        covers: Iterable[str] = (),
    ) -> StatementsRead:
        """Keep what one reading of a list states: E.164 numbers, or a table with a column ``number``.

        ``complete`` is False when lines of the source could not be read: numbers it lacks then count as still there.
        ``covers`` says where they hold: "all", dialers, campaigns by key; a place that is left out later stays covered.
        """
        counted = None
        with self._database.write() as connection:
            read = statements.record(
                connection, self._project, list_name, numbers, source_digest=source_digest, now=now, complete=complete
            )
            placed = statements.cover(connection, self._project, list_name, covers, now=now)
            if read.new or read.back or placed:
                counted = schema.bump_serial(connection, self._project)
                schema.bump_dnd_serial(connection, self._project)
        if counted is not None:
            self.write_mark(*counted)
        return read

    def release(
        self, list_name: str, numbers: Iterable[str], *, basis: str, now: float, known_at: int | None = None
    ) -> int:
        """Take numbers off a list by name, before any dialer is asked to; return how many were in force.

        ``basis`` says who allowed it, as the plan id, and ``known_at`` which statements they knew: the number that
        :meth:`dnd_serial` returned then.

        Raises:
            StalePlanError: the statements have changed since; nothing was released.
        """
        with self.changing(locked=True) as connection:
            schema.bump_dnd_serial(connection, self._project)
            # Asked after the change, which nobody else can make before this transaction ends.
            if known_at is not None and schema.dnd_serial(connection, self._project) != known_at + 1:
                raise StalePlanError("another run has read a do-not-call list since the plan")
            return statements.release(connection, self._project, list_name, numbers, basis=basis, now=now)

    def remember_source(self, name: str, *, digest: str, rows: int, now: float) -> None:
        """Remember how long a source was."""
        with self._database.write() as connection:
            statements.remember_source(connection, self._project, name, digest=digest, rows=rows, now=now)

    def known_of(self, person: erasure.Person) -> erasure.Known:
        """Return what the ledger holds of a person."""
        with self._database.read() as connection:
            return erasure.known_of(connection, self._project, person)

    def erase(self, person: erasure.Person) -> erasure.Erased:
        """Take a person out; their do-not-call statements stay in force. The whole project must be held."""
        with self.changing(locked=True) as connection:
            schema.bump_dnd_serial(connection, self._project)
            return erasure.erase(connection, self._project, person)

    # ------------------------------------------------------------------------------------------------ campaigns

    def save_campaign(self, address: Address, campaign: KnownCampaign, *, now: float) -> None:
        """Remember a campaign as it now is."""
        self._book(
            lambda connection: campaigns.save(connection, self._project, address, campaign, now),
            locked=True,
            dialer=address.dialer,
        )

    def forget_campaign(self, address: Address) -> None:
        """Forget a campaign that is gone, with its rows."""
        self._book(
            lambda connection: campaigns.forget(connection, self._project, address),
            locked=True,
            dialer=address.dialer,
        )

    def count_suppression(self, address: Address, *, failed: bool) -> None:
        """Count one more apply in which listed numbers of a campaign resisted, or clear the count."""
        with self.changing(locked=True, dialer=address.dialer) as connection:
            campaigns.count_suppression(connection, self._project, address, failed=failed)

    # ----------------------------------------------------------------------------------------------------- rows

    def save_rows(
        self,
        address: Address,
        items: Iterable[RowItem],
        *,
        now: float,
        state: RowState = "present",
        expires_at: float | None = None,
    ) -> int:
        """Write rows that were seen at the dialer; settles open calls about them. Return how many."""
        with self.changing(locked=True, dialer=address.dialer) as connection:
            return rows.save(connection, self._project, address, items, state=state, expires_at=expires_at, now=now)

    def forget_rows(self, address: Address, keys: Iterable[str] | None = None) -> int:
        """Forget settled rows (None: all of the collection) and return how many."""
        with self.changing(locked=True, dialer=address.dialer) as connection:
            return rows.forget(connection, self._project, address, keys)

    # -------------------------------------------------------------------------------------------------- journal

    def begin_call(self, intent: Intent, *, run_id: int, evidence: str, now: float) -> int:
        """Write an intent, durable on return, and hold all leases for their whole time from now; return its number.

        Raises:
            LockedError: a lease was lost; nothing may be sent.
            LedgerError: it cannot be written, or a row waits for the outcome of an earlier call; nothing may be sent.
        """
        with self._beginning([intent.address.dialer], now=now) as connection:
            origin = journal.Origin(project=self._project, run_id=run_id, fence=self._held.fence)
            (call_id,) = journal.begin(connection, origin, [journal.Begun(intent=intent, evidence=evidence)], now=now)
            return call_id

    async def write_lines(self, lines: Sequence[journal.Line], *, run_id: int, clock: Callable[[], float]) -> list[int]:
        """Write several intents and outcomes as one transaction, or none of them; return the numbers of their calls.

        Durable on return; meanwhile the event loop goes on.

        Raises:
            LockedError: there is an intent among them, and a lease was lost.
            LedgerError: one of them cannot be written.
        """
        # In this order: a process that is stopped between the two must not take its leases for newer than they are.
        at, now = steady_seconds(), clock()
        dialers = {line.intent.address.dialer for line in lines if isinstance(line, journal.Begun)}
        if dialers:
            self._refuse_begun(dialers)

        def change(connection: Session) -> tuple[list[int], tuple[str, int]]:
            if dialers:
                lock.extend(connection, self._project, self._held, now=now, changes=1)
            origin = journal.Origin(project=self._project, run_id=run_id, fence=self._held.fence)
            numbers = journal.write(connection, origin, lines, now=now)
            if not dialers:
                lock.count_change(connection, self._project, self._held.names)
            return numbers, schema.bump_serial(connection, self._project)

        many = sum(map(journal.rows_named, lines)) >= _MANY_ROWS
        numbers, counted = await self._database.write_beside(change, aside=many)
        if counted > self._seen or counted[0] != self._seen[0]:
            # Else a later change has been marked already, while this one was on its way back from its commit.
            self.write_mark(*counted)
        if dialers:
            self._held.proven(at)
        return numbers

    async def write_line(self, line: journal.Line, *, run_id: int, clock: Callable[[], float]) -> int:
        """Write one line as :meth:`write_lines` does; an outcome once more where the store can make room for it."""
        try:
            (number,) = await self.write_lines([line], run_id=run_id, clock=clock)
        except LedgerError as problem:
            if isinstance(line, journal.Begun) or not self._database.second_try(problem):
                raise
            self._refuse_another()
            (number,) = await self.write_lines([line], run_id=run_id, clock=clock)
        return number

    def remember_task(self, call_id: int, task_id: str) -> None:
        """Keep the vendor's task, so that a later run can ask about it."""
        self._book(lambda connection: journal.remember_task(connection, call_id, task_id), locked=False)

    def finish_call(
        self, call_id: int, outcome: Outcome, message: str, outcomes: Mapping[str, RowOutcome], *, now: float
    ) -> None:
        """Book the outcome of a call and of each row in one transaction.

        With no ``outcomes``, the call's outcome is every row's; else a row that is not named is unknown. What is
        unknown and cannot be proven is parked. A call that is settled already is left as it is.
        """
        line = journal.Finished(call_id=call_id, outcome=outcome, message=message, rows=outcomes)
        self._book(lambda connection: journal.finish(connection, self._project, [line], now=now), locked=False)

    @contextmanager
    def _changing_call(self, call_id: int) -> Iterator[Session]:
        """Change what is known of a call, under the lease of its dialer."""
        with self.changing(locked=True, dialer=self.dialer_of(call_id)) as connection:
            yield connection

    def park_call(self, call_id: int) -> None:
        """Leave an open call to a person."""
        with self._changing_call(call_id) as connection:
            journal.park(connection, self._project, call_id)

    def settle_call(self, call_id: int, outcomes: Mapping[str, RowOutcome], *, now: float) -> None:
        """Book what a proof told about rows of an open call: ``skipped`` for a row that did not land.

        Rows that are not named stay open.
        """
        if not outcomes:
            # Nothing was learnt, so a plan that was saved meanwhile is as good as before.
            return
        with self._changing_call(call_id) as connection:
            unsettled.settle(connection, self._project, call_id, outcomes, now=now)

    def resolve_call(self, call_id: int, assume: Assumption, *, now: float, told_by: str = "hand") -> int:
        """Settle all that is open of a call as a person or a proof says; return how many rows (1 for a campaign)."""
        with self._changing_call(call_id) as connection:
            return unsettled.resolve_call(connection, self._project, call_id, assume, told_by=told_by, now=now)

    def resolve_row(
        self, address: Address, key: str, assume: Assumption, *, call: int | None = None, now: float
    ) -> int:
        """Settle one row in one call, or in every open call about it; return in how many.

        Raises:
            LedgerError: the calls about it do different things, and none was named.
        """
        with self.changing(locked=True, dialer=address.dialer) as connection:
            return unsettled.resolve_row(connection, self._project, address, key, assume, call=call, now=now)

    # --------------------------------------------------------------------------------------- budget and history

    def take_budget(self, dialer: str, *, day: str, limit: int, reserve: int, suppressing: bool) -> bool:
        """Count one call of a day, durably, if the budget has room for it."""
        with self._database.write() as connection:
            return budget.take(
                connection, self._project, dialer, day=day, limit=limit, reserve=reserve, suppressing=suppressing
            )

    def begin_run(self, kind: str, plan_id: str, *, now: float) -> int:
        """Note that a run begins and return its number."""
        with self._database.write() as connection:
            return runs.begin(connection, self._project, kind=kind, plan_id=plan_id, now=now)

    def end_run(self, run_id: int, outcome: str, summary: str, *, now: float) -> None:
        """Note how a run ended; ``summary`` is JSON without personal data."""
        with self._database.write() as connection:
            runs.end(connection, self._project, run_id, outcome=outcome, summary=summary, now=now)
