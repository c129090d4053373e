"""What the ledger hands out, as values."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from syncengine.ledger.store import Found

Record = TypeVar("Record")

# Of a call: "intent" has no outcome yet, "unknown" lost its answer, "parked" waits for a person, "done" is settled.
CallState = Literal["intent", "unknown", "parked", "done"]
# Of a row as ``Ledger.rows_table`` shows it. "rejected" and "deferred" rows are not at the dialer.
RowState = Literal[
    "present",
    "blocked",
    "rejected",
    "deferred",
    "unknown_add",
    "unknown_update",
    "unknown_remove",
    "parked_add",
    "parked_update",
    "parked_remove",
    # The answer was lost, and the vendor file says that the call may simply be made again.
    "repeat_add",
    "repeat_update",
    "repeat_remove",
    "repeat_block",
    "repeat_unblock",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockHolder:
    """Who holds some dialers, or the whole project."""

    fence: int
    who: str
    operation: str
    since: float
    lease_until: float
    # By name; none: the whole project.
    dialers: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """Return what is held, in words."""
        return ", ".join(self.dialers) or "the ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementsRead:
    """What one reading of a do-not-call list changed."""

    # Numbers that were never on the list before.
    new: int
    # Numbers that had been released, were gone from the source since, and are stated again: in force again.
    again: int
    # Numbers in force that were gone from the source and are stated again, those that had been released among them.
    back: int
    # Numbers that were released although the source has kept stating them; they stay released.
    contradictions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReading:
    """The last reading of a source."""

    # Those of its files, parted by blanks.
    digest: str
    rows: int
    read_at: float

    @property
    def files(self) -> int:
        """Return of how many files it was."""
        return len(self.digest.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCall:
    """A call that is not settled."""

    call_id: int
    dialer: str
    # As str(Address).
    address: str
    operation: str
    action: str
    effect: str
    # Rows that are not settled; 0 for a call about a campaign.
    rows: int
    state: CallState
    proof: str
    # Seconds that must pass after ``last_alive`` (plus the call's own time-out for an intent) before absence counts.
    settle: float
    task_id: str
    message: str
    started_at: float
    # When we last knew the call to be under way: the loss of its answer, or its start where the process died.
    last_alive: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRow:
    """A row of a call that is not settled, and what was settled about it before."""

    key: str
    phones: tuple[str, ...]
    content_hash: str
    remote_id: str
    # Empty where the row was not known before.
    previous_state: str
    previous_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One call as history shows it."""

    call_id: int
    address: str
    operation: str
    action: str
    effect: str
    rows: int
    state: CallState
    outcome: str
    message: str
    request_digest: str
    # JSON: lists consulted, their digests and ages, the decision.
    evidence: str
    started_at: float
    finished_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run."""

    run_id: int
    kind: str
    plan_id: str
    who: str
    started_at: float
    # None: under way, or it died.
    ended_at: float | None
    outcome: str
    # JSON without personal data.
    summary: str


def records(found: Found, kind: type[Record]) -> list[Record]:
    """Return query results as values of a class whose fields have the names of the columns."""
    names = [column[0] for column in found.description or ()]
    return [kind(**dict(zip(names, row, strict=True))) for row in found]
