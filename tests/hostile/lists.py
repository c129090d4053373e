"""A file read twice, as both kinds of list: as contacts, where a doubtful row is set aside, and as a do-not-call list,
where it holds everything."""

import csv
from collections.abc import Iterable
from pathlib import Path

from syncengine.errors import SourceError
from syncengine.model.desired import Source
from syncengine.rows.contacts import load_contacts
from syncengine.rows.dnd import load_dnd
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.rejects import write_rejects
from syncengine.rows.workspace import Workspace
from tests.hostile.case import both, demand
from tests.rows.conftest import NOW, contact_list, dnd_list

_FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".xlsx": "xlsx"}


def read_both(path: Path, *, numbers: Iterable[str] = (), rows: int | None = None, sheet: str | None = None) -> str:
    """Return the verdict as contacts and as a do-not-call list.

    Args:
        path: The file.
        numbers: All that must be accepted, or in force, where it is not refused as a whole or held.
        rows: How many records a person counts in it; none may be swallowed.
        sheet: Which sheet of a workbook.
    """
    source = Source(paths=(str(path),), label=path.name, format=_FORMATS[path.suffix], sheet=sheet)
    wanted = set(numbers)
    return both(_as_contacts(source, wanted, rows, path.parent), _as_dnd(source, wanted, rows))


def _as_contacts(source: Source, wanted: set[str], rows: int | None, folder: Path) -> str:
    with Workspace() as workspace:
        try:
            found = load_contacts(workspace, contact_list(source), book=PhoneBook(workspace), now=NOW)
        except SourceError as error:
            demand(len(str(error)) < 2_000 and str(error).isprintable(), "the error would tear the terminal")
            demand(source.label in str(error), "the error does not name the file")
            return "refused"
        summary = found.summary
        accepted = {number for (number,) in workspace.run(f"SELECT phone FROM {found.table}").fetchall()}
        demand(accepted <= wanted or not wanted, f"{sorted(accepted - wanted)} was made up")
        demand(rows is None or summary.rows == rows, f"{summary.rows} rows were seen, a person counts {rows}")
        demand(summary.accepted + summary.rejected + summary.duplicates == summary.rows, "a row is not accounted for")
        rejects = folder / "rejects.csv"
        set_aside = write_rejects(workspace, rejects, found)
        demand(set_aside == summary.rejected + summary.duplicates, "a row is missing among the rejects")
        if set_aside:
            with rejects.open(newline="", encoding="utf-8") as file:
                cells = [cell for line in csv.reader(file) for cell in line]
            demand(not any(cell.startswith(("=", "@", "\t", "\r")) for cell in cells), "a reject is a formula")
            return "quarantined"
        demand(accepted == wanted or not wanted, "a number was dropped")
        return "harmless"


def _as_dnd(source: Source, wanted: set[str], rows: int | None) -> str:
    with Workspace() as workspace:
        reading = load_dnd(
            workspace, dnd_list(source), regions=["CO"], previous_rows=None, book=PhoneBook(workspace), now=NOW
        )
        if reading.summary.held:
            demand(len(reading.summary.held) < 3_000, "the reason would fill the screen")
            return "held"
        in_force = {number for (number,) in workspace.run(f"SELECT number FROM {reading.numbers}").fetchall()}
        demand(wanted <= in_force, f"{sorted(wanted - in_force)} is stated and not in force")
        demand(rows is None or reading.summary.rows == rows, f"{reading.summary.rows} rows were seen, not {rows}")
        return "harmless"
