"""What the executor needs from others, as narrow protocols: rows to send, a journal to write, numbers never to send.

``remote/`` knows neither the ledger nor the row engine; ``sync.py`` hands it objects that satisfy these.
"""

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from syncengine.model.address import Address
from syncengine.model.change import RowAction
from syncengine.model.exchange import RowItem
from syncengine.model.findings import KnownCampaign
from syncengine.model.report import Outcome
from syncengine.model.vendor import Effect


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row."""

    outcome: Outcome
    # Vendor's words, masked; empty when there is nothing to say.
    message: str = ""
    remote_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One call about to be made, as the journal keeps it before the first byte is sent."""

    address: Address
    operation: str
    # RowAction, or CampaignAction for calls about a campaign.
    action: str
    effect: Effect
    rows: Sequence[RowItem] = ()
    # Digest of the rendered request, without credentials.
    request_digest: str = ""
    # Days after which the written rows lapse at the dialer; None: they stay.
    lasts_days: int | None = None
    # A call with these proofs may be repeated by a later run; see model.calling.Proof.
    proof: str = "park"
    # Seconds before an absence in a listing proves that the call was not applied.
    settle: float = 60.0


class RowStore(Protocol):
    """The rows of a plan, in columns until they are asked for."""

    def batches(self, name: str, size: int) -> Iterator[list[RowItem]]:
        """Walk the rows of one row set in key order, at most ``size`` at a time."""
        ...


class Journal(Protocol):
    """Durable memory of what is about to be sent and what came back."""

    async def begin(self, intent: Intent) -> int:
        """Write an intent durably and return its number; raises LockedError when a lease was lost."""
        ...

    def task_started(self, call: int, task_id: str) -> None:
        """Remember the vendor's task, so that a later run can ask about it."""
        ...

    def finish(self, call: int, outcome: Outcome, message: str, rows: Mapping[str, RowOutcome]) -> Awaitable[object]:
        """Write what became of the call and of each of its rows, durable when awaited.

        It has its place at once: an intent that is begun later is not durable before it, unless its writing fails.
        """
        ...

    def book(self, address: Address, action: RowAction, rows: Sequence[RowItem]) -> None:
        """Write rows that need no call: adopt and forget."""
        ...

    def save_campaign(self, address: Address, known: KnownCampaign) -> None:
        """Remember a campaign as it now is."""
        ...

    def forget_campaign(self, address: Address) -> None:
        """Forget a deleted campaign and its rows."""
        ...

    def remote_ids(self, address: Address, keys: Sequence[str]) -> Mapping[str, str]:
        """Return key -> the vendor's id, for the rows of a collection that are known to be there."""
        ...

    def suppression(self, address: Address, *, failed: bool) -> None:
        """Count one more apply in which listed numbers of a campaign resisted, or clear the count."""
        ...

    def renew(self) -> None:
        """Keep the leases of all dialers; raises LockedError when one was lost."""
        ...

    def surely_held(self, dialer: str) -> AbstractContextManager[None]:
        """Make sure that a dialer is held while a request leaves; raises LockedError when it was lost."""
        ...


class ListedNumbers(Protocol):
    """The do-not-call statements in force, at the moment of sending."""

    def hits(self, address: Address, data: bytes, people: Sequence[str] = ()) -> set[str]:
        """Return the listed numbers that occur in some bytes, in any spelling, for a campaign or a whole account.

        Those of ``people``, in E.164, are among them where they are listed, whether they occur or not.
        """
        ...

    def has_moved(self) -> bool:
        """Whether anybody else has changed the statements since the plan read them."""
        ...

    def release(self) -> str:
        """Take the numbers that the plan releases out of force, written ahead of any call that frees them; once.

        Returns why they stay in force; empty: they do not.
        """
        ...


@dataclass(slots=True)
class CampaignState:
    """A campaign while a plan is applied: templates and holds read it."""

    key: str
    id: str
    name: str
    # "started", "stopped" or "unknown".
    status: str
    # Our fields, as wanted over as read.
    fields: dict[str, object] = field(default_factory=dict)
    # Vendor's fields as read.
    raw: dict[str, object] = field(default_factory=dict)
    known: KnownCampaign | None = None
