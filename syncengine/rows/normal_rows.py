# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted() or as parameters
"""The rows of a contact list as they are meant: texts trimmed, phones in one spelling, a reason where one is no use.

All in columns. A number that the plain rules do not decide is looked up in the phone book, which parses each spelling
once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncengine.model.desired import CONTACT_COLUMNS, PHONE_COLUMNS, ContactList
from syncengine.rows.duplicates import Look, look_through
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.phone_columns import with_plain_numbers
from syncengine.rows.phones import BLANK, library_version
from syncengine.rows.source_table import SourceTable
from syncengine.rows.workspace import Workspace, quoted

NO_ID = "no id"
# Blanks of all kinds, as spreadsheets leave them around a value.
_BLANKS = " \t\r\n\u00a0\u2007\u202f\u200b\ufeff"
# Raised with every change of what a row comes to; rows are remembered for that only.
_RULES = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the rows of a list are read."""

    region: str
    # Our column -> heading.
    taken: Mapping[str, str]
    # Custom column -> heading, in order of x0, x1, ...
    custom: Mapping[str, str]
    # Whether a row is a person; else it stands for people whom only the vendor knows.
    people: bool

    @property
    def phones(self) -> list[str]:
        """Return our phone columns that the list has."""
        return [column for column in PHONE_COLUMNS if column in self.taken]

    @property
    def version(self) -> str:
        """Return all that decides what a row comes to, besides the row."""
        return repr(
            (_RULES, library_version(), self.region, [*self.taken.items()], [*self.custom.items()], self.people)
        )


def reading_of(contact_list: ContactList, headings: Iterable[str], *, people: bool) -> Reading:
    """Return how a list with such headings is read: each column as the list says, else by its own name."""
    there = set(headings)
    same = {column: column for column in CONTACT_COLUMNS if column in there}
    stated = {c: h for c, h in contact_list.columns.items() if c in CONTACT_COLUMNS and h in there}
    custom = sorted(name for name in contact_list.columns if name not in CONTACT_COLUMNS)
    return Reading(
        region=contact_list.region,
        taken={**same, **stated},
        custom={name: contact_list.columns[name] for name in custom},
        people=people,
    )


def normal_rows(workspace: Workspace, source: SourceTable, reading: Reading, book: PhoneBook) -> tuple[str, Look]:
    """Make the table of a source's rows as they are meant, and look through it once.

    It has the columns of :mod:`contacts`, and ``reason`` (why a row is set aside), ``own_id`` (as stated) and
    ``dropped`` (phones that are no use).
    """
    trimmed = _trimmed(source, reading)
    table = _known(workspace, trimmed, book, reading)
    look = look_through(workspace, table)
    if look.unread:
        book.learn(_odd(trimmed, reading), reading.region)
        workspace.drop(table)
        table = _known(workspace, trimmed, book, reading)
        look = look_through(workspace, table)
    return table, look


def _trimmed(source: SourceTable, reading: Reading) -> str:
    """SQL for the columns taken, trimmed, one row for each of the source's."""
    cells = [f"{_trim(source.columns[heading])} AS c_{column}" for column, heading in reading.taken.items()]
    cells += [
        f"{_trim(source.columns[heading]) if source.columns else quoted('')} AS x{n}"
        for n, heading in enumerate(reading.custom.values())
    ]
    origin = source.table or "(SELECT 0 AS row, '' AS file, '' AS problem WHERE false)"
    return f"(SELECT {', '.join([f'{source.place} AS place', 'row', 'file', 'problem', *cells])} FROM {origin})"


def _odd(trimmed: str, reading: Reading) -> str:
    """SQL of the texts that the plain rules do not decide."""
    numbered = with_plain_numbers(trimmed, [f"c_{column}" for column in reading.phones], reading.region)
    return " UNION ALL ".join(
        f"SELECT c_{c} FROM {numbered} WHERE n_c_{c} IS NULL AND c_{c} <> ''" for c in reading.phones
    )


