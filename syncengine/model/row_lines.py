"""Rows of a plan as texts for people, in columns: what a page lists, masked unless somebody asked for whole ones."""

from collections.abc import Sequence
from dataclasses import dataclass

# Rows that a page lists; what is over is counted.
MOST_LINES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLines:
    """The first rows of one row set, by key."""

    # As in RowChange.rows.
    name: str
    # Empty where the key is the number itself.
    keys: Sequence[str] = ()
    # All numbers of a row, parted by a space.
    phones: Sequence[str] = ()
    # Vendor's field -> its texts, one for each row. Empty where rows are masked.
    fields: Sequence[tuple[str, Sequence[str]]] = ()
    # Rows of the set that are not here.
    left_out: int = 0
