# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""Rows of a source that a Python reader yields, moved into a table batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.rows.workspace import Workspace


@dataclass(slots=True)
class Rows:
    """A table of one file: ``row``, ``file``, ``problem`` and ``s0``... in the order of ``columns``."""

    table: str
    columns: tuple[str, ...]
    count: int
    # How the records are written, where each is one line of the file; else empty.
    shape: str = ""

    @classmethod
    def empty(cls, workspace: Workspace, columns: tuple[str, ...]) -> "Rows":
        """Make a table without rows."""
        name = workspace.new_name("source")
        cells = "".join(f", s{n} VARCHAR" for n in range(len(columns)))
        workspace.run(f"CREATE TABLE {name} (row BIGINT, file VARCHAR, problem VARCHAR{cells})")
        return cls(name, columns, 0)

    def append(self, workspace: Workspace, label: str, batch: Sequence[tuple[int, str, list[str]]]) -> None:
        """Add rows as (line, problem, cells in the order of the columns)."""
        import pyarrow as pa

        lines, problems, cells = zip(*batch, strict=True)
        texts = pa.string()
        arrays = [pa.array(lines, pa.int64()), pa.array([label] * len(batch), texts), pa.array(problems, texts)]
        arrays += [pa.array(column, texts) for column in zip(*cells, strict=True)]
        names = ["row", "file", "problem", *(f"s{n}" for n in range(len(self.columns)))]
        with workspace.registered(pa.Table.from_arrays(arrays, names)) as view:
            workspace.run(f"INSERT INTO {self.table} SELECT * FROM {view}")
        self.count += len(batch)