def _trim(column: str) -> str:
    """SQL that trims a text; most need none, and trimming sets of characters is slow."""
    odd = f"unicode({column}) BETWEEN 0 AND 32 OR suffix({column}, ' ') OR suffix({column}, '\t')"
    wide = f"strlen({column}) <> length({column})"
    return f"CASE WHEN {odd} OR {wide} THEN trim({column}, {quoted(_BLANKS)}) ELSE {column} END"


def _known(workspace: Workspace, trimmed: str, book: PhoneBook, reading: Reading) -> str:
    """Make the table; ``unread`` counts the texts of a row that the book has to learn first."""
    phones, taken = reading.phones, reading.taken
    joins, number, unread = _phone_joins(book, reading.region, phones)
    rows = with_plain_numbers(trimmed, [f"c_{column}" for column in phones], reading.region) if phones else trimmed
    main = number.get("phone", "''")
    others = [number[column] for column in phones if column != "phone"]
    cells = [f"{number.get(column, f't.c_{column}')} AS c_{column}" for column in taken if column != "phone"]
    cells += [f"t.x{n}" for n in range(len(reading.custom))]
    dropped = _counted(f"t.c_{c} <> '' AND {number[c]} = ''" for c in phones if c != "phone")
    why = "coalesce(nullif(p_phone.problem, ''), " + quoted(BLANK) + ")" if "p_phone" in joins else quoted(BLANK)
    own_id = "t.c_id" if "id" in taken else quoted("")
    lacking, why = (main, why) if reading.people else (own_id, quoted(NO_ID))
    key = f"coalesce(nullif({own_id}, ''), {main})"
    return workspace.table(
        "contacts",
        f"SELECT t.place, t.row, t.file, {key} AS key_id,"
        f" {main} AS phone, {_phones(main, others)} AS phones,"
        f" {''.join(f'{cell}, ' for cell in cells)}{dropped} AS dropped, {unread} AS unread,"
        f" CASE WHEN t.problem <> '' THEN t.problem WHEN {lacking} = '' THEN {why} ELSE '' END AS reason,"
        f" {own_id} AS own_id FROM {rows} t {joins}",
    )


def _phone_joins(book: PhoneBook, region: str, phones: list[str]) -> tuple[str, dict[str, str], str]:
    """SQL of the joins, of each column's number (by the plain rules, else from the book), and of the texts unread."""
    odd = {c: f"t.c_{c} <> '' AND t.n_c_{c} IS NULL" for c in phones}
    if not book.holds(region):
        return "", {c: f"coalesce(t.n_c_{c}, '')" for c in phones}, _counted(odd.values())
    joins = " ".join(
        f"LEFT JOIN {book.table} p_{c} ON p_{c}.region = {quoted(region)}"
        f" AND p_{c}.raw = CASE WHEN t.n_c_{c} IS NULL THEN t.c_{c} END"
        for c in phones
    )
    unread = _counted(f"{odd[c]} AND p_{c}.raw IS NULL" for c in phones)
    return joins, {c: f"coalesce(t.n_c_{c}, p_{c}.number, '')" for c in phones}, unread


def _counted(conditions: Iterable[str]) -> str:
    """SQL of how many conditions hold in a row."""
    return " + ".join(f"({condition})::INT" for condition in conditions) or "0"


def _phones(main: str, others: list[str]) -> str:
    """SQL for all numbers of a row, each once, the main one first, parted by blanks; most rows have one only."""
    if not others:
        return main
    texts = [main, *others]
    fresh = [f"CASE WHEN {o} NOT IN ('', {', '.join(texts[: n + 1])}) THEN {o} END" for n, o in enumerate(others)]
    return (
        f"CASE WHEN concat({', '.join(others)}) = '' THEN {main} ELSE concat_ws(' ', {', '.join([main, *fresh])}) END"
    )
