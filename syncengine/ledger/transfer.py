"""One project's ledger, copied from one store to another row by row, and compared afterwards.

A server numbers the rows of all its projects together, so the numbers of collections, runs and calls are moved up by
what the target has given out already.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.errors import LedgerError
from syncengine.ledger.store import Session


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns, in the order of its key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    # Which rows are a project's; with one parameter.
    where: str = "project = ?"
    # Column -> what it numbers.
    numbers: Mapping[str, str] = field(default_factory=dict)


_MY_COLLECTIONS = "collection_id IN (SELECT collection_id FROM collection WHERE project = ?)"
_MY_CALLS = "call_id IN (SELECT call_id FROM call WHERE project = ?)"

# Parents before their children.
TABLES: tuple[Table, ...] = (
    Table("project", ("project", "lineage", "serial", "seal", "doubt", "dnd_serial", "fence"), ("project",)),
    Table("ancestor", ("project", "lineage"), ("lineage",)),
    # Without its holders: a copy is held by nobody.
    Table("lease", ("project", "dialer", "serial"), ("dialer",)),
    Table(
        "statement",
        ("project", "list_name", "number", "first_read_at", "source_digest", "absent_since", "released_at",
         "release_basis"),
        ("list_name", "number"),
    ),
    Table("cover", ("project", "list_name", "name", "first_read_at"), ("list_name", "name")),
    Table("source", ("project", "name", "digest", "rows", "read_at"), ("name",)),
    Table(
        "campaign",
        ("project", "dialer", "key", "remote_id", "name", "status", "fields", "adopted", "state", "updated_at"),
        ("dialer", "key"),
    ),
    Table("suppression", ("project", "dialer", "campaign", "failures"), ("dialer", "campaign")),
    Table(
        "collection",
        ("collection_id", "project", "address", "generation", "removed_at"),
        ("collection_id",),
        numbers={"collection_id": "collection"},
    ),
    Table(
        "collection_row",
        ("collection_id", "key", "phones", "content_hash", "remote_id", "state", "message", "refused_hash",
         "expires_at", "updated_at", "call_id"),
        ("collection_id", "key"),
        where=_MY_COLLECTIONS,
        numbers={"collection_id": "collection", "call_id": "call"},
    ),
    Table(
        "run",
        ("run_id", "project", "kind", "plan_id", "who", "started_at", "ended_at", "outcome", "summary"),
        ("run_id",),
        numbers={"run_id": "run"},
    ),
    Table(
        "call",
        ("call_id", "project", "run_id", "fence", "dialer", "address", "operation", "action", "effect", "rows",
         "request_digest", "evidence", "proof", "settle", "task_id", "state", "outcome", "message", "expires_at",
         "started_at", "finished_at"),
        ("call_id",),
        numbers={"call_id": "call", "run_id": "run"},
    ),
    Table(
        "call_row",
        ("call_id", "key", "phones", "content_hash", "remote_id"),
        ("call_id", "key"),
        where=_MY_CALLS,
        numbers={"call_id": "call"},
    ),
    Table("note", ("project", "name", "value", "until"), ("name",)),
    Table("budget", ("project", "dialer", "day", "calls"), ("dialer", "day")),
)  # fmt: skip
_NUMBERED = {"collection": "collection_id", "run": "run_id", "call": "call_id"}


def copy_project(source: Session, target: Session, project: str) -> dict[str, int]:
    """Copy all of a project into a store that knows nothing of it; return the rows of each table.

    Raises:
        LedgerError: the target knows the project already, or what it holds now is not what the source holds.
    """
    _refuse_known(target, project)
    offsets = {name: _largest(target, name, column) for name, column in _NUMBERED.items()}
    for name in ("lease", "project"):
        target.execute(f"DELETE FROM {name} WHERE project = ?", (project,))  # noqa: S608 - names of ours
    for table in TABLES:
        target.insert(table.name, table.columns, _rows(source, table, project, offsets))
    target.numbers_were_given(_NUMBERED)
    return {table.name: _compare(source, target, table, project, offsets) for table in TABLES}


def erase_project(session: Session, project: str) -> None:
    """Take all of a project out of a store."""
    for table in reversed(TABLES):
        session.execute(f"DELETE FROM {table.name} WHERE {table.where}", (project,))  # noqa: S608 - names of ours


def _refuse_known(target: Session, project: str) -> None:
    for table in TABLES:
        if table.name in {"project", "lease"}:
            continue
        found = target.execute(f"SELECT 1 FROM {table.name} WHERE {table.where} LIMIT 1", (project,)).fetchone()  # noqa: S608 - names of ours
        if found is not None:
            raise LedgerError(f'the target holds a ledger of the project "{project}" already; name an empty one')


def _largest(target: Session, table: str, column: str) -> int:
    (found,) = target.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()  # noqa: S608 - names of ours
    return int(found)


def _rows(session: Session, table: Table, project: str, offsets: Mapping[str, int]) -> Iterator[Sequence[object]]:
    order = ", ".join(table.key)
    query = f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE {table.where} ORDER BY {order}"  # noqa: S608 - names of ours
    moved = [offsets.get(table.numbers.get(column, ""), 0) for column in table.columns]
    if not any(moved):
        yield from session.walk(query, (project,))
        return
    for row in session.walk(query, (project,)):
        # 0 stands for none.
        yield tuple(value + more if more and value else value for value, more in zip(row, moved, strict=True))


def _compare(source: Session, target: Session, table: Table, project: str, offsets: Mapping[str, int]) -> int:
    """Compare a table row for row and return how many there are."""
    count = 0
    theirs = _rows(target, table, project, {})
    for mine in _rows(source, table, project, offsets):
        if tuple(mine) != next(theirs, None):
            raise LedgerError(f"row {count + 1:,} of {table.name} did not arrive as it was; nothing was moved")
        count += 1
    if next(theirs, None) is not None:
        raise LedgerError(f"{table.name} has more rows at its target than it had; nothing was moved")
    return count
