"""A workspace that runs each distinct statement once in a process: what makes thousands of plans affordable.

A plan is some eighty statements over tables of a few rows, and a small world gives the same tables again and again.
Here every table is named by what it was made from, so a statement whose text and tables were seen before is answered
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

from syncengine.rows.workspace import Workspace

_NAME = re.compile(r"\b[a-z_]+_[0-9]+\b")
_CREATE = re.compile(r"CREATE (TABLE|VIEW) (\w+) (.*)", re.DOTALL)
_CHANGE = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) (\w+)\b", re.DOTALL)
_DROP = re.compile(r"DROP TABLE (\w+)")
_FILE = re.compile(r"read_\w+\('([^']+)'")
# Tables are never dropped while they are remembered; beyond so many all is forgotten.
_MOST_TABLES = 20_000


class Memory:
    """What this process has computed so far."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="syncengine-model-", dir=_tmpfs()))
        self.hits = 0
        self.run = 0
        self._open()

    def _open(self) -> None:
        self.real = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}
        )
        self.real.execute("SET enable_progress_bar = false")
        # What a table is made from -> its name, which tells what is in it: two that hold the same are one.
        self.made: dict[str, str] = {}
        self.tables: set[str] = set()
        self.answers: dict[tuple[str, str], Any] = {}

    def trim(self) -> None:
        """Forget all when it has become much; only between runs."""
        if len(self.made) > _MOST_TABLES:
            self.real.close()
            self._open()

    def close(self) -> None:
        self.real.close()
        del self.real
        shutil.rmtree(self.folder, ignore_errors=True)

    def make(self, kind: str, key: str, sql: str, parameters: list[Any]) -> str:
        """Make a table or view unless it was made before."""
        if key in self.made:
            self.hits += 1
            return self.made[key]
        self.run += 1
        name = f"m{_digest(key)}"
        self.real.execute(f"CREATE {kind} {name} {sql}", parameters)
        return self._known(key, name, view=kind == "VIEW")

    def change(self, before: str, sql: str, key: str, parameters: list[Any]) -> str:
        """Return the table that a change makes of one; the one before stays as it was."""
        if key in self.made:
            self.hits += 1
            return self.made[key]
        self.run += 1
        name = f"m{_digest(key)}"
        self.real.execute(f"CREATE TABLE {name} AS SELECT * FROM {before}")
        self.real.execute(re.sub(rf"\b{before}\b", name, sql), parameters)
        return self._known(key, name, view=False)

    def _known(self, key: str, name: str, *, view: bool) -> str:
        if view:
            self.made[key] = name
            return name
        content = f"t{_digest(_bytes_of(self.real.sql(f'SELECT * FROM {name}').to_arrow_table()))}"
        if content in self.tables:
            self.real.execute(f"DROP TABLE {name}")
        else:
            self.real.execute(f"ALTER TABLE {name} RENAME TO {content}")
            self.tables.add(content)
        self.made[key] = content
        return content

    def ask(self, form: str, sql: str, parameters: list[Any]) -> Any:
        key = (form, _key(sql, parameters))
        if key in self.answers:
            self.hits += 1
            return self.answers[key]
        self.run += 1
        if form == "rows":
            found = self.real.execute(sql, parameters).fetchall()
        else:
            found = self.real.sql(sql, params=parameters).to_arrow_table()
        self.answers[key] = found
        return found

    def register(self, rows: pa.Table) -> str:
        """Take columns in."""
        name = f"t{_digest(_bytes_of(rows))}"
        if name not in self.tables:
            self.real.register("arriving", rows)
            self.real.execute(f"CREATE TABLE {name} AS SELECT * FROM arriving")
            self.real.unregister("arriving")
            self.tables.add(name)
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
            self._memory.real.execute(self._resolved(sql), given)
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


def _bytes_of(rows: pa.Table) -> bytes:
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, rows.schema) as writer:
        writer.write_table(rows.combine_chunks())
    return bytes(stream.getvalue().to_pybytes())


def _digest(key: str | bytes) -> str:
    return hashlib.sha256(key.encode() if isinstance(key, str) else key).hexdigest()[:24]


def _tmpfs() -> Path | None:
    shared = Path("/dev/shm")
    return shared if shared.is_dir() else None
