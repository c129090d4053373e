"""Do-not-call statements: kept from their first reading, gone only by a release that names them.

A line that is merely gone from its source releases nobody. A statement beats an earlier release only when it is a new
one: the source must have lacked the number in between. A source that goes on stating a released number contradicts
the release, and the caller is told. Of people who were erased a digest stands in the place of the number (erasure.py);
it is no number, and whoever asks for those does not get it.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from syncengine.errors import LedgerError
from syncengine.ledger.records import SourceReading, StatementsRead
from syncengine.ledger.store import Columns, Session
from syncengine.model.counted import plural
from syncengine.model.phone import ERASED_MARK

if TYPE_CHECKING:
    import pyarrow as pa


def record(
    connection: Session,
    project: str,
    list_name: str,
    numbers: "Iterable[str] | pa.Table",
    *,
    source_digest: str,
    now: float,
    complete: bool,
) -> StatementsRead:
    """Keep what one reading of a list states; an incomplete reading tells nothing about numbers it lacks."""
    _stage(connection, list_name, numbers)
    which = (project, list_name)
    contradictions = connection.execute(
        "SELECT number FROM statement WHERE project = ? AND list_name = ?"
        " AND released_at IS NOT NULL AND absent_since IS NULL AND number IN (SELECT number FROM incoming)"
        " ORDER BY number",
        which,
    ).fetchall()
    again = connection.execute(
        "UPDATE statement SET released_at = NULL, release_basis = '', first_read_at = ?, source_digest = ?"
        " WHERE project = ? AND list_name = ? AND released_at IS NOT NULL AND absent_since IS NOT NULL"
        " AND number IN (SELECT number FROM incoming)",
        (now, source_digest, *which),
    ).rowcount
    back = connection.execute(
        "UPDATE statement SET absent_since = NULL WHERE project = ? AND list_name = ? AND absent_since IS NOT NULL"
        " AND number IN (SELECT number FROM incoming)",
        which,
    ).rowcount
    if complete:
        connection.execute(
            "UPDATE statement SET absent_since = ? WHERE project = ? AND list_name = ? AND absent_since IS NULL"
            " AND number NOT IN (SELECT number FROM incoming)",
            (now, *which),
        )
    new = connection.execute(
        "INSERT INTO statement (project, list_name, number, first_read_at, source_digest)"
        " SELECT ?, ?, number, CAST(? AS DOUBLE PRECISION), ? FROM incoming WHERE true"
        " ON CONFLICT (project, list_name, number) DO NOTHING",
        (*which, now, source_digest),
    ).rowcount
    connection.execute("DELETE FROM incoming")
    return StatementsRead(new=new, again=again, back=back, contradictions=tuple(number for (number,) in contradictions))


def _stage(connection: Session, list_name: str, numbers: "Iterable[str] | pa.Table") -> None:
    connection.stage("incoming", "number TEXT PRIMARY KEY")
    connection.insert("incoming", ("number",), _parameters(numbers), conflict="DO NOTHING")
    (odd,) = connection.execute("SELECT count(*) FROM incoming WHERE number NOT LIKE '+%'").fetchone()
    if odd:
        raise LedgerError(
            f"do-not-call list {list_name}: {plural(odd, 'number is', 'numbers are')} not in E.164 form and would never"
            " match; normalise them before they are recorded"
        )


def _parameters(numbers: "Iterable[str] | pa.Table") -> Iterator[tuple[str]]:
    """Walk the numbers in order (sorted keys insert about twice as fast); columns go piece by piece."""
    if not hasattr(numbers, "column"):
        yield from zip(sorted(set(numbers)), strict=True)
        return
    for piece in numbers.column("number").chunks:
        yield from zip(piece.to_pylist(), strict=True)


def release(
    connection: Session, project: str, list_name: str, numbers: Iterable[str], *, basis: str, now: float
) -> int:
    """Take numbers off a list by name and return how many were in force."""
    return connection.executemany(
        "UPDATE statement SET released_at = ?, release_basis = ?"
        " WHERE project = ? AND list_name = ? AND number = ? AND released_at IS NULL",
        [(now, basis, project, list_name, number) for number in sorted(set(numbers))],
    )


def in_force(connection: Session, project: str, list_name: str, *, read_before: float | None = None) -> "pa.Table":
    """Return the numbers of a list that are in force, with the time of their first reading, sorted."""
    early, parameters = ("", ()) if read_before is None else (" AND first_read_at < ?", (read_before,))
    return connection.read_columns(
        Columns(
            source="statement",
            where=f"project = ? AND list_name = ? AND released_at IS NULL AND number < '{ERASED_MARK}'{early}",
            key="number",
            texts=("number",),
            reals=("first_read_at",),
        ),
        (project, list_name, *parameters),
    )


def all_numbers(connection: Session, project: str, list_names: Iterable[str], *, released: bool = False) -> set[str]:
    """Return every number that is in force on any of some lists, or every one that was taken off by name."""
    found: set[str] = set()
    for name in list_names:
        found.update(
            number
            for (number,) in connection.execute(
                f"SELECT number FROM statement WHERE project = ? AND list_name = ? AND number < '{ERASED_MARK}'"  # noqa: S608 constants
                f" AND released_at IS {'NOT NULL' if released else 'NULL'}",
                (project, name),
            )
        )
    return found


def erased(connection: Session, project: str) -> dict[str, dict[str, float]]:
    """Return list -> what stands in force there in the place of numbers of people who were erased -> first reading."""
    lists = connection.execute(
        "SELECT DISTINCT list_name FROM statement WHERE project = ? AND number >= ? AND released_at IS NULL",
        (project, ERASED_MARK),
    ).fetchall()
    return {
        name: dict(
            connection.execute(
                "SELECT number, first_read_at FROM statement WHERE project = ? AND list_name = ? AND number >= ?"
                " AND released_at IS NULL",
                (project, name, ERASED_MARK),
            ).fetchall()
        )
        for (name,) in lists
    }


def set_aside(connection: Session, project: str) -> None:
    """Remember all statements in force, and where lists hold, until the end of the transaction."""
    connection.stage(
        "aside",
        "list_name TEXT NOT NULL, number TEXT NOT NULL, first_read_at REAL NOT NULL, source_digest TEXT NOT NULL,"
        " absent_since REAL, PRIMARY KEY (list_name, number)",
    )
    connection.stage(
        "aside_cover",
        "list_name TEXT NOT NULL, name TEXT NOT NULL, first_read_at REAL NOT NULL, PRIMARY KEY (list_name, name)",
    )
    connection.execute(
        "INSERT INTO aside SELECT list_name, number, first_read_at, source_digest, absent_since FROM statement"
        " WHERE project = ? AND released_at IS NULL",
        (project,),
    )
    connection.execute(
        "INSERT INTO aside_cover SELECT list_name, name, first_read_at FROM cover WHERE project = ?", (project,)
    )


def put_back(connection: Session, project: str) -> None:
    """Put what was set aside in force again, whatever stands there now: a backup releases nobody."""
    connection.execute(
        "INSERT INTO statement (project, list_name, number, first_read_at, source_digest, absent_since)"
        " SELECT CAST(? AS TEXT), list_name, number, first_read_at, source_digest, absent_since FROM aside WHERE true"
        " ON CONFLICT (project, list_name, number) DO UPDATE SET released_at = NULL, release_basis = ''",
        (project,),
    )
    connection.execute(
        "INSERT INTO cover (project, list_name, name, first_read_at)"
        " SELECT CAST(? AS TEXT), list_name, name, first_read_at FROM aside_cover WHERE true"
        " ON CONFLICT (project, list_name, name) DO NOTHING",
        (project,),
    )


def cover(connection: Session, project: str, list_name: str, names: Iterable[str], *, now: float) -> int:
    """Keep where a list holds and return how many places are new."""
    return sum(
        connection.execute(
            "INSERT INTO cover (project, list_name, name, first_read_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (project, list_name, name) DO NOTHING",
            (project, list_name, name, now),
        ).rowcount
        for name in sorted(set(names))
    )


def covers(connection: Session, project: str) -> dict[str, frozenset[str]]:
    """Return list -> where it has ever held: "all", dialers, campaigns by key."""
    found: dict[str, set[str]] = {}
    for list_name, name in connection.execute(
        "SELECT list_name, name FROM cover WHERE project = ?", (project,)
    ).fetchall():
        found.setdefault(list_name, set()).add(name)
    return {list_name: frozenset(names) for list_name, names in found.items()}


def remember_source(connection: Session, project: str, name: str, *, digest: str, rows: int, now: float) -> None:
    """Remember how long a source was, so that the next reading can be seen to have shrunk."""
    connection.execute(
        "INSERT INTO source (project, name, digest, rows, read_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (project, name) DO UPDATE"
        " SET digest = excluded.digest, rows = excluded.rows, read_at = excluded.read_at",
        (project, name, digest, rows, now),
    )


def last_reading(connection: Session, project: str, name: str) -> SourceReading | None:
    """Return the last reading of a source."""
    found = connection.execute(
        "SELECT digest, rows, read_at FROM source WHERE project = ? AND name = ?", (project, name)
    ).fetchone()
    return SourceReading(digest=found[0], rows=found[1], read_at=found[2]) if found else None


def list_names(connection: Session, project: str) -> tuple[str, ...]:
    """Return the names of all lists with a statement in force, also of those that no manifest names any more."""
    found = connection.execute(
        "SELECT DISTINCT list_name FROM statement WHERE project = ? AND released_at IS NULL ORDER BY list_name",
        (project,),
    )
    return tuple(name for (name,) in found)


def counts(connection: Session, project: str) -> dict[str, int]:
    """Return list -> its statements in force, those of erased people, too."""
    found = connection.execute(
        "SELECT list_name, count(*) FROM statement WHERE project = ? AND released_at IS NULL"
        " GROUP BY list_name ORDER BY list_name",
        (project,),
    )
    return {str(name): int(count) for name, count in found}
