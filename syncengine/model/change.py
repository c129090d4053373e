"""What a plan would do: to campaigns one by one, to rows as sets."""

from dataclasses import dataclass
from typing import Literal

from syncengine.model.address import Address
from syncengine.model.desired import FieldValue
from syncengine.model.vendor import Effect

CampaignAction = Literal["create", "update", "delete", "start", "stop", "deduplicate"]
# "adopt" and "forget" send nothing: they only write to the ledger that a row is (no longer) ours.
RowAction = Literal["add", "update", "remove", "block", "unblock", "adopt", "forget"]
Reason = Literal[
    "missing",  # the dialer does not hold it
    "differs",  # the manifest or the source says otherwise than what was last applied
    "drift",  # the dialer was changed by someone else
    "vanished",  # we added it and the dialer no longer lists it
    "not_yet_listed",  # a do-not-call entry that the dialer took lately and does not list: late, or taken off since
    "listed",  # the number is on a do-not-call list
    "released",  # the number was taken off a do-not-call list by name
    "not_in_source",  # the source no longer has it
    "not_in_manifest",  # the manifest no longer has it
    "already_there",  # the dialer holds it, the ledger does not know
    "lapsing",  # a do-not-call entry that would lapse at the dialer
    "duplicates",  # the vendor found duplicates and the campaign declares a policy
    "suppression_failed",  # a listed number could not be blocked in a running campaign
]
Confidence = Literal["verified", "believed", "unknown"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a campaign. ``before`` is None where nothing is known."""

    name: str
    before: FieldValue | None
    after: FieldValue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignChange:
    """One call for one campaign."""

    address: Address
    action: CampaignAction
    # Role of the operation in the vendor file, as "create" or "set_speed".
    operation: str
    reason: Reason
    confidence: Confidence
    effect: Effect
    fields: tuple[FieldChange, ...] = ()
    # Empty for a campaign that this plan creates.
    remote_id: str = ""
    # Warning of the vendor file for this operation.
    warns: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One set of rows that share collection, action and reason. The rows are kept in columns beside the plan."""

    address: Address
    # Name of the collection in the vendor file.
    collection: str
    action: RowAction
    reason: Reason
    confidence: Confidence
    effect: Effect
    count: int
    # Order-independent digest over key, content and action of every row.
    digest: str
    # A few masked rows, for people.
    sample: tuple[str, ...] = ()
    # Calls that the set costs at the vendor's batch size.
    calls: int = 0
    warns: str = ""
    # Name of the rows in the plan's row store.
    rows: str = ""


Change = CampaignChange | RowChange
