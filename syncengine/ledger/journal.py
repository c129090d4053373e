"""Every write, before it is sent and after: nothing is on its way that is not written down.

``begin`` is durable when it returns. ``finish`` needs no lock: what came back of a call that was sent is true, even
when this run has lost the ledger meanwhile, and it touches only what is still open of that call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

from syncengine.errors import LedgerError
from syncengine.failpoints import failpoint
from syncengine.ledger import booking
from syncengine.ledger.booking import Booked
from syncengine.ledger.records import CallState
from syncengine.ledger.rows import REPEATABLE, count_change, enter_collection, row_values
from syncengine.ledger.store import Session
from syncengine.model.address import Address
from syncengine.model.ports import Intent, RowOutcome
from syncengine.model.report import DONE, Outcome

_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which run sends a call, and under which fence."""

    project: str
    run_id: int
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A call to be written before it is sent."""

    intent: Intent
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What became of a call; a row that is not named in ``rows``, when some are, is unknown."""

    call_id: int
    outcome: Outcome
    message: str
    rows: Mapping[str, RowOutcome]


Line = Begun | Finished


def write(connection: Session, origin: Origin, line: Line, *, now: float) -> int:
    """Write one line and return the number of its call."""
    if isinstance(line, Begun):
        return begin(connection, origin, line.intent, evidence=line.evidence, now=now)
    finish(
        connection,
        origin.project,
        line.call_id,
        outcome=line.outcome,
        message=line.message,
        rows=line.rows,
        now=now,
    )
    return line.call_id


def begin(connection: Session, origin: Origin, intent: Intent, *, evidence: str, now: float) -> int:
    """Write an intent and return its number.

    Raises:
        LedgerError: a dialable call has no evidence, or a row waits for the outcome of an earlier call.
    """
    if intent.effect == "dialable" and not evidence:
        raise LedgerError(f"{intent.address}: {intent.operation}: a dialable call needs its do-not-call evidence")
    _refuse_second_create(connection, origin.project, intent)
    call_id = _insert_call(connection, origin, intent, evidence=evidence, now=now)
    failpoint("ledger.in_intent")
    if not intent.rows:
        return call_id
    count_change(connection, origin.project, str(intent.address))
    rows = [(call_id, *row_values(row)) for row in sorted(intent.rows, key=attrgetter("key"))]
    connection.insert("call_row", ("call_id", "key", "phones", "content_hash", "remote_id"), rows)
    if intent.effect != "suppressing":
        for earlier, state, proof in _earlier(connection, origin.project, intent.address, call_id):
            # What an earlier call left open stays open beside a repeat until the repeat succeeds: a repeat that is
            # refused for its content says nothing about what the first one did.
            if state == "parked" or proof not in REPEATABLE:
                _refuse_waiting(connection, intent, call_id, earlier)
    return call_id


def _insert_call(connection: Session, origin: Origin, intent: Intent, *, evidence: str, now: float) -> int:
    expires_at = None if intent.lasts_days is None else now + intent.lasts_days * _DAY
    (call_id,) = connection.execute(
        "INSERT INTO call (project, run_id, fence, dialer, address, operation, action, effect, rows, request_digest,"
        " evidence, proof, settle, task_id, state, outcome, message, expires_at, started_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 'intent', '', '', ?, ?) RETURNING call_id",
        (
            origin.project,
            origin.run_id,
            origin.fence,
            intent.address.dialer,
            str(intent.address),
            intent.operation,
            intent.action,
            intent.effect,
            len(intent.rows),
            intent.request_digest,
            evidence,
            intent.proof,
            intent.settle,
            expires_at,
            now,
        ),
    ).fetchone()
    return int(call_id)


def _earlier(connection: Session, project: str, address: Address, call_id: int) -> list[tuple[int, str, str]]:
    return connection.execute(
        "SELECT call_id, state, proof FROM open_call WHERE project = ? AND address = ? AND rows > 0 AND call_id < ?",
        (project, str(address), call_id),
    ).fetchall()


def _refuse_second_create(connection: Session, project: str, intent: Intent) -> None:
    if intent.action != "create":
        return
    found = connection.execute(
        "SELECT call_id, proof, state FROM open_call WHERE project = ? AND address = ? AND action = 'create'",
        (project, str(intent.address)),
    ).fetchall()
    for call_id, proof, state in found:
        if state == "parked" or proof not in REPEATABLE:
            raise LedgerError(
                f"{intent.address}: call {call_id} may have created it already; settle it first:"
                f" syncengine state resolve {call_id}"
            )


