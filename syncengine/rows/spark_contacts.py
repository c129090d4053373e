# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""A contact list whose rows lie where Spark is: what differs is fetched and normalised here, the rest is remembered.

The result is the table that :mod:`contacts` would make of the whole source, so that everything after it (mapping,
do-not-call, the comparison with ledger and listing) is the same code on the same rows, and the plan has the same id.

Rows hang together where they share a number or an id, of which the first counts. So a remembered row that shares one
with a fetched row is fetched as well. The others share nothing with anybody: what is remembered holds each number and
each id once, and rows that were set aside are never remembered, hence always fetched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from syncengine.errors import SourceError
from syncengine.model.desired import ContactList, Source
from syncengine.rows.contacts import SECONDARY_LEFT_OUT, Contacts, normalised
from syncengine.rows.parquet_file import as_text
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.phones import library_version
from syncengine.rows.remembered_rows import Remembered, memory_file, remembered
from syncengine.rows.source_table import MAX_FIELD, SourceTable, checked_header, require_columns
from syncengine.rows.sources import pinned, too_few_files
from syncengine.rows.spark_rows import Apart, SparkRows, spark_rows
from syncengine.rows.workspace import Workspace, quoted

if TYPE_CHECKING:
    import pyarrow as pa

# Of the rows in memory; another one forgets them.
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkEngine:
    """Where lists are compared, and where their rows are remembered."""

    where: str
    # None: nothing is remembered, and all rows are fetched.
    folder: Path | None
    # Digest of what rows are mapped by.
    mappings: str

    def reads(self, source: Source) -> bool:
        """Whether a source is one for Spark."""
        return source.format in {"parquet", "table"}


def load_from_spark(
    workspace: Workspace,
    contact_list: ContactList,
    *,
    engine: SparkEngine,
    book: PhoneBook,
    now: float,
    people: bool = True,
) -> Contacts:
    """Read a contact list as :func:`contacts.load_contacts` does.

    Raises:
        SourceError: the source cannot be read, or lacks a mapped column.
        SyncEngineError: there is no Spark session.
    """
    source = contact_list.source
    paths, changed_at = _files(source)
    if source.format == "parquet" and not paths:
        return normalised(
            workspace, contact_list, SourceTable(changed_at=changed_at), book=book, now=now, people=people
        )
    rows = spark_rows(engine.where, source, paths)
    headings = checked_header(rows.headings, source.label)
    require_columns(headings, tuple(contact_list.columns.values()), source.label)
    memory = _memory(engine, contact_list, rows, people=people)
    known = remembered(workspace, memory)
    apart = rows.apart(known.path if known else None, known.digests if known else None)

    def normalise(fetched: "pa.Table") -> tuple[Contacts, str]:
        table, digests = _source_table(workspace, source, headings, fetched, changed_at)
        return normalised(workspace, contact_list, table, book=book, now=now, people=people), digests

    made, digests = normalise(apart.rows)
    if known:
        rest, adjacent = _rest(workspace, known, made, apart.gone)
        if adjacent.num_rows:
            workspace.drop(made.table, made.rejects, digests)
            made, digests = normalise(_both(apart, rows.with_digests(adjacent)))
        if not made.summary.accepted and not apart.gone.num_rows:
            # All of it is remembered already.
            memory = None
        return _with_rest(workspace, made, digests, rest, expected=apart.unchanged - adjacent.num_rows, memory=memory)
    return _with_rest(workspace, made, digests, "", expected=0, memory=memory)


