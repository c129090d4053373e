# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted() or as parameters
"""A contact list as one normalised table, and what was set aside with its reason.

The table has ``place`` (order of reading), ``row``, ``file``, ``key_id`` (the id, else the phone), ``phone``,
``phones`` (all numbers, the main one first, parted by blanks), ``c_<column>`` for each of our columns that the list
has, and ``x0``... for custom columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from syncengine.model.desired import CONTACT_COLUMNS, PHONE_COLUMNS, ContactList
from syncengine.model.plan import SourceSummary
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.phone_columns import with_plain_numbers
from syncengine.rows.phones import BLANK
from syncengine.rows.source_table import SourceTable
from syncengine.rows.sources import read_source
from syncengine.rows.workspace import Workspace, quoted

SECONDARY_LEFT_OUT = "secondary phone left out"
NO_ID = "no id"
# Blanks of all kinds, as spreadsheets leave them around a value.
_BLANKS = " \t\r\n\u00a0\u2007\u202f\u200b\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """A contact list as read."""

    list: ContactList
    summary: SourceSummary
    # Accepted rows.
    table: str
    # Table of rows set aside: row, file, reason, own_id (as stated), phone, s0... as in the source. Empty: there are
    # none.
    rejects: str
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
    # File in which the rows are remembered for the next run; None: in none.
    memory: Path | None = None


def load_contacts(
    workspace: Workspace, contact_list: ContactList, *, book: PhoneBook, now: float, people: bool = True
) -> Contacts:
    """Read a contact list.

    Args:
        workspace: where the tables are made.
        contact_list: what to read.
        book: what numbers mean.
        now: seconds since 1970, for the age of the file.
        people: whether a row is a person; else it stands for people whom only the vendor knows, as a saved filter does,
            and needs an id in place of a phone.

    Raises:
        SourceError: a file cannot be read as what it says it is, or lacks a mapped column.
    """
    source = read_source(workspace, contact_list.source, required=tuple(contact_list.columns.values()))
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
    taken = _columns_taken(contact_list, source)
    custom = tuple(sorted(name for name in contact_list.columns if name not in CONTACT_COLUMNS))
    trimmed = _trimmed(contact_list, source, taken, custom)
    phones = [column for column in PHONE_COLUMNS if column in taken]
    make = partial(
        _known,
        workspace,
        trimmed,
        book,
        region=contact_list.region,
        taken=tuple(taken),
        custom=custom,
        people=people,
    )
    known = make()
    look = _look(workspace, known)
    if look.unread:
        book.learn(_odd(trimmed, phones, contact_list.region), contact_list.region)
        workspace.drop(known)
        known = make()
        look = _look(workspace, known)
    found = _checked(workspace, known, look)
    summary = _summary(contact_list, source, found, now=now)
    rejects = ""
    if found.set_aside:
        rejects = _rejects(workspace, source, found.bad)
        workspace.run(f"DELETE FROM {known} WHERE place IN (SELECT place FROM {found.bad})")
    workspace.drop(found.bad, source.table)
    return Contacts(
        list=contact_list,
        summary=summary,
        table=known,
        rejects=rejects,
        columns=frozenset({"phone", *taken}),
        custom=custom,
        headings=tuple(source.columns),
        phone_headings=frozenset(taken[column] for column in phones),
        cells=_cells_by_heading(contact_list, taken, custom),
        digest=source.digest,
    )


def _cells_by_heading(
    contact_list: ContactList, taken: Mapping[str, str], custom: tuple[str, ...]
) -> Mapping[str, str]:
    customs = {contact_list.columns[name]: f"x{n}" for n, name in enumerate(custom)}
    return {**customs, **{heading: f"c_{column}" for column, heading in taken.items()}}


def _columns_taken(contact_list: ContactList, source: SourceTable) -> Mapping[str, str]:
    """Return our column -> heading: as the list says, else the heading of the same name."""
    same = {column: column for column in CONTACT_COLUMNS if column in source.columns}
    return {**same, **{c: h for c, h in contact_list.columns.items() if c in CONTACT_COLUMNS and h in source.columns}}


def _trimmed(contact_list: ContactList, source: SourceTable, taken: Mapping[str, str], custom: tuple[str, ...]) -> str:
    """SQL for the columns taken, trimmed, one row for each of the source's."""
    cells = [f"{_trim(source.columns[heading])} AS c_{column}" for column, heading in taken.items()]
    cells += [
        f"{_trim(source.columns[contact_list.columns[name]]) if source.columns else quoted('')} AS x{n}"
        for n, name in enumerate(custom)
    ]
    origin = source.table or "(SELECT 0 AS row, '' AS file, '' AS problem WHERE false)"
    return f"(SELECT {', '.join([f'{source.place} AS place', 'row', 'file', 'problem', *cells])} FROM {origin})"


def _odd(trimmed: str, phones: Sequence[str], region: str) -> str:
    """SQL of the texts that the plain rules do not decide."""
    numbered = with_plain_numbers(trimmed, [f"c_{column}" for column in phones], region)
    return " UNION ALL ".join(f"SELECT c_{c} FROM {numbered} WHERE n_c_{c} IS NULL AND c_{c} <> ''" for c in phones)


def _trim(column: str) -> str:
    """SQL that trims a text; most need none, and trimming sets of characters is slow."""
    odd = f"unicode({column}) BETWEEN 0 AND 32 OR suffix({column}, ' ') OR suffix({column}, '\t')"
    wide = f"strlen({column}) <> length({column})"
    return f"CASE WHEN {odd} OR {wide} THEN trim({column}, {quoted(_BLANKS)}) ELSE {column} END"


