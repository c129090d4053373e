"""The judge: it sees each request before it is applied, keeps its own truth, and shares no code with the engine.

A number is its ten national digits, and a text holds it when the text's digits do. What it says is a sentence that
begins with the invariant that was broken (D1, D2, ...).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.dnd_model.dialer import Campaign, Dialer, Seen

DIALABLE = frozenset({"add", "update", "unblock", "start", "dnd remove"})
ACCOUNT = "account"


class BrokenInvariantError(AssertionError):
    """The engine has done what it must never do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one do-not-call file says when a run begins."""

    # Numbers that can be read in it.
    numbers: frozenset[str]
    # Why nothing dialable may be sent in its scope; empty: it is sound.
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, as far as its caller was told."""

    # Everything was done, and nothing is held back or waiting.
    clean: bool
    # The run went through, whether or not all of it was done.
    through: bool


@dataclass
class Monitor:
    """What must never be rung, and what was seen."""

    dialer: Dialer
    # All numbers of the world.
    numbers: tuple[str, ...]
    # Do-not-call list -> campaigns that it covers, by name.
    covers: Mapping[str, tuple[str, ...]]
    # Do-not-call lists that the dialer's own list can hold.
    held_there: frozenset[str]
    # "": the dialer holds no list; "account" or "campaign".
    holds: str
    lists: bool
    listed: dict[str, set[str]] = field(default_factory=dict)
    # Do-not-call list -> numbers that the run under way may take off it.
    may_release: dict[str, set[str]] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    # Targets to which something dialable was sent in the run under way.
    dialled: set[str] = field(default_factory=set)
    # Entries of the dialer's list that it has confirmed: (id of the campaign or "account", number).
    confirmed: set[tuple[str, str]] = field(default_factory=set)
    # Id of a campaign -> applies in a row after which a listed number could still be rung there.
    rung: Counter[str] = field(default_factory=Counter)
    # Ids of the campaigns that the run under way has told to stop, whatever came of it.
    told_to_stop: set[str] = field(default_factory=set)
    # Dialable requests that were sent, for the evidence.
    dialable: int = 0
    blocks: Counter[str] = field(default_factory=Counter)
    # Whatever is raised while a request is under way would only look like a lost answer.
    broken: list[str] = field(default_factory=list)

    # ------------------------------------------------------------------------------------------------ the truth

    def begins(self, readings: Mapping[str, Reading], *, releases: Mapping[str, Iterable[str]] | None = None) -> None:
        """Note what a run reads; ``releases`` is what it may take off, where that was allowed."""
        self.dialled.clear()
        self.told_to_stop.clear()
        self.may_release = {}
        for name, reading in readings.items():
            self.listed.setdefault(name, set()).update(reading.numbers)
            self.doubts[name] = reading.doubt
            if reading.doubt:
                self.blocks[f"source {reading.doubt}"] += 1
        for name, numbers in (releases or {}).items():
            if not self.doubts[name]:
                self.may_release[name] = set(numbers) & self.listed[name] - readings[name].numbers

    def released(self) -> None:
        """Let the releases of the run under way count: from now on their numbers may be rung, or not."""
        for name, numbers in self.may_release.items():
            self.listed[name] -= numbers

    def reads_late(self, name: str, number: str) -> None:
        """Note that another process has read a statement while this one is under way."""
        self.listed.setdefault(name, set()).add(number)

    def on(self, target: str) -> set[str]:
        """Return the numbers that must not be rung at a campaign, or anywhere at the account."""
        return {
            number
            for name, numbers in self.listed.items()
            if target == ACCOUNT or target in self.covers[name]
            for number in numbers
        }

    def blocked_there(self, campaign: Campaign, number: str) -> bool:
        """Whether the dialer itself keeps a number from being rung by a campaign."""
        if self.holds == "account":
            return self._spelt(number, self.dialer.state.blocked)
        return self.holds == "campaign" and self._spelt(number, campaign.blocked)

    def can_be_rung(self, campaign: Campaign) -> set[str]:
        """Return the listed numbers that a campaign would ring now, were it running."""
        dialled = [lead for lead in campaign.leads if lead.state != "held"]
        there = {number for lead in dialled for phone in lead.phones for number in self.found_in(phone)}
        return {number for number in there & self.on(campaign.name) if not self.blocked_there(campaign, number)}

    def found_in(self, text: str) -> set[str]:
        """Return the world's numbers that stand in a text, however they are written."""
        digits = re.sub(r"\D", "", text)
        return {number for number in self.numbers if number in digits}

    def _spelt(self, number: str, there: Iterable[str]) -> bool:
        return any(number in self.found_in(text) for text in there)

    # --------------------------------------------------------------------------------------------- each request

    def watch(self, seen: Seen) -> None:
        """Judge a request before it is applied."""
        if not seen.writes:
            return
        target = self.dialer.state.campaigns[seen.campaign].name if seen.campaign else ACCOUNT
        numbers = {n for text in _texts([*seen.path, seen.body]) for n in self.found_in(text)}
        if seen.kind == "unblock":
            # Who is freed is named by an id alone.
            leads = self.dialer.state.campaigns[seen.campaign].leads
            freed = [phone for lead in leads if lead.ref == seen.body["ref"] for phone in lead.phones]
            numbers |= {n for phone in freed for n in self.found_in(phone)}
        if seen.kind in DIALABLE:
            self._watch_dialable(seen, target, numbers)
        if seen.kind.startswith("dnd"):
            self._watch_list(seen, target, numbers)
        if seen.kind == "stop":
            self.told_to_stop.add(seen.campaign)
        if seen.kind == "start":
            self._watch_start(self.dialer.state.campaigns[seen.campaign])

    def _watch_dialable(self, seen: Seen, target: str, numbers: set[str]) -> None:
        self.dialable += 1
        self.dialled.add(target)
        for number in sorted(numbers & self.on(target)):
            # A release is written ahead of whatever it allows, so its numbers may be rung in the same run.
            if self._otherwise(target, number):
                self._broken("D1", f"{seen.kind} to {target} carries the listed number {number}")
        for name, doubt in self.doubts.items():
            if doubt and (target == ACCOUNT or target in self.covers[name]):
                word = "D6" if doubt == "old" else "D5"
                self._broken(word, f"{seen.kind} to {target} although the list {name} is {doubt}")
        if seen.kind == "add" and any(row.get("dnc_check") != "on" for row in seen.body):
            self._broken("D16", f"an addition to {target} without the vendor's own check")

    def _otherwise(self, target: str, number: str) -> bool:
        """Whether a number is listed for a target by a list from which it is not released."""
        return any(
            number in numbers and number not in self.may_release.get(name, set())
            for name, numbers in self.listed.items()
            if target == ACCOUNT or target in self.covers[name]
        )

    def _watch_list(self, seen: Seen, target: str, numbers: set[str]) -> None:
        words = seen.body if isinstance(seen.body, list) else [seen.body]
        if not words or any(not isinstance(word, str) or not self.found_in(word) for word in words):
            self._broken("D18", f"{seen.kind} at {target} with {seen.body!r}")
        if seen.kind == "dnd add" and (target in self.dialled or (target == ACCOUNT and self.dialled)):
            self._broken("D2", f"an entry is listed at {target} after something dialable was sent in the same run")
        if seen.kind == "dnd remove":
            allowed = set().union(*self.may_release.values(), set())
            for number in numbers:
                if self._otherwise(target, number) or (number in self.on(target) and number not in allowed):
                    self._broken("D4", f"{number} is taken off the list of {target} without a release")

    def _watch_start(self, campaign: Campaign) -> None:
        target = campaign.name
        for name, numbers in self.listed.items():
            if target not in self.covers[name] or name not in self.held_there:
                continue
            where = ACCOUNT if self.holds == "account" else campaign.id
            # As for any request: a release counts as soon as the run that was allowed it has begun.
            for number in sorted(numbers - self.may_release.get(name, set())):
                if not self.blocked_there(campaign, number):
                    self._broken("D3", f"{target} is started and {number} of {name} is not on the dialer's list")
                if (where, number) not in self.confirmed:
                    self._broken("D10", f"{target} is started and nothing has confirmed {number} of {name}")
        if rung := {number for number in self.can_be_rung(campaign) if self._otherwise(target, number)}:
            self._broken("D3", f"{target} is started and would ring {', '.join(sorted(rung))}")

    def told(self, seen: Seen, answer: Any) -> None:
        """Note what the dialer has confirmed."""
        target = seen.campaign or ACCOUNT
        if seen.kind == "dnd add":
            self.confirmed |= {(target, n) for text in seen.body for n in self.found_in(text)}
        if seen.kind == "dnd remove":
            self.confirmed -= {(target, n) for text in seen.body for n in self.found_in(text)}
        if seen.kind == "list blocked":
            there = {n for entry in answer["found"] for n in self.found_in(entry["tel"])}
            # What a late listing lacks may have been confirmed since.
            others = {(at, n) for at, n in self.confirmed if at != target or self.dialer.lag}
            self.confirmed = others | {(target, n) for n in there}

    # ------------------------------------------------------------------------------------------------- each run

    def ends(self, ended: Ended) -> None:
        """Judge what stands at the dialer after a run."""
        for campaign in self.dialer.state.campaigns.values():
            rung = self.can_be_rung(campaign) if campaign.state == "running" else set()
            if rung and ended.clean:
                self._broken("D8", f"after a clean apply {campaign.name} is running with {', '.join(sorted(rung))}")
            if not ended.through:
                continue
            # More than telling it to stop nobody can do.
            resists = rung and campaign.id not in self.told_to_stop
            self.rung[campaign.id] = self.rung[campaign.id] + 1 if resists else 0
            if self.rung[campaign.id] > 6:
                self._broken("D9", f"{campaign.name} still rings {', '.join(sorted(rung))} after so many applies")

    def _broken(self, invariant: str, what: str) -> None:
        self.broken.append(f"{invariant}: {what}")

    def verdict(self) -> None:
        """Raise what was broken."""
        if self.broken:
            raise BrokenInvariantError("; ".join(dict.fromkeys(self.broken)))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, str):
        yield value
    elif value is not None:
        for inner in value:
            yield from _texts(inner)
