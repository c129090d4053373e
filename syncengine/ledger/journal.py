"""Every write, before it is sent and after: nothing is on its way that is not written down.

``begin`` is durable when it returns. ``finish`` needs no lock: what came back of a call that was sent is true, even
when this run has lost the ledger meanwhile, and it touches only what is still open of that call.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from syncengine.errors import LedgerError
from syncengine.failpoints import failpoint
from syncengine.ledger import booking
from syncengine.ledger.booking import Together
from syncengine.ledger.records import CallState
from syncengine.ledger.rows import collection_id, count_change, row_values
from syncengine.ledger.store import Session, few_lengths, marks
from syncengine.model.address import Address
from syncengine.model.counted import plural
from syncengine.model.ports import Intent, RowOutcome
from syncengine.model.report import DONE, Outcome

_DAY = 86_400.0
_KEY = attrgetter("key")


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


def rows_named(line: Line) -> int:
    """Return how many rows a line names."""
    return len(line.intent.rows) if isinstance(line, Begun) else len(line.rows)


def write(connection: Session, origin: Origin, lines: Sequence[Line], *, now: float) -> list[int]:
    """Write lines, outcomes first, and return the numbers of their calls in the order of the lines."""
    finish(connection, origin.project, [line for line in lines if isinstance(line, Finished)], now=now)
    begun = iter(begin(connection, origin, [line for line in lines if isinstance(line, Begun)], now=now))
    return [next(begun) if isinstance(line, Begun) else line.call_id for line in lines]


def begin(connection: Session, origin: Origin, lines: Sequence[Begun], *, now: float) -> list[int]:
    """Write intents and return their numbers.

    Raises:
        LedgerError: a dialable call has no evidence, or a row waits for the outcome of an earlier call.
    """
    numbers = []
    for line in lines:
        intent = line.intent
        if intent.effect == "dialable" and not line.evidence:
            raise LedgerError(f"{intent.address}: {intent.operation}: a dialable call needs its do-not-call evidence")
        _refuse_second_create(connection, origin.project, intent)
        numbers.append(_insert_call(connection, origin, intent, evidence=line.evidence, now=now))
        failpoint("ledger.in_intent")
    rows = [
        (call_id, *row_values(row))
        for call_id, line in zip(numbers, lines, strict=True)
        for row in sorted(line.intent.rows, key=_KEY)
    ]
    if not rows:
        return numbers
    connection.insert("call_row", ("call_id", "key", "phones", "content_hash", "remote_id"), rows)
    about: dict[Address, list[int]] = {}
    for call_id, line in zip(numbers, lines, strict=True):
        if line.intent.rows:
            # A suppression waits for nothing.
            about.setdefault(line.intent.address, []).extend([call_id] if line.intent.effect != "suppressing" else [])
    for address, calls in about.items():
        count_change(connection, origin.project, str(address))
        _refuse_waiting(connection, origin.project, address, calls)
    return numbers


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


def _refuse_second_create(connection: Session, project: str, intent: Intent) -> None:
    if intent.action != "create":
        return
    found = connection.execute(
        "SELECT call_id, proof, state FROM open_call WHERE project = ? AND address = ? AND action = 'create'",
        (project, str(intent.address)),
    ).fetchall()
    for call_id, proof, state in found:
        if state == "parked" or proof not in booking.REPEATABLE:
            raise LedgerError(
                f"{intent.address}: call {call_id} may have created it already; settle it first:"
                f" syncengine state resolve {call_id}"
            )


def _refuse_waiting(connection: Session, project: str, address: Address, calls: Sequence[int]) -> None:
    """Refuse to touch a row whose earlier call may have landed.

    What an earlier call left open stays open beside a repeat until the repeat succeeds: a repeat that is refused for
    its content says nothing about what the first one did.
    """
    if not calls:
        return
    waiting = [
        call_id
        for (call_id,) in connection.execute(
            "SELECT call_id FROM open_call WHERE project = ? AND address = ? AND rows > 0 AND call_id < ?"  # noqa: S608 - constants
            f" AND (state = 'parked' OR NOT {booking.IS_REPEATABLE}) ORDER BY call_id",
            (project, str(address), max(calls)),
        )
    ]
    if not waiting:
        return
    waiting, calls = few_lengths(waiting), few_lengths(calls)
    found = connection.execute(
        "SELECT theirs.call_id, count(*) FROM call_row mine"  # noqa: S608 - question marks
        f" JOIN call_row theirs ON theirs.call_id IN {marks(waiting)} AND theirs.key = mine.key"
        f" WHERE mine.call_id IN {marks(calls)} AND theirs.call_id < mine.call_id"
        " GROUP BY theirs.call_id ORDER BY theirs.call_id LIMIT 1",
        (*waiting, *calls),
    ).fetchone()
    if found:
        earlier, shared = found
        raise LedgerError(
            f"{address}: {plural(shared, 'row waits', 'rows wait')} for the outcome of call {earlier}, not to be sent"
            f" again; settle it first: syncengine state resolve {earlier}"
        )


def remember_task(connection: Session, call_id: int, task_id: str) -> None:
    """Keep the vendor's task, so that a later run can ask about it."""
    connection.execute("UPDATE call SET task_id = ? WHERE call_id = ?", (task_id, call_id))


