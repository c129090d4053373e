# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""Any source as one table of text: the files of a list in their order, or rows written in the manifest."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from syncengine.errors import SourceError
from syncengine.model.desired import Source
from syncengine.opening import Opened, opened
from syncengine.rows.columnar import Rows
from syncengine.rows.csv_text import read_csv
from syncengine.rows.json_lines import read_json_lines
from syncengine.rows.packed_file import unpacked
from syncengine.rows.parquet_file import digest_of, read_parquet
from syncengine.rows.source_table import SourceTable, checked_header, require_columns
from syncengine.rows.text_file import open_text
from syncengine.rows.workbook import read_workbook
from syncengine.rows.workspace import Workspace

_MAX_BYTES = 4_000_000_000


def read_source(
    workspace: Workspace, source: Source, *, required: Sequence[str] = (), one_line_fields: bool = False
) -> SourceTable:
    """Read a source; an empty one has zero rows and is no error.

    Args:
        workspace: where the table is made.
        source: what to read.
        required: headings that must be there, where there are rows at all.
        one_line_fields: refuse line breaks inside fields of delimited text.

    Raises:
        SourceError: a file is missing, is not what it says it is, or lacks a heading.
    """
    if source.format == "inline":
        return _inline(workspace, source, required)
    parts: list[Rows] = []
    digests: list[str] = []
    changed: list[float] = []
    if source.problem:
        raise SourceError(source.problem)
    if source.format in {"query", "table"}:
        raise SourceError(f"{source.label}: its rows are elsewhere, and this run asks nobody for them")
    if len(source.paths) < source.min_files:
        raise SourceError(too_few_files(source, source.min_files))
    for path in source.paths:
        label = source.label_of(path)
        with pinned(Path(path), label) as found:
            changed.append(found.changed_at)
            rows, digest = _read_file(workspace, source, found, path, one_line_fields=one_line_fields)
        digests.append(digest)
        if rows.columns:
            require_columns(rows.columns, required, label)
            parts.append(rows)
    whole = _joined(workspace, parts, source.label)
    return SourceTable(
        table=whole.table,
        columns={name: f"s{n}" for n, name in enumerate(whole.columns)},
        rows=whole.count,
        place="row" if len(parts) == 1 else "row_number() OVER ()",
        changed_at=min(changed, default=None),
        digest=_digest(digests),
    )


def too_few_files(source: Source, expected: int) -> str:
    """Return what is said where files of a source are missing."""
    return (
        f"{source.label}: {len(source.paths):,} files, where there must be {expected:,}: put the missing ones there,"
        f" or state min_files: {len(source.paths)} if these are all"
    )


@contextmanager
def pinned(path: Path, label: str) -> Iterator[Opened]:
    """Open a file of a source; what is wrong with it is a SourceError."""
    try:
        with opened(path, limit=_MAX_BYTES) as found:
            yield found
    except FileNotFoundError as error:
        raise SourceError(f"{label}: the file does not exist; put it there or correct the name") from error
    except OSError as error:
        raise SourceError(f"{label}: cannot be read: {error.strerror}") from error


def _read_file(
    workspace: Workspace, source: Source, found: Opened, named: str, *, one_line_fields: bool
) -> tuple[Rows, str]:
    path, label = found.path, source.label_of(named)
    match source.format:
        case "parquet" | "xlsx" if not found.size:
            return Rows(table="", columns=(), count=0), digest_of(path)
        case "parquet":
            return read_parquet(workspace, path, label), digest_of(path)
        case "xlsx":
            return read_workbook(workspace, path, label, sheet=source.sheet), digest_of(path)
        case _:
            path = unpacked(path, label, name=named, folder=workspace.folder)
            text = open_text(path, label, encoding=source.encoding, folder=workspace.folder)
            if source.format == "jsonl":
                return read_json_lines(workspace, text), text.digest
            rows = read_csv(workspace, text, delimiter=source.delimiter, one_line_fields=one_line_fields)
            return rows, text.digest


def _joined(workspace: Workspace, parts: list[Rows], label: str) -> Rows:
    if len(parts) <= 1:
        return parts[0] if parts else Rows(table="", columns=(), count=0)
    columns = parts[0].columns
    for part in parts[1:]:
        if set(part.columns) != set(columns):
            odd = ", ".join(f'"{name}"' for name in sorted(set(part.columns) ^ set(columns)))
            raise SourceError(f"{label}: the files have different columns; not in all of them: {odd}")
    selects = [
        f"SELECT row, file, problem{''.join(f', s{part.columns.index(c)} AS s{n}' for n, c in enumerate(columns))}"
        f" FROM {part.table}"
        for part in parts
    ]
    table = workspace.table("source", " UNION ALL ".join(selects))
    for part in parts:
        workspace.run(f"DROP TABLE {part.table}")
    return Rows(table=table, columns=columns, count=sum(part.count for part in parts))


def _inline(workspace: Workspace, source: Source, required: Sequence[str]) -> SourceTable:
    columns = checked_header(list(dict.fromkeys(name for row in source.rows for name in row)), source.label or "rows")
    digest = hashlib.sha256(repr([sorted(row.items()) for row in source.rows]).encode()).hexdigest()
    if not source.rows:
        return SourceTable(digest=digest)
    require_columns(columns, required, source.label or str(source.location))
    rows = Rows.empty(workspace, columns)
    places = [place.line for place in source.row_locations] or list(range(1, len(source.rows) + 1))
    names = list(dict.fromkeys(name for row in source.rows for name in row))
    cells = [
        (line, "", [row.get(c, "") for c in names[: len(columns)]])
        for line, row in zip(places, source.rows, strict=True)
    ]
    rows.append(workspace, source.label or source.location.file or "inline", cells)
    return SourceTable(
        table=rows.table,
        columns={name: f"s{n}" for n, name in enumerate(columns)},
        rows=rows.count,
        place="row_number() OVER ()",
        digest=digest,
    )


def _digest(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else hashlib.sha256("\n".join(parts).encode()).hexdigest()
