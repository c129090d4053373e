"""The tables, and how an older ledger is brought to them.

A migration is a tuple of single statements, so that all of it runs inside one transaction: a crash leaves the old
tables or the new ones. The project is part of every key, since a server can hold the ledgers of several projects.

Rows of a call that has no outcome yet stand in ``call_row`` and nowhere else; ``collection_row`` holds only what is
settled. So an intent is one append, a crash needs no repair, and what was true before a call is never overwritten by
what is merely hoped.
"""

import sqlite3
import uuid

from syncengine.errors import LedgerError

# Marks the file as ours: the letters "SYNC".
APPLICATION_ID = 0x53594E43

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

# MIGRATIONS[n] brings a ledger of version n to version n + 1.
MIGRATIONS: tuple[tuple[str, ...], ...] = (_VERSION_1, _VERSION_2)
VERSION = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to this program's version; to be called inside a write transaction.

    Raises:
        LedgerError: the file is not a ledger, or a newer program has written it.
    """
    found = _version(connection)
    if found > VERSION:
        raise LedgerError(
            f"the ledger has schema version {found}, this program knows versions up to {VERSION};"
            " use the newer syncengine that wrote it"
        )
    if found == VERSION:
        return
    for statements in MIGRATIONS[found:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(
        "INSERT INTO meta (name, value) VALUES ('schema_version', ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (str(VERSION),),
    )


def _version(connection: sqlite3.Connection) -> int:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id != APPLICATION_ID:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables or application_id:
            raise LedgerError("the file is a database of another program, not a ledger; name another file as ledger")
        return 0
    (version,) = connection.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()
    return int(version)


def enter_project(connection: sqlite3.Connection, project: str) -> None:
    """Make the project known; its lineage tells this ledger from every other one, for as long as it lives."""
    connection.execute(
        "INSERT INTO project (project, lineage, serial) VALUES (?, ?, 0) ON CONFLICT (project) DO NOTHING",
        (project, str(uuid.uuid4())),
    )
    connection.execute(
        "INSERT INTO lock (project, fence, holder, who, operation, since, lease_until) VALUES (?, 0, '', '', '', 0, 0)"
        " ON CONFLICT (project) DO NOTHING",
        (project,),
    )


def basis(connection: sqlite3.Connection, project: str) -> tuple[str, int]:
    """Return lineage and serial: when either has moved, a plan made before is stale."""
    lineage, serial = connection.execute("SELECT lineage, serial FROM project WHERE project = ?", (project,)).fetchone()
    return lineage, serial


def bump_serial(connection: sqlite3.Connection, project: str) -> None:
    """Count a change of what plans are made from; belongs into the same transaction as the change."""
    connection.execute("UPDATE project SET serial = serial + 1 WHERE project = ?", (project,))
