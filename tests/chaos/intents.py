"""What the ledger has committed, seen by another process through a connection of its own, as after a crash.

Only committed rows are visible here: an intent that is found while its request arrives was written before it was sent.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, Protocol


class Intents(Protocol):
    """A ledger's committed calls."""

    def open_calls(self, project: str, digest: str) -> list[tuple[int, bool]]:
        """Return the calls without an outcome that have this request's digest, newest first.

        With each stands whether it is still under way: a sender that gives up after its last byte may have written down
        that it knows no outcome before the request is looked at here.
        """

    def digest_of(self, call: int) -> str:
        """Return the request's digest of a call."""

    def damage(self) -> str:
        """Return what is wrong with the ledger's file; empty: nothing."""

    def close(self) -> None:
        """Let go of it."""


_OPEN = (
    "SELECT call_id, state = 'intent' FROM call WHERE project = {0} AND request_digest = {0}"
    " AND state IN ('intent', 'unknown', 'parked') ORDER BY call_id DESC"
)
_DIGEST = "SELECT request_digest FROM call WHERE call_id = {0}"


def intents_of(url: str) -> Intents:
    """Open the ledger of a URL for reading."""
    if url.startswith("sqlite:///"):
        return _Sqlite(url.removeprefix("sqlite:///"))
    return _Postgresql(url)


class _Sqlite:
    def __init__(self, path: str) -> None:
        # The sandbox's thread looks, one request at a time.
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)

    def open_calls(self, project: str, digest: str) -> list[tuple[int, bool]]:
        return [(int(call), bool(sent)) for call, sent in self._all(_OPEN.format("?"), (project, digest))]

    def digest_of(self, call: int) -> str:
        return str(self._one(_DIGEST.format("?"), (call,)) or "")

    def damage(self) -> str:
        found = self._one("PRAGMA integrity_check", ())
        return "" if found == "ok" else str(found)

    def close(self) -> None:
        self._connection.close()

    def _one(self, query: str, values: Sequence[object]) -> Any:
        return self._all(query, values)[0][0]

    def _all(self, query: str, values: Sequence[object]) -> Any:
        return self._connection.execute(query, values).fetchall()


class _Postgresql:
    """The same questions to a server, which looks after its own files."""

    def __init__(self, url: str) -> None:
        import psycopg

        self._connection: Any = psycopg.connect(url, autocommit=True)
        self._connection.execute("SET search_path TO syncengine")

    def open_calls(self, project: str, digest: str) -> list[tuple[int, bool]]:
        return [(int(call), bool(sent)) for call, sent in self._all(_OPEN.format("%s"), (project, digest))]

    def digest_of(self, call: int) -> str:
        return str(self._one(_DIGEST.format("%s"), (call,)) or "")

    def damage(self) -> str:
        return ""

    def close(self) -> None:
        self._connection.close()

    def _one(self, query: str, values: Sequence[object]) -> Any:
        return self._all(query, values)[0][0]

    def _all(self, query: str, values: Sequence[object]) -> Any:
        return self._connection.execute(query, values).fetchall()
