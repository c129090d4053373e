"""The do-not-call statements in force, as the last gate asks for them: by campaign, in any spelling, right now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from syncengine.errors import GuardError, StalePlanError
from syncengine.failpoints import failpoint
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.desired import Desired
from syncengine.rows.erased import DigestKey, DigestKeyError, ErasedIndex
from syncengine.rows.gate import ListedIndex


@dataclass(slots=True, kw_only=True)
class ListedNow:
    """Satisfies ``model.ports.ListedNumbers``. Indexes are built when they are first asked for, one a set of lists."""

    ledger: Ledger
    desired: Desired
    # Do-not-call lists that only the ledger still knows; they count everywhere.
    orphans: Sequence[str]
    # The ledger's number of the last change of its statements when the plan was about to look at them.
    planned_at: int
    # Do-not-call list -> numbers that the plan takes off it.
    releases: Mapping[str, Sequence[str]]
    # Who allowed the releases, as the plan id.
    basis: str
    clock: Callable[[], float]
    # Gives the key of erased numbers, or raises DigestKeyError; asked only where there are any.
    key: Callable[[], DigestKey]
    _indexes: dict[frozenset[str], tuple[ListedIndex, ErasedIndex | None]] = field(default_factory=dict)
    # What became of the releases; None: nobody has asked for them yet.
    _why_not_released: str | None = None
    _own_changes: int = 0
    _version: int = -1

    def hits(self, address: Address, data: bytes, people: Sequence[str] = ()) -> set[str]:
        """Return the listed numbers that occur in some bytes or are those of people, for a campaign or an account.

        What another process has read meanwhile counts, too.
        """
        version = self.ledger.dnd_serial()
        if version != self._version:
            self._indexes.clear()
            self._version = version
        listed, erased = self._index(self._lists(address))
        found = listed.hits(data) | listed.among(people)
        return found | erased.hits(b"\n".join([data, *map(str.encode, people)])) if erased is not None else found

    def has_moved(self) -> bool:
        """Whether anybody else has changed the statements since the plan read them.

        A start carries no number, so the plan alone has seen to it that whoever is listed is not rung; a statement that
        it did not know is on no dialer's list yet.
        """
        return self.ledger.dnd_serial() != self.planned_at + self._own_changes

    def release(self) -> str:
        """Take the plan's releases out of force, in the ledger first.

        Where anybody else has changed the statements since the plan, nothing is released: whoever allowed it did not
        know of that, and a number may have been stated again. The last gate then holds what would free them.
        """
        if self._why_not_released is not None:
            return self._why_not_released
        self._why_not_released = ""
        erased = self.ledger.erased()
        for name, numbers in sorted(self.releases.items()):
            digests = map(self.key().statement, numbers) if name in erased else ()
            known_at = self.planned_at + self._own_changes
            try:
                self.ledger.release(name, [*numbers, *digests], basis=self.basis, now=self.clock(), known_at=known_at)
            except StalePlanError as moved:
                self._why_not_released = f"numbers that the plan releases stay in force: {moved}; plan again"
                break
            self._own_changes += 1
            failpoint("release.written_ahead")
        self._indexes.clear()
        return self._why_not_released

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

    def _index(self, lists: frozenset[str]) -> tuple[ListedIndex, ErasedIndex | None]:
        if lists not in self._indexes:
            erased = {statement for name, found in self.ledger.erased().items() if name in lists for statement in found}
            try:
                digests = ErasedIndex(self.key(), erased) if erased else None
            except DigestKeyError as problem:
                raise GuardError(f"nothing is sent that could ring a person who was erased: {problem}") from problem
            self._indexes[lists] = ListedIndex(self.ledger.all_numbers(sorted(lists))), digests
        return self._indexes[lists]
