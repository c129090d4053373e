"""What becomes of the rows of a call, and of what was known before, when their outcome is known.

Each row gets one *booking*: the state it now has, ``gone``, ``refused`` or ``as_was`` (nothing happened to it), or
``unknown`` (it stays with its call). The bookings of a call are staged in a temporary table and carried out set by
set, so that ten thousand answers cost a handful of statements.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from syncengine.ledger.store import Session
from syncengine.model.phone import mask_numbers_in
from syncengine.model.ports import RowOutcome

_MESSAGE_LENGTH = 500
_KEY = itemgetter(0)
_VERDICT = ("key", "booking", "message", "remote_id")

# (action, outcome) -> booking. What is not here is unknown: an answer that makes no sense proves nothing.
_BOOKINGS: Mapping[tuple[str, str], str] = {
    ("add", "applied"): "present",
    ("add", "already_present"): "present",
    ("update", "applied"): "present",
    ("update", "already_present"): "present",
    # The row is gone at the dialer, but it stays in the ledger: perhaps the person was called already.
    ("update", "already_absent"): "refused",
    ("remove", "applied"): "gone",
    ("remove", "already_absent"): "gone",
    ("block", "applied"): "blocked",
    ("block", "already_present"): "blocked",
    # Nothing is there that could be dialled.
    ("block", "already_absent"): "gone",
    ("unblock", "applied"): "present",
    ("unblock", "already_present"): "present",
    ("unblock", "already_absent"): "refused",
    ("add", "rejected"): "rejected",
    ("update", "rejected"): "refused",
    ("remove", "rejected"): "refused",
    ("block", "rejected"): "refused",
    ("unblock", "rejected"): "refused",
    ("add", "deferred"): "deferred",
    ("add", "failed"): "deferred",
}
_NOTHING_HAPPENED = frozenset({"deferred", "failed", "skipped", "held"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """The call whose rows are booked."""

    call_id: int
    project: str
    address: str
    collection_id: int
    action: str
    expires_at: float | None


def booking_of(action: str, outcome: str) -> str:
    """Return what an outcome means for a row."""
    fallback = "as_was" if outcome in _NOTHING_HAPPENED else "unknown"
    return _BOOKINGS.get((action, outcome), fallback)


def clean_message(message: str) -> str:
    """Return a vendor's words as they may be kept: short, no number in clear."""
    return mask_numbers_in(message)[:_MESSAGE_LENGTH] if message else ""


def stage_all(connection: Session, call_id: int, *, booking: str, message: str) -> None:
    """Stage one booking for every open row of a call."""
    _empty_stage(connection)
    connection.execute(
        "INSERT INTO verdict SELECT key, ?, ?, '' FROM call_row WHERE call_id = ?",
        (booking, clean_message(message), call_id),
    )


def stage_each(connection: Session, call_id: int, action: str, outcomes: Mapping[str, RowOutcome]) -> None:
    """Stage the booking of each named row; an open row that is not named stays unknown, a foreign one is ignored."""
    mine = {key for (key,) in connection.execute("SELECT key FROM call_row WHERE call_id = ?", (call_id,))}
    only = _only_word(outcomes)
    if only and outcomes.keys() == mine:
        # The usual answer, and several times quicker without a tuple per row.
        stage_all(connection, call_id, booking=booking_of(action, only), message="")
        return
    _empty_stage(connection)
    bookings = {word: booking_of(action, word) for word in {found.outcome for found in outcomes.values()}}
    connection.insert(
        "verdict",
        _VERDICT,
        [
            (key, bookings[found.outcome], clean_message(found.message), found.remote_id)
            for key, found in sorted(outcomes.items(), key=_KEY)
            if key in mine
        ],
    )


def _only_word(outcomes: Mapping[str, RowOutcome]) -> str:
    """Return the outcome that all rows share, when nothing else is said about any of them."""
    first = next(iter(outcomes.values())).outcome
    same = all(found.outcome == first and not found.message and not found.remote_id for found in outcomes.values())
    return first if same else ""


