# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted() or as parameters
"""A contact list as one normalised table, and what was set aside with its reason.

The table has ``row``, ``file``, ``key_id`` (the id, else the phone), ``phone``, ``phones`` (all numbers, the main one
first, parted by blanks), ``c_<column>`` for each of our columns (blank when absent) and ``x0``... for custom columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from syncengine.model.desired import CONTACT_COLUMNS, PHONE_COLUMNS, ContactList
from syncengine.model.plan import SourceSummary
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.phones import BLANK
from syncengine.rows.source_table import SourceTable
from syncengine.rows.sources import read_source
from syncengine.rows.workspace import Workspace, quoted

SECONDARY_LEFT_OUT = "secondary phone left out"
# Blanks of all kinds, as spreadsheets leave them around a value.
_BLANKS = " \t\r\n\u00a0\u2007\u202f\u200b\ufeff"
_SECONDARY = tuple(column for column in PHONE_COLUMNS if column != "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """A contact list as read."""

    list: ContactList
    summary: SourceSummary
    # Accepted rows.
    table: str
    # Rows set aside: row, file, reason, id (as stated, for keys that must be left alone), s0... as in the source.
    rejects: str
    # Name of each custom column, in order of x0, x1, ...
    custom: tuple[str, ...]
    # Headings of the source, in order of s0, s1, ...
    headings: tuple[str, ...]
    # Headings whose cells are phones and stay byte-equal in exports.
    phone_headings: frozenset[str]
    digest: str


def load_contacts(workspace: Workspace, contact_list: ContactList, *, book: PhoneBook, now: float) -> Contacts:
    """Read a contact list.

    Args:
        workspace: where the tables are made.
        contact_list: what to read.
        book: what numbers mean.
        now: seconds since 1970, for the age of the file.

    Raises:
        SourceError: a file cannot be read as what it says it is, or lacks a mapped column.
    """
    source = read_source(workspace, contact_list.source, required=tuple(contact_list.columns.values()))
    taken = _columns_taken(contact_list, source)
    custom = tuple(sorted(name for name in contact_list.columns if name not in CONTACT_COLUMNS))
    trimmed = _trimmed(workspace, contact_list, source, taken, custom)
    phones = [column for column in PHONE_COLUMNS if column in taken]
    if phones:
        texts = " UNION ALL ".join(f"SELECT c_{column} FROM {trimmed}" for column in phones)
        book.learn(texts, contact_list.region)
    judged = _judged(workspace, trimmed, book, contact_list.region, phones, custom)
    accepted = workspace.table("contacts", f"SELECT * EXCLUDE (reason, dropped) FROM {judged} WHERE reason = ''")
    rejects = _rejects(workspace, source, judged)
    summary = _summary(workspace, contact_list, source, judged=judged, rejects=rejects, now=now)
    for table in (trimmed, judged, source.table):
        workspace.run(f"DROP TABLE IF EXISTS {table}" if table else "SELECT 0")
    return Contacts(
        list=contact_list,
        summary=summary,
        table=accepted,
        rejects=rejects,
        custom=custom,
        headings=tuple(source.columns),
        phone_headings=frozenset(taken[column] for column in phones),
        digest=source.digest,
    )


def _columns_taken(contact_list: ContactList, source: SourceTable) -> Mapping[str, str]:
    """Return our column -> heading: as the list says, else the heading of the same name."""
    same = {column: column for column in CONTACT_COLUMNS if column in source.columns}
    return {**same, **{c: h for c, h in contact_list.columns.items() if h in source.columns}}


def _trimmed(
    workspace: Workspace,
    contact_list: ContactList,
    source: SourceTable,
    taken: Mapping[str, str],
    custom: tuple[str, ...],
) -> str:
    """Make the table of our columns, trimmed, one row for each of the source's."""

    def cell(heading: str | None) -> str:
        return f"trim({source.columns[heading]}, {quoted(_BLANKS)})" if heading in source.columns else "''"

    cells = [f"{cell(taken.get(column))} AS c_{column}" for column in CONTACT_COLUMNS]
    cells += [f"{cell(contact_list.columns[name])} AS x{n}" for n, name in enumerate(custom)]
    origin = source.table or "(SELECT 0 AS row, '' AS file, '' AS problem WHERE false)"
    # DuckDB's rowid is dense, unlike row numbers, which begin anew in each file.
    return workspace.table(
        "trimmed", f"SELECT row_number() OVER () AS place, row, file, problem, {', '.join(cells)} FROM {origin}"
    )


