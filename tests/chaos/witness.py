"""Sees every request at the moment at which it arrives and at which it changes a dialer; what it sees it keeps.

Who was callable for an instant, or held twice until somebody cleaned up, cannot be read off a dialer afterwards. The
witness shares no code with the engine: it knows numbers, campaigns and the order in which things happened.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from syncengine.sandbox.call import Call
from syncengine.sandbox.dialer import Dialer
from syncengine.sandbox.record import Entry
from tests.chaos.intents import Intents

# A vendor's base path, and what its credentials add to a query: neither is part of what the engine digests.
_BASE_PATHS = {"lynn": "/api/LynnService"}
_CREDENTIALS = {"comunik8": {"key"}}


@dataclass(slots=True, kw_only=True)
class Witness:
    """One dialer's witness; satisfies ``sandbox.record.Watcher``."""

    dialer: Dialer
    project: str
    # Opened when the first request comes: there is no ledger before the first run.
    intents: Callable[[], Intents]
    # Ids of the campaigns that are ours.
    campaigns: Callable[[], list[str]]
    # Numbers that must not become callable now, E.164 without the plus.
    forbidden: set[str] = field(default_factory=set)
    # What must never happen and did.
    crimes: list[str] = field(default_factory=list)
    # Calls whose request has changed something here.
    landed: set[int] = field(default_factory=set)
    writes: int = 0
    # When the first writing request since the last look came, by the monotonic clock.
    first_write: float = 0.0
    _callable: set[str] = field(default_factory=set)
    _calls: dict[int, int] = field(default_factory=dict)
    # Calls that a request has come for.
    _arrived: set[int] = field(default_factory=set)

    def arrived(self, entry: Entry, call: Call) -> None:
        """Look up whether this request was written down before it was sent."""
        del entry
        if call.method == "GET" or call.path.endswith("/CreateToken"):
            return
        self.writes += 1
        self.first_write = self.first_write or time.monotonic()
        self._calls[id(call)] = self._intent_of(call)

    def _intent_of(self, call: Call) -> int:
        """Return the call that this request was written down as; 0: it was not.

        One that is under way may come again, by a new connection. One whose outcome is unknown must not: it is taken
        for a request only while none has come for it.
        """
        for number, under_way in self.intents().open_calls(self.project, self.digest(call)):
            if under_way or number not in self._arrived:
                self._arrived.add(number)
                return number
        return 0

    def digest(self, call: Call) -> str:
        """Return what the engine writes down of a request: verb, path, query and body, without credentials."""
        path = call.path.removeprefix(_BASE_PATHS.get(self.dialer.name, ""))
        query = tuple(pair for pair in call.query if pair[0] not in _CREDENTIALS.get(self.dialer.name, ()))
        return hashlib.sha256(f"{call.method} {path} {query!r}".encode() + b"\0" + call.raw).hexdigest()

    def applied(self, call: Call) -> None:
        """Look at what a request has changed."""
        number = self._calls.get(id(call), 0)
        if number:
            self.landed.add(number)
        elif not call.path.endswith("/CreateToken"):
            self.crimes.append(f"sent without an intent: {call.method} {call.target}")
        now = self.callable_now()
        if bad := (now - self._callable) & self.forbidden:
            self.crimes.append(f"listed callable: {len(bad)} after {call.method} {call.target}")
        self._callable = now
        if doubled := self.dialer.doubled():
            self.crimes.append(f"doubled: {json.dumps(doubled)} after {call.method} {call.target}")
        if len(found := self.campaigns()) > 1:
            self.crimes.append(f"doubled: campaigns {found} after {call.method} {call.target}")

    def callable_now(self) -> set[str]:
        """Return every number that some campaign rings now."""
        return set().union(*self.dialer.dialling().values())

    def look(self) -> None:
        """Take what is callable now as given, before a phase."""
        self._callable = self.callable_now()
        self._calls.clear()
        self.first_write = 0.0
