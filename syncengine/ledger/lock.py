"""Who may write: a row for each dialer, and one for the whole project, with a holder, a lease and a fence.

Never a lock that ends with a connection. A row is held while its fence is not 0; every run that takes leases is given
the next fence of the project, so fences only grow, and one number names all that a run holds. A run takes all that it
asks for in one transaction or nothing, and waits with nothing in its hands, so no two runs can block each other for
ever, in whatever order they ask. All leases of a run are renewed together; when one of them was taken over, nothing
more is sent to any dialer. Before a byte leaves, the lease of its own dialer is asked for.

What takes which lease::

    apply, watch              the dialers that it is about: a plan is made while nobody else changes them. Before the
                              first call it gives those back that the plan does not change
    plan, of calls without    the dialers of those calls, while it settles them; a dialer that somebody holds is left
    an outcome                to its holder, since the call may be under way
    state resolve             the dialer of the call or the row
    ledger recover, restore,  the whole project: everything changes under everybody, so nobody may hold anything, and
    move                      nobody gets anything meanwhile

What takes none, and why that is safe beside a run that sends::

    do-not-call statements    one transaction, at whatever moment; the last gate of every run asks for the number of the
                              latest change before each dialable call, so a statement counts for all runs at once
    release: by name          within an apply, for all dialers; a person has named the number, so a run that sends
                              elsewhere may find it free at once. All that the releasing run took must be held still
    outcomes of sent calls    true whoever holds the dialer by now; they touch only what is still open of that call
    runs, notes, budgets      each one statement that adds up, whoever else writes
    backup, check, status,    they read one moment; a copy takes no lease along
    export, show, history
    migrate                   one transaction; a run of an older program finds its table gone, and sends nothing more
    state unlock              takes away all leases of a fence, as the end of their time would
"""

import getpass
import os
import socket
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from syncengine.errors import LockedError
from syncengine.failpoints import failpoint
from syncengine.ledger.held import WHOLE, Held
from syncengine.ledger.records import LockHolder
from syncengine.ledger.store import Session

_NOBODYS = "fence = 0, who = '', operation = '', since = 0, lease_until = 0"


def take(
    connection: Session, project: str, names: frozenset[str], *, operation: str, now: float, lease: float
) -> int | None:
    """Take all of some leases if each is free or has run out; return the fence, or None."""
    if in_the_way(connection, project, names, now=now):
        return None
    (fence,) = connection.execute(
        "UPDATE project SET fence = fence + 1 WHERE project = ? RETURNING fence", (project,)
    ).fetchone()
    # Whoever slept over a lease that overlaps with these finds it gone, by whichever name it was held.
    whole = "" if WHOLE in names else " AND dialer = ''"
    connection.execute(f"UPDATE lease SET {_NOBODYS} WHERE project = ?{whole}", (project,))  # noqa: S608 - constants
    connection.executemany(
        "INSERT INTO lease (project, dialer, fence, who, operation, since, lease_until) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (project, dialer) DO UPDATE SET fence = excluded.fence, who = excluded.who,"
        " operation = excluded.operation, since = excluded.since, lease_until = excluded.lease_until",
        [(project, name, fence, process_name(), operation, now, now + lease) for name in sorted(names)],
    )
    return int(fence)


def in_the_way(connection: Session, project: str, names: frozenset[str], *, now: float) -> Sequence[LockHolder]:
    """Return who holds any of some leases, each with the dialers in question; none: all are free."""
    live = connection.execute(
        "SELECT fence, who, operation, since, lease_until, dialer FROM lease"
        " WHERE project = ? AND fence <> 0 AND lease_until > ? ORDER BY dialer",
        (project, now),
    ).fetchall()
    return _by_fence(row for row in live if WHOLE in names or row[-1] == WHOLE or row[-1] in names)


def free(connection: Session, project: str, fence: int) -> bool:
    """Give back all leases of a fence, or break somebody else's; False when that fence holds none any more."""
    changed = connection.execute(f"UPDATE lease SET {_NOBODYS} WHERE project = ? AND fence = ?", (project, fence))  # noqa: S608 - constants
    return fence != 0 and changed.rowcount > 0


def keep_only(connection: Session, project: str, fence: int, names: frozenset[str], *, operation: str) -> None:
    """Give back the leases of a fence but for some, and say what is done with those."""
    connection.executemany(
        f"UPDATE lease SET {_NOBODYS} WHERE project = ? AND fence = ? AND dialer = ?",  # noqa: S608 - constants
        [
            (project, fence, name)
            for (name,) in connection.execute(
                "SELECT dialer FROM lease WHERE project = ? AND fence = ?", (project, fence)
            ).fetchall()
            if name not in names
        ],
    )
    connection.execute("UPDATE lease SET operation = ? WHERE project = ? AND fence = ?", (operation, project, fence))


def require(connection: Session, project: str, held: Held, dialer: str | None = None) -> None:
    """Make sure that the lease of a dialer is still ours; None: all that this run took.

    Raises:
        LockedError: it is not.
    """
    wanted = held.names if dialer is None else {held.row_of(dialer)}
    ours = {
        name
        for (name,) in connection.execute(
            "SELECT dialer FROM lease WHERE project = ? AND fence = ? AND fence <> 0", (project, held.fence)
        ).fetchall()
    }
    if not wanted or not wanted <= ours:
        raise _lost(connection, project, wanted - ours)


