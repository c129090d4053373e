"""What may land by itself while a folder is watched, and what was decided: values only."""

from dataclasses import dataclass
from typing import Literal

from syncengine.model.plan import Plan

# By effect on dialling. "release" takes somebody off a do-not-call list: no watcher ever does that.
Kind = Literal["compliance", "cosmetic", "pacing", "audience", "release"]
# Why something does not land now.
Rule = Literal["off", "suspended", "standby", "guard", "policy", "drift", "window", "tried", "locked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time that begins when a schedule says so."""

    kind: Literal["allow", "deny"]
    # Five fields as in crontab: minute, hour, day of month, month, day of week.
    schedule: str
    # Seconds.
    duration: float
    # Name of a time zone, as America/Bogota.
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the project lets a watcher do. Compliance changes always may land, whatever stands here."""

    may_land: frozenset[Kind] = frozenset()
    # Whether what somebody changed at a dialer is changed back.
    heal: bool = False
    windows: tuple[Window, ...] = ()
    # Seconds to the second try of the same files; doubled with each further one, up to ``retry_most``.
    retry_first: float = 60.0
    retry_most: float = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The last apply of a watcher, kept before the first call is made, so that a crash cannot repeat it at once."""

    # Digest of all files that the plan was made from.
    content: str
    plan_id: str
    tries: int
    # Seconds since 1970.
    not_before: float
    # False while it runs, and for ever when the watcher died in it.
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand at the moment of deciding, besides the plan."""

    now: float
    # Whether plans are applied at all.
    applies: bool
    # The clock was set back, or is not believed: every window counts as closed.
    clock_doubt: str = ""
    # Who suspended the watchers, and why; empty: nobody.
    suspended: str = ""
    # Who leads, when it is another watcher.
    leader: str = ""
    attempt: Attempt | None = None
    # Which dialers another run holds, so that they are not in the plan; empty: none.
    elsewhere: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Something that the plan would do and that does not land now."""

    rule: Rule
    # As "3 changes (audience)".
    what: str
    why: str
    # Seconds since 1970 when it is worth another look; None: when a file or a person changes something.
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What lands of a plan, and what is held by which rule."""

    # The plan to carry out; None: nothing lands.
    lands: Plan | None
    held: tuple[Held, ...] = ()

    @property
    def again_at(self) -> float | None:
        """Return when something held is worth another look."""
        return min((held.until for held in self.held if held.until is not None), default=None)
