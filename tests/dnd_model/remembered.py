"""A workspace that runs each distinct statement once in a process: what makes thousands of plans affordable.

A plan is some eighty statements over tables of a few rows, and a small world gives the same tables again and again.
Here every table is named by what is in it, so a statement whose text and tables were seen before is answered
from memory; every other one is run by DuckDB as ever. Nothing of the engine is replaced: the same SQL decides.
"""

import hashlib
import re
import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from syncengine.ledger.columns import parse_csv
from syncengine.rows.workspace import Workspace

_NAME = re.compile(r"\b[a-z_]+_[0-9]+\b")
_CREATE = re.compile(r"CREATE (TABLE|VIEW) (\w+) (.*)", re.DOTALL)
_CHANGE = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) (\w+)\b", re.DOTALL)
_DROP = re.compile(r"DROP TABLE (\w+)")
_FILE = re.compile(r"read_\w+\('([^']+)'")
# Beyond so many made tables all is forgotten.
_MOST_MADE = 600_000
# Beyond so many tables and views in DuckDB at a time it is opened anew: each of its tables takes pages of its own.
_MOST_LENT = 2_000
_HELD = re.compile(r"\b[tv][0-9a-f]{24}\b")


# Arrow's types that stand for one type of DuckDB each, there and back again.
_KEPT = frozenset({"bool", "int32", "int64", "double", "string"})


class Memory:
    """What this process has computed so far.

    Tables are kept as Arrow columns. DuckDB is lent those that a statement reads which was not seen before.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="syncengine-model-", dir=_tmpfs()))
        self.hits = 0
        self.run = 0
        self._forget()
        self._open()

    def _forget(self) -> None:
        # Digest of what a table is made from -> its name, which tells what is in it: two that hold the same are one.
        self.made: dict[bytes, str] = {}
        self._tables: dict[str, pa.Table] = {}
        # Name of a view -> its query.
        self._views: dict[str, str] = {}
        self._answers: dict[bytes, Any] = {}

    def _open(self) -> None:
        self.real = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}
        )
        self.real.execute("SET enable_progress_bar = false")
        self._lent: set[str] = set()

    def trim(self) -> None:
        """Forget what has become much; only between runs."""
        if len(self.made) > _MOST_MADE:
            self._forget()
        if len(self._lent) > _MOST_LENT:
            self.real.close()
            self._open()

    def close(self) -> None:
        self.real.close()
        del self.real
        self._forget()
        shutil.rmtree(self.folder, ignore_errors=True)

    def make(self, kind: str, key: str, sql: str, parameters: list[Any]) -> str:
        """Make a table or view unless it was made before."""
        digest = _digest(key)
        if (known := self.made.get(digest)) is not None:
            self.hits += 1
            return known
        self.run += 1
        if kind == "VIEW":
            name = f"v{digest.hex()}"
            self._views[name] = sql
        elif sql.startswith("AS "):
            self._lend(sql)
            name = self._keep(self.real.sql(sql.removeprefix("AS "), params=parameters))
        else:
            self.real.execute(f"CREATE OR REPLACE TEMP TABLE fresh {sql}", parameters)
            name = self._keep(self.real.table("fresh"))
        self.made[digest] = name
        return name

    def change(self, before: str, sql: str, key: str, parameters: list[Any]) -> str:
        """Return the table that a change makes of one; the one before stays as it was."""
        digest = _digest(key)
        if (known := self.made.get(digest)) is not None:
            self.hits += 1
            return known
        self.run += 1
        self._lend(sql)
        self.real.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT * FROM {before}")
        self.real.execute(re.sub(rf"\b{before}\b", "fresh", sql), parameters)
        name = self.made[digest] = self._keep(self.real.table("fresh"))
        return name

    def _keep(self, found: duckdb.DuckDBPyRelation) -> str:
        rows = _as_table(found.to_arrow_table())
        name = f"t{_digest(_bytes_of(rows)).hex()}"
        self._tables.setdefault(name, rows)
        return name

    def _lend(self, sql: str) -> None:
        """Let DuckDB have the tables and views that a statement names."""
        for name in set(_HELD.findall(sql)) - self._lent:
            if view := self._views.get(name):
                self._lend(view)
                self.real.execute(f"CREATE VIEW {name} {view}")
            else:
                self.real.register(name, self._tables[name])
            self._lent.add(name)

    def ask(self, form: str, sql: str, parameters: list[Any]) -> Any:
        digest = _digest(f"{form}\0{_key(sql, parameters)}")
        if digest in self._answers:
            self.hits += 1
            return self._answers[digest]
        self.run += 1
        self._lend(sql)
        if form == "rows":
            found = self.real.execute(sql, parameters).fetchall()
        else:
            found = self.real.sql(sql, params=parameters).to_arrow_table()
        self._answers[digest] = found
        return found

    def parsed(self, text: bytes, schema: pa.Schema) -> pa.Table:
        """Read a page of the ledger's rows; Arrow starts a thread for each, however short it is."""
        digest = _digest(str(schema).encode() + text)
        if digest not in self._answers:
            self._answers[digest] = parse_csv(text, schema)
        return self._answers[digest]

    def copy(self, sql: str, parameters: list[Any]) -> None:
        """Write a table into a file."""
        self._lend(sql)
        self.real.execute(sql, parameters)

    def register(self, rows: pa.Table) -> str:
        """Take columns in."""
        digest = _digest(b"arrow" + _bytes_of(rows))
        if (known := self.made.get(digest)) is not None:
            return known
        self.real.register("arriving", rows)
        name = self.made[digest] = self._keep(self.real.sql("SELECT * FROM arriving"))
        self.real.unregister("arriving")
        return name


