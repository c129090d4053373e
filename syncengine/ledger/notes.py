"""Notes: small facts that must outlive a process and that no plan is made from, as a mark that watchers are suspended.

One kind is special: a seat, which one holder has at a time, for a lease. It says who does the work and who stands by;
it protects nothing. What protects is the lock.
"""

from dataclasses import dataclass

from syncengine.ledger.store import Store


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of one project. Every method raises LedgerError when the ledger cannot be read or written."""

    _database: Store
    _project: str

    def read(self, name: str) -> str:
        """Return a note; empty where there is none."""
        with self._database.read() as connection:
            found = connection.execute(
                "SELECT value FROM note WHERE project = ? AND name = ?", (self._project, name)
            ).fetchone()
        return str(found[0]) if found else ""

    def write(self, name: str, value: str, *, now: float) -> None:
        """Write a note in the place of an older one; an empty one is taken away."""
        with self._database.write() as connection:
            if not value:
                connection.execute("DELETE FROM note WHERE project = ? AND name = ?", (self._project, name))
                return
            connection.execute(
                "INSERT INTO note (project, name, value, until) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (project, name) DO UPDATE SET value = excluded.value, until = excluded.until",
                (self._project, name, value, now),
            )

    def take_seat(self, name: str, holder: str, *, now: float, lease: float) -> str:
        """Take a seat or keep it for another lease; return who has it, which is another where it was not free."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO note (project, name, value, until) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (project, name) DO UPDATE SET value = excluded.value, until = excluded.until"
                " WHERE note.value = excluded.value OR note.until <= ?",
                (self._project, name, holder, now + lease, now),
            )
            (value,) = connection.execute(
                "SELECT value FROM note WHERE project = ? AND name = ?", (self._project, name)
            ).fetchone()
        return str(value)

    def leave_seat(self, name: str, holder: str) -> None:
        """Leave a seat, so that whoever stands by need not wait for the end of the lease."""
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM note WHERE project = ? AND name = ? AND value = ?", (self._project, name, holder)
            )
