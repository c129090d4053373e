# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""What one collection should hold: the lists that feed it, mapped, each person once.

Only keys and hashes are made for all rows. The vendor's fields are a query, computed for the rows that will be sent.
What most collections do not have (rows that cannot be mapped) costs them nothing: its name stays empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from syncengine.model.vendor import Collection, Column
from syncengine.rows.columns import BLANK, RecordField, Relation, mapped, national_sources, record_fields
from syncengine.rows.contacts import Contacts, take_up
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.phones import library_version
from syncengine.rows.remembered import hash_column
from syncengine.rows.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Rows that sources want in one collection, before do-not-call and before any comparison."""

    # Table or query: src, place, key, phone, phones, content_hash.
    table: str
    rows: int
    # Query: src, place, key, v0...
    records: str
    fields: tuple[RecordField, ...]
    # Table of the keys that a source names but that cannot be mapped or have no usable phone: left alone, neither added
    # nor removed. Empty name: there are none.
    unmappable: str
    # Reason -> count of rows that the mapping set aside.
    rejected: Mapping[str, int]
    # Table of src, file, row, reason of the same rows. Empty name: there are none.
    rejects: str
    # Rows of one list whose person, or id, an earlier list already names.
    doubled: int
    # The mapping itself, for rows that no source names.
    columns: tuple[Column, ...]
    # The lists, in order of src, each with the column in which its content hashes are remembered.
    lists: tuple[tuple[Contacts, str], ...] = ()
    # Fields of the record that are blank for all rows, by their place in it.
    blank: frozenset[int] = frozenset()
    # The remembered rows of a single list, as ``table``, and the others; empty: they are not told apart.
    known: str = ""
    new: str = ""


def wanted_contacts(
    workspace: Workspace,
    lists: Sequence[Contacts],
    *,
    collection: Collection,
    columns: Sequence[Column],
    book: PhoneBook,
) -> Wanted:
    """Return what some contact lists want in a collection; the first list that names a person counts."""
    parts = [_part(workspace, contacts, collection, columns, book) for contacts in lists]
    alone = _keys_set_aside(lists, collection)
    return _wanted(workspace, parts, columns=columns, book=book, unmappable=alone)


def wanted_numbers(workspace: Workspace, numbers: str, *, columns: Sequence[Column], book: PhoneBook) -> Wanted:
    """Return what a do-not-call collection should hold: a table of one column ``number``, E.164; empty: nothing."""
    if not numbers:
        return _nothing(workspace, columns)
    placed = workspace.table(
        "numbers",
        f"SELECT row_number() OVER () AS place, '' AS file, 0 AS row, number FROM {numbers} WHERE number <> ''",
    )
    relation = _relation_of(placed, key="number", phone="number", phones="number", by_id=True)
    part = _Part(keyed=relation, whole=relation)
    return _wanted(workspace, [part], columns=columns, book=book, unmappable="")


def with_records(workspace: Workspace, wanted: Wanted, rows: str, *, book: PhoneBook) -> None:
    """See to it that the records of some rows can be computed.

    Args:
        workspace: where the tables are.
        wanted: what is wanted; its ``records`` hold these rows then.
        rows: query of src and place.
        book: what numbers mean.
    """
    for src, (contacts, _) in enumerate(wanted.lists):
        chosen = f"(SELECT place AS row FROM ({rows}) WHERE src = {src})"
        if contacts.known is not None and take_up(workspace, contacts, chosen, book):
            cells = {column: f"c_{column}" for column in contacts.columns} | {"phone": "phone"}
            taken = Relation(table=contacts.known.taken_up, key="''", phone="''", phones="''", cells=cells)
            _learn_national(wanted.columns, [taken], book)


def bare_records(rows: str, *, by_id: bool, columns: Sequence[Column], book: PhoneBook) -> str:
    """Return a query of records for rows that no source names, of a table (key, phones): what key and phones give."""
    phone = "split_part(phones, ' ', 1)"
    relation = _relation_of(rows, key="key", phone=phone, phones="phones", by_id=by_id)
    made = mapped(columns, relation, book=book.table, national=_learn_national(columns, [relation], book))
    return f"SELECT key{_numbered(made.values)} FROM {rows} {made.joins}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one list gives to a collection."""

    # The rows that are mapped now, and those whose records can be computed.
    keyed: Relation
    whole: Relation
    # Query of place, key, phone, phones and content_hash of the remembered rows; empty: there are none.
    known: str = ""
    known_rows: int = 0
    contacts: Contacts | None = None
    hash_column: str = ""


