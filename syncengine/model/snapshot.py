"""One reading of what a dialer holds, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from syncengine.model.desired import FieldValue

# "unknown" counts as started wherever someone could be called.
ActualStatus = Literal["started", "stopped", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActualCampaign:
    """A campaign as the dialer (or, where it cannot be read, the ledger) has it."""

    id: str
    name: str
    status: ActualStatus
    # Our field name -> value, only the fields that were read (or remembered).
    fields: Mapping[str, FieldValue]
    # Vendor's field -> value as it came, for templates.
    raw: Mapping[str, object] = field(default_factory=dict)
    # Queued for deletion at the vendor.
    ending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSnapshot:
    """The campaigns of one dialer."""

    dialer: str
    campaigns: tuple[ActualCampaign, ...]
    # False when the listing stopped early or could not be proven whole: then nothing is deleted or re-created on it.
    complete: bool
    # "read": by this run. "ledger": what we remember. "none": the vendor has no campaigns to read.
    source: Literal["read", "ledger", "none"]
    # Why it is not complete, for people.
    problem: str = ""


class ListedRow(NamedTuple):
    """One row of a dialer's listing. ``phones`` are digits or E.164 as the vendor writes them, made E.164 by rows/.

    A tuple, since a listing has millions of them: a frozen dataclass takes twice as long to make.
    """

    key: str
    phones: tuple[str, ...]
    remote_id: str
    blocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsReading:
    """How well the rows of one collection were read; the rows themselves are handed to rows/ page by page."""

    complete: bool
    rows: int = 0
    problem: str = ""