def _known(
    workspace: Workspace,
    trimmed: str,
    book: PhoneBook,
    *,
    region: str,
    taken: tuple[str, ...],
    custom: tuple[str, ...],
    people: bool,
) -> str:
    """Make the table with canonical phones, the reason why a row is set aside, and how many phones were dropped.

    ``unread`` counts the texts that the book has to learn first.
    """
    phones = [column for column in PHONE_COLUMNS if column in taken]
    joins, number, unread = _phone_joins(book, region, phones)
    rows = with_plain_numbers(trimmed, [f"c_{column}" for column in phones], region) if phones else trimmed
    main = number.get("phone", "''")
    others = [number[column] for column in phones if column != "phone"]
    cells = [f"{number.get(column, f't.c_{column}')} AS c_{column}" for column in taken if column != "phone"]
    cells += [f"t.x{n}" for n in range(len(custom))]
    dropped = _counted(f"t.c_{c} <> '' AND {number[c]} = ''" for c in phones if c != "phone")
    why = "coalesce(nullif(p_phone.problem, ''), " + quoted(BLANK) + ")" if "p_phone" in joins else quoted(BLANK)
    own_id = "t.c_id" if "id" in taken else quoted("")
    lacking, why = (main, why) if people else (own_id, quoted(NO_ID))
    key = f"coalesce(nullif({own_id}, ''), {main})"
    return workspace.table(
        "contacts",
        f"SELECT t.place, t.row, t.file, {key} AS key_id,"
        f" {main} AS phone, {main} AS c_phone, {_phones(main, others)} AS phones,"
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


class _Look(NamedTuple):
    """One look through a whole list: most have nothing wrong with them."""

    unread: int
    unusable: int
    phones: int
    different_phones: int
    ids: int
    different_ids: int
    dropped: int


def _look(workspace: Workspace, known: str) -> _Look:
    return _Look(
        *workspace.one(
            "SELECT sum(unread), count(*) FILTER (reason <> ''),"
            " count(*) FILTER (phone <> ''), count(DISTINCT phone) FILTER (phone <> ''),"
            " count(*) FILTER (own_id <> ''), count(DISTINCT own_id) FILTER (own_id <> ''), sum(dropped)"
            f" FROM {known}"
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """What is wrong with the rows of a list."""

    # Table of place, reason, own_id, phone; empty when all rows are sound.
    bad: str = ""
    set_aside: int = 0
    duplicates: int = 0
    reasons: Mapping[str, int]


def _checked(workspace: Workspace, known: str, look: _Look) -> _Checked:
    """Find the rows to set aside."""
    if not look.unusable and look.phones == look.different_phones and look.ids == look.different_ids:
        return _Checked(reasons={SECONDARY_LEFT_OUT: look.dropped} if look.dropped else {})
    bad = workspace.table("bad", _bad(known))
    double = "reason LIKE 'same phone as row %' OR reason LIKE 'same id as row %'"
    set_aside, duplicates = workspace.one(f"SELECT count(*), count(*) FILTER ({double}) FROM {bad}")
    reasons = dict(
        workspace.run(
            "SELECT regexp_replace(reason, '^same (phone|id) as row .*$', 'same \\1 as an earlier row') AS why,"
            f" count(*) FROM {bad} GROUP BY why ORDER BY count(*) DESC, why"
        ).fetchall()
    )
    (dropped,) = workspace.one(f"SELECT sum(dropped) FROM {known} ANTI JOIN {bad} USING (place)")
    if dropped:
        reasons[SECONDARY_LEFT_OUT] = dropped
    return _Checked(bad=bad, set_aside=set_aside, duplicates=duplicates, reasons=reasons)


def _bad(known: str) -> str:
    """SQL for the rows that are set aside: place, reason, own_id, phone.

    Of rows with one phone, and of rows with one id, the first usable one is kept: calling twice is the harm.
    """
    return (
        f"WITH usable AS (SELECT place, row, phone, own_id FROM {known} WHERE reason = ''),"
        f" by_phone AS (SELECT phone, arg_min(row, place) AS first_row, min(place) AS first_place"
        f" FROM usable WHERE phone <> '' GROUP BY phone HAVING count(*) > 1),"
        f" same_phone AS (SELECT u.place, 'same phone as row ' || b.first_row AS reason, own_id, phone FROM usable u"
        f" JOIN by_phone b USING (phone) WHERE u.place > b.first_place),"
        f" by_id AS (SELECT own_id, arg_min(row, place) AS first_row, min(place) AS first_place"
        f" FROM usable ANTI JOIN same_phone USING (place) WHERE own_id <> '' GROUP BY own_id HAVING count(*) > 1)"
        f" SELECT place, reason, own_id, phone FROM {known} WHERE reason <> '' UNION ALL SELECT * FROM same_phone"
        f" UNION ALL SELECT u.place, 'same id as row ' || b.first_row, own_id, phone FROM usable u"
        f" ANTI JOIN same_phone USING (place) JOIN by_id b USING (own_id) WHERE u.place > b.first_place"
    )


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


def _summary(contact_list: ContactList, source: SourceTable, found: _Checked, *, now: float) -> SourceSummary:
    return SourceSummary(
        name=contact_list.name,
        kind="contacts",
        label=contact_list.source.label,
        rows=source.rows,
        accepted=source.rows - found.set_aside,
        rejected=found.set_aside - found.duplicates,
        duplicates=found.duplicates,
        reasons=found.reasons,
        age=max(0.0, now - source.changed_at) if source.changed_at is not None else 0.0,
    )