def _part(
    workspace: Workspace, contacts: Contacts, collection: Collection, columns: Sequence[Column], book: PhoneBook
) -> _Part:
    by_id = collection.key == "id"
    cells = {column: f"c_{column}" for column in contacts.columns} | {"phone": "phone"}
    if by_id:
        cells["id"] = "key_id"
    key = "key_id" if by_id else "phone"
    keyed = Relation(
        table=contacts.table,
        key=key,
        phone="phone",
        phones="phones",
        cells=cells,
        custom={name: f"x{n}" for n, name in enumerate(contacts.custom)},
    )
    whole, known, column = replace(keyed, table=contacts.with_cells), contacts.known, _hash_column(columns, keyed)
    if known is None:
        return _Part(keyed=keyed, whole=whole, contacts=contacts, hash_column=column)
    if column not in known.hashes:
        # Remembered for another mapping.
        take_up(workspace, contacts, known.table, book)
        return _Part(keyed=whole, whole=whole, contacts=contacts, hash_column=column)
    return _Part(
        keyed=keyed,
        whole=whole,
        known=f"SELECT row AS place, {key} AS key, phone, phones, {column} AS content_hash FROM {known.table}",
        known_rows=known.rows,
        contacts=contacts,
        hash_column=column,
    )


def _hash_column(columns: Sequence[Column], relation: Relation) -> str:
    """Return the name under which content hashes are remembered: of all that decides what they are, besides a row."""
    made = mapped(columns, relation, book="", national="")
    return hash_column(repr((made.content_hash, made.problem, relation.key, library_version())))


def _relation_of(table: str, *, key: str, phone: str, phones: str, by_id: bool) -> Relation:
    cells = {"phone": phone, **({"id": key} if by_id else {})}
    return Relation(table=table, key=key, phone=phone, phones=phones, cells=cells)


def _keys_set_aside(lists: Sequence[Contacts], collection: Collection) -> str:
    """SQL for ids of rows without a usable phone: the source still names them, so they are not "gone"."""
    if collection.key != "id":
        return ""
    return " UNION ".join(
        f"SELECT DISTINCT own_id AS key FROM {c.rejects} WHERE own_id <> '' AND reason NOT LIKE 'same phone as row %'"
        for c in lists
        if c.rejects
    )


def _learn_national(columns: Sequence[Column], relations: Sequence[Relation], book: PhoneBook) -> str:
    sources = [s for s in national_sources(columns) if any(s in r.cells for r in relations)]
    texts = [f"SELECT {r.cells[s]} FROM {r.table}" for s in sources for r in relations if s in r.cells]
    return book.learn_national(" UNION ALL ".join(texts)) if texts else ""


def _numbered(values: Sequence[str]) -> str:
    return "".join(f", {value} AS v{n}" for n, value in enumerate(values))


