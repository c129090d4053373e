"""The tables, and how an older ledger is brought to them.

A migration is a tuple of single statements, so that all of it runs inside one transaction: a crash leaves the old
tables or the new ones. The project is part of every key, since a server can hold the ledgers of several projects.

Rows of a call that has no outcome yet stand in ``call_row`` and nowhere else; ``collection_row`` holds only what is
settled. So an intent is one append, a crash needs no repair, and what was true before a call is never overwritten by
what is merely hoped.
"""

import secrets
import uuid

from syncengine.errors import LedgerError
from syncengine.ledger.store import Session, Store

_VERSION_1 = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE project (
        project TEXT PRIMARY KEY, lineage TEXT NOT NULL, serial INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # holder is empty while nobody holds the lock; the row stays, so that the fence only ever grows.
    """CREATE TABLE lock (
        project TEXT PRIMARY KEY, fence INTEGER NOT NULL, holder TEXT NOT NULL, who TEXT NOT NULL,
        operation TEXT NOT NULL, since REAL NOT NULL, lease_until REAL NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # absent_since: the first reading of the source that lacked the number; null while the source has it.
    """CREATE TABLE statement (
        project TEXT NOT NULL, list_name TEXT NOT NULL, number TEXT NOT NULL, first_read_at REAL NOT NULL,
        source_digest TEXT NOT NULL, absent_since REAL, released_at REAL, release_basis TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (project, list_name, number)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE source (
        project TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, rows INTEGER NOT NULL, read_at REAL NOT NULL,
        PRIMARY KEY (project, name)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE campaign (
        project TEXT NOT NULL, dialer TEXT NOT NULL, key TEXT NOT NULL, remote_id TEXT NOT NULL, name TEXT NOT NULL,
        status TEXT NOT NULL, fields TEXT NOT NULL, adopted INTEGER NOT NULL, state TEXT NOT NULL,
        updated_at REAL NOT NULL,
        PRIMARY KEY (project, dialer, key)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE suppression (
        project TEXT NOT NULL, dialer TEXT NOT NULL, campaign TEXT NOT NULL, failures INTEGER NOT NULL,
        PRIMARY KEY (project, dialer, campaign)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE collection (
        collection_id INTEGER PRIMARY KEY, project TEXT NOT NULL, address TEXT NOT NULL, UNIQUE (project, address)
    ) STRICT""",
    # The two tables of rows name no parent: looking it up for each row cost a quarter of the speed of an intent.
    # Personal data: key, phones. phones are E.164, parted by a space. expires_at is null where nothing lapses.
    # refused_hash: the content that the dialer refused last, so that it is not offered again until it changes.
    """CREATE TABLE collection_row (
        collection_id INTEGER NOT NULL, key TEXT NOT NULL, phones TEXT NOT NULL,
        content_hash TEXT NOT NULL, remote_id TEXT NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL,
        refused_hash TEXT NOT NULL, expires_at REAL, updated_at REAL NOT NULL, call_id INTEGER NOT NULL,
        PRIMARY KEY (collection_id, key)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE run (
        run_id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, kind TEXT NOT NULL, plan_id TEXT NOT NULL,
        who TEXT NOT NULL, started_at REAL NOT NULL, ended_at REAL, outcome TEXT NOT NULL, summary TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE call (
        call_id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, run_id INTEGER NOT NULL REFERENCES run,
        fence INTEGER NOT NULL, dialer TEXT NOT NULL, address TEXT NOT NULL, operation TEXT NOT NULL,
        action TEXT NOT NULL, effect TEXT NOT NULL, rows INTEGER NOT NULL, request_digest TEXT NOT NULL,
        evidence TEXT NOT NULL, proof TEXT NOT NULL, settle REAL NOT NULL, task_id TEXT NOT NULL,
        state TEXT NOT NULL, outcome TEXT NOT NULL, message TEXT NOT NULL, expires_at REAL,
        started_at REAL NOT NULL, finished_at REAL
    ) STRICT""",
    "CREATE INDEX call_open ON call (project, address) WHERE state IN ('intent', 'unknown', 'parked')",
    "CREATE VIEW open_call AS SELECT * FROM call WHERE state IN ('intent', 'unknown', 'parked')",
    "CREATE INDEX call_run ON call (run_id)",
    # Personal data: key, phones. Kept only until the row's outcome is settled.
    """CREATE TABLE call_row (
        call_id INTEGER NOT NULL, key TEXT NOT NULL, phones TEXT NOT NULL, content_hash TEXT NOT NULL,
        remote_id TEXT NOT NULL,
        PRIMARY KEY (call_id, key)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE budget (
        project TEXT NOT NULL, dialer TEXT NOT NULL, day TEXT NOT NULL, calls INTEGER NOT NULL,
        PRIMARY KEY (project, dialer, day)
    ) STRICT, WITHOUT ROWID""",
)

_VERSION_2 = (
    # until: when a seat is free again; of other notes, when they were written.
    """CREATE TABLE note (
        project TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, until REAL NOT NULL,
        PRIMARY KEY (project, name)
    ) STRICT, WITHOUT ROWID""",
)

_VERSION_3 = (
    # seal: with this key saved plans are sealed. doubt: why nothing may be sent until it was recovered; empty: sound.
    # dnd_serial moves when the numbers in force have changed.
    "ALTER TABLE project ADD COLUMN seal TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE project ADD COLUMN doubt TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE project ADD COLUMN dnd_serial INTEGER NOT NULL DEFAULT 0",
    # Moves with every change of the rows that ``rows.table`` shows, so that what was made of them can be kept.
    "ALTER TABLE collection ADD COLUMN generation INTEGER NOT NULL DEFAULT 0",
    # Lineages that were recovered into this one.
    """CREATE TABLE ancestor (
        project TEXT NOT NULL, lineage TEXT NOT NULL, PRIMARY KEY (project, lineage)
    ) STRICT, WITHOUT ROWID""",
)

_VERSION_4 = (
    # Where a do-not-call list holds: "all", a dialer or a campaign's key; kept from its first reading, as its numbers
    # are.
    """CREATE TABLE cover (
        project TEXT NOT NULL, list_name TEXT NOT NULL, name TEXT NOT NULL, first_read_at REAL NOT NULL,
        PRIMARY KEY (project, list_name, name)
    ) STRICT, WITHOUT ROWID""",
)

_VERSION_5 = (
    # A row for each dialer that was ever held, and with an empty name for the whole project; fence is 0 while nobody
    # holds it. serial moves with every change of what plans for this dialer are made from.
    """CREATE TABLE lease (
        project TEXT NOT NULL, dialer TEXT NOT NULL, serial INTEGER NOT NULL DEFAULT 0,
        fence INTEGER NOT NULL DEFAULT 0, who TEXT NOT NULL DEFAULT '', operation TEXT NOT NULL DEFAULT '',
        since REAL NOT NULL DEFAULT 0, lease_until REAL NOT NULL DEFAULT 0,
        PRIMARY KEY (project, dialer)
    ) STRICT, WITHOUT ROWID""",
    # The last fence that was given out.
    "ALTER TABLE project ADD COLUMN fence INTEGER NOT NULL DEFAULT 0",
    "UPDATE project SET fence = coalesce((SELECT fence FROM lock WHERE lock.project = project.project), 0)",
    # Whoever holds the one lock of before holds the whole project, until its lease has run out.
    """INSERT INTO lease (project, dialer, fence, who, operation, since, lease_until)
        SELECT project, '', fence, who, operation, since, lease_until FROM lock WHERE holder <> ''""",
    # Not kept empty: a program of before that is at work must not find a lock that it could extend or take.
    "DROP TABLE lock",
)

_VERSION_6 = (
    # When a call of ours last took a row away: a listing that is read soon after may still have it.
    "ALTER TABLE collection ADD COLUMN removed_at REAL NOT NULL DEFAULT 0",
)

# MIGRATIONS[n] brings a ledger of version n to version n + 1.
MIGRATIONS: tuple[tuple[str, ...], ...] = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4, _VERSION_5, _VERSION_6)
VERSION = len(MIGRATIONS)


def migrate(store: Store) -> int:
    """Bring the tables to this program's version and return the version that was found; 0: there were none.

    Raises:
        LedgerError: it is not a ledger, or a newer program has written it.
    """
    with store.write() as session:
        found = version(session) if store.tables_exist else 0
        if found < VERSION:
            # Somebody else may have been quicker.
            store.wait_for_migrations()
            found = version(session) if store.tables_exist else 0
        if found > VERSION:
            raise LedgerError(
                f"the ledger has schema version {found}, this program knows versions up to {VERSION};"
                " use the newer syncengine that wrote it"
            )
        if found < VERSION:
            for statements in MIGRATIONS[found:]:
                store.create(statements)
            session.execute(
                "INSERT INTO meta (name, value) VALUES ('schema_version', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (str(VERSION),),
            )
    return found


def version(connection: Session) -> int:
    """Return the schema version of a ledger."""
    (found,) = connection.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()
    return int(found)


def enter_project(connection: Session, project: str) -> None:
    """Make the project known; its lineage tells this ledger from every other one, for as long as it lives."""
    connection.execute(
        "INSERT INTO project (project, lineage, serial) VALUES (?, ?, 0) ON CONFLICT (project) DO NOTHING",
        (project, str(uuid.uuid4())),
    )
    connection.execute("UPDATE project SET seal = ? WHERE project = ? AND seal = ''", (secrets.token_hex(32), project))


def basis(connection: Session, project: str) -> tuple[str, int]:
    """Return lineage and serial: when either has moved, a plan made before is stale."""
    lineage, serial = connection.execute("SELECT lineage, serial FROM project WHERE project = ?", (project,)).fetchone()
    return lineage, serial


def bump_serial(connection: Session, project: str) -> tuple[str, int]:
    """Count a change of what plans are made from, in the same transaction as the change; return lineage and serial."""
    lineage, serial = connection.execute(
        "UPDATE project SET serial = serial + 1 WHERE project = ? RETURNING lineage, serial", (project,)
    ).fetchone()
    return lineage, serial


def bump_dnd_serial(connection: Session, project: str) -> None:
    """Count a change of the numbers in force."""
    connection.execute("UPDATE project SET dnd_serial = dnd_serial + 1 WHERE project = ?", (project,))


def dnd_serial(connection: Session, project: str) -> int:
    """Return a number that moves when the numbers in force have changed."""
    (serial,) = connection.execute("SELECT dnd_serial FROM project WHERE project = ?", (project,)).fetchone()
    return int(serial)


def seal_key(connection: Session, project: str) -> str:
    """Return the key with which this ledger seals plans; it never leaves the ledger's folder."""
    (key,) = connection.execute("SELECT seal FROM project WHERE project = ?", (project,)).fetchone()
    return str(key)


def doubt(connection: Session, project: str) -> str:
    """Return why nothing may be sent on this ledger's word; empty: it is sound."""
    (why,) = connection.execute("SELECT doubt FROM project WHERE project = ?", (project,)).fetchone()
    return str(why)


def set_doubt(connection: Session, project: str, why: str) -> None:
    """Write down why nothing may be sent until this ledger was recovered."""
    connection.execute("UPDATE project SET doubt = ? WHERE project = ?", (why, project))


def ancestors(connection: Session, project: str) -> set[str]:
    """Return the lineages that were recovered into this one."""
    found = connection.execute("SELECT lineage FROM ancestor WHERE project = ?", (project,))
    return {lineage for (lineage,) in found}


def begin_lineage(connection: Session, project: str, *, after: set[str]) -> None:
    """Begin a new lineage, sound from now on: plans and copies made before belong to another ledger."""
    before, _ = basis(connection, project)
    for lineage in sorted({*after, before}):
        connection.execute(
            "INSERT INTO ancestor (project, lineage) VALUES (?, ?) ON CONFLICT (project, lineage) DO NOTHING",
            (project, lineage),
        )
    connection.execute("UPDATE project SET lineage = ?, doubt = '' WHERE project = ?", (str(uuid.uuid4()), project))
