"""What the ledger can be asked, in one place: queries alone, each of one moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from syncengine.ledger import budget, campaigns, lock, rows, runs, schema, statements, unsettled
from syncengine.ledger.records import CallLine, LockHolder, OpenCall, OpenRow, RunRecord, SourceReading
from syncengine.ledger.store import Session, Store
from syncengine.model.address import Address
from syncengine.model.findings import KnownCampaign

if TYPE_CHECKING:
    import pyarrow as pa


class LedgerReader:
    """The ledger of one project as it stands; a context manager, used from one thread.

    Every method raises LedgerError when the ledger cannot be read.
    """

    def __init__(self, database: Store, project: str) -> None:
        self.project = self._project = project
        # For this package alone.
        self.store = self._database = database

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

    def basis_at(self, dialers: Iterable[str]) -> tuple[str, int]:
        """Return lineage and a serial for plans about some dialers: what runs write at others does not move it."""
        with self._database.read() as connection:
            lineage, _ = schema.basis(connection, self._project)
            moved = lock.changes_at(connection, self._project, dialers)
            return lineage, moved + schema.dnd_serial(connection, self._project)

    def seal_key(self) -> str:
        """Return the key with which this ledger seals saved plans."""
        with self._database.read() as connection:
            return schema.seal_key(connection, self._project)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Run queries that all see the same moment; for this package alone."""
        with self._database.read() as connection:
            yield connection

    def dnd_serial(self) -> int:
        """Return a number that moves when the numbers in force have changed, whoever has changed them."""
        with self._database.read() as connection:
            return schema.dnd_serial(connection, self._project)

    def statements(self, list_name: str, *, read_before: float | None = None) -> "pa.Table":
        """Return the numbers of a list that are in force: ``number``, ``first_read_at``; all, or those read early."""
        with self._database.read() as connection:
            return statements.in_force(connection, self._project, list_name, read_before=read_before)

    def all_numbers(self, list_names: Iterable[str], *, released: bool = False) -> set[str]:
        """Return every number that is in force on any of some lists, or every one that was taken off by name."""
        with self._database.read() as connection:
            return statements.all_numbers(connection, self._project, list_names, released=released)

    def erased(self) -> Mapping[str, Mapping[str, float]]:
        """Return list -> what stands in force there in the place of erased people's numbers -> its first reading."""
        with self._database.read() as connection:
            return statements.erased(connection, self._project)

    def statement_counts(self) -> Mapping[str, int]:
        """Return list -> its statements in force."""
        with self._database.read() as connection:
            return statements.counts(connection, self._project)

    def dnd_lists(self) -> tuple[str, ...]:
        """Return the names of all lists with a statement in force, also of those that no manifest names any more."""
        with self._database.read() as connection:
            return statements.list_names(connection, self._project)

    def covers(self) -> Mapping[str, frozenset[str]]:
        """Return do-not-call list -> where it has ever held: "all", dialers, campaigns by key."""
        with self._database.read() as connection:
            return statements.covers(connection, self._project)

    def last_reading(self, name: str) -> SourceReading | None:
        """Return the last remembered reading of a source."""
        with self._database.read() as connection:
            return statements.last_reading(connection, self._project, name)

    def campaigns(self, dialer: str) -> Mapping[str, KnownCampaign]:
        """Return key -> campaign for one dialer; open calls make them unknown."""
        with self._database.read() as connection:
            return campaigns.known(connection, self._project, dialer)

    def failed_suppressions(self, address: Address) -> int:
        """Return how many applies in a row listed numbers of a campaign have resisted."""
        with self._database.read() as connection:
            return campaigns.failed_suppressions(connection, self._project, address)

    def rows_table(self, address: Address) -> "pa.Table":
        """Return the rows of a collection by key: key, phones (parted by a space), content_hash, remote_id,
        state (RowState), message, refused_hash, expires_at (null: never), updated_at, call_id.
        """  # noqa: D205 the columns are the summary
        with self._database.read() as connection:
            return rows.table(connection, self._project, address)

    def collections(self) -> frozenset[str]:
        """Return the addresses of all collections of which :meth:`rows_table` may have a row."""
        with self._database.read() as connection:
            return rows.collections(connection, self._project)

    def removals(self) -> Mapping[str, float]:
        """Return collection -> when a call of ours last took a row away there, in seconds since 1970."""
        with self._database.read() as connection:
            return rows.removals(connection, self._project)

    def generation(self, address: Address) -> str:
        """Return a word for file names, another one after every change of what :meth:`rows_table` returns."""
        with self._database.read() as connection:
            lineage, _ = schema.basis(connection, self._project)
            return f"{lineage}-{rows.generation(connection, self._project, address)}"

    def remote_ids(self, address: Address, keys: Sequence[str]) -> Mapping[str, str]:
        """Return key -> the vendor's id, for the rows that are known to be there."""
        with self._database.read() as connection:
            return rows.remote_ids(connection, self._project, address, keys)

    def unfinished_calls(self) -> Sequence[OpenCall]:
        """Return the calls without a known outcome that are not parked, oldest first."""
        with self._database.read() as connection:
            return unsettled.unfinished(connection, self._project)

    def parked(self) -> Sequence[OpenCall]:
        """Return the calls that wait for a person, by address."""
        with self._database.read() as connection:
            return unsettled.parked(connection, self._project)

    def dialer_of(self, call_id: int) -> str:
        """Return the dialer of a call.

        Raises:
            LedgerError: this project has no such call.
        """
        with self._database.read() as connection:
            return unsettled.dialer_of(connection, self._project, call_id)

    def call_rows(self, call_id: int) -> Sequence[OpenRow]:
        """Return the rows of a call that are not settled, by key."""
        with self._database.read() as connection:
            return unsettled.rows_of(connection, call_id)

    def budget_used(self, dialer: str, *, day: str) -> int:
        """Return how many calls were counted that day."""
        with self._database.read() as connection:
            return budget.used(connection, self._project, dialer, day)

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

    def lock_holders(self) -> Sequence[LockHolder]:
        """Return who holds which dialers, or the whole project; also those whose lease has run out."""
        with self._database.read() as connection:
            return lock.holders(connection, self._project)

    def held_at(self, dialers: Iterable[str], *, now: float) -> Sequence[LockHolder]:
        """Return who holds any of some dialers, each with those in question; a lease that has run out holds nothing."""
        with self._database.read() as connection:
            return lock.in_the_way(connection, self._project, frozenset(dialers), now=now)
