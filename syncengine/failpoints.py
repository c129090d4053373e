"""Named places where a test lets a run be killed, fail, stall or meet a full disk; in real life they do nothing.

Crash safety cannot be seen from outside: the moment between a commit and the first byte is microseconds long. Each
such moment has a name here, so that a test can stop exactly there, for the first, second, ... time it is passed.

Switched on by :func:`arm`, or by SYNCENGINE_FAILPOINTS (``name:occurrence:action``, parted by commas), which is read
once. What is not switched on costs one look at a variable.
"""

import errno
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, cast, get_args

Action = Literal["kill", "raise", "stall", "full"]

VARIABLE = "SYNCENGINE_FAILPOINTS"
STALL_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What happens at a failpoint, and which time it is passed (from 1)."""

    name: str
    occurrence: int
    action: Action

    @classmethod
    def parse(cls, text: str) -> "Failure":
        """Read ``name:occurrence:action``.

        Raises:
            ValueError: it is written otherwise.
        """
        name, _, rest = text.partition(":")
        occurrence, _, action = rest.partition(":")
        if not name or not occurrence.isdecimal() or int(occurrence) < 1 or action not in get_args(Action):
            raise ValueError(
                f"{VARIABLE}: {text!r} is not NAME:OCCURRENCE:ACTION with an action of {', '.join(get_args(Action))}"
            )
        return cls(name=name, occurrence=int(occurrence), action=cast("Action", action))

    def __str__(self) -> str:
        return f"{self.name}:{self.occurrence}:{self.action}"


class Armed:
    """The failures that wait, and how often each failpoint was passed since."""

    def __init__(self, failures: Iterable[Failure] = (), *, stall: Callable[[float], None] = time.sleep) -> None:
        """Prepare; ``stall`` is how a stall passes its time."""
        self.passed: Counter[str] = Counter()
        self.happened: list[Failure] = []
        self._failures = list(failures)
        self._stall = stall

    def passes(self, name: str) -> None:
        """Count one passing, and let happen what waits for it.

        Raises:
            OSError: the failure is an exception or a full disk.
        """
        self.passed[name] += 1
        for failure in self._failures:
            if (failure.name, failure.occurrence) == (name, self.passed[name]):
                self.happened.append(failure)
                self._happen(failure)

    def _happen(self, failure: Failure) -> None:
        match failure.action:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "raise":
                raise OSError(errno.EIO, f"failpoint {failure.name}")
            case "full":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            case "stall":
                self._stall(STALL_SECONDS)


_armed: Armed | None = None


def failpoint(name: str) -> None:
    """Mark a place; nothing happens there unless a test has switched it on."""
    if _armed is not None:
        _armed.passes(name)


def switched_on() -> bool:
    """Whether any failpoint does more than nothing, for places that must be wired up first."""
    return _armed is not None


def arm(armed: Armed | None) -> None:
    """Switch failpoints on, or off with None."""
    global _armed  # noqa: PLW0603 - one process, one switch: a parameter would have to pass through every function
    _armed = armed


if os.environ.get(VARIABLE):
    arm(Armed(Failure.parse(text.strip()) for text in os.environ[VARIABLE].split(",")))
