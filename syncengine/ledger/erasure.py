"""Everything that a ledger holds of one person taken out, and their do-not-call statements kept as keyed digests (D15).

What is not known to be over stays: a call whose outcome nobody knows needs its rows, and a person who is known to be at
a dialer would be added a second time, or never be taken out there, once that was forgotten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.ledger.rows import count_change
from syncengine.ledger.store import Session, marks

_MY_ROWS = "collection_id IN (SELECT collection_id FROM collection WHERE project = ?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom it is about: a number in all its spellings in E.164, and what each of them is in a statement from now on."""

    numbers: tuple[str, ...]
    # Number -> what stands in its place; empty where there is no key.
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a ledger holds of a person; no personal data is in it."""

    # Calls about them that have no known outcome: number, address, action.
    open_calls: Sequence[tuple[int, str, str]]
    # Where they are known to be, to be called: address -> rows.
    there: Mapping[str, int]
    # Do-not-call lists with a statement of theirs in force, and those that know them by a digest already.
    lists: tuple[str, ...]
    by_digest: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was taken out."""

    # Address -> rows.
    rows: Mapping[str, int]
    # Do-not-call lists in which a digest has taken the number's place.
    kept: tuple[str, ...]


def known_of(session: Session, project: str, person: Person) -> Known:
    """Return what is known of a person."""
    which, values = _theirs(person, "w.")
    calls = session.execute(
        "SELECT DISTINCT c.call_id, c.address, c.action FROM open_call c JOIN call_row w ON w.call_id = c.call_id"  # noqa: S608 - constants and question marks
        f" WHERE c.project = ? AND {which} ORDER BY c.call_id",
        (project, *values),
    ).fetchall()
    numbers, digests = sorted(person.numbers), sorted(person.digests.values())
    return Known(
        open_calls=[(int(call), str(address), str(action)) for call, address, action in calls],
        there=_count(session, project, person, also=" AND r.state = 'present' AND c.address NOT LIKE '%/dnd/%'"),
        lists=_lists_with(session, project, numbers),
        by_digest=_lists_with(session, project, digests),
    )


def _lists_with(session: Session, project: str, spellings: Sequence[str]) -> tuple[str, ...]:
    return _names(
        session.execute(
            "SELECT DISTINCT list_name FROM statement WHERE project = ? AND released_at IS NULL"  # noqa: S608 - question marks
            f" AND number IN {marks(spellings)} ORDER BY list_name",
            (project, *spellings),
        ).fetchall()
    )


def erase(session: Session, project: str, person: Person) -> Erased:
    """Take a person out; statements in force stay so, under a digest.

    Statements that were released are forgotten: a source that states the number again lists it again, which is the
    stricter way.
    """
    rows = _count(session, project, person)
    which, values = _theirs(person, "")
    # What a call about one person was is a plain hash of little else than their number: of no call more is kept than
    # that there was one. Which calls were about whom is not known any more once they are settled.
    session.execute("UPDATE call SET request_digest = '' WHERE project = ? AND rows = 1", (project,))
    session.execute(
        "UPDATE call SET request_digest = '' WHERE project = ? AND call_id IN"  # noqa: S608 - constants and question marks
        f" (SELECT call_id FROM collection_row WHERE {_MY_ROWS} AND {which})",
        (project, project, *values),
    )
    session.execute(f"DELETE FROM collection_row WHERE {_MY_ROWS} AND {which}", (project, *values))  # noqa: S608 - constants and question marks
    for address in rows:
        count_change(session, project, address)
    return Erased(rows=rows, kept=_keep_statements(session, project, person))


def _keep_statements(session: Session, project: str, person: Person) -> tuple[str, ...]:
    kept: list[str] = []
    for number in sorted(person.numbers):
        mine = (project, number)
        lists = _lists_with(session, project, [number])
        if lists:
            digest = person.digests[number]
            session.execute(
                "DELETE FROM statement WHERE project = ? AND number = ? AND released_at IS NOT NULL", (project, digest)
            )
            session.execute(
                "INSERT INTO statement (project, list_name, number, first_read_at, source_digest, absent_since)"
                " SELECT project, list_name, ?, first_read_at, source_digest, absent_since FROM statement"
                " WHERE project = ? AND number = ? AND released_at IS NULL"
                " ON CONFLICT (project, list_name, number) DO NOTHING",
                (digest, *mine),
            )
        session.execute("DELETE FROM statement WHERE project = ? AND number = ?", mine)
        kept += lists
    return tuple(dict.fromkeys(kept))


def _count(session: Session, project: str, person: Person, *, also: str = "") -> dict[str, int]:
    which, values = _theirs(person, "r.")
    found = session.execute(
        "SELECT c.address, count(*) FROM collection c JOIN collection_row r ON r.collection_id = c.collection_id"  # noqa: S608 - constants and question marks
        f" WHERE c.project = ? AND {which}{also} GROUP BY c.address ORDER BY c.address",
        (project, *values),
    ).fetchall()
    return {str(address): int(count) for address, count in found}


def _theirs(person: Person, table: str) -> tuple[str, list[str]]:
    """Return the condition under which a row is the person's, by a phone of any place or by an id that is a number."""
    ids = [spelling for number in sorted(person.numbers) for spelling in (number, number[1:])]
    phones = [f"% {number} %" for number in sorted(person.numbers)]
    among = " OR ".join([f"' ' || {table}phones || ' ' LIKE ?"] * len(phones))
    return f"({among} OR {table}key IN {marks(ids)} OR {table}remote_id IN {marks(ids)})", [*phones, *ids, *ids]


def _names(found: Sequence[tuple[str]]) -> tuple[str, ...]:
    return tuple(str(name) for (name,) in found)