def _files(source: Source) -> tuple[list[str], float | None]:
    """Return the files that have something in them, and when the oldest was changed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if len(source.paths) < source.min_files:
        raise SourceError(too_few_files(source, source.min_files))
    schemas, paths, changed = {}, [], []
    for path in source.paths:
        label = source.label_of(path)
        with pinned(Path(path), label) as found:
            changed.append(found.changed_at)
            if not found.size:
                continue
            try:
                schema = pq.read_schema(found.path)
            except (pa.ArrowException, OSError) as error:
                raise SourceError(
                    f"{label}: cannot be read as Parquet: it is damaged, cut off or something else"
                ) from error
        paths.append(path)
        schemas[label] = dict(zip(schema.names, schema.types, strict=True))
    first = next(iter(schemas.values()), {})
    odd = next((label for label, schema in schemas.items() if schema != first), "")
    if odd:
        raise SourceError(f"{odd}: its columns or their types are not those of the files before it")
    return paths, min(changed, default=None)


def _memory(engine: SparkEngine, contact_list: ContactList, rows: SparkRows, *, people: bool) -> Path | None:
    if engine.folder is None:
        return None
    rules = [
        _VERSION,
        rows.session.version,
        library_version(),
        engine.mappings,
        contact_list.region,
        sorted(contact_list.columns.items()),
        people,
        rows.headings,
        rows.types,
    ]
    return memory_file(engine.folder, contact_list.name, rules)


def _source_table(
    workspace: Workspace, source: Source, headings: Sequence[str], fetched: "pa.Table", changed_at: float | None
) -> tuple[SourceTable, str]:
    """Return rows of Spark as a source that was read, and the table (place, digest) of its rows."""
    with workspace.registered(fetched) as view:
        kinds = {name: kind for name, kind, *_ in workspace.run(f"DESCRIBE SELECT * FROM {view}").fetchall()}
        cells = [
            f"coalesce({as_text(f'c{n}', kinds[f'c{n}'], source.label)}, '') AS s{n}" for n in range(len(headings))
        ]
        order, files = _places(source, fetched)
        label = f"CASE file {files} END" if files else quoted(source.label)
        table = workspace.table(
            "source",
            f"SELECT place, coalesce(row, place) AS row, {label} AS file, '' AS problem, digest, {', '.join(cells)}"
            f" FROM (SELECT *, row_number() OVER (ORDER BY {order}) AS place FROM {view})",
        )
    (longest,) = workspace.one(
        f"SELECT max(greatest({', '.join(f'strlen(s{n})' for n in range(len(headings)))})) FROM {table}"
    )
    if longest > MAX_FIELD:
        raise SourceError(f"{source.label}: a text is longer than {MAX_FIELD:,} bytes")
    digests = workspace.table("digests", f"SELECT place, digest FROM {table}")
    columns = {heading: f"s{n}" for n, heading in enumerate(headings)}
    return (
        SourceTable(
            table=table, columns=columns, rows=fetched.num_rows, place="place", changed_at=changed_at, digest=""
        ),
        digests,
    )


def _places(source: Source, fetched: "pa.Table") -> tuple[str, str]:
    """Return SQL of the order in which rows count, and the arms that name their files.

    A table has no order; that of the digests is as good as any and always the same.
    """
    if source.format == "table":
        return "digest", ""
    where = {path: number for number, path in enumerate(source.paths)}
    named: Mapping[str, str] = {url: unquote(urlsplit(url).path) for url in fetched.column("file").unique().to_pylist()}
    files = " ".join(f"WHEN {quoted(url)} THEN {quoted(source.label_of(path))}" for url, path in named.items())
    numbers = " ".join(f"WHEN {quoted(url)} THEN {where[path]}" for url, path in named.items())
    return (f"CASE file {numbers} END, row", files) if named else ("row", "")


def _rest(workspace: Workspace, known: Remembered, made: Contacts, gone: "pa.Table") -> tuple[str, "pa.Table"]:
    """Return the table of remembered rows that need no second look, and the digests of those that do."""
    fetched = f"SELECT phone, own_id FROM {made.table}"
    if made.rejects:
        fetched += f" UNION ALL SELECT phone, own_id FROM {made.rejects}"
    with workspace.registered(gone) as view:
        there = f"SELECT * FROM {known.table} ANTI JOIN {view} USING (digest)"
        marked = workspace.table(
            "remembered",
            f"WITH fetched AS ({fetched}) SELECT *,"
            " (phone <> '' AND phone IN (SELECT phone FROM fetched))"
            " OR (own_id <> '' AND own_id IN (SELECT own_id FROM fetched)) AS adjacent"
            f" FROM ({there})",
        )
    adjacent = workspace.arrow(f"SELECT digest FROM {marked} WHERE adjacent")
    return f"(SELECT * EXCLUDE (adjacent) FROM {marked} WHERE NOT adjacent)", adjacent


def _both(apart: Apart, more: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    return pa.concat_tables([apart.rows, more])


def _with_rest(
    workspace: Workspace, made: Contacts, digests: str, rest: str, *, expected: int, memory: Path | None
) -> Contacts:
    """Return the fetched rows together with the remembered ones, whose places are no one's: below zero."""
    new = f"SELECT c.*, d.digest FROM {made.table} c JOIN {digests} d USING (place)"
    places = "SELECT * REPLACE (-row_number() OVER () AS place) FROM"
    table = workspace.table("contacts", f"{new} UNION ALL BY NAME {places} {rest}" if rest else new)
    unchanged, dropped = workspace.one(f"SELECT count(*), sum(dropped) FROM {table} WHERE place < 0")
    if unchanged != expected:
        raise SourceError(f"{made.list.source.label}: it was changed while it was read; plan again")
    workspace.drop(made.table, digests)
    reasons = dict(made.summary.reasons)
    if dropped:
        reasons[SECONDARY_LEFT_OUT] = reasons.pop(SECONDARY_LEFT_OUT, 0) + dropped
    ((digest,),) = workspace.run(
        f"SELECT md5(concat(count(*), ' ', bit_xor(md5_number_lower(digest)))) FROM {table}"
    ).fetchall()
    summary = replace(
        made.summary,
        rows=made.summary.rows + unchanged,
        accepted=made.summary.accepted + unchanged,
        reasons=reasons,
    )
    return replace(made, table=table, summary=summary, digest=digest, memory=memory)
