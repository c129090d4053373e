# ruff: noqa: S608  # SQL is put together from table names of our own
"""The rows that were set aside, as a CSV file that a person opens in a spreadsheet, corrects and puts back.

The file is for its owner alone, and none of its cells is a formula: a text that a spreadsheet would compute gets a
quotation mark in front. A phone keeps its plus: what is nothing but a number is left as it is.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from syncengine.errors import SyncEngineError
from syncengine.model.cells import inert
from syncengine.model.set_aside import SetAside
from syncengine.rows.contacts import Contacts
from syncengine.rows.kept_file import kept_file
from syncengine.rows.wanted import Wanted
from syncengine.rows.workspace import Workspace


def write_rejects(
    workspace: Workspace, path: Path, contacts: Contacts, *, mapped: Sequence[tuple[Wanted, int]] = ()
) -> int:
    """Write the rows of a list that were set aside and return how many; no file is written when there are none.

    Args:
        workspace: where the tables are.
        path: the file; an older one is replaced.
        contacts: the list; the columns of the file are its own, after row, file and reason.
        mapped: the list as mapped for each collection that it feeds, and which of the mapped lists it is there, to
            write what the mappings set aside as well; a row that two of them refuse for one reason stands there once.
    """
    rows = _set_aside(workspace, contacts)
    for wanted, position in mapped:
        rows += _unmapped(workspace, contacts, wanted, position)
    rows = list(dict.fromkeys(rows))
    if not rows:
        return 0
    with kept_file(path) as beside, beside.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["row", "file", "reason", *(inert(heading) for heading in contacts.headings)])
        writer.writerows(_lines(rows))
    return len(rows)


def read_rejects(path: Path) -> list[SetAside]:
    """Return the rows of such a file.

    Raises:
        SyncEngineError: the file cannot be read as one.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            head, *lines = csv.reader(file, strict=True)
            return [
                SetAside(row=int(row), file=name, reason=reason, cells=dict(zip(head[3:], cells, strict=True)))
                for row, name, reason, *cells in lines
            ]
    except (OSError, ValueError, csv.Error) as problem:
        raise SyncEngineError(f"{path} cannot be read; make it anew with: syncengine plan") from problem


def _set_aside(workspace: Workspace, contacts: Contacts) -> list[tuple[object, ...]]:
    if not contacts.rejects:
        return []
    cells = "".join(f", s{n}" for n in range(len(contacts.headings)))
    return workspace.run(f"SELECT row, file, reason{cells} FROM {contacts.rejects}").fetchall()


def _unmapped(workspace: Workspace, contacts: Contacts, wanted: Wanted, position: int) -> list[tuple[object, ...]]:
    """Rows that are sound but lack what a mapping needs; their cells as they were understood."""
    if not wanted.rejects:
        return []
    cells = "".join(f", c.{contacts.cells[h]}" if h in contacts.cells else ", ''" for h in contacts.headings)
    return workspace.run(
        f"SELECT u.row, u.file, u.reason{cells} FROM {wanted.rejects} u"
        f" JOIN {contacts.with_cells} c ON c.row = u.row AND c.file = u.file WHERE u.src = ? ORDER BY c.place",
        [position],
    ).fetchall()


def _lines(rows: list[tuple[object, ...]]) -> Iterator[list[str]]:
    for number, *cells in rows:
        yield [str(number), *(inert(str(cell)) for cell in cells)]
