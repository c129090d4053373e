# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""One run's tables: an in-memory DuckDB that may spill to a private folder, and nothing else.

The folder is readable by its owner alone and is removed with the workspace, since it holds phones in clear.
Extensions are neither fetched nor loaded by themselves: nothing here may reach out to the network.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from syncengine.errors import SyncEngineError
from syncengine.rows.private_folder import private_folder

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


# Below so many rows a second thread costs more than it brings: a plan of a few thousand people is hundreds of
# statements, each of which would hand its work out and wait for it (a tenth of the plan's time, measured).
_WORTH_THREADS = 50_000


class Workspace:
    """Owner of the tables of one run; a context manager. Not for use by two threads at once."""

    def __init__(self, *, memory_limit: str = "", parent: Path | None = None) -> None:
        """Open the tables.

        Args:
            memory_limit: as DuckDB writes it, "1GB"; empty: DuckDB's own choice. More than that is spilled to disk.
            parent: where the private folder is made; None: the system's folder for temporary files.
        """
        import duckdb

        self._numbers = count(1)
        self._folder = private_folder(parent)
        self.folder = self._folder.path
        self.connection: duckdb.DuckDBPyConnection = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        self.connection.execute("SET temp_directory = ?", [str(self.folder / "spill")])
        self.connection.execute("SET enable_progress_bar = false")
        self._rows = 0
        self._threads = self.one("SELECT current_setting('threads')")[0]
        self.connection.execute("SET threads = 1")
        if memory_limit:
            self.connection.execute("SET memory_limit = ?", [memory_limit])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget all tables and remove the folder."""
        self.connection.close()
        self._folder.remove()

    def expect(self, rows: int) -> None:
        """Say that so many more rows come in; many are worked on by several threads."""
        before, self._rows = self._rows, self._rows + rows
        if before < _WORTH_THREADS <= self._rows:
            self.connection.execute(f"SET threads = {self._threads}")

    def new_name(self, stem: str) -> str:
        """Return a table name that is not in use, safe to stand in SQL."""
        return f"{stem}_{next(self._numbers)}"

    def run(self, sql: str, parameters: Sequence[object] = ()) -> "duckdb.DuckDBPyConnection":
        """Run one statement.

        Raises:
            SyncEngineError: memory or disk ran out.
        """
        import duckdb

        try:
            return self.connection.execute(sql, list(parameters))
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise SyncEngineError(
                f"the rows do not fit into memory and {self.folder}: {str(error).splitlines()[0]}; give more memory"
                " (--memory-limit) or more room for temporary files"
            ) from error

    def arrow(self, sql: str, parameters: Sequence[object] = ()) -> "pa.Table":
        """Return the result of a query as Arrow columns."""
        return self.connection.sql(sql, params=list(parameters)).to_arrow_table()

    def table(self, stem: str, select: str, parameters: Sequence[object] = ()) -> str:
        """Make a table from a query and return its name."""
        name = self.new_name(stem)
        self.run(f"CREATE TABLE {name} AS {select}", parameters)
        return name

    def view(self, stem: str, select: str) -> str:
        """Make a view of a query and return its name."""
        name = self.new_name(stem)
        self.run(f"CREATE VIEW {name} AS {select}")
        return name

    def drop(self, *tables: str) -> None:
        """Forget tables; empty names are passed over."""
        named = list(filter(None, tables))
        if named:
            self.run("; ".join(f"DROP TABLE {table}" for table in named))

    def table_from_arrow(self, stem: str, rows: "pa.Table") -> str:
        """Make a table from Arrow columns and return its name."""
        with self.registered(rows) as view:
            return self.table(stem, f"SELECT * FROM {view}")

    @contextmanager
    def registered(self, rows: "pa.Table") -> Iterator[str]:
        """Lend Arrow columns to SQL under the name that is yielded."""
        self.expect(rows.num_rows)
        view = self.new_name("arrow")
        self.connection.register(view, rows)
        try:
            yield view
        finally:
            self.connection.unregister(view)

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""
        return int(self.one(f"SELECT count(*) FROM {table}")[0])

    def one(self, sql: str, parameters: Sequence[object] = ()) -> tuple[int, ...]:
        """Return the single row of a query that counts; absent sums are zero."""
        # Fetched to the end: DuckDB 2 refuses other work on a connection that has rows left to give.
        (row,) = self.run(sql, parameters).fetchall()
        return tuple(int(value or 0) for value in row)


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
