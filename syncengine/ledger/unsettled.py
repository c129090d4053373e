"""Calls whose outcome is not known: what a new run must prove first, and what only a person can settle."""

from collections.abc import Mapping
from typing import Literal

from syncengine.errors import LedgerError
from syncengine.ledger import journal
from syncengine.ledger.journal import Finished
from syncengine.ledger.records import OpenCall, OpenRow, records
from syncengine.ledger.store import Session
from syncengine.model.address import Address
from syncengine.model.ports import RowOutcome
from syncengine.model.report import Outcome

Assumption = Literal["sent", "not_sent"]

_SELECT = (
    "SELECT call_id, dialer, address, operation, action, effect,"
    " (SELECT count(*) FROM call_row WHERE call_row.call_id = open_call.call_id) AS rows, state, proof, settle,"
    " task_id, message, started_at, coalesce(finished_at, started_at) AS last_alive"
    " FROM open_call WHERE project = ? AND "
)
# What a campaign call makes of the status, and what it is when the call never happened.
_STATUS = {("start", "sent"): "started", ("start", "not_sent"): "stopped"} | {
    ("stop", "sent"): "stopped",
    ("stop", "not_sent"): "started",
}


def unfinished(connection: Session, project: str) -> list[OpenCall]:
    """Return the calls without a known outcome that are not parked, oldest first."""
    found = connection.execute(
        f"{_SELECT} state <> 'parked' ORDER BY call_id",
        (project,),
    )
    return records(found, OpenCall)


def parked(connection: Session, project: str) -> list[OpenCall]:
    """Return the calls that wait for a person, by address."""
    found = connection.execute(
        f"{_SELECT} state = 'parked' ORDER BY address, call_id",
        (project,),
    )
    return records(found, OpenCall)


def dialer_of(connection: Session, project: str, call_id: int) -> str:
    """Return the dialer of a call."""
    found = connection.execute(
        "SELECT dialer FROM call WHERE project = ? AND call_id = ?", (project, call_id)
    ).fetchone()
    if found is None:
        raise LedgerError(f"call {call_id} is not open; `syncengine state` lists the calls that are")
    return str(found[0])


def rows_of(connection: Session, call_id: int) -> list[OpenRow]:
    """Return the rows of a call that are not settled, by key."""
    found = connection.execute(
        "SELECT w.key, w.phones, w.content_hash, w.remote_id, coalesce(r.state, ''), coalesce(r.content_hash, '')"
        " FROM call c JOIN call_row w ON w.call_id = c.call_id"
        " LEFT JOIN collection k ON k.project = c.project AND k.address = c.address"
        " LEFT JOIN collection_row r ON r.collection_id = k.collection_id AND r.key = w.key"
        " WHERE c.call_id = ? ORDER BY w.key",
        (call_id,),
    )
    return [
        OpenRow(
            key=key,
            phones=tuple(phones.split()),
            content_hash=content_hash,
            remote_id=remote_id,
            previous_state=previous_state,
            previous_hash=previous_hash,
        )
        for key, phones, content_hash, remote_id, previous_state, previous_hash in found
    ]


def resolve_call(
    connection: Session, project: str, call_id: int, assume: Assumption, *, told_by: str, now: float
) -> int:
    """Settle all that is open of a call as a person or a proof says; return how many rows (or campaigns) that were."""
    found = connection.execute(
        "SELECT rows, address, action FROM open_call WHERE project = ? AND call_id = ?",
        (project, call_id),
    ).fetchone()
    if found is None:
        raise LedgerError(f"call {call_id} is not open; `syncengine state` lists the calls that are")
    rows, address, action = found
    if not rows:
        _resolve_campaign(connection, project, Address.parse(address), action, assume)
        _finish(connection, project, call_id, assume, told_by=told_by, rows={}, now=now)
        return 1
    left = len(rows_of(connection, call_id))
    _finish(connection, project, call_id, assume, told_by=told_by, rows={}, now=now)
    return left


def resolve_row(
    connection: Session,
    project: str,
    address: Address,
    key: str,
    assume: Assumption,
    *,
    call: int | None,
    now: float,
) -> int:
    """Settle one row in one call, or (None) in every open call about it, oldest first; return in how many calls.

    Raises:
        LedgerError: it waits in calls that do different things. "It is there" says of an addition that it arrived and
            of the removal after it that it did not: one word for both would book somebody as removed who can be rung.
    """
    found = connection.execute(
        "SELECT c.call_id, c.action FROM open_call c JOIN call_row w ON w.call_id = c.call_id AND w.key = ?"
        " WHERE c.project = ? AND c.address = ? ORDER BY c.call_id",
        (key, project, str(address)),
    ).fetchall()
    calls = [(call_id, action) for call_id, action in found if call in {None, call_id}]
    if len({action for _, action in calls}) > 1:
        named = ", ".join(f"{call_id} ({action})" for call_id, action in calls)
        raise LedgerError(
            f"the row waits in calls that do different things: {named}; one word cannot settle them all. Settle the row"
            f" in each, with the word that is true of it: syncengine state resolve {calls[0][0]} --row KEY"
        )
    for call_id, _ in calls:
        rows = {key: RowOutcome(_as_outcome(assume))}
        _finish(connection, project, call_id, assume, told_by="hand", rows=rows, now=now)
    return len(calls)


def _as_outcome(assume: Assumption) -> Outcome:
    return "applied" if assume == "sent" else "skipped"


def _finish(
    connection: Session,
    project: str,
    call_id: int,
    assume: Assumption,
    *,
    told_by: str,
    rows: Mapping[str, RowOutcome],
    now: float,
) -> None:
    line = Finished(
        call_id=call_id,
        outcome=_as_outcome(assume),
        message=f"resolved by {told_by} as {assume.replace('_', ' ')}",
        rows=rows,
    )
    journal.finish(connection, project, [line], now=now)


def _resolve_campaign(connection: Session, project: str, address: Address, action: str, assume: Assumption) -> None:
    which = (project, address.dialer, address.name)
    if action == "create":
        known = connection.execute(
            "SELECT 1 FROM campaign WHERE project = ? AND dialer = ? AND key = ? AND state = 'present'", which
        ).fetchone()
        if assume == "sent" and not known:
            raise LedgerError(
                f"{address}: it cannot be taken as created while its id is unknown;"
                f" write the vendor's id into the manifest (id:), then resolve it as not sent"
            )
        connection.execute(
            "DELETE FROM campaign WHERE project = ? AND dialer = ? AND key = ? AND state = 'unknown'", which
        )
    status = _STATUS.get((action, assume))
    if status:
        connection.execute(
            "UPDATE campaign SET status = ? WHERE project = ? AND dialer = ? AND key = ?", (status, *which)
        )


def settle(connection: Session, project: str, call_id: int, rows: Mapping[str, RowOutcome], *, now: float) -> None:
    """Book what a proof has told about rows of an open call; rows that are not named stay open.

    A row that is proven not to have landed is ``skipped``.
    """
    if rows:
        line = Finished(call_id=call_id, outcome="unknown", message="", rows=rows)
        journal.finish(connection, project, [line], now=now)
