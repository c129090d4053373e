"""Rows written back into the ledger after a reading, on SQLite and on PostgreSQL, beside a bare load of the same rows.

Bare is one transaction of the driver's own quickest way into a table of the same shape: executemany, and COPY.
PostgreSQL is a real server of this machine, which is started for it and ends with it; where there is none, its lines
say so. Each way runs in a process of its own: ``python -m benchmarks.write_back WAY URL ROWS``.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import environment
from benchmarks.table import Figure
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
from tests.ledger.postgres_server import NONE, running

ROWS = 1_000_000
_ROOT = Path(__file__).parent.parent
_SQLITE_SECONDS = 3.0
_POSTGRES_ROWS = 100_000
_TABLE = """CREATE TABLE bare_row (
    collection_id {integer} NOT NULL, key TEXT NOT NULL, phones TEXT NOT NULL, content_hash TEXT NOT NULL,
    remote_id TEXT NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL, refused_hash TEXT NOT NULL, expires_at {real},
    updated_at {real} NOT NULL, call_id {integer} NOT NULL, PRIMARY KEY (collection_id, key))"""


def measure(rows: int = ROWS) -> list[Figure]:
    """Write on both stores."""
    with tempfile.TemporaryDirectory() as folder:
        figures = _on_sqlite(Path(folder), rows)
    with running() as server:
        if server is None:
            return [*figures, Figure(what=f"PostgreSQL, {rows:,} rows", wall=0.0, cpu=0.0, note=NONE)]
        return figures + _on_postgres(server.url, rows)


def _on_sqlite(folder: Path, rows: int) -> list[Figure]:
    bare = _written("bare_sqlite", str(folder / "bare.db"), rows)
    ours = _written("ledger", f"sqlite:///{folder}/ledger.db", rows)
    goal = _SQLITE_SECONDS * rows / ROWS
    met = "met" if ours["wall"] <= goal else "missed"
    return [
        _figure(f"bare sqlite3, {rows:,} rows", bare, rows),
        _figure("the ledger on SQLite", ours, rows, f"{_ratio(ours, bare)}; goal {goal:g} s: {met}"),
    ]


def _on_postgres(url: str, rows: int) -> list[Figure]:
    bare = _written("bare_postgres", url, rows)
    ours = _written("ledger", url, rows)
    met = "met" if rows / ours["wall"] >= _POSTGRES_ROWS else "missed"
    return [
        _figure(f"bare COPY, {rows:,} rows", bare, rows),
        _figure("the ledger on PostgreSQL", ours, rows, f"{_ratio(ours, bare)}; goal {_POSTGRES_ROWS:,} rows/s: {met}"),
    ]


def _ratio(ours: dict[str, Any], bare: dict[str, Any]) -> str:
    return f"{ours['wall'] / bare['wall']:.1f} x bare"


def _figure(what: str, found: dict[str, Any], rows: int, note: str = "") -> Figure:
    rate = f"{rows / found['wall']:,.0f} rows/s"
    return Figure(what=what, wall=found["wall"], cpu=found["cpu"], note=f"{rate}; {note}" if note else rate)


def _written(way: str, url: str, rows: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.write_back", way, url, str(rows)]
    done = subprocess.run(command, cwd=_ROOT, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{way} ended with {done.returncode}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# ------------------------------------------------------------------------------------- one way, in its own process


def _items(rows: int) -> Iterator[RowItem]:
    for number in range(rows):
        phone = f"+57300{number:07d}"
        yield RowItem(phone, (phone,), {}, f"{number:032x}", f"R{number}")


def _tuples(rows: int) -> Iterator[tuple[object, ...]]:
    for row in _items(rows):
        yield (1, row.key, row.phones[0], row.content_hash, row.remote_id, "present", "", "", None, 1.0, 0)


def _ledger(url: str, rows: int) -> None:
    now = time.time()
    with Ledger.open(url, "bench") as ledger, ledger.lock("refresh", now=now):
        saved = ledger.save_rows(Address("bench", "contacts", "spring"), _items(rows), now=now)
        assert saved == rows


def _bare_sqlite(path: str, rows: int) -> None:
    import sqlite3

    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(_TABLE.format(integer="INTEGER", real="REAL") + " STRICT, WITHOUT ROWID")
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO bare_row VALUES ({', '.join('?' * 11)})", _tuples(rows))
    connection.execute("COMMIT")
    connection.close()


def _bare_postgres(url: str, rows: int) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute(_TABLE.format(integer="BIGINT", real="DOUBLE PRECISION"))
        with connection.cursor() as cursor, cursor.copy("COPY bare_row FROM STDIN") as copy:
            for row in _tuples(rows):
                copy.write_row(row)


_WAYS = {"ledger": _ledger, "bare_sqlite": _bare_sqlite, "bare_postgres": _bare_postgres}


def main() -> None:
    """Write and print."""
    way, url, rows = sys.argv[1:]
    wall, cpu = time.perf_counter(), time.process_time()
    _WAYS[way](url, int(rows))
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}))


if __name__ == "__main__":
    main()
