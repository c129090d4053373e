"""How calls are made: pages, tasks that run at the vendor, the proof that settles a lost answer, and limits.

These are words of the vendor file as they stand; see ``model/answers.py``.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglePage:
    """The listing has no pages."""

    kind: Literal["none"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNumber:
    """Pages by number, all but the last equally long: a shorter one was cut, and the listing is not complete.

    Templates read ``page.number`` and ``page.limit``.
    """

    kind: Literal["page"]
    limit: int
    first: int = 1
    total: str = ""
    """Path of the total number of records; the listing is complete only when it agrees with what was read."""
    pages: str = ""
    """Path of the number of pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """Pages by offset. Templates read ``page.offset`` and ``page.limit``."""

    kind: Literal["offset"]
    limit: int
    total: str = ""
    """Path of the total number of records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Pages by a cursor from the last answer. Templates read ``page.cursor`` (empty at first) and ``page.limit``."""

    kind: Literal["cursor"]
    next: str
    """Path of the next cursor; absent, null or blank ends the listing."""
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Pages by a link in the answer, followed only at the dialer's own origin."""

    kind: Literal["link"]
    next: str = ""
    """Path of the next page's URL in the body; empty: the Link header with rel="next"."""


Pagination = SinglePage | PageNumber | Offset | Cursor | Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The answer only promises: a task runs at the vendor and must be asked about."""

    id: str
    """Path of the task's id in the answer of the call that started it."""
    poll: str
    """Name of the operation that asks; its templates read ``task.id``."""
    status: str
    """Path of the status word in the polling answer."""
    success: tuple[str, ...]
    """Words that mean done. Every word that is in no list means "still running" until the deadline."""
    failure: tuple[str, ...] = ()
    """Words that mean failed: the rows are then unknown, since a part may have been loaded."""
    interval: float = 2.0
    """Seconds between two questions."""
    deadline: float = 600.0
    """Seconds after which the outcome is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What settles a write whose answer was lost.

    repeat: the call states an end state, so sending it again is harmless. refusal: a repeat is refused as already
    there (or already gone), by a documented answer. task: ask the task, when its id is known; else park. read_back:
    after ``settle`` seconds the listing tells. park: nothing can prove it; a person decides.
    """

    by: Literal["repeat", "refusal", "task", "read_back", "park"]
    settle: float = 60.0
    """Seconds to wait, from the moment the call was last alive, before a listing proves absence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a dialer allows. One set a dialer; an operation can tighten ``batch`` and ``timeout``."""

    concurrency: int = 4
    """Calls under way at once."""
    calls: int | None = None
    """At most this many calls per ``per`` seconds; null: no limit known."""
    per: float = 1.0
    """The window of ``calls`` in seconds."""
    timeout: float = 30.0
    """Seconds for one whole call, from connecting to the last byte."""
    daily_calls: str = ""
    """Name of the setting with the daily budget of calls; empty: none. The count is kept in the ledger."""
    url_length: int = 4000
    """Longest URL in characters; batches that travel in the query are cut to fit."""
    reserve: int = 50
    """Calls of the daily budget kept for suppressing requests; 5 % of the budget where that is more."""
    longest_wait: float = 900.0
    """Seconds of a pause that the dialer asks for (Retry-After) which are waited out. A longer one is not waited for:
    this dialer gets no call before its time is over, and what is left of the plan is for a later run."""
