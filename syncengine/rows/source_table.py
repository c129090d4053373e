"""What every reader makes of a file: columns of text, with the place of each row.

Columns are kept under names of our own (``s0``, ``s1``, ...), since headings may differ by case alone or be called like
one of ours; ``columns`` tells which is which. Every table also has ``row`` (line number, BIGINT), ``file`` (label,
VARCHAR) and ``problem`` (why this row cannot be used as it stands, usually empty).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.diagnostics import did_you_mean
from syncengine.errors import SourceError

# Each column costs its share of every statement; lists of people have dozens.
MAX_COLUMNS = 1_000
MAX_FIELD = 131_072


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """A source as read."""

    # Name of the table in the workspace; empty when there is nothing.
    table: str = ""
    # Heading -> column of the table.
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    # SQL of a number that no two rows share, in the order of reading: row numbers begin anew in each file, and rows
    # written in a manifest may share a line.
    place: str = "row"
    # Seconds since 1970 of the oldest file; None for inline rows.
    changed_at: float | None = None
    # Of the bytes of all files, in order.
    digest: str = ""
    # How its rows are written, where it is one file of which each line is a row; else empty.
    shape: str = ""


def checked_header(cells: Sequence[str], where: str) -> tuple[str, ...]:
    """Return the headings trimmed; empty ones at the end are dropped.

    Raises:
        SourceError: two columns share a heading, one has none, there are too many, or the header is a row of data.
    """
    names = [cell.strip().strip("\ufeff\u200b\u00a0").strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise SourceError(f"{where}: {len(names):,} columns; at most {MAX_COLUMNS:,} are read. Is the delimiter right?")
    for number, name in enumerate(names, start=1):
        if not name:
            raise SourceError(f"{where}: column {number} has no heading; give it one or remove the column")
        if sum(c.isdigit() for c in name) >= 7 and not any(c.isalpha() for c in name):
            raise SourceError(
                f"{where}: the heading of column {number} looks like a phone number; the first line must name the"
                ' columns, as "phone"'
            )
    double = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if double:
        raise SourceError(f'{where}: two columns are called "{double[0]}"; rename one of them')
    return tuple(names)


def require_columns(columns: Sequence[str], wanted: Sequence[str], where: str) -> None:
    """Check that a source has some columns.

    Raises:
        SourceError: one is missing; the message names those there are.
    """
    for name in wanted:
        if name not in columns:
            there = ", ".join(f'"{c}"' for c in list(columns)[:30]) or "none"
            guess = did_you_mean(name, list(columns))
            raise SourceError(f'{where}: there is no column "{name}"; there are: {there}. {guess}'.rstrip())
