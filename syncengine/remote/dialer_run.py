"""The state of one dialer while a plan is applied to it, and the one way in which a call is made.

Every write takes the same path, here and nowhere else::

    render -> gate (no listed number in a dialable request, no start over statements that the plan did not know, no word
           for everybody in a request about a do-not-call list)
           -> intent, durable -> dialer still held -> send -> outcome, durable
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from syncengine.errors import LockedError, RenderError
from syncengine.failpoints import failpoint
from syncengine.model.address import ACCOUNT, Address
from syncengine.model.answers import ResponseOutcome
from syncengine.model.counted import plural
from syncengine.model.exchange import Request, RowItem
from syncengine.model.ports import CampaignState, Intent, Journal, ListedNumbers, RowStore
from syncengine.model.report import Outcome
from syncengine.model.vendor import Operation, Vendor
from syncengine.remote.client import DialerClient
from syncengine.remote.course import CallResult
from syncengine.remote.field_values import write_fields
from syncengine.remote.gate import means_everybody, searchable_bytes
from syncengine.remote.tally import Tally

# After these nothing more is sent to the dialer in this run.
_HALTING: frozenset[ResponseOutcome] = frozenset({"stop_dialer", "budget_exhausted"})


class HeldByGateError(Exception):
    """The last gate lets a call not out, before any byte of it is sent or sent again; its text may be shown."""


class ListedNumberError(HeldByGateError):
    """A dialable request would carry a listed number."""

    def __init__(self, numbers: frozenset[str]) -> None:
        self.numbers = numbers
        super().__init__(f"{plural(len(numbers), 'listed number')} in a dialable request")


@dataclass(slots=True, kw_only=True)
class DialerRun:
    """One dialer, one apply."""

    dialer: str
    vendor: Vendor
    settings: Mapping[str, str]
    options: Mapping[str, str]
    client: DialerClient
    campaigns: dict[str, CampaignState]
    journal: Journal
    store: RowStore
    listed: ListedNumbers
    tally: Tally
    # Asked before every call: whether the person has interrupted the run.
    interrupted: Callable[[], bool]
    # Why nothing more is sent to this dialer; empty while all is well.
    halted: str = ""
    # Campaign key, or "account" for all of them -> why nothing dialable goes there any more in this run.
    not_dialable: dict[str, str] = field(default_factory=dict)
    # Campaign key -> why it is not started in this run.
    not_startable: dict[str, str] = field(default_factory=dict)

    def scope(self, campaign: str) -> dict[str, object]:
        """Return the template scope of a call for a campaign, or for the whole account."""
        scope: dict[str, object] = {"settings": dict(self.settings), "options": dict(self.options)}
        state = self.campaigns.get(campaign)
        if state is not None:
            scope["campaign"] = campaign_scope(self.vendor, state)
        return scope

    def why_stopped(self) -> str:
        """Return why nothing at all is sent to this dialer any more; empty: it may go on."""
        return self.halted or ("interrupted" if self.interrupted() else "")

    def is_there(self, campaign: str) -> bool:
        """Whether a campaign is at the dialer, under an id that we know."""
        state = self.campaigns.get(campaign)
        return state is not None and bool(state.id)

    def why_held(self, operation: Operation, address: Address) -> str:
        """Return why a call may not be made now; empty: it may."""
        if why := self.why_stopped():
            return why
        if operation.effect != "dialable":
            return ""
        if address.of_account:
            return next(iter(self.not_dialable.values()), "")
        return self.not_dialable.get(address.name, "") or self.not_dialable.get(ACCOUNT, "")

    async def write(
        self,
        operation: Operation,
        scope: Mapping[str, object],
        address: Address,
        *,
        action: str,
        rows: Sequence[RowItem] = (),
        lasts_days: int | None = None,
        after: Callable[[], Awaitable[None]] | None = None,
    ) -> tuple[CallResult, int]:
        """Make one writing call and return its result with its number in the journal.

        ``after``, awaited when the intent is durable, is what must be in the journal as well before a byte leaves.

        Raises:
            ListedNumberError: the rendered request is dialable and carries a listed number; nothing was applied.
            HeldByGateError: it would start a campaign, and a do-not-call list has changed; nothing was applied.
            RenderError: a request about a do-not-call list means everybody on it; nothing was sent.
            LockedError: another run has taken the dialer; this attempt was not sent.
        """
        call = 0
        reached_wire = False

        async def before_send(request: Request) -> None:
            nonlocal call
            self._gate(operation, address, request, rows, starts=action == "start")
            _refuse_everybody(operation, address, request, rows)
            if call:
                self.journal.renew()
                return
            failpoint("remote.before_intent")
            call = await self.journal.begin(
                _intent(operation, address, request, rows, action=action, lasts_days=lasts_days)
            )
            failpoint("remote.after_intent")
            if after is not None:
                await after()

        @contextmanager
        def at_wire() -> Iterator[None]:
            nonlocal reached_wire
            with self.journal.surely_held(self.dialer):
                reached_wire = True
                yield

        try:
            result = await self.client.call(operation, scope, before_send=before_send, at_wire=at_wire)
        except (HeldByGateError, LockedError) as stopped:
            # Where not a byte of it has left, or it was surely refused before, nobody has to settle it.
            if call and (not reached_wire or isinstance(stopped, HeldByGateError)):
                await self.journal.finish(call, "deferred", f"not sent: {stopped}", {})
            raise
        failpoint("remote.before_outcome")
        if result.judgement.outcome in _HALTING:
            self.halted = result.judgement.message or result.judgement.name
        return result, call

    def _gate(
        self, operation: Operation, address: Address, request: Request, rows: Sequence[RowItem], *, starts: bool
    ) -> None:
        # Asked for whatever the vendor file says of the effect of its start.
        if starts and self.listed.has_moved():
            raise HeldByGateError("another run has read a do-not-call list since the plan; plan again")
        if operation.effect != "dialable":
            return
        # Who is freed, or added out of a directory, may be named by the vendor's id alone.
        people = [phone for row in rows for phone in row.phones]
        hits = self.listed.hits(address, searchable_bytes(request, rows), people)
        if hits:
            raise ListedNumberError(frozenset(hits))


def _refuse_everybody(operation: Operation, address: Address, request: Request, rows: Sequence[RowItem]) -> None:
    """Let no request about a do-not-call list out that names nobody, or everybody (D18)."""
    if address.kind != "dnd":
        return
    if not rows or means_everybody(request):
        raise RenderError(f"{address}: {operation.name} would mean every number of the list; it is not sent")


def outcome_of(result: CallResult) -> Outcome:
    """Return what a judged call means for a report: a call that was surely not applied has failed."""
    match result.judgement.outcome:
        case "applied" | "already_present" | "already_absent" | "rejected" | "deferred" | "unknown" as outcome:
            return outcome
        case "wait" | "budget_exhausted" | "renew_auth" | "stop_dialer":  # pragma: no branch - there is no other
            return "failed"


def campaign_scope(vendor: Vendor, state: CampaignState) -> dict[str, object]:
    """Return a campaign as templates see it: vendor fields by the vendor's names, beside id, key, name and status."""
    fields = write_fields(
        vendor, {name: value for name, value in state.fields.items() if name in vendor.campaigns.fields}
    )
    return {**state.raw, **fields, "id": state.id, "key": state.key, "name": state.name, "status": state.status}


def _intent(
    operation: Operation,
    address: Address,
    request: Request,
    rows: Sequence[RowItem],
    *,
    action: str,
    lasts_days: int | None,
) -> Intent:
    return Intent(
        address=address,
        operation=operation.name,
        action=action,
        effect=operation.effect,
        rows=rows,
        request_digest=_digest(request),
        lasts_days=lasts_days,
        proof=operation.proof.by if operation.proof else "park",
        settle=operation.proof.settle if operation.proof else 60.0,
    )


def _digest(request: Request) -> str:
    shown = f"{request.method} {request.path} {request.query!r}".encode()
    return hashlib.sha256(shown + b"\0" + request.body).hexdigest()
