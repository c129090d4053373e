# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted() or as parameters
"""A contact list as one normalised table, and what was set aside with its reason.

The table has ``place`` (order of reading), ``row``, ``file``, ``key_id`` (the id, else the phone), ``phone``,
``phones`` (all numbers, the main one first, parted by blanks), ``c_<column>`` for each further column of ours that the
list has, and ``x0``... for custom columns. Rows that are remembered stand in a table of their own, without cells, until
one of them is to be sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from syncengine.errors import SyncEngineError
from syncengine.model.desired import ContactList
from syncengine.model.plan import SourceSummary
from syncengine.rows.duplicates import SECONDARY_LEFT_OUT, Checked, checked
from syncengine.rows.normal_rows import Reading, normal_rows, reading_of
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.raw_lines import RawLines, read_lines
from syncengine.rows.remembered import Memory, Split, recall, split_rows, take_out
from syncengine.rows.source_table import SourceTable
from syncengine.rows.sources import ReadLines, read_source, source_lines
from syncengine.rows.workspace import Workspace

# With more new rows than this share, reading all of them at once is quicker.
_MOSTLY_NEW: Final = 0.5


class WrongMemoryError(SyncEngineError):
    """What is remembered of a list's rows is not what they are: it is forgotten, and the list read whole."""

    def __init__(self, list_name: str) -> None:
        self.list_name = list_name
        super().__init__(f"{list_name}: what is remembered of its rows beside the ledger is wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPart:
    """The rows of a list that are remembered."""

    # Table: row, key_id, phone, phones, dropped, content hashes.
    table: str
    # Table like that of the new rows: those that were read again after all, cell by cell.
    taken_up: str
    rows: int
    # Names of the columns that hold content hashes.
    hashes: tuple[str, ...]
    # Of the ledger when they were written.
    state: str
    # The collections in whose present state they are all there as they are wanted.
    marks: frozenset[str]
    lines: RawLines


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """A contact list as read."""

    list: ContactList
    summary: SourceSummary
    # Accepted rows, less the remembered ones.
    table: str
    # Table of rows set aside: row, file, reason, own_id (as stated), phone, s0... as in the source. Empty: there are
    # none.
    rejects: str
    reading: Reading
    # Those of our columns that the list has.
    columns: frozenset[str]
    # Name of each custom column, in order of x0, x1, ...
    custom: tuple[str, ...]
    # Headings of the source, in order of s0, s1, ...
    headings: tuple[str, ...]
    # Headings whose cells are phones and stay byte-equal in exports.
    phone_headings: frozenset[str]
    # Heading -> column of ``table``, for those that were taken.
    cells: Mapping[str, str]
    digest: str
    # None: no row is remembered.
    known: KnownPart | None = None
    # All that decides what a row comes to; empty: rows of such a source are not remembered.
    version: str = ""
    # File in which rows that were fetched from elsewhere are remembered for the next run; None: in none.
    memory_file: Path | None = None

    @property
    def people(self) -> str:
        """Return a query of the phones of all accepted rows."""
        also = f" UNION ALL SELECT phones FROM {self.known.table}" if self.known else ""
        return f"(SELECT phones FROM {self.table}{also})"

    @property
    def with_cells(self) -> str:
        """Return a query of those accepted rows whose cells are there."""
        if self.known is None:
            return self.table
        return f"(SELECT * FROM {self.table} UNION ALL BY NAME SELECT * FROM {self.known.taken_up})"


def load_contacts(
    workspace: Workspace,
    contact_list: ContactList,
    *,
    book: PhoneBook,
    now: float,
    people: bool = True,
    memory: Memory | None = None,
) -> Contacts:
    """Read a contact list.

    Args:
        workspace: where the tables are made.
        contact_list: what to read.
        book: what numbers mean.
        now: seconds since 1970, for the age of the file.
        people: whether a row is a person; else it stands for people whom only the vendor knows, as a saved filter does,
            and needs an id in place of a phone.
        memory: where rows are remembered from one run to the next; None: nowhere.

    Raises:
        SourceError: a file cannot be read as what it says it is, or lacks a mapped column.
    """
    required = tuple(contact_list.columns.values())
    remembered = _by_memory(workspace, contact_list, required, memory, book, people=people) if memory else None
    if remembered is not None:
        return _contacts(workspace, contact_list, remembered, now=now)
    source = read_source(workspace, contact_list.source, required=required)
    return normalised(workspace, contact_list, source, book=book, now=now, people=people)


def normalised(
    workspace: Workspace,
    contact_list: ContactList,
    source: SourceTable,
    *,
    book: PhoneBook,
    now: float,
    people: bool = True,
) -> Contacts:
    """Normalise a source that was read; see :func:`load_contacts`."""
    reading = reading_of(contact_list, source.columns, people=people)
    table, look = normal_rows(workspace, source, reading, book)
    found = _Read(source=source, reading=reading, table=table, checked=checked(workspace, table, look))
    return _contacts(workspace, contact_list, found, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The new rows of a list, and those that are remembered."""

    # Of the new rows; its digest and age are those of the whole.
    source: SourceTable
    reading: Reading
    table: str
    checked: Checked
    known: KnownPart | None = None


def _by_memory(
    workspace: Workspace,
    contact_list: ContactList,
    required: tuple[str, ...],
    memory: Memory,
    book: PhoneBook,
    *,
    people: bool,
) -> _Read | None:
    """Read only the new lines of a file; None: it has to be read whole."""
    if not memory.holds:
        return None
    with source_lines(workspace, contact_list.source, required=required) as file:
        if file is None:
            return None
        reading = reading_of(contact_list, file.lines.layout.columns, people=people)
        remembered = recall(workspace, memory, version_of(reading, file.shape))
        found = split_rows(workspace, file.lines.table, remembered) if remembered else None
        if remembered is None or found is None or found.fresh_count > _MOSTLY_NEW * file.lines.count:
            return None
        return _new_lines(workspace, file, found, reading, book)


def _new_lines(workspace: Workspace, file: ReadLines, found: Split, reading: Reading, book: PhoneBook) -> _Read | None:
    rows = read_lines(workspace, file.lines, found.fresh)
    if rows is None:
        return None
    table, look = normal_rows(workspace, file.source_of(rows), reading, book)
    wider = take_out(workspace, found, table)
    if wider is not None:
        workspace.drop(table, rows.table)
        rows, found = read_lines(workspace, file.lines, wider.fresh), wider
        if rows is None:
            return None
        table, look = normal_rows(workspace, file.source_of(rows), reading, book)
    known = KnownPart(
        table=found.known,
        taken_up=workspace.table("taken_up", f"SELECT * FROM {table} LIMIT 0"),
        rows=found.known_count,
        hashes=found.remembered.hashes,
        state=found.remembered.state,
        marks=found.remembered.marks,
        lines=file.lines,
    )
    return _Read(
        source=file.source_of(rows),
        reading=reading,
        table=table,
        checked=checked(workspace, table, look),
        known=known,
    )


def version_of(reading: Reading, shape: str) -> str:
    """Return all that decides what a line comes to; empty where lines of such a source are not remembered."""
    return f"{reading.version} {shape}" if shape else ""


def _contacts(workspace: Workspace, contact_list: ContactList, read: _Read, *, now: float) -> Contacts:
    """Set aside what is no use, and put together what is known of the list."""
    source, reading, found, known = read.source, read.reading, read.checked, read.known
    summary = _summary(workspace, contact_list, read, now=now)
    rejects = ""
    if found.set_aside:
        rejects = _rejects(workspace, source, found.bad)
        workspace.run(f"DELETE FROM {read.table} WHERE place IN (SELECT place FROM {found.bad})")
    workspace.drop(found.bad, source.table)
    return Contacts(
        list=contact_list,
        summary=summary,
        table=read.table,
        rejects=rejects,
        reading=reading,
        columns=frozenset({"phone", *reading.taken}),
        custom=tuple(reading.custom),
        headings=tuple(source.columns),
        phone_headings=frozenset(reading.taken[column] for column in reading.phones),
        cells=_cells_by_heading(reading),
        digest=source.digest,
        known=known,
        version=version_of(reading, source.shape),
    )


def take_up(workspace: Workspace, contacts: Contacts, rows: str, book: PhoneBook) -> int:
    """Read some remembered rows again, cell by cell, since they are to be sent; return how many.

    Args:
        workspace: where the tables are.
        contacts: the list.
        rows: table or query of the numbers of rows, as ``row``; rows that are not remembered are passed over.
        book: what numbers mean.

    Raises:
        WrongMemoryError: a line is not what it was remembered as.
    """
    known = contacts.known
    if known is None:
        return 0
    chosen = workspace.table(
        "chosen",
        f"SELECT row FROM {known.table} k SEMI JOIN {rows} r USING (row) ANTI JOIN {known.taken_up} t USING (row)",
    )
    count = workspace.count(chosen)
    if count:
        found = read_lines(workspace, known.lines, chosen)
        if found is None:
            raise WrongMemoryError(contacts.list.name)
        columns = {name: f"s{n}" for n, name in enumerate(found.columns)}
        source = SourceTable(table=found.table, columns=columns, rows=found.count)
        table, look = normal_rows(workspace, source, contacts.reading, book)
        same = f"SELECT count(*) FROM {table} t JOIN {known.table} k USING (row, key_id, phones)"
        if look.unusable or workspace.one(same)[0] != count:
            raise WrongMemoryError(contacts.list.name)
        workspace.run(f"INSERT INTO {known.taken_up} BY NAME SELECT * FROM {table}")
        workspace.drop(table, found.table)
    workspace.drop(chosen)
    return count


def _cells_by_heading(reading: Reading) -> Mapping[str, str]:
    customs = {heading: f"x{n}" for n, heading in enumerate(reading.custom.values())}
    ours = {heading: "phone" if column == "phone" else f"c_{column}" for column, heading in reading.taken.items()}
    return {**customs, **ours}


def _rejects(workspace: Workspace, source: SourceTable, bad: str) -> str:
    """Make the table of rows set aside, with their cells as they stand in the source."""
    if not source.table:
        return workspace.table("rejects", f"SELECT 0 AS row, '' AS file, reason, own_id, phone FROM {bad}")
    numbered = f"SELECT {source.place} AS place, * FROM {source.table}"
    cells = "".join(f", s.{column}" for column in source.columns.values())
    return workspace.table(
        "rejects",
        f"SELECT s.row, s.file, b.reason, b.own_id, b.phone{cells} FROM ({numbered}) s JOIN {bad} b USING (place)"
        " ORDER BY place",
    )


def _summary(workspace: Workspace, contact_list: ContactList, read: _Read, *, now: float) -> SourceSummary:
    source, found, known = read.source, read.checked, read.known
    rows, reasons = source.rows, dict(found.reasons)
    if known is not None:
        rows += known.rows
        (dropped,) = workspace.one(f"SELECT sum(dropped) FROM {known.table}")
        if dropped:
            reasons[SECONDARY_LEFT_OUT] = reasons.get(SECONDARY_LEFT_OUT, 0) + dropped
    return SourceSummary(
        name=contact_list.name,
        kind="contacts",
        label=contact_list.source.label,
        rows=rows,
        accepted=rows - found.set_aside,
        rejected=found.set_aside - found.duplicates,
        duplicates=found.duplicates,
        reasons=reasons,
        age=max(0.0, now - source.changed_at) if source.changed_at is not None else 0.0,
    )
