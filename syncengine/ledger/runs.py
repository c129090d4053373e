"""What was run, and which calls each run made: the recorded process that a do-not-call rule asks for."""

from syncengine.errors import LedgerError
from syncengine.ledger.lock import process_name
from syncengine.ledger.records import CallLine, RunRecord, records
from syncengine.ledger.store import Session

_RUN = "SELECT run_id, kind, plan_id, who, started_at, ended_at, outcome, summary FROM run WHERE project = ?"


def begin(connection: Session, project: str, *, kind: str, plan_id: str, now: float) -> int:
    """Note that a run begins and return its number."""
    (run_id,) = connection.execute(
        "INSERT INTO run (project, kind, plan_id, who, started_at, outcome, summary) VALUES (?, ?, ?, ?, ?, '', '')"
        " RETURNING run_id",
        (project, kind, plan_id, process_name(), now),
    ).fetchone()
    return int(run_id)


def end(connection: Session, project: str, run_id: int, *, outcome: str, summary: str, now: float) -> None:
    """Note how a run ended."""
    changed = connection.execute(
        "UPDATE run SET ended_at = ?, outcome = ?, summary = ? WHERE project = ? AND run_id = ?",
        (now, outcome, summary, project, run_id),
    )
    if changed.rowcount != 1:
        raise LedgerError(f"the ledger has no run {run_id} in this project")


def history(connection: Session, project: str, limit: int) -> list[RunRecord]:
    """Return the last runs, newest first."""
    return records(connection.execute(f"{_RUN} ORDER BY run_id DESC LIMIT ?", (project, limit)), RunRecord)


def last(connection: Session, project: str, *, kind: str, outcome: str) -> RunRecord | None:
    """Return the newest run of a kind that ended so."""
    found = connection.execute(
        f"{_RUN} AND kind = ? AND outcome = ? ORDER BY run_id DESC LIMIT 1", (project, kind, outcome)
    )
    return next(iter(records(found, RunRecord)), None)


def calls(connection: Session, project: str, run_id: int) -> list[CallLine]:
    """Return the calls of a run in the order in which they were made."""
    found = connection.execute(
        "SELECT call_id, address, operation, action, effect, rows, state, outcome, message, request_digest, evidence,"
        " started_at, finished_at FROM call WHERE project = ? AND run_id = ? ORDER BY call_id",
        (project, run_id),
    )
    return records(found, CallLine)