def _wanted(
    workspace: Workspace, parts: Sequence[_Part], *, columns: Sequence[Column], book: PhoneBook, unmappable: str
) -> Wanted:
    if not parts:
        return _nothing(workspace, columns)
    national = _learn_national(columns, [part.keyed for part in parts], book)
    records, blank = [], set(range(len(columns)))
    for src, part in enumerate(parts):
        made = mapped(columns, part.whole, book=book.table, national=national)
        blank &= {n for n, value in enumerate(made.values) if value == BLANK}
        origin = f"FROM {part.whole.table} {made.joins}"
        records.append(f"SELECT {src} AS src, place, {part.whole.key} AS key{_numbered(made.values)} {origin}")
    every = workspace.table("every", " UNION ALL ".join(_keyed(parts, columns, book=book.table, national=national)))
    new, unusable = workspace.one(f"SELECT count(*), count(*) FILTER (problem <> '') FROM {every}")
    rejects, reasons = _set_aside(workspace, every) if unusable else ("", {})
    alone = " UNION ".join(filter(None, [f"SELECT DISTINCT key FROM {rejects}" if rejects else "", unmappable]))
    usable = new - unusable + sum(part.known_rows for part in parts)
    # Within one list each person and each key stands once already.
    once, rows = _each(every, parts), usable
    if len(parts) > 1:
        once = workspace.table("wanted", _once(once))
        rows = workspace.count(once)
        workspace.drop(every)
    return Wanted(
        table=once,
        rows=rows,
        records=f"({' UNION ALL '.join(records)})",
        fields=record_fields(columns),
        unmappable=workspace.table("left_alone", alone) if alone else "",
        rejected=reasons,
        rejects=rejects,
        doubled=usable - rows,
        columns=tuple(columns),
        blank=frozenset(blank),
        known=f"(SELECT 0 AS src, * FROM ({parts[0].known}))" if len(parts) == 1 and parts[0].known else "",
        new=_each(every, []),
        lists=tuple((part.contacts, part.hash_column) for part in parts if part.contacts is not None),
    )


def _keyed(parts: Sequence[_Part], columns: Sequence[Column], *, book: str, national: str) -> list[str]:
    """SQL of key, numbers, content hash and problem of the rows that are mapped now."""
    found = []
    for src, part in enumerate(parts):
        relation = part.keyed
        made = mapped(columns, relation, book=book, national=national)
        found.append(
            f"SELECT {src} AS src, place, file, row, {relation.key} AS key, {relation.phone} AS phone,"
            f" {relation.phones} AS phones, {made.content_hash} AS content_hash, {made.problem} AS problem"
            f" FROM {relation.table} {made.joins}"
        )
    return found


def _each(every: str, parts: Sequence[_Part]) -> str:
    """SQL for the rows that can be mapped, new and remembered."""
    known = [f" UNION ALL SELECT {src} AS src, * FROM ({p.known})" for src, p in enumerate(parts) if p.known]
    new = f"SELECT src, place, key, phone, phones, content_hash FROM {every} WHERE problem = ''"
    return f"({new}{''.join(known)})"


def _set_aside(workspace: Workspace, every: str) -> tuple[str, dict[str, int]]:
    """Make the table of rows that cannot be mapped; return it with reason -> count."""
    rejects = workspace.table(
        "unmapped", f"SELECT src, file, row, problem AS reason, key FROM {every} WHERE problem <> ''"
    )
    found = workspace.run(f"SELECT reason, count(*) FROM {rejects} GROUP BY reason ORDER BY 2 DESC, 1").fetchall()
    return rejects, dict(found)


def _once(usable: str) -> str:
    """SQL for each person and each key of several lists once."""
    first = "row_number() OVER (PARTITION BY {} ORDER BY src, place) = 1"
    # Rows without a number stand for people whom only the vendor knows; they are told apart by their key.
    person = "coalesce(nullif(phone, ''), key)"
    return f"SELECT * FROM (SELECT * FROM {usable} QUALIFY {first.format(person)}) QUALIFY {first.format('key')}"


def _nothing(workspace: Workspace, columns: Sequence[Column]) -> Wanted:
    empty = Relation(table="(SELECT 0 AS place, '' AS file, 0 AS row WHERE false)", key="''", phone="''", phones="''")
    made = mapped(columns, empty, book="", national="")
    return Wanted(
        table=workspace.table(
            "wanted",
            "SELECT 0 AS src, 0 AS place, '' AS key, '' AS phone, '' AS phones, '' AS content_hash WHERE false",
        ),
        rows=0,
        records=f"(SELECT 0 AS src, 0 AS place, '' AS key{_numbered(made.values)} WHERE false)",
        fields=record_fields(columns),
        unmappable="",
        rejected={},
        rejects="",
        doubled=0,
        columns=tuple(columns),
    )
