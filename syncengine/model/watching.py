"""What a watcher found, decided and did, as values for whoever shows it. Nothing here holds personal data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from syncengine.model.address import Address
from syncengine.model.plan import Plan
from syncengine.model.policy import Held
from syncengine.model.report import ApplyReport, Progress

# What a cycle of a watcher came to.
Result = Literal["nothing", "shown", "applied", "in part", "held", "broken", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Something that was changed at a dialer by someone else."""

    address: Address
    # As "speed changed there".
    what: str
    # Rows; 1 for a campaign.
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagation:
    """How far do-not-call entries have got at one dialer."""

    dialer: str
    # How do-not-call holds there, in the plan's words.
    how: str
    # Whether the dialer holds a list of its own.
    has_list: bool
    # Entries that should stand there, that do, and whose last call has an unknown outcome.
    wanted: int = 0
    there: int = 0
    waiting: int = 0
    # Listed people kept out of the campaigns.
    kept_out: int = 0
    # Listed people who are or may be in a campaign there.
    stuck: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One cycle of a watcher."""

    # Seconds since 1970.
    at: float
    # As "files changed".
    cause: str
    result: Result
    # Sentences in business words, or what is wrong.
    said: tuple[str, ...] = ()
    plan_id: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """Where a watcher stands now."""

    project: str
    started_at: float
    applies: bool
    # Which kinds of change land by themselves, and which windows there are.
    policy: tuple[str, ...] = ()
    # Files that are watched, as the person names them.
    files: tuple[str, ...] = ()
    # Why nothing is read now, as a file that still changes; empty: all is at rest.
    waiting: str = ""
    suspended: str = ""
    # Who leads, where it is another watcher.
    leader: str = ""
    # What is wrong with the files or with the last cycle.
    broken: tuple[str, ...] = ()
    # The last good plan, and how it was decided.
    plan: Plan | None = None
    headline: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()
    drift: tuple[Drift, ...] = ()
    propagation: tuple[Propagation, ...] = ()
    report: ApplyReport | None = None
    # Seconds since 1970 when that apply ended.
    reported_at: float = 0.0
    # Newest first.
    happenings: tuple[Happening, ...] = ()
    # Seconds since 1970 of the last cycle that came to its end and left nothing undone; 0.0: none yet.
    last_success: float = 0.0
    next_look: float = 0.0
    # Dialer -> what its calls wait for now.
    limited: Mapping[str, str] = field(default_factory=dict)
    # Dialer and class -> requests that have left since the watcher began; by effect on dialling, or reading.
    calls: Mapping[tuple[str, str], int] = field(default_factory=dict)
    # Dialer -> calls left of its budget for today; only those that have one.
    budgets: Mapping[str, int] = field(default_factory=dict)
    applying: bool = False
    # How far an apply that is under way has got.
    progress: Progress | None = None
