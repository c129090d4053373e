"""Calls a day: counted before each is sent, so that a crash can waste budget but never overrun it."""

from datetime import UTC, datetime

from syncengine.ledger.store import Session


def utc_day(now: float) -> str:
    """Return the date in UTC, by which a budget is counted unless the vendor says otherwise."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")


def take(
    connection: Session,
    project: str,
    dialer: str,
    *,
    day: str,
    limit: int,
    reserve: int,
    suppressing: bool,
) -> bool:
    """Count one call if the day's budget has room; ``reserve`` calls of it are for suppressing requests alone."""
    allowed = limit if suppressing else limit - reserve
    if allowed <= 0:
        return False
    counted = connection.execute(
        "INSERT INTO budget (project, dialer, day, calls) VALUES (?, ?, ?, 1)"
        " ON CONFLICT (project, dialer, day) DO UPDATE SET calls = budget.calls + 1 WHERE budget.calls < ?",
        (project, dialer, day, allowed),
    )
    return counted.rowcount == 1


def used(connection: Session, project: str, dialer: str, day: str) -> int:
    """Return how many calls were counted that day."""
    found = connection.execute(
        "SELECT calls FROM budget WHERE project = ? AND dialer = ? AND day = ?", (project, dialer, day)
    ).fetchone()
    return int(found[0]) if found else 0