def _judged(
    workspace: Workspace, trimmed: str, book: PhoneBook, region: str, phones: list[str], custom: tuple[str, ...]
) -> str:
    """Make the table with canonical phones, the reason why a row is set aside, and phones that were dropped."""
    joins, number = _phone_joins(book, region, phones)
    plain = [f"t.c_{column}" for column in CONTACT_COLUMNS if column not in PHONE_COLUMNS]
    numbers = [f"{number[column]} AS c_{column}" for column in PHONE_COLUMNS]
    main, others = number["phone"], [number[column] for column in _SECONDARY if column in phones]
    all_phones = main if not others else f"{_distinct_texts([main, *others])}"
    dropped = " + ".join(f"(t.c_{c} <> '' AND {number[c]} = '')::INT" for c in phones if c != "phone") or "0"
    why = "coalesce(p_phone.problem, '')" if "phone" in phones else "''"
    known = workspace.table(
        "known",
        f"SELECT t.place, t.row, t.file, coalesce(nullif(t.c_id, ''), {main}) AS key_id, {main} AS phone,"
        f" {all_phones} AS phones, {', '.join(plain + numbers)}"
        f"{''.join(f', t.x{n}' for n in range(len(custom)))}, {dropped} AS dropped,"
        f" CASE WHEN t.problem <> '' THEN t.problem WHEN {main} = '' THEN coalesce(nullif({why}, ''), {quoted(BLANK)})"
        f" ELSE '' END AS reason FROM {trimmed} t {joins}",
    )
    judged = workspace.table(
        "judged",
        f"SELECT k.* REPLACE (coalesce(d.reason, k.reason) AS reason) FROM {known} k"
        f" LEFT JOIN ({_doubles(known)}) d USING (place) ORDER BY place",
    )
    workspace.run(f"DROP TABLE {known}")
    return judged


def _phone_joins(book: PhoneBook, region: str, phones: list[str]) -> tuple[str, dict[str, str]]:
    joins = " ".join(
        f"LEFT JOIN {book.table} p_{c} ON p_{c}.raw = t.c_{c} AND p_{c}.region = {quoted(region)}" for c in phones
    )
    return joins, {c: f"coalesce(p_{c}.number, '')" if c in phones else "''" for c in PHONE_COLUMNS}


def _distinct_texts(expressions: list[str]) -> str:
    """SQL for the texts that are not blank, each once, in order, parted by blanks."""
    items = f"list_filter([{', '.join(expressions)}], lambda p: p <> '')"
    return f"array_to_string(list_filter({items}, lambda p, i: list_position({items}, p) = i), ' ')"


def _doubles(known: str) -> str:
    """SQL for rows whose phone, or whose id, an earlier usable row has: the first is kept, calling twice is the harm."""
    usable = f"SELECT place, row, phone, c_id FROM {known} WHERE reason = ''"
    return (
        f"WITH by_phone AS (SELECT phone AS value, arg_min(row, place) AS first_row, min(place) AS first_place"
        f" FROM ({usable}) GROUP BY phone HAVING count(*) > 1),"
        f" late AS (SELECT u.place, 'same phone as row ' || b.first_row AS reason FROM ({usable}) u"
        f" JOIN by_phone b ON b.value = u.phone WHERE u.place > b.first_place),"
        f" by_id AS (SELECT c_id AS value, arg_min(row, place) AS first_row, min(place) AS first_place"
        f" FROM ({usable}) u ANTI JOIN late USING (place) WHERE c_id <> '' GROUP BY c_id HAVING count(*) > 1)"
        f" SELECT * FROM late UNION ALL SELECT u.place, 'same id as row ' || b.first_row FROM ({usable}) u"
        f" ANTI JOIN late USING (place) JOIN by_id b ON b.value = u.c_id WHERE u.place > b.first_place"
    )


def _rejects(workspace: Workspace, source: SourceTable, judged: str) -> str:
    """Make the table of rows set aside, with their cells as they stand in the source."""
    bad = f"SELECT place, reason, c_id AS id FROM {judged} WHERE reason <> ''"
    if not source.table:
        return workspace.table("rejects", f"SELECT 0 AS row, '' AS file, reason, id FROM ({bad})")
    numbered = f"SELECT row_number() OVER () AS place, * FROM {source.table}"
    cells = "".join(f", s.{column}" for column in source.columns.values())
    return workspace.table(
        "rejects", f"SELECT s.row, s.file, b.reason, b.id{cells} FROM ({numbered}) s JOIN ({bad}) b USING (place)"
    )


def _summary(
    workspace: Workspace, contact_list: ContactList, source: SourceTable, *, judged: str, rejects: str, now: float
) -> SourceSummary:
    rejected = workspace.count(rejects)
    doubles, dropped = workspace.one(
        f"SELECT count(*) FILTER (reason LIKE 'same phone as row %' OR reason LIKE 'same id as row %'),"
        f" sum(dropped) FILTER (reason = '') FROM {judged}"
    )
    reasons = dict(
        workspace.run(
            f"SELECT regexp_replace(reason, '^same (phone|id) as row .*$', 'same \\1 as an earlier row') AS why,"
            f" count(*) FROM {rejects} GROUP BY why ORDER BY count(*) DESC, why"
        ).fetchall()
    )
    if dropped:
        reasons[SECONDARY_LEFT_OUT] = dropped
    return SourceSummary(
        name=contact_list.name,
        kind="contacts",
        label=contact_list.source.label,
        rows=source.rows,
        accepted=source.rows - rejected,
        rejected=rejected - doubles,
        duplicates=doubles,
        reasons=reasons,
        age=max(0.0, now - source.changed_at) if source.changed_at is not None else 0.0,
    )
