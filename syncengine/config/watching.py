"""The part of the project file that says how a folder is watched, and what may land by itself.

Without a word about it only compliance lands: an apply that nobody read must not make a telephone ring.
"""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from syncengine.config.quantities import Share, Span, written
from syncengine.config.vendor_spec import Written
from syncengine.model.policy import Policy, Window


def _check_schedule(text: str) -> str:
    from croniter import CroniterError, croniter

    try:
        if len(text.split()) == 5:
            # A day that never comes, as 30 February, is found here too.
            croniter(text, datetime(2024, 1, 1)).get_next(datetime)  # noqa: DTZ001 - a reading of a clock on a wall
            return text
    except CroniterError:
        pass
    raise PydanticCustomError(
        "schedule",
        "not a schedule",
        {
            "expected": 'five fields as in crontab, as "0 9 * * mon-fri"',
            "hint": "Minute, hour, day of month, month, day of week; and a day that comes about.",
        },
    )


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as wrong:
        raise PydanticCustomError(
            "zone",
            "not a time zone",
            {"expected": "a name such as America/Bogota, or UTC", "hint": ""},
        ) from wrong
    return name


def _check_positive(seconds: float) -> float:
    if seconds <= 0:
        raise PydanticCustomError("span", "no time at all", {"expected": "at least 1s", "hint": ""})
    return seconds


SomeTime = Annotated[Span, AfterValidator(_check_positive)]


class WindowFile(Written):
    """A change window. Deny wins over allow; with no allow window every moment is allowed that none denies."""

    kind: Literal["allow", "deny"]
    """What holds while the window is open."""
    schedule: Annotated[str, AfterValidator(_check_schedule)]
    """When it opens, as five fields of crontab: minute, hour, day of month, month, day of week."""
    duration: SomeTime
    """How long it stays open."""
    zone: Annotated[str, AfterValidator(_check_zone)]
    """Time zone of the schedule, as America/Bogota."""


class RetryFile(Written):
    """When files that did not land whole are tried again without having changed."""

    first: Annotated[SomeTime, written("1m")] = 60.0
    """The pause after the first try; each further one is twice as long."""
    most: Annotated[SomeTime, written("1h")] = 3600.0
    """The longest pause."""


class DropFile(Written):
    """A folder into which others drop files, and the mark by which they say that a file is whole."""

    folder: str
    """The folder, below the project file."""
    marker: Annotated[str, Field(pattern=r"^\.[A-Za-z0-9._-]{1,32}$")]
    """What is put behind a file's name to name its mark: with .done the mark of leads.csv is leads.csv.done."""
    holds: Literal["nothing", "sha256"] = "nothing"
    """nothing: the mark must have been written after the file. sha256: it holds the file's digest, as sha256sum
    writes it."""


class WatchFile(Written):
    """How `syncengine watch` works."""

    settle: Annotated[Span, written("2s")] = 2.0
    """How long files must be left alone before they are read."""
    interval: Annotated[SomeTime, written("15m")] = 900.0
    """How often the dialers are read whole and compared even though no file changed."""
    jitter: Annotated[Share, written("10%")] = 0.1
    """By how much of itself the interval varies at random, so that many watchers do not call at once."""
    apply: bool = False
    """Whether plans are applied as far as `may_land` and `windows` allow; otherwise they are only shown."""
    may_land: tuple[Literal["cosmetic", "pacing", "audience"], ...] = ()
    """Which kinds of change land by themselves, besides compliance (do-not-call entries, people newly listed, stops),
    which always may. cosmetic: nothing about dialling. pacing: how a campaign dials. audience: who is rung, and
    which campaigns start."""
    heal: bool = False
    """Whether what somebody changed at a dialer by hand is changed back."""
    windows: tuple[WindowFile, ...] = ()
    """When changes may land; compliance is never held by them."""
    retry: RetryFile = RetryFile.model_construct()
    """When files that did not land whole are tried again."""
    drops: tuple[DropFile, ...] = ()
    """Folders whose files count only once they are marked as whole."""

    def policy(self) -> Policy:
        """Return what may land by itself, as the engine reads it."""
        return Policy(
            may_land=frozenset(self.may_land),
            heal=self.heal,
            windows=tuple(
                Window(kind=window.kind, schedule=window.schedule, duration=window.duration, zone=window.zone)
                for window in self.windows
            ),
            retry_first=self.retry.first,
            retry_most=self.retry.most,
        )
