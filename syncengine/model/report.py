"""What an apply did: every outcome, also when it stopped half way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from syncengine.model.address import Address
from syncengine.model.plan import LevelName

Outcome = Literal[
    "applied", "already_present", "already_absent", "rejected", "deferred", "failed", "unknown", "skipped", "held"
]
# Outcomes after which the dialer is known to hold what the plan wanted.
DONE: frozenset[Outcome] = frozenset({"applied", "already_present", "already_absent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReport:
    """One change of the plan and what became of it."""

    level: LevelName
    address: Address
    # As in the plan: create, start, add, ...
    action: str
    # Outcome -> number of rows (1 for a campaign).
    outcomes: Mapping[Outcome, int]
    # Vendor's words or our reason -> number of rows; masked.
    messages: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0

    @property
    def done(self) -> bool:
        """Whether all of it is known to be done."""
        return all(outcome in DONE for outcome, count in self.outcomes.items() if count)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyReport:
    """The whole apply."""

    plan_id: str
    changes: tuple[ChangeReport, ...]
    seconds: float
    interrupted: bool = False
    # Rows and campaigns that wait for a person, as "dialer/kind/name: n rows".
    parked: tuple[str, ...] = ()
    # Warnings that must not be missed: a listed number that could not be blocked, a campaign stopped for it.
    alarms: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything in the plan is known to be done."""
        return not self.interrupted and all(change.done for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a long apply stands; handed to a view now and then."""

    dialer: str
    level: str
    done: int
    total: int
    # Rows a second, over the whole apply.
    rate: float
    # Seconds left by the rate so far; None while unknown.
    remaining: float | None
    # What is waited for, as "rate limit" or "task"; empty while sending.
    waiting: str = ""
