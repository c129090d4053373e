"""What the ledger's modules ask of a database: one set of statements runs on each kind of store.

Statements are written for all stores: parameters are ``?``, numbers are ``BIGINT`` or ``DOUBLE PRECISION`` where a
type must be said. What the stores do differently (bulk loading, staging tables, whole columns at once) has a method.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from syncengine.errors import LedgerError

if TYPE_CHECKING:
    import pyarrow as pa


Made = TypeVar("Made")
Rows = Iterable[Sequence[object]]
# Columns that have one value in all rows of an insert.
Same = Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What to read as columns: names only, written by this package, never by people."""

    source: str
    where: str
    # The column that orders the rows, unique under ``where``.
    key: str
    texts: tuple[str, ...]
    # Numbers; an absent one stays absent.
    reals: tuple[str, ...] = ()
    integers: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return texts, then reals, then integers."""
        return (*self.texts, *self.reals, *self.integers)

    def schema(self) -> "pa.Schema":
        """Return the columns with their types."""
        import pyarrow as pa

        return pa.schema(
            [(name, pa.string()) for name in self.texts]
            + [(name, pa.float64()) for name in self.reals]
            + [(name, pa.int64()) for name in self.integers]
        )


def marks(values: Sequence[object]) -> str:
    """Return as many question marks as there are values, as what follows IN; of an empty list nothing is in it."""
    return f"({', '.join('?' * len(values))})" if values else "(NULL)"


def few_lengths(values: Sequence[int]) -> list[int]:
    """Return values for an IN with the last one repeated, up to a power of two.

    Groups of calls have any size, and a statement of its own for each would have to be prepared nearly every time.
    """
    missing = (1 << (len(values) - 1).bit_length()) - len(values) if values else 0
    return [*values, *([values[-1]] * missing if missing else [])]


class Found(Protocol):
    """What a statement came to."""

    @property
    def rowcount(self) -> int:
        """Return how many rows were changed."""
        ...

    @property
    def description(self) -> Sequence[Any] | None:
        """Return the columns; the first item of each is its name."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """Return all rows."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Walk the rows."""
        ...


class Session(Protocol):
    """One transaction on a store."""

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> Found:
        """Run one statement."""
        ...

    def executemany(self, statement: str, parameters: Iterable[Sequence[object]]) -> int:
        """Run one statement for each of some parameters and return how many rows were changed."""
        ...

    def insert(self, table: str, columns: Sequence[str], rows: Rows, *, same: Same = None, conflict: str = "") -> None:
        """Insert many rows; ``conflict`` is what follows ``ON CONFLICT``. Sorted by key they go in quicker.

        ``same`` holds further columns with the one value that they have in all of these rows: handed over once, they
        cost nothing a row.
        """
        ...

    def stage(self, name: str, columns: str) -> None:
        """Make a table of this transaction, or empty it; ``columns`` as in CREATE TABLE."""
        ...

    def read_columns(self, columns: Columns, parameters: Sequence[object]) -> "pa.Table":
        """Return rows in the order of their key, without a Python object per row."""
        ...

    def numbers_were_given(self, tables: Mapping[str, str]) -> None:
        """Go on counting after the largest number in a column (table -> column) into which numbers were written."""
        ...

    def walk(self, query: str, parameters: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Walk the rows of a query without holding all of them."""
        ...


class Store(Protocol):
    """An open database that holds ledgers. Used from the thread that opened it, and for commits from one of its own."""

    @property
    def name(self) -> str:
        """Return what people know it by; never a password."""
        ...

    @property
    def folder(self) -> Path | None:
        """Return the folder of the file; None where it is no file."""
        ...

    @property
    def tables_exist(self) -> bool:
        """Whether a ledger's tables are there; raises LedgerError where another program's are."""
        ...

    def belongs_to(self, project: str) -> None:
        """Let writers of this project go one after another."""
        ...

    def wait_for_migrations(self) -> None:
        """Let one process alone change the tables, until the transaction ends."""
        ...

    def create(self, statements: Iterable[str]) -> None:
        """Carry out statements of the schema in this store's words; to be called inside :meth:`write`."""
        ...

    def write(self) -> AbstractContextManager[Session]:
        """Run statements as one transaction that is durable when the block ends, or has not happened at all."""
        ...

    async def write_beside(self, change: Callable[[Session], Made], *, aside: bool) -> Made:
        """Make a change as :meth:`write` does, and go on with the event loop until it is durable.

        ``aside`` is for large ones: then the change itself runs in another thread, too.
        """
        ...

    def read(self) -> AbstractContextManager[Session]:
        """Run queries that all see the same moment."""
        ...

    def hold_reserve(self) -> None:
        """Set aside what the bookings of calls under way will need; to be called when the lock was taken."""
        ...

    def drop_reserve(self) -> None:
        """Give back what :meth:`hold_reserve` has set aside."""
        ...

    def second_try(self, problem: LedgerError) -> bool:
        """Do what can be done about a failed booking, as spending the reserve; whether to try it once more."""
        ...

    def refuse_more(self) -> None:
        """Raise LedgerError when nothing new may be begun any more, since the reserve is spent."""
        ...

    def damages(self) -> list[str]:
        """Look through all of the store and return what is damaged, in words."""
        ...

    def copy_into(self, path: Path, project: str) -> None:
        """Write a copy of this moment into an empty file, as SQLite reads it, with at least that project."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
