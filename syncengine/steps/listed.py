"""The do-not-call statements in force, as the last gate asks for them: by campaign, in any spelling, right now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.failpoints import failpoint
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.desired import Desired
from syncengine.rows.gate import ListedIndex


@dataclass(slots=True, kw_only=True)
class ListedNow:
    """Satisfies ``model.ports.ListedNumbers``. Indexes are built when they are first asked for, one a set of lists."""

    ledger: Ledger
    desired: Desired
    # Do-not-call lists that only the ledger still knows; they count everywhere.
    orphans: Sequence[str]
    # Do-not-call list -> numbers that the plan takes off it.
    releases: Mapping[str, Sequence[str]]
    # Who allowed the releases, as the plan id.
    basis: str
    clock: Callable[[], float]
    _indexes: dict[frozenset[str], ListedIndex] = field(default_factory=dict)
    _released: bool = False
    _version: int = -1

    def hits(self, address: Address, data: bytes) -> set[str]:
        """Return the listed numbers that occur in some bytes, for a campaign or a whole account.

        What another process has read meanwhile counts, too.
        """
        version = self.ledger.dnd_serial()
        if version != self._version:
            self._indexes.clear()
            self._version = version
        return self._index(self._lists(address)).hits(data)

    def release(self) -> None:
        """Take the plan's releases out of force, in the ledger first."""
        if self._released:
            return
        self._released = True
        for name, numbers in sorted(self.releases.items()):
            self.ledger.release(name, numbers, basis=self.basis, now=self.clock())
            failpoint("release.written_ahead")
        self._indexes.clear()

    def _lists(self, address: Address) -> frozenset[str]:
        return self._covering(address) | frozenset(self.orphans)

    def _covering(self, address: Address) -> frozenset[str]:
        if address.of_account:
            # A call for the whole account can reach every campaign of the dialer.
            campaigns = [c for c in self.desired.campaigns.values() if c.dialer == address.dialer]
            own = {found.name for found in self.desired.dnd_at(address.dialer)}
            return frozenset(own | {found.name for c in campaigns for found in self.desired.dnd_of(c)})
        campaign = self.desired.campaigns.get(address.name)
        if campaign is None:
            return frozenset(found.name for found in self.desired.dnd_at(address.dialer))
        return frozenset(found.name for found in self.desired.dnd_of(campaign))

    def _index(self, lists: frozenset[str]) -> ListedIndex:
        if lists not in self._indexes:
            self._indexes[lists] = ListedIndex(self.ledger.all_numbers(sorted(lists)))
        return self._indexes[lists]
