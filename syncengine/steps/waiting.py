"""What waits in the ledger: calls whose outcome nobody knows, and a person's word that settles them."""

from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.errors import UsageError
from syncengine.ledger.records import OpenCall, OpenRow
from syncengine.ledger.unsettled import Assumption
from syncengine.model.address import Address
from syncengine.steps.ledgers import ledger_of
from syncengine.steps.loading import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The calls without a known outcome."""

    # Nothing can prove what became of them: a person decides.
    parked: Sequence[OpenCall]
    # The next plan or apply settles them by the proof that the vendor file declares.
    open: Sequence[OpenCall]


def waiting_calls(loaded: Loaded) -> Waiting:
    """Return what waits; changes nothing."""
    with ledger_of(loaded) as ledger:
        return Waiting(parked=ledger.parked(), open=ledger.unfinished_calls())


def waiting_rows(loaded: Loaded, call_id: int) -> tuple[OpenCall, Sequence[OpenRow]]:
    """Return one waiting call with its rows.

    Raises:
        UsageError: no such call waits.
    """
    with ledger_of(loaded) as ledger:
        for call in (*ledger.parked(), *ledger.unfinished_calls()):
            if call.call_id == call_id:
                return call, ledger.call_rows(call_id)
    raise UsageError(f"no call {call_id} waits; `syncengine state list` shows those that do")


def resolve_call(loaded: Loaded, call_id: int, assume: Assumption, *, now: float, wait: float) -> int:
    """Settle all that is open of a call as a person says; return how many rows, 1 for a campaign.

    Raises:
        LockedError: another run holds its dialer, so the call may be under way.
        LedgerError: no such call is open, or it cannot be settled so.
    """
    with (
        ledger_of(loaded) as ledger,
        ledger.lock("state resolve", now=now, wait=wait, dialers=[ledger.dialer_of(call_id)]),
    ):
        return ledger.resolve_call(call_id, assume, now=now)


def resolve_row(
    loaded: Loaded, address: Address, key: str, assume: Assumption, *, call: int | None = None, now: float, wait: float
) -> int:
    """Settle one row in one call, or in every open call about it; return in how many.

    Raises:
        LockedError: another run holds the dialer.
        LedgerError: the calls about it do different things, and none was named.
    """
    with (
        ledger_of(loaded) as ledger,
        ledger.lock("state resolve", now=now, wait=wait, dialers=[address.dialer]),
    ):
        return ledger.resolve_row(address, key, assume, call=call, now=now)


def break_lock(loaded: Loaded, fence: int) -> bool:
    """Take all leases from a holder that has died; False when that holder has none any more."""
    with ledger_of(loaded) as ledger:
        return ledger.break_lock(fence)