def finish(connection: Session, project: str, lines: Sequence[Finished], *, now: float) -> None:
    """Book the outcomes of calls and of their rows.

    Without ``rows`` a call's outcome is every row's; with them, a row that is not named is unknown.
    """
    for together in _side_by_side(lines):
        _finish(connection, project, together, now=now)


def _side_by_side(lines: Sequence[Finished]) -> Iterator[list[Finished]]:
    """Part lines, so that no row can be in two of those that are booked together."""
    if len(lines) <= 1:
        yield from ([line] for line in lines)
        return
    piece: list[Finished] = []
    calls: set[int] = set()
    keys: set[str] = set()
    for line in lines:
        known = bool(line.rows) and line.call_id not in calls and keys.isdisjoint(line.rows.keys())
        if not known and piece:
            yield piece
            piece, calls, keys = [], set(), set()
        piece.append(line)
        calls.add(line.call_id)
        keys.update(line.rows)
        if not line.rows:
            # Of which rows only the ledger knows.
            yield piece
            piece, calls, keys = [], set(), set()
    if piece:
        yield piece


def _finish(connection: Session, project: str, lines: Sequence[Finished], *, now: float) -> None:
    heads = _heads(connection, project, [line.call_id for line in lines])
    opened = [(head, line) for line in lines if (head := heads[line.call_id]).state != "done"]
    left: dict[int, int] = {}
    about: dict[tuple[str, str, bool], list[Finished]] = {}
    for head, line in opened:
        if head.rows:
            about.setdefault((head.address, head.action, head.effect == "suppressing"), []).append(line)
        elif line.outcome == "unknown":
            left[line.call_id] = 1
        elif line.outcome in DONE:
            _close_earlier(connection, project, head)
    for (address, action, suppressing), some in about.items():
        left |= _book_rows(connection, project, address, action, some, suppressing=suppressing, now=now)
    connection.executemany(
        "UPDATE call SET state = ?, outcome = ?, message = ?, finished_at = CAST(? AS DOUBLE PRECISION)"
        " WHERE call_id = ?",
        [
            (
                _state_after(head, left.get(line.call_id, 0)),
                line.outcome,
                booking.clean_message(line.message),
                now,
                line.call_id,
            )
            for head, line in opened
        ],
    )


def _book_rows(
    connection: Session,
    project: str,
    address: str,
    action: str,
    lines: Sequence[Finished],
    *,
    suppressing: bool,
    now: float,
) -> dict[int, int]:
    """Book the rows of calls about one collection and return how many of each are still unknown."""
    count_change(connection, project, address)
    calls = Together(
        project=project,
        address=address,
        collection_id=collection_id(connection, project, Address.parse(address)),
        action=action,
        suppressing=suppressing,
        calls=[line.call_id for line in lines],
    )
    booking.begin_stage(connection)
    booking.stage_each(connection, action, {line.call_id: line.rows for line in lines if line.rows})
    for line in lines:
        if not line.rows:
            found = booking.booking_of(action, line.outcome)
            booking.stage_all(connection, line.call_id, booking=found, message=line.message)
    left = booking.carry_out(connection, calls, now=now)
    failpoint("ledger.rows_booked")
    return left


@dataclass(frozen=True, slots=True)
class _Head:
    """What the ledger knows of a call."""

    call_id: int
    address: str
    action: str
    operation: str
    effect: str
    rows: int
    state: str
    proof: str
    task_id: str


def _state_after(head: _Head, left: int) -> CallState:
    if not left:
        return "done"
    unprovable = head.proof == "park" or (head.proof == "task" and not head.task_id)
    return "parked" if head.state == "parked" or unprovable else "unknown"


def _heads(connection: Session, project: str, calls: Sequence[int]) -> dict[int, _Head]:
    asked = few_lengths(calls)
    found = connection.execute(
        "SELECT call_id, address, action, operation, effect, rows, state, proof, task_id FROM call"  # noqa: S608 - question marks
        f" WHERE project = ? AND call_id IN {marks(asked)}",
        (project, *asked),
    )
    heads = {row[0]: _Head(*row) for row in found}
    for call_id in calls:
        if call_id not in heads:
            raise LedgerError(
                f"the ledger has no call {call_id} in this project; `syncengine state` lists the open ones"
            )
    return heads


def _close_earlier(connection: Session, project: str, head: _Head) -> None:
    """Settle older calls about a campaign whose outcome no longer matters after this one succeeded."""
    connection.execute(
        "UPDATE call SET state = 'done', message = 'settled by a later call'"
        " WHERE call_id IN (SELECT call_id FROM open_call"
        " WHERE project = ? AND address = ? AND rows = 0 AND call_id < ?"
        " AND (operation = ? OR ? = 'delete' OR (action IN ('start', 'stop') AND ? IN ('start', 'stop'))))",
        (project, head.address, head.call_id, head.operation, head.action, head.action),
    )


def park(connection: Session, project: str, call_id: int) -> None:
    """Leave an open call to a person: nothing can prove what became of it."""
    found = connection.execute(
        "UPDATE call SET state = 'parked' WHERE project = ? AND call_id = ? AND state <> 'done' RETURNING address",
        (project, call_id),
    ).fetchall()
    for (address,) in found:
        count_change(connection, project, address)
