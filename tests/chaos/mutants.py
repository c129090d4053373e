"""Engines with one defence taken out, to see that the judge would notice: a suite that cannot fail proves nothing."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from syncengine.ledger import lock, statements
from syncengine.ledger.run_journal import RunJournal
from syncengine.model.ports import Intent
from syncengine.remote import client, retries
from syncengine.steps import applying, settling
from syncengine.steps.listed import ListedNow


def switch_on(name: str) -> None:
    """Take a defence out of this process."""
    MUTANTS[name]()


def _blind_resend() -> None:
    """What has no outcome counts as not sent."""

    def settled(run: Any, readings: object, call: Any, *, now: float) -> None:
        del readings
        run.ledger.resolve_call(call.call_id, "not_sent", now=now)

    settling._settle_call = settled


def _retry_every_write() -> None:
    """A write whose answer was lost is sent again at once, whatever its proof."""
    client.repeat_is_harmless = lambda _: True
    retries.repeat_is_harmless = lambda _: True


def _no_intent() -> None:
    """Nothing is written down before it is sent."""

    async def unwritten(*_: object) -> int:
        return 0

    RunJournal.begin = unwritten  # type: ignore[method-assign]


def _booked_before_sent() -> None:
    """The outcome is written before the call is made."""
    begin = RunJournal.begin

    async def booked(self: RunJournal, intent: Intent) -> int:
        number = await begin(self, intent)
        with suppress(Exception):
            await self.finish(number, "applied", "", {})
        return number

    RunJournal.begin = booked  # type: ignore[method-assign]


def _unknown_kept_quiet() -> None:
    """What waits is told to nobody."""
    silent: Callable[[Any], Sequence[str]] = lambda _: []  # noqa: E731 - two names, one nothing
    settling._parked = silent  # type: ignore[assignment]
    settling._sentence = lambda _: ""
    applying.parked_lines = silent  # type: ignore[assignment]


def _lock_kept() -> None:
    """The lock is never given back."""
    lock.free = lambda *_: True


def _lists_forgotten() -> None:
    """No number counts as listed, neither in the plan nor at the last gate."""
    ListedNow.hits = lambda *_: set()  # type: ignore[method-assign]
    statements.all_numbers = lambda *_, **__: set()


MUTANTS: dict[str, Callable[[], None]] = {
    "blind resend": _blind_resend,
    "retry every write": _retry_every_write,
    "no intent": _no_intent,
    "booked before sent": _booked_before_sent,
    "unknown kept quiet": _unknown_kept_quiet,
    "lock kept": _lock_kept,
    "lists forgotten": _lists_forgotten,
}
