"""What becomes of the rows of a call, and of what was known before, when their outcome is known.

Each row gets one *booking*: the state it now has, ``gone``, ``refused`` or ``as_was`` (nothing happened to it), or
``unknown`` (it stays with its call). The bookings of calls that end together are staged in a temporary table and
carried out set by set, so that ten thousand answers of one call, or one answer of each of many, cost a handful of
statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from syncengine.ledger.store import Session, few_lengths, marks
from syncengine.model.phone import mask_numbers_in
from syncengine.model.ports import RowOutcome

_MESSAGE_LENGTH = 500
_KEY = itemgetter(0)
_VERDICT = ("call_id", "key", "booking", "message", "remote_id")
# A call with one of these proofs may simply be sent again.
REPEATABLE = frozenset({"repeat", "refusal"})
IS_REPEATABLE = f"proof IN ({', '.join(map(repr, sorted(REPEATABLE)))})"

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
class Together:
    """Calls that end in the same transaction: about one collection, of one action, no row in two of them."""

    project: str
    address: str
    collection_id: int
    action: str
    suppressing: bool
    calls: Sequence[int]


def booking_of(action: str, outcome: str) -> str:
    """Return what an outcome means for a row."""
    fallback = "as_was" if outcome in _NOTHING_HAPPENED else "unknown"
    return _BOOKINGS.get((action, outcome), fallback)


def clean_message(message: str) -> str:
    """Return a vendor's words as they may be kept: short, no number in clear."""
    return mask_numbers_in(message)[:_MESSAGE_LENGTH] if message else ""


def stage_all(connection: Session, call_id: int, *, booking: str, message: str) -> None:
    """Stage one booking for every open row of a call."""
    connection.execute(
        "INSERT INTO verdict SELECT call_id, key, ?, ?, '' FROM call_row WHERE call_id = ?",
        (booking, clean_message(message), call_id),
    )


def stage_each(connection: Session, action: str, calls: Mapping[int, Mapping[str, RowOutcome]]) -> None:
    """Stage the booking of each named row; an open row that is not named stays unknown, a foreign one is ignored."""
    each: list[tuple[int, str, str, str, str]] = []
    for call_id, mine in _open_keys(connection, sorted(calls)).items():
        outcomes = calls[call_id]
        only = _only_word(outcomes) if len(outcomes) > 1 else ""
        if only and outcomes.keys() == mine:
            # The usual answer, and several times quicker without a tuple per row.
            stage_all(connection, call_id, booking=booking_of(action, only), message="")
            continue
        each += [
            (call_id, key, booking_of(action, found.outcome), clean_message(found.message), found.remote_id)
            for key, found in sorted(outcomes.items(), key=_KEY)
            if key in mine
        ]
    connection.insert("verdict", _VERDICT, each)


