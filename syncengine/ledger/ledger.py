"""The ledger as the rest of the program sees it: one door, behind which each table has its own module.

All times are seconds since 1970 and come from the caller. Whoever writes what a dialer holds must hold the lock; what
is read from people's files (statements, sources) and what came back of a call may be written without it.
"""

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from syncengine.errors import LedgerError, LockedError
from syncengine.failpoints import failpoint
from syncengine.ledger import budget, campaigns, journal, lock, rows, runs, schema, statements, unsettled
from syncengine.ledger.connection import BUSY_SECONDS, Database, path_of
from syncengine.ledger.notes import Notes
from syncengine.ledger.records import (
    CallLine,
    LockHolder,
    OpenCall,
    OpenRow,
    RowState,
    RunRecord,
    SourceReading,
    StatementsRead,
)
from syncengine.ledger.unsettled import Assumption
from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
from syncengine.model.findings import KnownCampaign
from syncengine.model.ports import Intent, RowOutcome
from syncengine.model.report import Outcome

if TYPE_CHECKING:
    import sqlite3

    import pyarrow as pa

_LOCK_POLL_SECONDS = 0.2


def open_ledger(url: str, project: str) -> "Ledger":
    """Open the ledger of a project by its URL, as ``sqlite:///path``.

    Raises:
        LedgerError: another kind of URL, or the file cannot be opened.
    """
    return Ledger.open(path_of(url), project)


