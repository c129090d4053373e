# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""The rows of a plan: kept in files beside a saved plan, checked when they are taken up again, handed out by name."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from syncengine.errors import StalePlanError
from syncengine.model.exchange import RowItem
from syncengine.model.findings import RowSet
from syncengine.rows.batches import batches
from syncengine.rows.columns import RecordField
from syncengine.rows.row_sets import RowSetTable, digest_of
from syncengine.rows.workspace import Workspace, quoted

_INDEX = "row_sets.json"


class PlanRows:
    """Row sets by name: the row store that an apply reads from."""

    def __init__(self, workspace: Workspace, row_sets: Iterable[RowSetTable] = ()) -> None:
        self._workspace = workspace
        self.row_sets: dict[str, RowSetTable] = {found.set.name: found for found in row_sets}

    def add(self, row_sets: Iterable[RowSetTable]) -> None:
        """Take in the row sets of one more collection."""
        self.row_sets.update({found.set.name: found for found in row_sets})

    def batches(self, name: str, size: int) -> Iterator[list[RowItem]]:
        """Walk the rows of one row set in key order, at most ``size`` at a time."""
        yield from batches(self._workspace, self.row_sets[name], size)


def save_row_sets(workspace: Workspace, row_sets: Iterable[RowSetTable], folder: Path) -> tuple[Path, ...]:
    """Write row sets and their index into a folder, each file for its owner alone, and return the files."""
    index, files = [], []
    for number, found in enumerate(row_sets):
        path = folder / f"rows-{number:04}.parquet"
        path.touch(mode=0o600)
        workspace.run(
            f"COPY (SELECT * FROM {found.table}) TO {quoted(str(path))}"
            " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
        path.chmod(0o600)
        files.append(path)
        index.append({"file": path.name, "set": asdict(found.set), "fields": [asdict(f) for f in found.fields]})
    listing = folder / _INDEX
    listing.touch(mode=0o600)
    listing.write_text(json.dumps(index, indent=1), encoding="utf-8")
    return (*files, listing)


def load_row_sets(workspace: Workspace, folder: Path, *, expected: Mapping[str, str]) -> PlanRows:
    """Read what :func:`save_row_sets` wrote.

    Args:
        workspace: where the tables are made.
        folder: where the files are.
        expected: name -> digest of every row set that the plan speaks of.

    Raises:
        StalePlanError: a file is missing or damaged, or rows are not those that the plan was made of.
    """
    import duckdb

    rows = PlanRows(workspace)
    try:
        for entry in json.loads((folder / _INDEX).read_text(encoding="utf-8")):
            rows.add([_loaded(workspace, folder, entry)])
    except (OSError, ValueError, KeyError, TypeError, duckdb.Error) as error:
        raise StalePlanError("the rows of the plan file are missing or damaged; make the plan anew") from error
    for name, digest in expected.items():
        found = rows.row_sets.get(name)
        if found is None or _digest(workspace, found) != digest:
            raise StalePlanError(f"{name}: the rows in the plan file are not those it was made of; make the plan anew")
    return rows


def _loaded(workspace: Workspace, folder: Path, entry: Mapping[str, object]) -> RowSetTable:
    described, fields = entry["set"], entry["fields"]
    assert isinstance(described, dict)
    assert isinstance(fields, list)
    # The name alone: a path in a plan file from a stranger leads nowhere else.
    path = folder / Path(str(entry["file"])).name
    name = workspace.new_name("row_set")
    workspace.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet({quoted(str(path))})")
    row_set = RowSet(**{**described, "sample": tuple(described["sample"])})
    return RowSetTable(set=row_set, table=name, fields=tuple(RecordField(**field) for field in fields))


def _digest(workspace: Workspace, found: RowSetTable) -> str:
    return digest_of(workspace, found.table, action=found.set.action, fields=found.fields)
