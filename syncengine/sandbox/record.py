"""What was asked of a dialer and what became of it: the evidence that tests judge by.

Bounded on purpose: a load of a million rows must not be held twice, so above a size only the row count and a digest of
the body stay, and only so many requests are kept.
"""

import hashlib
import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from syncengine.sandbox.call import Call, Outcome, Upload, decode, read_body
from syncengine.sandbox.faults import CONTROL

LARGEST_KEPT_BODY = 256 * 1024
MOST_REQUESTS = 100_000


@dataclass(slots=True)
class Entry:
    """One request. `body` is nothing when it was too large to keep; `rows` counts the items it carried."""

    number: int
    at: float
    method: str
    path: str
    query: list[tuple[str, str]]
    body: Any
    rows: int
    size: int
    digest: str
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def status(self) -> int | None:
        """The status answered; nothing when the connection was cut."""
        return self.outcome.status

    @property
    def applied(self) -> bool:
        """Whether the dialer's state changed."""
        return self.outcome.applied

    @property
    def fault(self) -> str:
        """The fault that hit, or an empty text."""
        return self.outcome.fault

    def as_json(self) -> dict[str, Any]:
        """Return the entry as plain JSON values."""
        head = {"number": self.number, "at": self.at, "method": self.method, "path": self.path}
        judged = {"query": dict(self.query), "status": self.status, "applied": self.applied, "fault": self.fault}
        return head | judged | {"rows": self.rows, "size": self.size, "digest": self.digest, "body": self.body}


class Watcher(Protocol):
    """Told of every request while it happens; what the state was in between cannot be seen afterwards."""

    def arrived(self, entry: Entry, call: Call) -> None:
        """Look at a request before anything becomes of it."""

    def applied(self, call: Call) -> None:
        """Look at the dialer, whose lock is held, just after a request has changed it."""


class Record:
    """The requests of one dialer, oldest first."""

    def __init__(self, largest_body: int = LARGEST_KEPT_BODY, most: int = MOST_REQUESTS) -> None:
        self.largest_body = largest_body
        # How many requests were ever open at once: 1 proves that a client works serially.
        self.peak_in_flight = 0
        self.total = 0
        self.watcher: Watcher | None = None
        self._in_flight = 0
        self._entries: deque[Entry] = deque(maxlen=most)
        self._lock = threading.Lock()

    def open(self, call: Call) -> None:
        """Note a request that arrived."""
        keep = len(call.raw) <= self.largest_body
        rows, body = count_rows(call.body), readable(call.body) if keep else None
        digest = hashlib.sha256(call.raw).hexdigest()
        with self._lock:
            self.total += 1
            self._in_flight += 1
            self.peak_in_flight = max(self.peak_in_flight, self._in_flight)
            seen = (self.total, time.time(), call.method, call.path, call.query, body, rows, len(call.raw), digest)
            entry = Entry(*seen, outcome=call.outcome)
            self._entries.append(entry)
        if self.watcher is not None:
            self.watcher.arrived(entry, call)

    def applied(self, call: Call) -> None:
        """Let the watcher look at what a request has changed."""
        if self.watcher is not None:
            self.watcher.applied(call)

    def close(self) -> None:
        """Note that a request has ended."""
        with self._lock:
            self._in_flight -= 1

    def clear(self) -> None:
        """Forget every request."""
        with self._lock:
            self._entries.clear()
            self.total = 0
            self.peak_in_flight = self._in_flight

    def entries(self, method: str = "", path: str = "", *, applied: bool | None = None) -> list[Entry]:
        """Return the requests kept, narrowed by verb, by a part of path and query, and by whether applied."""
        with self._lock:
            kept = list(self._entries)
        return [entry for entry in kept if _matches(entry, method, path, applied=applied)]

    def rows(self, method: str = "", path: str = "", *, applied: bool | None = None) -> int:
        """Return how many items the matching requests carried."""
        return sum(entry.rows for entry in self.entries(method, path, applied=applied))


def _matches(entry: Entry, method: str, path: str, *, applied: bool | None) -> bool:
    if method and entry.method != method.upper():
        return False
    if applied is not None and entry.applied is not applied:
        return False
    if not path:
        return True
    query = "&".join(f"{name}={value}" for name, value in entry.query)
    return path in f"{entry.path}?{query}"


def count_rows(body: Any) -> int:
    """Return how many items a body carries: of the root list, of the longest list inside, else one."""
    if body is None:
        return 0
    if isinstance(body, list):
        return len(body)
    if isinstance(body, dict):
        inner = [_part(value) for value in body.values()]
        return max((len(value) for value in inner if isinstance(value, list)), default=1)
    return 1


def _part(value: Any) -> Any:
    # A multipart text part may hold a JSON list (Stringee's listcontacts).
    if not isinstance(value, str) or not value.lstrip().startswith("["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def readable(body: Any) -> Any:
    """Return the body as plain JSON values: files become their name, size and digest."""
    if not isinstance(body, dict):
        return body
    return {name: _file(value) if isinstance(value, Upload) else value for name, value in body.items()}


def _file(upload: Upload) -> dict[str, Any]:
    digest = hashlib.sha256(upload.content).hexdigest()
    return {"filename": upload.filename, "size": len(upload.content), "digest": digest}


class RecordMiddleware:
    """Reads every request once, notes it, and hands the decoded call inwards as ``scope["call"]``."""

    def __init__(self, app: ASGIApp, record: Record) -> None:
        self._app = app
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        raw = await read_body(receive)
        if raw is None:
            return
        call = await decode(scope, raw)
        scope["call"] = call
        self._record.open(call)

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.outcome.status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            self._record.close()