def stage_keys(connection: Session, keys: Iterable[str], *, booking: str) -> None:
    """Stage one booking for some keys."""
    _empty_stage(connection)
    connection.insert("verdict", _VERDICT, [(key, booking, "", "") for key in keys])


def _empty_stage(connection: Session) -> None:
    connection.stage(
        "verdict", "key TEXT PRIMARY KEY, booking TEXT NOT NULL, message TEXT NOT NULL, remote_id TEXT NOT NULL"
    )


def carry_out(connection: Session, call: Booked, *, now: float) -> int:
    """Carry out the staged bookings and return how many rows of the call are still unknown."""
    staged = {name for (name,) in connection.execute("SELECT DISTINCT booking FROM verdict")}
    if staged & {"present", "blocked"}:
        _land(connection, call, now)
    if staged & {"rejected", "deferred"}:
        _keep_out(connection, call, now)
    if staged & {"refused", "as_was"}:
        _leave(connection, call)
    if "gone" in staged:
        connection.execute(
            "DELETE FROM collection_row WHERE collection_id = ?"
            " AND key IN (SELECT key FROM verdict WHERE booking = 'gone')",
            (call.collection_id,),
        )
    older = _older_calls(connection, call.project, call.address, call.call_id)
    if older and call.action == "add":
        _join_phones(connection, call.collection_id, older)
    _close_rows(connection, older)
    return _settle_rows(connection, call.call_id)


def _settle_rows(connection: Session, call_id: int) -> int:
    """Take the settled rows from their call and return how many stay with it."""
    (settled,) = connection.execute("SELECT count(*) FROM verdict WHERE booking <> 'unknown'").fetchone()
    (open_rows,) = connection.execute("SELECT count(*) FROM call_row WHERE call_id = ?", (call_id,)).fetchone()
    if settled == open_rows:
        # Nearly always; a whole range goes several times faster than row by row.
        connection.execute("DELETE FROM call_row WHERE call_id = ?", (call_id,))
    else:
        connection.execute(
            "DELETE FROM call_row WHERE call_id = ? AND key IN (SELECT key FROM verdict WHERE booking <> 'unknown')",
            (call_id,),
        )
    return int(open_rows - settled)


def _land(connection: Session, call: Booked, now: float) -> None:
    """Book rows that are at the dialer as the call wanted them. What the call did not state is kept."""
    # An addition states anew whether and when the entry lapses; other calls leave that as it is.
    expires = "excluded.expires_at" if call.action == "add" else "collection_row.expires_at"
    connection.execute(
        "INSERT INTO collection_row (collection_id, key, phones, content_hash, remote_id, state, message,"  # noqa: S608 constants
        " refused_hash, expires_at, updated_at, call_id)"
        " SELECT ?, c.key, c.phones, c.content_hash, CASE v.remote_id WHEN '' THEN c.remote_id ELSE v.remote_id END,"
        " v.booking, '', '', CAST(? AS DOUBLE PRECISION), CAST(? AS DOUBLE PRECISION), c.call_id"
        " FROM call_row c JOIN verdict v ON v.key = c.key"
        " WHERE c.call_id = ? AND v.booking IN ('present', 'blocked')"
        " ON CONFLICT (collection_id, key) DO UPDATE SET"
        " phones = CASE excluded.phones WHEN '' THEN collection_row.phones ELSE excluded.phones END,"
        " content_hash ="
        " CASE excluded.content_hash WHEN '' THEN collection_row.content_hash ELSE excluded.content_hash END,"
        " remote_id = CASE excluded.remote_id WHEN '' THEN collection_row.remote_id ELSE excluded.remote_id END,"
        " state = excluded.state, message = '', refused_hash = '',"
        f" expires_at = {expires}, updated_at = excluded.updated_at, call_id = excluded.call_id",
        (call.collection_id, call.expires_at, now, call.call_id),
    )