def extend(connection: Session, project: str, held: Held, *, now: float, changes: int) -> None:
    """Make sure that all leases are still ours, and ours for a whole lease from now; count changes at their dialers.

    Raises:
        LockedError: one of them is not ours any more.
    """
    failpoint("lock.before_fence_check")
    until = now + held.lease
    changed = connection.execute(
        "UPDATE lease SET serial = serial + ?, lease_until = CASE WHEN lease_until > ? THEN lease_until ELSE ? END"
        " WHERE project = ? AND fence = ? AND fence <> 0",
        (changes, until, until, project, held.fence),
    )
    if changed.rowcount != max(1, len(held.names)):
        require(connection, project, held)
        raise _lost(connection, project, held.names)


def count_change(connection: Session, project: str, names: frozenset[str]) -> None:
    """Count a change of what plans for some dialers are made from; of all dialers where none is named."""
    if not names or WHOLE in names:
        connection.execute("UPDATE lease SET serial = serial + 1 WHERE project = ?", (project,))
        return
    marks = ", ".join("?" * len(names))
    connection.execute(
        f"UPDATE lease SET serial = serial + 1 WHERE project = ? AND dialer IN ({marks})",  # noqa: S608 - question marks
        (project, *sorted(names)),
    )


def changes_at(connection: Session, project: str, dialers: Iterable[str]) -> int:
    """Return a number that moves with every change of what plans for some dialers are made from."""
    wanted = set(dialers)
    found = connection.execute("SELECT dialer, serial FROM lease WHERE project = ?", (project,)).fetchall()
    return sum(int(serial) for name, serial in found if name in wanted)


def hold_after_copy(connection: Session, project: str, fence: int, *, operation: str, now: float, lease: float) -> None:
    """Go on holding the whole project after all of it was replaced; its fence never falls, whatever the copy says."""
    connection.execute(
        "UPDATE project SET fence = CASE WHEN fence > ? THEN fence ELSE ? END WHERE project = ?",
        (fence, fence, project),
    )
    connection.execute(
        "INSERT INTO lease (project, dialer, fence, who, operation, since, lease_until)"
        " VALUES (?, '', ?, ?, ?, ?, ?) ON CONFLICT (project, dialer) DO UPDATE SET fence = excluded.fence,"
        " who = excluded.who, operation = excluded.operation, since = excluded.since,"
        " lease_until = excluded.lease_until",
        (project, fence, process_name(), operation, now, now + lease),
    )


def holders(connection: Session, project: str) -> Sequence[LockHolder]:
    """Return who holds anything, its lease run out or not."""
    found = connection.execute(
        "SELECT fence, who, operation, since, lease_until, dialer FROM lease WHERE project = ? AND fence <> 0"
        " ORDER BY dialer",
        (project,),
    )
    return _by_fence(found.fetchall())


def _by_fence(rows: Iterable[tuple[int, str, str, float, float, str]]) -> list[LockHolder]:
    found: dict[int, LockHolder] = {}
    for fence, who, operation, since, lease_until, dialer in rows:
        before = found[fence].dialers if fence in found else ()
        found[fence] = LockHolder(
            fence=int(fence),
            who=who,
            operation=operation,
            since=since,
            lease_until=lease_until,
            dialers=(*before, dialer) if dialer else before,
        )
    return [found[fence] for fence in sorted(found)]


def held_message(found: Sequence[LockHolder], now: float, *, may_leave_out: bool) -> str:
    """Say who is in the way, where, since when and with what, and the ways on."""
    said = "; ".join(
        f"{holder.what} is locked: {held_by(holder)};"
        f" its lease ends in {max(0, round(holder.lease_until - now))} s unless it is renewed"
        for holder in found
    )
    leave = ", go on without these dialers (apply --only-free-dialers)" if may_leave_out else ""
    numbers = ", ".join(f"syncengine state unlock {holder.fence}" for holder in found)
    return f"{said}. Wait (--lock-timeout){leave}, or, if that process is surely dead, break the lock: {numbers}"


def held_by(holder: LockHolder) -> str:
    """Say who holds something, since when and with what."""
    return f"{holder.who} runs {holder.operation} since {_moment(holder.since)}"


def process_name() -> str:
    """Return user, host and process, for people."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        # A container's user may have no name.
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()} pid {os.getpid()}"


def _lost(connection: Session, project: str, names: Iterable[str]) -> LockedError:
    lost = set(names)
    taken = [
        holder
        for holder in holders(connection, project)
        if not holder.dialers or WHOLE in lost or lost & set(holder.dialers)
    ]
    by = "; ".join(f"{holder.who} has taken it for {holder.operation}" for holder in taken)
    what = f"the lease of {', '.join(sorted(lost))}" if lost and WHOLE not in lost else "the ledger's lock"
    return LockedError(f"{what} was lost: {by or 'it is not held by this run'}; nothing more is sent. Plan again")


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
