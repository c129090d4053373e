"""How an answer is judged: tests over one answer, the named kinds of answers, and what became of each row of a batch.

These are words of the vendor file as they stand: ``config/`` validates them (pydantic reads plain dataclasses) and
``remote/`` works with the same values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A test over one answer. All parts that are stated must hold; a Match that states nothing matches everything."""

    status: tuple[int | str, ...] = ()
    """HTTP statuses: numbers, or classes as "2xx"."""
    body: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)
    """Path in the decoded body -> accepted values, compared as text; null accepts absent, null and blank."""
    present: tuple[str, ...] = ()
    """Paths that must exist in the body (any value)."""
    text: tuple[str, ...] = ()
    """Phrases, any of which must occur in the body's text, in any case; for bodies that are not JSON and messages."""
    empty: bool | None = None
    """Whether the body must be empty (true) or not empty (false)."""


ResponseOutcome = Literal[
    "applied",
    "already_present",
    "already_absent",
    "rejected",
    "deferred",
    "wait",
    "budget_exhausted",
    "renew_auth",
    "stop_dialer",
    "unknown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseClass:
    """One named kind of answer. Classes are tried in order: the operation's, its success, then the vendor's.

    applied: done. already_present, already_absent: nothing to do, which is success for us. rejected: refused for good,
    nothing changed. deferred: not now, nothing changed, the next plan tries again. wait: not applied, wait and repeat.
    budget_exhausted: not applied, this dialer stops until its budget is renewed. renew_auth: not applied, renew the
    credential once and repeat. stop_dialer: not applied and nothing else will be. unknown: it may have been applied.
    """

    name: str
    when: Match
    outcome: ResponseOutcome
    message: str = ""
    """Path of the vendor's own words in the body; empty: the name of this class is shown."""
    wait: float | None = None
    """For outcome wait: seconds to wait where the answer has no Retry-After; null: full jitter."""


ItemOutcome = Literal["applied", "already_present", "already_absent", "rejected", "deferred", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItems:
    """Rows named in one list of the answer, and what that means for them."""

    at: str
    """Path of a list of values or of objects."""
    outcome: ItemOutcome
    value: str = ""
    """Path of the row's value inside each element; empty: the element itself."""
    after: str | None = None
    """Only the elements that follow this marker text count; without the marker in the list, none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """How the answer to one call tells what became of each row of the batch.

    map: object keyed by row value -> result object. map_of_lists: object keyed by row value -> list of result objects
    (a row is applied when each of its results is). list: list of result objects holding the row value under ``key``.
    lists: lists of values that were skipped or refused; rows named in none are ``unlisted``. none: nothing per row;
    ``total`` is the only check.
    """

    shape: Literal["map", "map_of_lists", "list", "lists", "none"]
    at: str = ""
    """Path of the map or list; empty: the root."""
    row: str = "key"
    """Which value of a row the answer names: key, phone, remote_id, or record.<vendor field>."""
    key: str = ""
    """For shape list: path of the row's value inside each result object."""
    status: str = ""
    """Path of the vendor's word inside each result object."""
    outcomes: Mapping[str, ItemOutcome] = field(default_factory=dict)
    """Vendor's word -> outcome; a word that is not listed is unknown."""
    message: str = ""
    """Path of the vendor's message inside each result object."""
    remote_id: str = ""
    """Path of the row's id inside each result object."""
    lists: tuple[ListedItems, ...] = ()
    """For shape lists: the lists to look at, in order."""
    unlisted: ItemOutcome = "unknown"
    """What a row is that the answer does not name."""
    total: str = ""
    """For shape none: path of the number of rows taken. Blank or absent is accepted as the vendor's silence; any other
    number than the number sent makes the whole batch unknown."""
