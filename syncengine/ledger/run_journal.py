"""The ledger as one run's executor sees it: it satisfies ``model.ports.Journal``, and the budget of a dialer."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from syncengine.ledger.budget import utc_day
from syncengine.ledger.group_commit import GroupCommit
from syncengine.ledger.journal import Begun, Finished, Line
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.change import RowAction
from syncengine.model.exchange import RowItem
from syncengine.model.findings import KnownCampaign
from syncengine.model.ports import Intent, RowOutcome
from syncengine.model.report import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJournal:
    """The journal of one run. The leases of its dialers must be held."""

    ledger: Ledger
    run_id: int
    # Seconds since 1970.
    clock: Callable[[], float]
    # JSON for a dialable call: the lists consulted, their digests and ages, the decision.
    evidence: Callable[[Intent], str]
    _lines: GroupCommit[Line] = field(init=False)

    def __post_init__(self) -> None:
        # The one way to give a frozen value a part that is made of itself.
        object.__setattr__(self, "_lines", GroupCommit(together=self._together, alone=self._alone))

    async def begin(self, intent: Intent) -> int:
        """Write an intent durably and return its number; raises LockedError when a lease was lost."""
        return await self._lines.write(Begun(intent=intent, evidence=self.evidence(intent)))

    def task_started(self, call: int, task_id: str) -> None:
        """Remember the vendor's task."""
        self.ledger.remember_task(call, task_id)

    def finish(self, call: int, outcome: Outcome, message: str, rows: Mapping[str, RowOutcome]) -> Awaitable[object]:
        """Write what became of the call and of each of its rows; no intent that follows is durable before it."""
        return self._lines.write(Finished(call_id=call, outcome=outcome, message=message, rows=rows))

    async def _together(self, lines: list[Line]) -> list[int]:
        return await self.ledger.write_lines(lines, run_id=self.run_id, clock=self.clock)

    async def _alone(self, line: Line) -> int:
        return await self.ledger.write_line(line, run_id=self.run_id, clock=self.clock)

    def book(self, address: Address, action: RowAction, rows: Sequence[RowItem]) -> None:
        """Write rows that need no call: adopt and forget."""
        if action == "forget":
            self.ledger.forget_rows(address, [row.key for row in rows])
            return
        self.ledger.save_rows(address, rows, now=self.clock())

    def save_campaign(self, address: Address, known: KnownCampaign) -> None:
        """Remember a campaign as it now is."""
        self.ledger.save_campaign(address, known, now=self.clock())

    def forget_campaign(self, address: Address) -> None:
        """Forget a deleted campaign and its rows."""
        self.ledger.forget_campaign(address)

    def remote_ids(self, address: Address, keys: Sequence[str]) -> Mapping[str, str]:
        """Return key -> the vendor's id, for the rows that are known to be there."""
        return self.ledger.remote_ids(address, keys)

    def suppression(self, address: Address, *, failed: bool) -> None:
        """Count one more apply in which listed numbers of a campaign resisted, or clear the count."""
        self.ledger.count_suppression(address, failed=failed)

    def renew(self) -> None:
        """Keep all leases; raises LockedError when one was lost."""
        self.ledger.renew(clock=self.clock)

    def surely_held(self, dialer: str) -> AbstractContextManager[None]:
        """Make sure that a dialer is held while a request leaves; raises LockedError when it was lost."""
        return self.ledger.surely_held(dialer)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerBudget:
    """The daily budget of calls of one dialer."""

    ledger: Ledger
    dialer: str
    # Calls a day, and how many of them are kept for suppressing requests.
    limit: int
    reserve: int
    # Seconds since 1970.
    clock: Callable[[], float]
    # Which day a moment belongs to, where the vendor's day is not that of UTC.
    day: Callable[[float], str] = utc_day

    def take(self, *, suppressing: bool) -> bool:
        """Count one call, durably; False when the budget has no room for it."""
        return self.ledger.take_budget(
            self.dialer,
            limit=self.limit,
            reserve=self.reserve,
            suppressing=suppressing,
            day=self.day(self.clock()),
        )