def _keep_out(connection: Session, call: Booked, now: float) -> None:
    """Book additions that the dialer did not take; a row known to be there from before stays known to be there."""
    connection.execute(
        "INSERT INTO collection_row (collection_id, key, phones, content_hash, remote_id, state, message,"
        " refused_hash, expires_at, updated_at, call_id)"
        " SELECT ?, c.key, c.phones, c.content_hash, c.remote_id, v.booking, v.message,"
        " CASE v.booking WHEN 'rejected' THEN c.content_hash ELSE '' END, NULL, CAST(? AS DOUBLE PRECISION), c.call_id"
        " FROM call_row c JOIN verdict v ON v.key = c.key"
        " WHERE c.call_id = ? AND v.booking IN ('rejected', 'deferred')"
        " ON CONFLICT (collection_id, key) DO UPDATE SET"
        " message = excluded.message, refused_hash = excluded.refused_hash, call_id = excluded.call_id,"
        " state = CASE WHEN collection_row.state IN ('present', 'blocked')"
        " THEN collection_row.state ELSE excluded.state END,"
        " phones = CASE WHEN collection_row.state IN ('present', 'blocked')"
        " THEN collection_row.phones ELSE excluded.phones END,"
        " content_hash = CASE WHEN collection_row.state IN ('present', 'blocked')"
        " THEN collection_row.content_hash ELSE excluded.content_hash END,"
        " updated_at = CASE WHEN collection_row.state IN ('present', 'blocked')"
        " THEN collection_row.updated_at ELSE excluded.updated_at END",
        (call.collection_id, now, call.call_id),
    )


def _leave(connection: Session, call: Booked) -> None:
    """Keep rows as they were before the call, with the dialer's words and the content that it refused."""
    connection.execute(
        "UPDATE collection_row SET message = v.message,"
        " refused_hash = CASE v.booking WHEN 'refused' THEN c.content_hash ELSE collection_row.refused_hash END"
        " FROM verdict v JOIN call_row c ON c.key = v.key AND c.call_id = ?"
        " WHERE collection_row.collection_id = ? AND collection_row.key = v.key"
        " AND (v.booking = 'refused' OR (v.booking = 'as_was' AND v.message <> ''))",
        (call.call_id, call.collection_id),
    )


def close_open_rows(connection: Session, project: str, address: str) -> None:
    """Settle what calls left open about staged rows that are now known to be there, or known to be gone."""
    _close_rows(connection, _older_calls(connection, project, address, None))


def has_open_rows(connection: Session, project: str, address: str) -> bool:
    """Whether any call about rows of a collection is open."""
    return bool(_older_calls(connection, project, address, None))


def _older_calls(connection: Session, project: str, address: str, before: int | None) -> list[int]:
    found = connection.execute(
        "SELECT call_id FROM open_call WHERE project = ? AND address = ? AND rows > 0", (project, address)
    )
    return [call_id for (call_id,) in found if before is None or call_id < before]


def _join_phones(connection: Session, collection_id: int, older: Iterable[int]) -> None:
    """Keep the phones of a lost addition beside those of its repeat: the dialer may hold either."""
    connection.executemany(
        "UPDATE collection_row SET phones = collection_row.phones || ' ' || w.phones"
        " FROM call_row w JOIN verdict v ON v.key = w.key AND v.booking = 'present'"
        " WHERE w.call_id = ? AND collection_row.collection_id = ? AND collection_row.key = w.key"
        " AND w.phones <> collection_row.phones",
        [(call_id, collection_id) for call_id in older],
    )


def _close_rows(connection: Session, calls: Iterable[int]) -> None:
    for call_id in calls:
        connection.execute(
            "DELETE FROM call_row WHERE call_id = ?"
            " AND key IN (SELECT key FROM verdict WHERE booking IN ('present', 'blocked', 'gone'))",
            (call_id,),
        )
        _close_if_empty(connection, call_id)


def _close_if_empty(connection: Session, call_id: int) -> None:
    """Mark a call about rows as done when none of its rows is open any more."""
    connection.execute(
        "UPDATE call SET state = 'done' WHERE call_id = ? AND rows > 0"
        " AND NOT EXISTS (SELECT 1 FROM call_row WHERE call_row.call_id = call.call_id)",
        (call_id,),
    )