def _open_keys(connection: Session, calls: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {call_id: set() for call_id in calls}
    asked = few_lengths(calls)
    for call_id, key in connection.execute(
        f"SELECT call_id, key FROM call_row WHERE call_id IN {marks(asked)}",  # noqa: S608 - question marks
        asked,
    ):
        found[call_id].add(key)
    return found


def _only_word(outcomes: Mapping[str, RowOutcome]) -> str:
    """Return the outcome that all rows share, when nothing else is said about any of them."""
    first = next(iter(outcomes.values())).outcome
    same = all(found.outcome == first and not found.message and not found.remote_id for found in outcomes.values())
    return first if same else ""


def stage_keys(connection: Session, keys: Iterable[str], *, booking: str) -> None:
    """Stage one booking for some keys, whatever their calls."""
    begin_stage(connection)
    connection.insert("verdict", _VERDICT, [(0, key, booking, "", "") for key in keys])


def begin_stage(connection: Session) -> None:
    """Make ready for staging; nothing is staged yet."""
    connection.stage(
        "verdict",
        "call_id INTEGER NOT NULL, key TEXT NOT NULL, booking TEXT NOT NULL, message TEXT NOT NULL,"
        " remote_id TEXT NOT NULL, PRIMARY KEY (key, call_id)",
    )


def carry_out(connection: Session, calls: Together, *, now: float) -> dict[int, int]:
    """Carry out the staged bookings and return how many rows of each call are still unknown."""
    staged = {name for (name,) in connection.execute("SELECT DISTINCT booking FROM verdict")}
    if staged & {"present", "blocked"}:
        _land(connection, calls, now)
    if staged & {"rejected", "deferred"}:
        _keep_out(connection, calls, now)
    if staged & {"refused", "as_was"}:
        _leave(connection, calls)
    if "gone" in staged:
        connection.execute(
            "DELETE FROM collection_row WHERE collection_id = ?"
            " AND key IN (SELECT key FROM verdict WHERE booking = 'gone')",
            (calls.collection_id,),
        )
        connection.execute(
            "UPDATE collection SET removed_at = CAST(? AS DOUBLE PRECISION) WHERE collection_id = ?",
            (now, calls.collection_id),
        )
    older = _older_calls(connection, calls)
    if older and calls.action == "add":
        _join_phones(connection, calls.collection_id, older)
    _close_rows(connection, older)
    return _settle_rows(connection, calls.calls)


def _settle_rows(connection: Session, calls: Sequence[int]) -> dict[int, int]:
    """Take the settled rows from their calls and return how many stay with each."""
    found = connection.execute(
        "SELECT call_id, count(*) FROM verdict WHERE booking <> 'unknown' GROUP BY call_id"
    ).fetchall()
    settled = dict(found)
    opened = _count_open(connection, calls)
    left = {call_id: opened.get(call_id, 0) - settled.get(call_id, 0) for call_id in calls}
    # Nearly all; a whole range goes several times faster than row by row.
    whole = few_lengths([call_id for call_id in calls if not left[call_id]])
    connection.execute(f"DELETE FROM call_row WHERE call_id IN {marks(whole)}", whole)  # noqa: S608 - question marks
    for call_id in calls:
        if left[call_id] and settled.get(call_id):
            connection.execute(
                "DELETE FROM call_row WHERE call_id = ? AND key IN"
                " (SELECT key FROM verdict WHERE call_id = ? AND booking <> 'unknown')",
                (call_id, call_id),
            )
    return left


def _count_open(connection: Session, calls: Sequence[int]) -> dict[int, int]:
    asked = few_lengths(calls)
    return dict(
        connection.execute(
            f"SELECT call_id, count(*) FROM call_row WHERE call_id IN {marks(asked)} GROUP BY call_id",  # noqa: S608 - question marks
            asked,
        ).fetchall()
    )


def _land(connection: Session, calls: Together, now: float) -> None:
    """Book rows that are at the dialer as the call wanted them. What the call did not state is kept."""
    # An addition states anew whether and when the entry lapses; other calls leave that as it is.
    expires = "excluded.expires_at" if calls.action == "add" else "collection_row.expires_at"
    connection.execute(
        "INSERT INTO collection_row (collection_id, key, phones, content_hash, remote_id, state, message,"  # noqa: S608 constants
        " refused_hash, expires_at, updated_at, call_id)"
        " SELECT ?, c.key, c.phones, c.content_hash, CASE v.remote_id WHEN '' THEN c.remote_id ELSE v.remote_id END,"
        " v.booking, '', '', sent.expires_at, CAST(? AS DOUBLE PRECISION), c.call_id"
        " FROM verdict v JOIN call_row c ON c.call_id = v.call_id AND c.key = v.key"
        " JOIN call sent ON sent.call_id = v.call_id"
        " WHERE v.booking IN ('present', 'blocked')"
        " ON CONFLICT (collection_id, key) DO UPDATE SET"
        " phones = CASE excluded.phones WHEN '' THEN collection_row.phones ELSE excluded.phones END,"
        " content_hash ="
        " CASE excluded.content_hash WHEN '' THEN collection_row.content_hash ELSE excluded.content_hash END,"
        " remote_id = CASE excluded.remote_id WHEN '' THEN collection_row.remote_id ELSE excluded.remote_id END,"
        " state = excluded.state, message = '', refused_hash = '',"
        f" expires_at = {expires}, updated_at = excluded.updated_at, call_id = excluded.call_id",
        (calls.collection_id, now),
    )


def _keep_out(connection: Session, calls: Together, now: float) -> None:
    """Book additions that the dialer did not take; a row known to be there from before stays known to be there."""
    connection.execute(
        "INSERT INTO collection_row (collection_id, key, phones, content_hash, remote_id, state, message,"
        " refused_hash, expires_at, updated_at, call_id)"
        " SELECT ?, c.key, c.phones, c.content_hash, c.remote_id, v.booking, v.message,"
        " CASE v.booking WHEN 'rejected' THEN c.content_hash ELSE '' END, NULL, CAST(? AS DOUBLE PRECISION), c.call_id"
        " FROM verdict v JOIN call_row c ON c.call_id = v.call_id AND c.key = v.key"
        " WHERE v.booking IN ('rejected', 'deferred')"
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
        (calls.collection_id, now),
    )


def _leave(connection: Session, calls: Together) -> None:
    """Keep rows as they were before the call, with the dialer's words and the content that it refused."""
    connection.execute(
        "UPDATE collection_row SET message = v.message,"
        " refused_hash = CASE v.booking WHEN 'refused' THEN c.content_hash ELSE collection_row.refused_hash END"
        " FROM verdict v JOIN call_row c ON c.call_id = v.call_id AND c.key = v.key"
        " WHERE collection_row.collection_id = ? AND collection_row.key = v.key"
        " AND (v.booking = 'refused' OR (v.booking = 'as_was' AND v.message <> ''))",
        (calls.collection_id,),
    )


def close_open_rows(connection: Session, project: str, address: str) -> None:
    """Settle what calls left open about staged rows that are now known to be there, or known to be gone."""
    _close_rows(connection, dict.fromkeys(_open_calls(connection, project, address, repeatable=False)))


def has_open_rows(connection: Session, project: str, address: str) -> bool:
    """Whether any call about rows of a collection is open."""
    return bool(_open_calls(connection, project, address, repeatable=False))


def _open_calls(connection: Session, project: str, address: str, *, repeatable: bool) -> list[int]:
    """Return the open calls about rows of a collection, or those of them that may be repeated."""
    only = f" AND {IS_REPEATABLE}" if repeatable else ""
    found = connection.execute(
        f"SELECT call_id FROM open_call WHERE project = ? AND address = ? AND rows > 0{only}",  # noqa: S608 - constants
        (project, address),
    )
    return [call_id for (call_id,) in found]


def _older_calls(connection: Session, calls: Together) -> dict[int, list[int]]:
    """Return the older open calls that share settled rows with some of ours -> those of ours.

    A call that is no suppression was refused at its beginning if a row of it waited for a call that may not be
    repeated, so only those that may can share a row with it.
    """
    found = _open_calls(connection, calls.project, calls.address, repeatable=not calls.suppressing)
    possible = few_lengths([call_id for call_id in found if call_id not in calls.calls])
    shared: dict[int, list[int]] = {}
    if possible:
        for older, ours in connection.execute(
            "SELECT DISTINCT w.call_id, v.call_id FROM call_row w"  # noqa: S608 - question marks
            " JOIN verdict v ON v.key = w.key AND v.call_id > w.call_id"
            f" WHERE w.call_id IN {marks(possible)} AND v.booking IN ('present', 'blocked', 'gone')",
            possible,
        ):
            shared.setdefault(older, []).append(ours)
    return shared


def _join_phones(connection: Session, collection_id: int, older: Mapping[int, Sequence[int]]) -> None:
    """Keep the phones of a lost addition beside those of its repeat: the dialer may hold either."""
    for call_id, ours in older.items():
        connection.execute(
            "UPDATE collection_row SET phones = collection_row.phones || ' ' || w.phones"  # noqa: S608 - question marks
            " FROM call_row w JOIN verdict v ON v.key = w.key AND v.booking = 'present'"
            f" AND v.call_id IN {marks(ours)}"
            " WHERE w.call_id = ? AND collection_row.collection_id = ? AND collection_row.key = w.key"
            " AND w.phones <> collection_row.phones",
            (*ours, call_id, collection_id),
        )


def _close_rows(connection: Session, older: Mapping[int, Sequence[int] | None]) -> None:
    """Take rows from older calls: those that the staged bookings of some calls (None: of all) have settled."""
    for call_id, ours in older.items():
        of_ours = f" AND call_id IN {marks(ours)}" if ours is not None else ""
        connection.execute(
            "DELETE FROM call_row WHERE call_id = ?"  # noqa: S608 - question marks
            f" AND key IN (SELECT key FROM verdict WHERE booking IN ('present', 'blocked', 'gone'){of_ours})",
            (call_id, *(ours or ())),
        )
        _close_if_empty(connection, call_id)


def _close_if_empty(connection: Session, call_id: int) -> None:
    """Mark a call about rows as done when none of its rows is open any more."""
    connection.execute(
        "UPDATE call SET state = 'done' WHERE call_id = ? AND rows > 0"
        " AND NOT EXISTS (SELECT 1 FROM call_row WHERE call_row.call_id = call.call_id)",
        (call_id,),
    )
