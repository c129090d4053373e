# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""Parquet as columns of text."""

import hashlib
from pathlib import Path
from typing import Any

from syncengine.errors import SourceError
from syncengine.rows.columnar import Rows
from syncengine.rows.source_table import MAX_COLUMNS, MAX_FIELD, checked_header
from syncengine.rows.workspace import Workspace, identifier, quoted

# More than a saved list of people can hold; a forged footer claims 10^9 rows in a few bytes.
_MAX_ROWS = 200_000_000
# Beyond so many rows each takes a byte at least: people differ, and what repeats without end is a bomb.
_MAY_REPEAT = 1_000_000
_NESTED = ("[", "STRUCT", "MAP", "UNION", "BLOB", "BIT")


def read_parquet(workspace: Workspace, path: Path, label: str) -> Rows:
    """Read a file into a table; the row number counts records from 1.

    Raises:
        SourceError: it is no Parquet file, or a column holds something that has no text.
    """
    import duckdb

    source = f"read_parquet({quoted(str(path))})"
    try:
        columns = workspace.connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        ((claimed,),) = workspace.connection.execute(
            f"SELECT sum(num_rows) FROM parquet_file_metadata({quoted(str(path))})"
        ).fetchall()
        _check_rows(int(claimed or 0), path, label)
        names = _headings(workspace, path, label, columns)
        _check_lengths(workspace, source, columns, label)
        workspace.expect(int(claimed or 0))
        cells = ", ".join(
            f"coalesce({as_text(str(name), str(kind), label)}, '') AS s{n}"
            for n, (name, kind, *_) in enumerate(columns)
        )
        table = workspace.new_name("source")
        workspace.connection.execute(
            f"CREATE TABLE {table} AS SELECT row_number() OVER () AS row, {quoted(label)} AS file, '' AS problem,"
            f" {cells} FROM {source}"
        )
    except duckdb.Error as error:
        raise SourceError(f"{label}: cannot be read as Parquet: it is damaged, cut off or something else") from error
    return Rows(table=table, columns=names, count=workspace.count(table))


def _check_rows(claimed: int, path: Path, label: str) -> None:
    if claimed > _MAX_ROWS:
        raise SourceError(f"{label}: {claimed:,} rows; at most {_MAX_ROWS:,} are read from one file")
    if claimed > max(_MAY_REPEAT, path.stat().st_size):
        raise SourceError(f"{label}: {claimed:,} rows in less bytes than that, as in a bomb; write each person once")


def _headings(workspace: Workspace, path: Path, label: str, columns: list[Any]) -> tuple[str, ...]:
    """Return the headings as they are written: DuckDB gives the second column of a name another one."""
    stated = workspace.connection.execute(
        f"SELECT name FROM parquet_schema({quoted(str(path))}) LIMIT {MAX_COLUMNS + 2}"
    ).fetchall()[1:]
    flat = len(stated) == len(columns)
    return checked_header([str(name) for name, *_ in (stated if flat else columns)], label)


def _check_lengths(workspace: Workspace, source: str, columns: list[Any], label: str) -> None:
    """See that no text is longer than a field may be; looking at lengths unpacks nothing that repeats."""
    texts = [identifier(str(name)) for name, kind, *_ in columns if kind == "VARCHAR"]
    if not texts:
        return
    longest = ", ".join(f"max(strlen({name}))" for name in texts)
    lengths = workspace.one(f"SELECT {longest} FROM {source}")
    if max(lengths) > MAX_FIELD:
        raise SourceError(f"{label}: a text is longer than {MAX_FIELD:,} bytes")


def as_text(name: str, kind: str, label: str) -> str:
    """SQL for the text of a column of some type of DuckDB's; a column that has none is a SourceError."""
    column = identifier(name)
    if any(mark in kind for mark in _NESTED):
        raise SourceError(f'{label}: column "{name}" holds {kind.lower()}, not text; leave it out or write it as text')
    if kind in {"FLOAT", "DOUBLE"}:
        exact = f"{column} = trunc({column}) AND abs({column}) < 1e15"
        return f"CASE WHEN {exact} THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) ELSE CAST({column} AS VARCHAR) END"
    if kind.startswith("DECIMAL"):
        # 573001234567.00 is a whole number that a database kept with decimals.
        return f"regexp_replace(CAST({column} AS VARCHAR), '\\.0+$', '')"
    return f"CAST({column} AS VARCHAR)"


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
