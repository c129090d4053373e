"""What a run found out before planning: the ledger's knowledge of campaigns, and the set differences of rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Literal

from syncengine.model.address import Address
from syncengine.model.change import Confidence, Reason, RowAction
from syncengine.model.desired import Dialer, FieldValue
from syncengine.model.snapshot import ActualStatus, CampaignSnapshot
from syncengine.model.vendor import Collection, Vendor


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCampaign:
    """A campaign as the ledger remembers it."""

    key: str
    remote_id: str
    name: str
    status: ActualStatus
    # Our field name -> value as last applied.
    fields: Mapping[str, FieldValue]
    # Written by a manifest's ``id``, not created by us: never deleted.
    adopted: bool = False
    # "unknown": a create whose answer was lost.
    state: Literal["present", "unknown"] = "present"
    # Consecutive applies in which a listed number could not be blocked here while the campaign was running.
    failed_suppressions: int = 0
    # Seconds since 1970 of the last write; the age of what is believed.
    updated_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSet:
    """Rows of one collection that share action and reason; ``name`` finds them in the row store."""

    name: str
    action: RowAction
    reason: Reason
    confidence: Confidence
    count: int
    digest: str
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFindings:
    """The difference of one collection, as sets and counts."""

    address: Address
    collection: Collection
    sets: tuple[RowSet, ...] = ()
    # Rows that are wanted and already there as wanted.
    unchanged: int = 0
    # Rows that the sources want, after do-not-call.
    desired: int = 0
    # Rows that the sources want and do-not-call keeps out.
    suppressed: int = 0
    in_ledger: int = 0
    # Rows in the dialer's listing; None: not read.
    remote: int | None = None
    # Ours, but no longer listed by the dialer, and left alone.
    vanished: int = 0
    # Changed in the source, but the vendor has no way to change them.
    not_updatable: int = 0
    # Rows whose last call has an unknown outcome, or that are parked.
    waiting: int = 0
    # Listed numbers among the waiting ones, or listed rows that this vendor cannot remove or block.
    listed_stuck: int = 0
    # Those among the stuck ones whose removal only a person can settle: until then nothing is tried.
    listed_parked: int = 0
    # Listed rows that stay, each of whose listed numbers the dialer's own do-not-call list is to hold for them.
    protected: int = 0
    # Refused by the vendor before and unchanged since.
    rejected_before: int = 0
    # Lists that feed it have rows at all; False: every source came out empty.
    source_empty: bool = False
    # Why the listing is not whole; empty: it is, or it cannot be read at all.
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialerFindings:
    """Everything known about one dialer at planning time."""

    dialer: Dialer
    vendor: Vendor
    # Digest of vendor files, origin and settings: the dialer's identity.
    identity: str
    snapshot: CampaignSnapshot
    known: Mapping[str, KnownCampaign]
    # What was done to a campaign until then (seconds since 1970) is listed; of what is newer a listing need not know.
    listed_until: float = inf
    rows: tuple[RowFindings, ...] = ()
    # Campaign key -> why everything dialable there is held.
    held: Mapping[str, str] = field(default_factory=dict)
    # Campaign key -> groups of duplicates the vendor found.
    duplicates: Mapping[str, int] = field(default_factory=dict)
    # What applies to the budget of calls today; None: no budget.
    budget_used: int = 0
    budget: int | None = None