class _Answer:
    """The result of a query, as far as the engine uses DuckDB's."""

    def __init__(self, memory: Memory, sql: str, parameters: list[Any]) -> None:
        self._memory, self._sql, self._parameters = memory, sql, parameters

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._memory.ask("rows", self._sql, self._parameters))

    def to_arrow_table(self) -> pa.Table:
        return self._memory.ask("arrow", self._sql, self._parameters)

    def to_arrow_reader(self, size: int) -> list[pa.RecordBatch]:
        return self.to_arrow_table().to_batches(max_chunksize=size)


class _Connection:
    """DuckDB's connection as the rows package uses it, with tables of one run under the names that it gives them."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._names: dict[str, str] = {}

    def _resolved(self, sql: str) -> str:
        return _NAME.sub(lambda found: self._names.get(found[0], found[0]), sql)

    def execute(self, sql: str, parameters: Any = ()) -> _Answer:
        given = list(parameters)
        if found := _CREATE.fullmatch(sql):
            kind, name, rest = found.groups()
            rest = self._resolved(rest)
            self._names[name] = self._memory.make(kind, _key(kind + rest, given), rest, given)
        elif found := _CHANGE.match(sql):
            name = found[2]
            resolved = self._resolved(sql)
            self._names[name] = self._memory.change(self._names[name], resolved, _key(resolved, given), given)
        elif found := _DROP.fullmatch(sql):
            del self._names[found[1]]
        elif sql.startswith("COPY "):
            self._memory.copy(self._resolved(sql), given)
        elif sql.startswith("SET "):
            pass
        else:
            return _Answer(self._memory, self._resolved(sql), given)
        return _Answer(self._memory, "SELECT 0", [])

    def sql(self, sql: str, params: Any = ()) -> _Answer:
        return _Answer(self._memory, self._resolved(sql), list(params))

    def cursor(self) -> "_Connection":
        return self

    def register(self, name: str, rows: pa.Table) -> None:
        self._names[name] = self._memory.register(rows)

    def unregister(self, name: str) -> None:
        del self._names[name]

    def close(self) -> None:
        """Keep what is remembered."""


class RememberedWorkspace(Workspace):
    """A run's tables, out of memory where they were made before."""

    memory: Memory

    def __init__(self, *, memory_limit: str = "", parent: Path | None = None) -> None:  # noqa: ARG002 - as a workspace
        self._numbers = count(1)
        self.folder = self.memory.folder
        self.connection: Any = _Connection(self.memory)
        self._rows = 0
        self._threads = 1

    def close(self) -> None:
        """Keep what is remembered."""


def _key(sql: str, parameters: list[Any]) -> str:
    # A file is what is in it.
    named = _FILE.sub(lambda found: hashlib.sha256(Path(found[1]).read_bytes()).hexdigest(), sql)
    return f"{named}\0{parameters!r}"


def _as_table(rows: pa.Table) -> pa.Table:
    """Return a query's result as CREATE TABLE would keep it, when DuckDB is lent it again."""
    for position, field in enumerate(rows.schema):
        if pa.types.is_null(field.type):
            rows = rows.set_column(position, field.name, pa.nulls(rows.num_rows, pa.int32()))
        elif str(field.type) not in _KEPT:
            raise TypeError(f"{field.name} is {field.type}: see whether DuckDB gives and takes it as the same type")
    return rows


def _bytes_of(rows: pa.Table) -> bytes:
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, rows.schema) as writer:
        writer.write_table(rows.combine_chunks())
    return bytes(stream.getvalue().to_pybytes())


def _digest(key: str | bytes) -> bytes:
    return hashlib.sha256(key.encode() if isinstance(key, str) else key).digest()[:12]


def _tmpfs() -> Path | None:
    shared = Path("/dev/shm")
    return shared if shared.is_dir() else None