class Ledger:
    """The ledger of one project; a context manager, used from one thread.

    Every method raises LedgerError when the ledger cannot be read or written, and writing ones that need the lock
    raise LockedError when this run does not hold it (any more).
    """

    def __init__(self, database: Database, project: str) -> None:
        self._database = database
        self._project = project
        self.notes = Notes(database, project)
        self._fence = 0
        self._lease = lock.LEASE_SECONDS

    @classmethod
    def open(cls, path: Path, project: str, *, busy_seconds: float = BUSY_SECONDS) -> "Ledger":
        """Open or make the file, and bring its tables up to date."""
        database = Database.open(path, busy_seconds=busy_seconds)
        try:
            with database.write() as connection:
                schema.migrate(connection)
                schema.enter_project(connection, project)
        except BaseException:
            with suppress(LedgerError):
                database.close()
            raise
        return cls(database, project)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def basis(self) -> tuple[str, int]:
        """Return lineage and serial: a plan made from another basis is stale."""
        with self._database.read() as connection:
            return schema.basis(connection, self._project)

    # ------------------------------------------------------------------------------------------------- the lock

    @contextmanager
    def lock(
        self, operation: str, *, now: float, wait: float = 0.0, lease: float = lock.LEASE_SECONDS
    ) -> Iterator[int]:
        """Hold the lock, waiting up to ``wait`` seconds for it; yields the fence.

        Raises:
            LockedError: another run holds it; the message says who, since when, and how to break it.
        """
        fence = self._acquire(operation, now=now, wait=wait, lease=lease)
        self._fence, self._lease = fence, lease
        try:
            failpoint("lock.acquired")
            yield fence
        finally:
            self._fence = 0
            failpoint("lock.before_free")
            with self._database.write() as connection:
                lock.free(connection, self._project, fence)

    def _acquire(self, operation: str, *, now: float, wait: float, lease: float) -> int:
        if self._fence:
            raise LockedError("this run already holds the ledger's lock")
        token = uuid.uuid4().hex
        began = time.monotonic()
        while True:
            waited = time.monotonic() - began
            with self._database.write() as connection:
                fence = lock.take(
                    connection, self._project, holder=token, operation=operation, now=now + waited, lease=lease
                )
                found = lock.holder(connection, self._project)
            if fence is not None:
                return fence
            if waited >= wait:
                assert found is not None, "a lock that is refused has a holder"
                raise LockedError(lock.held_message(found, now + waited))
            time.sleep(min(_LOCK_POLL_SECONDS, wait - waited))

    def renew(self, *, now: float) -> None:
        """Hold the lock for a whole lease from now; raises LockedError when it was lost."""
        with self._database.write() as connection:
            lock.extend(connection, self._project, self._fence, now=now, lease=self._lease)

    def check_fence(self) -> None:
        """Raise LockedError when the lock was lost."""
        with self._database.read() as connection:
            lock.require(connection, self._project, self._fence)

    def lock_holder(self) -> LockHolder | None:
        """Return who holds the lock."""
        with self._database.read() as connection:
            return lock.holder(connection, self._project)

    def break_lock(self, fence: int) -> bool:
        """Take the lock away from a dead holder, named by its fence; False when that holder has it no more."""
        with self._database.write() as connection:
            return lock.free(connection, self._project, fence)

    @contextmanager
    def _change(self, *, locked: bool) -> Iterator["sqlite3.Connection"]:
        """Change what plans are made from: counted in the serial, under the lock where that is asked for."""
        with self._database.write() as connection:
            if locked:
                lock.require(connection, self._project, self._fence)
            yield connection
            schema.bump_serial(connection, self._project)

    # --------------------------------------------------------------------------------- do-not-call statements

    def record_statements(
        self,
        list_name: str,
        numbers: "Iterable[str] | pa.Table",
        *,
        source_digest: str,
        now: float,
        complete: bool = True,
    ) -> StatementsRead:
        """Keep what one reading of a list states: E.164 numbers, or a table with a column ``number``.

        ``complete`` is False when lines of the source could not be read: numbers it lacks then count as still there.
        """
        with self._database.write() as connection:
            read = statements.record(
                connection, self._project, list_name, numbers, source_digest=source_digest, now=now, complete=complete
            )
            if read.new or read.again:
                schema.bump_serial(connection, self._project)
        return read

    def statements(self, list_name: str) -> "pa.Table":
        """Return the numbers of a list that are in force: ``number``, ``first_read_at``."""
        with self._database.read() as connection:
            return statements.in_force(connection, self._project, list_name)

    def all_numbers(self, list_names: Iterable[str], *, released: bool = False) -> set[str]:
        """Return every number that is in force on any of some lists, or every one that was taken off by name."""
        with self._database.read() as connection:
            return statements.all_numbers(connection, self._project, list_names, released=released)

    def writes_of_others(self) -> int:
        """Return a number that changes when another process has written to the ledger, as a reading of lists does."""
        with self._database.read() as connection:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

    def dnd_lists(self) -> tuple[str, ...]:
        """Return the names of all lists with a statement in force, also of those that no manifest names any more."""
        with self._database.read() as connection:
            return statements.list_names(connection, self._project)

    def release(self, list_name: str, numbers: Iterable[str], *, basis: str, now: float) -> int:
        """Take numbers off a list by name, before any dialer is asked to; return how many were in force.

        ``basis`` says who allowed it, as the plan id.
        """
        with self._change(locked=True) as connection:
            return statements.release(connection, self._project, list_name, numbers, basis=basis, now=now)

    def remember_source(self, name: str, *, digest: str, rows: int, now: float) -> None:
        """Remember how long a source was."""
        with self._database.write() as connection:
            statements.remember_source(connection, self._project, name, digest=digest, rows=rows, now=now)

    def last_reading(self, name: str) -> SourceReading | None:
        """Return the last remembered reading of a source."""
        with self._database.read() as connection:
            return statements.last_reading(connection, self._project, name)

    # ------------------------------------------------------------------------------------------------ campaigns

    def campaigns(self, dialer: str) -> Mapping[str, KnownCampaign]:
        """Return key -> campaign for one dialer; open calls make them unknown."""
        with self._database.read() as connection:
            return campaigns.known(connection, self._project, dialer)

    def save_campaign(self, address: Address, campaign: KnownCampaign, *, now: float) -> None:
        """Remember a campaign as it now is."""
        with self._change(locked=True) as connection:
            campaigns.save(connection, self._project, address, campaign, now)

    def forget_campaign(self, address: Address) -> None:
        """Forget a campaign that is gone, with its rows."""
        with self._change(locked=True) as connection:
            campaigns.forget(connection, self._project, address)

    def count_suppression(self, address: Address, *, failed: bool) -> None:
        """Count one more apply in which listed numbers of a campaign resisted, or clear the count."""
        with self._change(locked=True) as connection:
            campaigns.count_suppression(connection, self._project, address, failed=failed)

    def failed_suppressions(self, address: Address) -> int:
        """Return how many applies in a row listed numbers of a campaign have resisted."""
        with self._database.read() as connection:
            return campaigns.failed_suppressions(connection, self._project, address)

    # ----------------------------------------------------------------------------------------------------- rows

    def rows_table(self, address: Address) -> "pa.Table":
        """Return the rows of a collection by key: key, phones (parted by a space), content_hash, remote_id,
        state (RowState), message, refused_hash, expires_at (null: never), updated_at, call_id.
        """  # noqa: D205 the columns are the summary
        with self._database.read() as connection:
            return rows.table(connection, self._project, address)

    def rows_state(self) -> str:
        """Return a text that changes with every change of any row, fit for a file name."""
        lineage, serial = self.basis()
        return f"{lineage}-{serial}"

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
        with self._change(locked=True) as connection:
            return rows.save(connection, self._project, address, items, state=state, expires_at=expires_at, now=now)

    def forget_rows(self, address: Address, keys: Iterable[str] | None = None) -> int:
        """Forget settled rows (None: all of the collection) and return how many."""
        with self._change(locked=True) as connection:
            return rows.forget(connection, self._project, address, keys)

    def remote_ids(self, address: Address, keys: Sequence[str]) -> Mapping[str, str]:
        """Return key -> the vendor's id, for the rows that are known to be there."""
        with self._database.read() as connection:
            return rows.remote_ids(connection, self._project, address, keys)

    # -------------------------------------------------------------------------------------------------- journal

    def begin_call(self, intent: Intent, *, run_id: int, evidence: str, now: float) -> int:
        """Write an intent, durable on return, and hold the lock for a whole lease from now; return its number.

        Raises:
            LockedError: the lock was lost; nothing may be sent.
            LedgerError: it cannot be written, or a row waits for the outcome of an earlier call; nothing may be sent.
        """
        with self._change(locked=True) as connection:
            lock.extend(connection, self._project, self._fence, now=now, lease=self._lease)
            origin = journal.Origin(project=self._project, run_id=run_id, fence=self._fence)
            return journal.begin(connection, origin, intent, evidence=evidence, now=now)

    def remember_task(self, call_id: int, task_id: str) -> None:
        """Keep the vendor's task, so that a later run can ask about it."""
        with self._database.write() as connection:
            journal.remember_task(connection, call_id, task_id)

    def finish_call(
        self, call_id: int, outcome: Outcome, message: str, outcomes: Mapping[str, RowOutcome], *, now: float
    ) -> None:
        """Book the outcome of a call and of each row in one transaction.

        With no ``outcomes``, the call's outcome is every row's; else a row that is not named is unknown. What is
        unknown and cannot be proven is parked. A call that is settled already is left as it is.
        """
        with self._change(locked=False) as connection:
            journal.finish(connection, self._project, call_id, outcome=outcome, message=message, rows=outcomes, now=now)

    def park_call(self, call_id: int) -> None:
        """Leave an open call to a person."""
        with self._change(locked=True) as connection:
            journal.park(connection, self._project, call_id)

    def settle_call(self, call_id: int, outcomes: Mapping[str, RowOutcome], *, now: float) -> None:
        """Book what a proof told about rows of an open call: ``skipped`` for a row that did not land.

        Rows that are not named stay open.
        """
        with self._change(locked=True) as connection:
            unsettled.settle(connection, self._project, call_id, outcomes, now=now)

    def unfinished_calls(self) -> Sequence[OpenCall]:
        """Return the calls without a known outcome that are not parked, oldest first."""
        with self._database.read() as connection:
            return unsettled.unfinished(connection, self._project)

    def parked(self) -> Sequence[OpenCall]:
        """Return the calls that wait for a person, by address."""
        with self._database.read() as connection:
            return unsettled.parked(connection, self._project)

    def call_rows(self, call_id: int) -> Sequence[OpenRow]:
        """Return the rows of a call that are not settled, by key."""
        with self._database.read() as connection:
            return unsettled.rows_of(connection, call_id)

    def resolve_call(self, call_id: int, assume: Assumption, *, now: float) -> int:
        """Settle all that is open of a call as a person says; return how many rows (1 for a campaign)."""
        with self._change(locked=True) as connection:
            return unsettled.resolve_call(connection, self._project, call_id, assume, now=now)

    def resolve_row(self, address: Address, key: str, assume: Assumption, *, now: float) -> int:
        """Settle one row in every open call about it; return in how many."""
        with self._change(locked=True) as connection:
            return unsettled.resolve_row(connection, self._project, address, key, assume, now=now)

    # --------------------------------------------------------------------------------------- budget and history

    def take_budget(self, dialer: str, *, day: str, limit: int, reserve: int, suppressing: bool) -> bool:
        """Count one call of a day, durably, if the budget has room for it."""
        with self._database.write() as connection:
            return budget.take(
                connection, self._project, dialer, day=day, limit=limit, reserve=reserve, suppressing=suppressing
            )

    def budget_used(self, dialer: str, *, day: str) -> int:
        """Return how many calls were counted that day."""
        with self._database.read() as connection:
            return budget.used(connection, self._project, dialer, day)

    def begin_run(self, kind: str, plan_id: str, *, now: float) -> int:
        """Note that a run begins and return its number."""
        with self._database.write() as connection:
            return runs.begin(connection, self._project, kind=kind, plan_id=plan_id, now=now)

    def end_run(self, run_id: int, outcome: str, summary: str, *, now: float) -> None:
        """Note how a run ended; ``summary`` is JSON without personal data."""
        with self._database.write() as connection:
            runs.end(connection, self._project, run_id, outcome=outcome, summary=summary, now=now)

    def history(self, limit: int) -> Sequence[RunRecord]:
        """Return the last runs, newest first."""
        with self._database.read() as connection:
            return runs.history(connection, self._project, limit)

    def last_run(self, kind: str, outcome: str) -> RunRecord | None:
        """Return the newest run of a kind that ended so."""
        with self._database.read() as connection:
            return runs.last(connection, self._project, kind=kind, outcome=outcome)

    def calls_of_run(self, run_id: int) -> Sequence[CallLine]:
        """Return the calls of a run in order, each with its evidence."""
        with self._database.read() as connection:
            return runs.calls(connection, self._project, run_id)
