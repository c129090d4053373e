# ruff: noqa: S608  # a query of the project's owner is asked as it is, where it can do nothing but read
"""Queries of a database that is a file: DuckDB's or SQLite's.

Each is opened to be read only, by the library that made it, and what a query could do besides reading it is shut: other
files, extensions, settings. SQLite is read by Python's own library, since DuckDB would have to fetch an extension.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from syncengine.errors import SourceError
from syncengine.model.desired import Query
from syncengine.rows.cell_text import text_of
from syncengine.rows.parquet_file import as_text
from syncengine.rows.sources import pinned
from syncengine.rows.text_writer import TextWriter
from syncengine.rows.workspace import identifier

if TYPE_CHECKING:
    import duckdb

_BATCH: Final = 20_000
# Instructions between two looks at the clock.
_LOOK: Final = 100_000
_READS: Final = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_SQLITE_MAGIC: Final = b"SQLite format 3\0"


def write_file_answer(query: Query, label: str, out: TextWriter) -> None:
    """Ask a database file and write the answer.

    Raises:
        SourceError: there is no such database, it is being written to, or it does not take the query.
    """
    path = Path(query.database)
    with pinned(path, label) as found:
        with found.path.open("rb") as stream:
            head = stream.read(len(_SQLITE_MAGIC))
        for beside in (path.with_name(path.name + ending) for ending in ("-wal", "-journal", ".wal")):
            if beside.exists() and beside.stat().st_size:
                raise SourceError(f"{label}: {beside.name} stands beside it: a program is still writing; let it finish")
        if head == _SQLITE_MAGIC:
            _from_sqlite(path, query, label, out)
        else:
            _from_duckdb(found.path, query, label, out)


def _from_sqlite(path: Path, query: Query, label: str, out: TextWriter) -> None:
    import pyarrow as pa

    deadline = time.monotonic() + query.timeout
    try:
        # By its own path, as its locks hang on that; what is opened is a database of the project all the same.
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as database:
            database.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY)
            database.set_progress_handler(lambda: time.monotonic() > deadline, _LOOK)
            cursor = database.execute(query.sql)
            if cursor.description is None:
                raise SourceError(f"{label}: this is no query that gives rows")
            schema = pa.schema([(name, pa.string()) for name, *_ in cursor.description])
            out.write_rows(schema.empty_table(), header=True)
            while rows := cursor.fetchmany(_BATCH):
                columns = [[_text(cell, label) for cell in column] for column in zip(*rows, strict=True)]
                out.write_rows(
                    pa.Table.from_arrays([pa.array(c, pa.string()) for c in columns], schema=schema), header=False
                )
    except sqlite3.OperationalError as error:
        if time.monotonic() > deadline:
            raise SourceError(f"{label}: {_too_slow(query)}") from error
        raise SourceError(f"{label}: the database does not take the query: {error}") from error
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise SourceError(f"{label}: the database cannot be read ({type(error).__name__}: {error})") from error


def _text(cell: object, label: str) -> str:
    text = text_of(cell)
    if text is None:
        raise SourceError(f"{label}: a cell holds bytes, not text; leave the column out or cast it")
    return text


def _from_duckdb(path: Path, query: Query, label: str, out: TextWriter) -> None:
    import duckdb
    import pyarrow as pa

    settings: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "lock_configuration": "true",
    }
    try:
        with closing(duckdb.connect(str(path), read_only=True, config=settings)) as database, _ended(database, query):
            statements = database.extract_statements(query.sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise SourceError(f"{label}: this is not one query that gives rows")
            inner = statements[0].query.strip().removesuffix(";")
            columns = database.execute(f"DESCRIBE {inner}").fetchall()
            cells = ", ".join(
                f"{as_text(str(name), str(kind), label)} AS {identifier(str(name))}" for name, kind, *_ in columns
            )
            answer = database.sql(f"SELECT {cells} FROM (\n{inner}\n)").to_arrow_reader(_BATCH)
            out.write_rows(answer.schema.empty_table(), header=True)
            for batch in answer:
                out.write_rows(pa.Table.from_batches([batch]), header=False)
    except duckdb.InterruptException as error:
        raise SourceError(f"{label}: {_too_slow(query)}") from error
    except duckdb.Error as error:
        raise SourceError(f"{label}: the database does not take the query ({type(error).__name__})") from error


@contextmanager
def _ended(database: "duckdb.DuckDBPyConnection", query: Query) -> Iterator[None]:
    """Interrupt a query that takes too long."""
    timer = threading.Timer(query.timeout, database.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _too_slow(query: Query) -> str:
    return f"the query took longer than {query.timeout:g} seconds; make it quicker, or state a longer timeout"
