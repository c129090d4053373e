"""Real tables, real files."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from syncengine.diagnostics import Location
from syncengine.model.desired import ContactList, DndList, Source
from syncengine.rows.contacts import Contacts, load_contacts
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.sources import read_source
from syncengine.rows.workspace import Workspace

NOW = 1_790_000_000.0


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    with Workspace() as opened:
        yield opened


@pytest.fixture
def book(workspace: Workspace) -> PhoneBook:
    return PhoneBook(workspace)


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Source]:
    """Write bytes to a file and return the source that names it."""

    def write(content: bytes | str, name: str = "data.csv", **more: object) -> Source:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        formats = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".xlsx": "xlsx"}
        return Source(paths=(str(path),), label=name, format=formats[path.suffix], **more)

    return write


def contact_list(source: Source, **more: object) -> ContactList:
    values: dict[str, object] = {
        "name": "leads",
        "source": source,
        "region": "CO",
        "columns": {},
        "on_absent": "remove",
        "on_vanish": "keep",
        "max_rejected": 0.05,
        "location": Location("m.yaml", 1, 1),
    }
    return ContactList(**{**values, **more})


def dnd_list(source: Source, **more: object) -> DndList:
    values: dict[str, object] = {
        "name": "opt-outs",
        "source": source,
        "region": "CO",
        "column": "",
        "scope": ("all",),
        "max_age": 7 * 86_400.0,
        "release": (),
        "lasts_days": None,
        "max_shrink": 0.2,
        "location": Location("m.yaml", 1, 1),
    }
    return DndList(**{**values, **more})


def inline(*rows: Mapping[str, str]) -> Source:
    return Source(
        label="m.yaml", rows=rows, row_locations=tuple(Location("m.yaml", n, 1) for n in range(10, 10 + len(rows)))
    )


def contacts_of(workspace: Workspace, book: PhoneBook, *rows: Mapping[str, str], **more: object) -> Contacts:
    return load_contacts(workspace, contact_list(inline(*rows), **more), book=book, now=NOW)


def table_rows(workspace: Workspace, table: str, columns: str) -> list[tuple[object, ...]]:
    return workspace.run(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()


def cells(workspace: Workspace, source: Source, *headings: str, **more: object) -> list[tuple[object, ...]]:
    """Read a source and return the row numbers and some columns, in the order of the rows."""
    table = read_source(workspace, source, **more)
    if not table.table:
        return []
    columns = ", ".join(["row", *(table.columns[heading] for heading in headings)])
    return workspace.run(f"SELECT {columns} FROM {table.table} ORDER BY row").fetchall()
