"""What every sandbox dialer offers to whoever judges a run.

A test must not need to know a vendor to ask "which numbers could be rung now?", so all five answer the same few
questions. A number that waits (a delay, a callback date) counts as callable: it will be rung unless somebody takes it
out, and a judge that ignored it would miss the mistakes that matter.
"""

import time
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from starlette.applications import Starlette

from syncengine.sandbox.faults import Faults
from syncengine.sandbox.record import Record

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Clock:
    """The time as the dialers see it; tests move it forward."""

    def __init__(self) -> None:
        self._offset = 0.0

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Move the dialers' time forward."""
        self._offset += seconds

    def set_back(self) -> None:
        """Return to the real time."""
        self._offset = 0.0


class Doubled(NamedTuple):
    """One thing that a dialer holds more than once: whoever it is about would be called or written to twice."""

    campaign_id: str
    key: str
    times: int


class Dialer(Protocol):
    """One vendor's fake dialer: what it serves, and what it knows for the judge."""

    name: str
    faults: Faults
    record: Record

    def app(self) -> Starlette:
        """Return the HTTP application."""

    def reset(self) -> None:
        """Forget everything: state, requests, faults and switches."""

    def credentials(self) -> dict[str, str]:
        """Return the settings and secrets that this dialer accepts."""

    def state(self) -> dict[str, Any]:
        """Return everything held, counts first, as plain JSON values."""

    def records(self, campaign_id: str) -> list[dict[str, Any]]:
        """Return what the campaign holds, doubled records included."""

    def callable_numbers(self, campaign_id: str) -> set[str]:
        """Return the numbers (E.164 digits) that could be rung; none unless the campaign runs."""

    def dialling(self) -> dict[str, set[str]]:
        """Return the callable numbers of every running campaign."""

    def doubled(self) -> list[Doubled]:
        """Return what is held more than once."""


def restore(switches: "DataclassInstance", initial: "DataclassInstance") -> None:
    """Set every switch back. In place, because a dialer's parts share the one object."""
    for one in fields(initial):
        setattr(switches, one.name, getattr(initial, one.name))