def _refuse_waiting(connection: Session, intent: Intent, call_id: int, earlier: int) -> None:
    """Refuse to touch a row whose earlier call may have landed, except to suppress it."""
    (shared,) = connection.execute(
        "SELECT count(*) FROM call_row mine JOIN call_row theirs ON theirs.key = mine.key AND theirs.call_id = ?"
        " WHERE mine.call_id = ?",
        (earlier, call_id),
    ).fetchone()
    if shared:
        raise LedgerError(
            f"{intent.address}: {shared:,} rows wait for the outcome of call {earlier} and are not sent again;"
            f" settle it first: syncengine state resolve {earlier}"
        )


def remember_task(connection: Session, call_id: int, task_id: str) -> None:
    """Keep the vendor's task, so that a later run can ask about it."""
    connection.execute("UPDATE call SET task_id = ? WHERE call_id = ?", (task_id, call_id))


def finish(
    connection: Session,
    project: str,
    call_id: int,
    *,
    outcome: Outcome,
    message: str,
    rows: Mapping[str, RowOutcome],
    now: float,
) -> None:
    """Book the outcome of a call and of its rows.

    Without ``rows`` the call's outcome is every row's; with them, a row that is not named is unknown.
    """
    address, action, operation, count, state, proof, task_id, expires_at = _head(connection, project, call_id)
    if state == "done":
        return
    left = 0
    if count:
        count_change(connection, project, address)
        call = Booked(
            call_id=call_id,
            project=project,
            address=address,
            collection_id=enter_collection(connection, project, Address.parse(address)),
            action=action,
            expires_at=expires_at,
        )
        if rows:
            booking.stage_each(connection, call_id, action, rows)
        else:
            booking.stage_all(connection, call_id, booking=booking.booking_of(action, outcome), message=message)
        left = booking.carry_out(connection, call, now=now)
        failpoint("ledger.rows_booked")
    elif outcome == "unknown":
        left = 1
    elif outcome in DONE:
        _close_earlier(connection, project, call_id, address=address, action=action, operation=operation)
    after = _state_after(state, left=left, proof=proof, task_id=task_id)
    connection.execute(
        "UPDATE call SET state = ?, outcome = ?, message = ?, finished_at = ? WHERE call_id = ?",
        (after, outcome, booking.clean_message(message), now, call_id),
    )


def _state_after(before: str, *, left: int, proof: str, task_id: str) -> CallState:
    if not left:
        return "done"
    unprovable = proof == "park" or (proof == "task" and not task_id)
    return "parked" if before == "parked" or unprovable else "unknown"


def _head(connection: Session, project: str, call_id: int) -> tuple[str, str, str, int, str, str, str, float | None]:
    found: tuple[str, str, str, int, str, str, str, float | None] | None = connection.execute(
        "SELECT address, action, operation, rows, state, proof, task_id, expires_at FROM call"
        " WHERE project = ? AND call_id = ?",
        (project, call_id),
    ).fetchone()
    if found is None:
        raise LedgerError(f"the ledger has no call {call_id} in this project; `syncengine state` lists the open ones")
    return found


def _close_earlier(
    connection: Session, project: str, call_id: int, *, address: str, action: str, operation: str
) -> None:
    """Settle older calls about a campaign whose outcome no longer matters after this one succeeded."""
    connection.execute(
        "UPDATE call SET state = 'done', message = 'settled by a later call'"
        " WHERE call_id IN (SELECT call_id FROM open_call"
        " WHERE project = ? AND address = ? AND rows = 0 AND call_id < ?"
        " AND (operation = ? OR ? = 'delete' OR (action IN ('start', 'stop') AND ? IN ('start', 'stop'))))",
        (project, address, call_id, operation, action, action),
    )


def park(connection: Session, project: str, call_id: int) -> None:
    """Leave an open call to a person: nothing can prove what became of it."""
    found = connection.execute(
        "UPDATE call SET state = 'parked' WHERE project = ? AND call_id = ? AND state <> 'done' RETURNING address",
        (project, call_id),
    ).fetchall()
    for (address,) in found:
        count_change(connection, project, address)
