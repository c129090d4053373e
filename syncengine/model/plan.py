"""The plan: a frozen value that says everything that will be done, in order, and why, and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from syncengine.diagnostics import Location
from syncengine.model.address import Address
from syncengine.model.change import CampaignChange, Change, RowChange

FORMAT_VERSION = 1

LevelName = Literal[
    "dnd additions",
    "stops",
    "contact removals",
    "campaign changes",
    "dnd additions to new campaigns",
    "directory entries",
    "contact additions and updates",
    "starts",
    "campaign deletions",
    "dnd removals",
    "contacts released from dnd",
]

Refresh = Literal["full", "changed", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """What the person who runs the plan allows beyond the guards."""

    # Rows that may be removed from one collection: a number, or a share (0..1) as float; None: the guard's own limit.
    remove: int | float | None = None
    # Entries that may be taken off do-not-call lists.
    dnd_remove: int = 0
    unverified: bool = False
    prune: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What part of a project a plan is about, and with which apply options; a saved plan is made anew with the same."""

    # Empty: all.
    dialers: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    # Apply options of vendor files, as delays -> "600".
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Level:
    """Changes that may run side by side. A level begins, dialer by dialer, when the one before has ended there."""

    name: LevelName
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A guard that stops the plan, with the exact way on."""

    rule: Literal[
        "max_remove",
        "max_newly_callable",
        "max_starts",
        "dnd_removal",
        "rejected_rows",
        "empty_source",
        "unverified",
        "not_possible",
        "prune",
        "incomplete",
    ]
    message: str
    # What to write or which flag to give.
    remedy: str
    address: Address | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Something that the manifest wants and that this plan holds back, without stopping the rest."""

    address: Address
    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the plan costs at one dialer."""

    dialer: str
    vendor: str
    calls: int
    # At the vendor's stated limits; None where none are known.
    minutes: float | None
    # Calls of today's budget: already used, and the budget; None where there is none.
    budget_used: int = 0
    budget: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSummary:
    """One contact or do-not-call source as it was read."""

    name: str
    kind: Literal["contacts", "dnd"]
    label: str
    rows: int
    accepted: int
    rejected: int
    duplicates: int
    # Reason -> count, of the rejected ones.
    reasons: Mapping[str, int] = field(default_factory=dict)
    # Seconds since the file was changed.
    age: float = 0.0
    # For dnd: why everything dialable in its scope is held; empty when it is sound.
    held: str = ""
    # Where the set-aside rows were written; empty when there were none.
    rejects_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcement:
    """How do-not-call holds at one dialer."""

    dialer: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The plan in business words."""

    campaigns_created: int = 0
    campaigns_updated: int = 0
    campaigns_deleted: int = 0
    starts: int = 0
    stops: int = 0
    # People who become callable, and who stop being callable.
    newly_callable: int = 0
    no_longer_callable: int = 0
    rows_updated: int = 0
    rows_unchanged: int = 0
    dnd_added: int = 0
    dnd_removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the plan was made from; when one of these has moved, the plan is stale."""

    lineage: str
    serial: int
    manifests: str
    vendors: str
    sources: str
    dnd: str
    # Dialer name -> digest of vendor, origin and settings.
    dialers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that will be done.

    ``plan_id`` is a digest of what will be done (levels, releases, basis.dialers), not of when or from which reading:
    two plans that would do the same have the same id.
    """

    format_version: int
    plan_id: str
    project: str
    # Seconds since 1970, UTC.
    created_at: float
    refresh: Refresh
    levels: tuple[Level, ...]
    # Do-not-call list -> how many numbers its ``release`` takes off, after everything else.
    releases: Mapping[str, int]
    headline: Headline
    costs: tuple[Cost, ...]
    sources: tuple[SourceSummary, ...]
    enforcement: tuple[Enforcement, ...]
    violations: tuple[Violation, ...]
    holds: tuple[Hold, ...]
    # Sentences for people: drift, counts that disagree, parked rows, what could not be read.
    notes: tuple[str, ...]
    basis: Basis
    scope: Scope = field(default_factory=Scope)
    # What the person who made it allowed; not part of its identity.
    allowances: Allowances = field(default_factory=Allowances)

    @property
    def changes(self) -> Iterator[Change]:
        """Walk all changes in the order in which they will be applied."""
        for level in self.levels:
            yield from level.changes

    @property
    def empty(self) -> bool:
        """Whether nothing would be sent and nothing be booked."""
        return not self.levels and not self.releases

    @property
    def held_sources(self) -> tuple[str, ...]:
        """Return the do-not-call lists that are not sound; everything dialable in their scope is held."""
        return tuple(source.name for source in self.sources if source.held)

    @property
    def applicable(self) -> bool:
        """Whether no guard stops it."""
        return not self.violations

    @property
    def campaign_changes(self) -> tuple[CampaignChange, ...]:
        """The changes to campaigns, in order."""
        return tuple(c for c in self.changes if isinstance(c, CampaignChange))

    @property
    def row_changes(self) -> tuple[RowChange, ...]:
        """The changes to rows, in order."""
        return tuple(c for c in self.changes if isinstance(c, RowChange))
