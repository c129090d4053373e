# ruff: noqa: S608  # SQL is put together from table names of our own
"""The rows of a plan for people to look through: so many as a page can hold, masked before they leave this module."""

from collections.abc import Iterable, Sequence
from itertools import starmap

from syncengine.model.phone import mask_key, mask_phone
from syncengine.model.row_lines import RowLines
from syncengine.model.shares import fair_shares
from syncengine.rows.row_sets import RowSetTable
from syncengine.rows.workspace import Workspace


def row_lines(workspace: Workspace, row_sets: Iterable[RowSetTable], *, most: int, whole: bool) -> list[RowLines]:
    """Return the first rows of each set, by key; of large sets so many that all together are at most ``most``.

    Args:
        workspace: where the tables are.
        row_sets: the sets, in the order in which they are to be shown.
        most: rows in all.
        whole: whether numbers, keys and fields are handed out as they are, for a person who has asked for them.
    """
    sets = list(row_sets)
    shares = fair_shares([found.set.count for found in sets], most)
    return [_lines(workspace, found, share, whole=whole) for found, share in zip(sets, shares, strict=True)]


def _lines(workspace: Workspace, found: RowSetTable, share: int, *, whole: bool) -> RowLines:
    values = [f"v{n}" for n in range(len(found.fields))] if whole else []
    columns = ", ".join(["key", "phones", *values])
    table = workspace.arrow(f"SELECT {columns} FROM {found.table} ORDER BY key LIMIT {share}")
    keys, phones, *cells = (column.to_pylist() for column in table.columns)
    left_out = found.set.count - len(keys)
    pairs = list(zip(keys, phones, strict=True))
    if whole:
        fields = [(field.to, column) for field, column in zip(found.fields, cells, strict=True) if any(column)]
        return RowLines(
            name=found.set.name, keys=list(starmap(_key, pairs)), phones=phones, fields=fields, left_out=left_out
        )
    return RowLines(
        name=found.set.name,
        keys=[mask_key(_key(key, numbers)) for key, numbers in pairs],
        phones=[_masked(numbers) for numbers in phones],
        left_out=left_out,
    )


def _key(key: str, phones: str) -> str:
    return "" if key == phones else key


def _masked(phones: str) -> str:
    numbers: Sequence[str] = phones.split(" ")
    return " ".join(map(mask_phone, numbers))
