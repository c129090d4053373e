# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted() or as parameters
"""A do-not-call list as numbers, and every reason not to trust it whole.

Nothing here raises for what is wrong with a list: it holds what is dialable in its scope, and the numbers that could be
read are still in force. A text that may be several numbers is all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from syncengine.errors import SourceError
from syncengine.model.counted import plural
from syncengine.model.desired import DndList, Source
from syncengine.model.plan import SourceSummary
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.phones import BLANK
from syncengine.rows.source_table import SourceTable, require_columns
from syncengine.rows.sources import read_source, too_few_files
from syncengine.rows.workspace import Workspace, quoted

# A file from further ahead than this was not written by a clock that can tell its age.
_CLOCK_TOLERANCE = 300.0
_ROWS_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DndReading:
    """A do-not-call list as read."""

    summary: SourceSummary
    # Table of one column ``number``, E.164, each once: all that could be read, also when the list is held.
    numbers: str
    # Of the bytes of the files that could be read.
    digest: str


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    accepted: int = 0
    unreadable: int = 0
    oldest: float | None = None
    reasons: dict[str, int] = field(default_factory=dict)


def load_dnd(
    workspace: Workspace,
    dnd_list: DndList,
    *,
    regions: Sequence[str],
    previous_rows: int | None,
    previous_files: int = 0,
    book: PhoneBook,
    now: float,
) -> DndReading:
    """Read a do-not-call list; never raises for what the list is.

    Args:
        workspace: where the table is made.
        dnd_list: what to read.
        regions: the project's regions: where the list states none, a national number is read in each of them.
        previous_rows: rows of the last sound reading; None: there was none.
        previous_files: files of that reading.
        book: what numbers mean.
        now: seconds since 1970.
    """
    numbers = workspace.table("dnd", "SELECT '' AS number WHERE false")
    chosen = [dnd_list.region] if dnd_list.region else sorted(set(regions) - {""})
    tally = _Tally()
    held: list[str] = []
    digests: list[str] = []
    for source in _one_file_each(dnd_list.source):
        try:
            table = read_source(workspace, source, one_line_fields=True)
            column = _column(dnd_list, table)
        except SourceError as error:
            held.append(str(error))
            continue
        digests.append(table.digest)
        if table.changed_at is not None:
            tally.oldest = min(table.changed_at, tally.oldest or table.changed_at)
        if table.rows:
            held += _take_numbers(workspace, table, column, into=numbers, read_as=chosen, book=book, tally=tally)
            workspace.drop(table.table)
    # A file that is gone may have stated somebody since it was last read. A pattern says nothing of how many there are.
    expected = dnd_list.source.min_files or previous_files
    if len(dnd_list.source.paths) < expected:
        held.append(too_few_files(dnd_list.source, expected))
    held += _doubts(dnd_list, tally, failed=bool(held), previous_rows=previous_rows, now=now)
    distinct = workspace.table("dnd_numbers", f"SELECT DISTINCT number FROM {numbers} ORDER BY number")
    workspace.drop(numbers)
    summary = SourceSummary(
        name=dnd_list.name,
        kind="dnd",
        label=dnd_list.source.label,
        rows=tally.rows,
        accepted=tally.accepted,
        rejected=tally.unreadable,
        duplicates=max(0, tally.accepted - workspace.count(distinct)),
        reasons=tally.reasons,
        age=max(0.0, now - tally.oldest) if tally.oldest is not None else 0.0,
        held="; ".join(held),
    )
    return DndReading(summary=summary, numbers=distinct, digest=" ".join(digests))


def _one_file_each(source: Source) -> list[Source]:
    """Part a source into its files, so that one that is broken does not take the others with it."""
    if source.format == "inline" or source.problem:
        return [source]
    return [replace(source, paths=(path,), label=source.label_of(path), min_files=0) for path in source.paths]


def _column(dnd_list: DndList, table: SourceTable) -> str:
    """Return the column of the table that holds the numbers."""
    names = list(table.columns)
    if not names:
        return ""
    wanted = dnd_list.column or ("phone" if "phone" in names or len(names) > 1 else names[0])
    require_columns(names, [wanted], dnd_list.source.label or dnd_list.name)
    return table.columns[wanted]


def _take_numbers(
    workspace: Workspace,
    table: SourceTable,
    column: str,
    *,
    into: str,
    read_as: Sequence[str],
    book: PhoneBook,
    tally: _Tally,
) -> list[str]:
    """Add the numbers of one file; return what holds, if anything."""
    # A row without any text states nobody; one that could not be read has no text either, and may state somebody.
    cells = ", ".join(table.columns.values())
    filled = f"(SELECT * FROM {table.table} WHERE problem <> '' OR trim(concat({cells})) <> '')"
    kind = book.learn_plausible(f"SELECT trim({column}) FROM {filled}", read_as)
    read = (
        f"SELECT t.row, t.file, t.problem, trim(t.{column}) AS raw, coalesce(b.number, '') AS found, b.problem AS why"
        f" FROM {filled} t LEFT JOIN {book.table} b ON b.raw = trim(t.{column}) AND b.region = {quoted(kind)}"
    )
    judged = workspace.table(
        "dnd_judged",
        f"SELECT *, CASE WHEN problem <> '' THEN problem WHEN raw = '' THEN {quoted(BLANK)}"
        f" WHEN found = '' THEN coalesce(why, {quoted(BLANK)}) ELSE '' END AS reason FROM ({read})",
    )
    workspace.run(f"INSERT INTO {into} SELECT unnest(string_split(found, ' ')) FROM {judged} WHERE found <> ''")
    rows, accepted, unreadable = workspace.one(
        f"SELECT count(*), count(*) FILTER (found <> ''), count(*) FILTER (reason <> '') FROM {judged}"
    )
    tally.rows += rows
    tally.accepted += accepted
    tally.unreadable += unreadable
    for reason, count in workspace.run(
        f"SELECT reason, count(*) FROM {judged} WHERE reason <> '' GROUP BY reason ORDER BY 2 DESC, 1"
    ).fetchall():
        tally.reasons[reason] = tally.reasons.get(reason, 0) + count
    held = _unreadable(workspace, judged, unreadable)
    workspace.drop(judged)
    return held


def _unreadable(workspace: Workspace, judged: str, count: int) -> list[str]:
    if not count:
        return []
    rows = workspace.run(
        f"SELECT file, row, reason FROM {judged} WHERE reason <> '' ORDER BY file, row LIMIT {_ROWS_NAMED}"
    ).fetchall()
    named = ", ".join(f"{file}:{row} ({reason})" for file, row, reason in rows)
    more = f" and {count - len(rows):,} more" if count > len(rows) else ""
    what = plural(count, "row cannot be read as a number", "rows cannot be read as numbers")
    return [f"{what}: {named}{more}; correct {'it' if count == 1 else 'them'}"]


def _doubts(dnd_list: DndList, tally: _Tally, *, failed: bool, previous_rows: int | None, now: float) -> list[str]:
    """Return what is suspicious about the list as a whole."""
    found = []
    if not tally.rows and not failed:
        found.append("the list is empty")
    if tally.oldest is not None and now - tally.oldest > dnd_list.max_age:
        days, limit = (now - tally.oldest) / 86_400, dnd_list.max_age / 86_400
        found.append(f"the list is {days:.1f} days old; at most {limit:g} days are allowed: fetch it anew")
    if tally.oldest is not None and tally.oldest - now > _CLOCK_TOLERANCE:
        found.append("the list is dated in the future, so its age cannot be told: check this machine's clock")
    if previous_rows and tally.rows and tally.rows < previous_rows * (1 - dnd_list.max_shrink):
        found.append(
            f"the list has shrunk from {previous_rows:,} to {plural(tally.rows, 'row')}; name what may go under"
            " release:"
        )
    return found
