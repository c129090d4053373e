# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""What each row of a collection needs: sources, ledger and listing laid side by side, in one pass, in columns.

Every row gets one verdict, an action with its reason or a note. The rules stand in order, the first that fits counts;
those about do-not-call come first. In doubt a row is left alone, except that a listed one is suppressed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import TypedDict, cast

from syncengine.model.address import Address
from syncengine.model.change import Confidence, Reason, RowAction
from syncengine.model.findings import RowFindings
from syncengine.model.phone import mask_numbers_in
from syncengine.model.vendor import Collection
from syncengine.rows.contacts import Contacts
from syncengine.rows.joined import Sides, joined, keys_with, moving, second_keys
from syncengine.rows.known_rows import KnownRows
from syncengine.rows.listing import Listing
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.remembered import worth_remembering
from syncengine.rows.row_sets import RowSetTable, make_row_set
from syncengine.rows.verdicts import AMBIGUOUS, Rules, contact_settled, contact_verdict, dnd_settled, dnd_verdict
from syncengine.rows.wanted import Wanted, bare_records, with_records
from syncengine.rows.workspace import Workspace, quoted

# These take the numbers that are at the dialer; the others those that the source states.
_SUPPRESSING = ("remove", "block", "forget")
# With more rows, columns that are blank for all of them are not carried through a sort.
_WORTH_A_VIEW = 20_000
# So many of the records that match one of ours twice are named in a plan.
_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The difference of one collection."""

    findings: RowFindings
    row_sets: tuple[RowSetTable, ...]
    # What was seen and is not acted upon: name -> rows.
    notes: Mapping[str, int] = field(default_factory=dict)
    # Table of src and place of the wanted rows that are not there as they are wanted; empty: nobody has asked.
    unsettled: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """What is known about a dialer's rows."""

    ledger: KnownRows
    # None: the rows cannot be read, or were not.
    listing: Listing | None = None
    # What was written until then (seconds since 1970) is listed if it is there; what is newer may not be listed yet,
    # and its absence proves nothing.
    listed_until: float = inf
    # Whether a call of ours has taken rows away since then: the listing may still have them.
    removed_lately: bool = False


def difference_of_contacts(
    workspace: Workspace,
    *,
    address: Address,
    collection: Collection,
    lists: Sequence[Contacts],
    wanted: Wanted,
    actual: Actual,
    listed: str,
    released: str,
    book: PhoneBook,
    kept_there: Sequence[str] = (),
    unmoved: bool = False,
) -> Difference:
    """Compare the contacts of a campaign, or a directory of people, with what is there.

    Args:
        workspace: where the tables are made.
        address: whose rows they are.
        collection: the vendor's rules for them.
        lists: the contact lists that feed it.
        wanted: the same lists, mapped.
        actual: ledger and listing.
        listed: table of one column ``number``: numbers that must not be called here; empty: there are none.
        released: table of one column ``number``: numbers taken off a list by name; empty: there are none.
        book: what numbers mean.
        kept_there: tables with a column ``phone``: numbers that the dialer's own do-not-call lists are to hold for
            these rows; wanted only where listed rows cannot be taken out.
        unmoved: whether the ledger holds all remembered rows as they are wanted.
    """
    empty = any(not contacts.summary.accepted for contacts in lists)
    rules = Rules(
        # What an empty source would remove is shown, and stopped by a guard (source_empty).
        removes=bool(lists) and all(c.list.on_absent == "remove" for c in lists),
        adds_vanished=bool(lists) and all(c.list.on_vanish == "add" for c in lists),
        blocks="block" in collection.operations,
        updates=collection.update != "absent",
        # The listing shows the people whom such a row has brought, never the row itself.
        complete=actual.listing is not None and actual.listing.complete and not collection.opaque,
        opaque=collection.opaque,
        dialled=collection.holds == "contacts",
        removed_lately=actual.removed_lately,
    )
    compared = _Comparison(workspace, collection, wanted, actual, listed=listed, released=released)
    compared.judge(contact_verdict(rules), settled=contact_settled(rules), unmoved=unmoved)
    if collection.key == "id" and collection.holds == "contacts":
        compared.withhold_second_keys()
    if collection.update == "operation":
        compared.update_unblocked()
    protected = compared.protected_by(kept_there, listed)
    made = compared.outcome(address, book, source_empty=empty)
    return replace(made, findings=replace(made.findings, protected=protected))


def difference_of_dnd(
    workspace: Workspace,
    *,
    address: Address,
    collection: Collection,
    wanted: Wanted,
    actual: Actual,
    released: str,
    book: PhoneBook,
    now: float,
    lasts_days: int | None = None,
) -> Difference:
    """Compare a dialer's own do-not-call list with the numbers in force.

    Args:
        workspace: where the tables are made.
        address: whose list it is.
        collection: the vendor's rules for it.
        wanted: the numbers in force for its scope, mapped.
        actual: ledger and listing.
        released: table of one column ``number``: numbers taken off by name, the only ones ever removed; empty: there
            are none.
        book: what numbers mean.
        now: seconds since 1970, for entries that lapse.
        lasts_days: days that an entry lasts there; None: for good.
    """
    renew_before = now + 0.2 * lasts_days * 86_400 if lasts_days is not None else None
    complete = actual.listing is not None and actual.listing.complete
    compared = _Comparison(workspace, collection, wanted, actual, listed="", released=released)
    compared.judge(
        dnd_verdict(complete=complete, renew_before=renew_before, removed_lately=actual.removed_lately),
        settled=dnd_settled(complete=complete, renew_before=renew_before),
    )
    return compared.outcome(address, book, source_empty=False)


# Listed rows that no call of this plan takes out: their removal is under way, or waits for a person.
_STUCK = frozenset({"waiting and listed", "parked and listed"})


class _Counts(TypedDict):
    unchanged: int
    desired: int
    suppressed: int
    in_ledger: int
    vanished: int
    not_updatable: int
    waiting: int
    listed_stuck: int
    listed_parked: int
    rejected_before: int


@dataclass(frozen=True, slots=True)
class _Group:
    """The rows that share a verdict."""

    verdict: str
    confidence: str
    rows: int
    # Those of them that are wanted and not listed.
    moving: int
    # Listed numbers among them of which several records there are one of ours.
    ambiguous: int

    @property
    def note(self) -> str:
        """Return what is noted; empty: the rows are acted upon."""
        return self.verdict.removeprefix("note/") if self.verdict.startswith("note/") else ""


class _Comparison:
    """The tables of one comparison: everything joined by key, then one verdict a row."""

    def __init__(
        self,
        workspace: Workspace,
        collection: Collection,
        wanted: Wanted,
        actual: Actual,
        *,
        listed: str,
        released: str,
    ) -> None:
        self._workspace = workspace
        self._collection = collection
        self._wanted = wanted
        self._listing = actual.listing
        self._known = actual.ledger.rows
        until = actual.listed_until
        sides = Sides(
            wanted=wanted.table,
            ledger=actual.ledger.table,
            there=actual.listing.table if actual.listing else "",
            unmappable=wanted.unmappable,
            released=released,
            # A row that was written a moment ago counts as listed, where rows are listed at all.
            lately=f"coalesce(a.updated_at > {until!r}::DOUBLE, false)"
            if actual.listing is not None and until < inf
            else "false",
        )
        self._listed_keys = workspace.table("listed_keys", keys_with(sides.keyed, listed)) if listed else ""
        self._sides = replace(sides, listed_keys=self._listed_keys)
        self._verdicts = ""
        # Rows with two verdicts: unblocked and changed.
        self._twice = 0

    def judge(self, verdict: str, *, settled: str, unmoved: bool = False) -> None:
        """Give every row its verdict; those that are plainly settled are not kept."""
        sides = self._sides
        if unmoved and self._wanted.known and not sides.there:
            sides = moving(sides, self._wanted.known, self._wanted.new)
        self._verdicts = self._workspace.table(
            "verdicts", f"SELECT *, {verdict} AS verdict FROM ({joined(sides)}) WHERE NOT ({settled})"
        )

    def withhold_second_keys(self) -> None:
        """Do not add a person whose number is there under another key that stays: they would be called twice."""
        self._workspace.run(
            f"UPDATE {self._verdicts} SET verdict = 'note/same number there under another key'"
            f" WHERE verdict LIKE 'add/%' AND key IN ({second_keys(self._sides, self._verdicts)})"
        )

    def update_unblocked(self) -> None:
        """A row that is unblocked and has changed is changed as well, so that the next plan is empty."""
        (self._twice,) = self._workspace.one(
            f"INSERT INTO {self._verdicts} SELECT * REPLACE ('update/differs' AS verdict) FROM {self._verdicts}"
            " WHERE verdict LIKE 'unblock/%' AND known_hash <> own_hash"
        )

    def protected_by(self, kept_there: Sequence[str], listed: str) -> int:
        """Return how many listed rows have no listed number that the dialer's own lists do not hold."""
        if not listed or not kept_there:
            return 0
        kept = " UNION ALL ".join(f"SELECT phone FROM {table}" for table in kept_there)
        exposed = keys_with(self._sides.keyed, f"(SELECT number FROM {listed} WHERE number NOT IN ({kept}))")
        (protected,) = self._workspace.one(
            f"SELECT count(*) FROM {self._verdicts} ANTI JOIN ({exposed}) USING (key) WHERE verdict LIKE '%/listed'"
        )
        return protected

    def outcome(self, address: Address, book: PhoneBook, *, source_empty: bool) -> Difference:
        """Gather the row sets, the counts and the notes."""
        groups = self._groups()
        self._with_records(book)
        notes: dict[str, int] = {}
        for group in groups:
            if group.note:
                notes[group.note] = notes.get(group.note, 0) + group.rows
        sets = tuple(self._row_set(address, book, group) for group in groups if not group.note)
        findings = RowFindings(
            address=address,
            collection=self._collection,
            sets=tuple(found.set for found in sets),
            source_empty=source_empty,
            remote=self._listing.rows if self._listing else None,
            **self._counts(groups, notes),
        )
        if self._listing and self._listing.doubled:
            notes["listed twice under one key"] = self._listing.doubled
        for ids in self._ambiguous():
            notes[f"the records {ids} there are one of ours, and nothing tells which; left alone"] = 1
        unsettled = ""
        if self._wanted.lists and worth_remembering(self._wanted.rows):
            unsettled = self._workspace.table("unsettled", f"SELECT src, place FROM {self._verdicts} WHERE wanted")
        self._workspace.drop(self._verdicts, self._listed_keys)
        return Difference(findings=findings, row_sets=sets, notes=notes, unsettled=unsettled)

    def _with_records(self, book: PhoneBook) -> None:
        """Read those remembered rows again that are to be sent."""
        if any(contacts.known is not None for contacts, _ in self._wanted.lists):
            whole = " AND ".join(f"NOT starts_with(verdict, {quoted(action)})" for action in (*_SUPPRESSING, "note/"))
            rows = f"SELECT src, place FROM {self._verdicts} WHERE wanted AND verdict <> '' AND {whole}"
            with_records(self._workspace, self._wanted, rows, book=book)

    def _groups(self) -> "list[_Group]":
        """Return how many rows have each verdict, and how sure it is of what is there."""
        found = self._workspace.run(
            f"SELECT verdict, {self._confidence()} AS confidence, count(*), count(*) FILTER (wanted AND NOT listed),"
            " count(*) FILTER (listed AND ids <> '')"
            f" FROM {self._verdicts} WHERE verdict <> '' GROUP BY ALL ORDER BY verdict, confidence"
        ).fetchall()
        return [_Group(*row) for row in found]

    def _ambiguous(self) -> list[str]:
        """Return the vendor's ids of records of which nobody can tell which is ours; one that is a phone is masked."""
        found = self._workspace.run(
            f"SELECT ids FROM {self._verdicts} WHERE verdict <> '' AND ids <> ''"
            f" AND (verdict = {quoted(AMBIGUOUS)} OR listed) ORDER BY key LIMIT {_NAMED}"
        ).fetchall()
        return [mask_numbers_in(ids) for (ids,) in found]

    def _counts(self, groups: "Sequence[_Group]", notes: Mapping[str, int]) -> "_Counts":
        suppressed = 0
        if self._listed_keys:
            (suppressed,) = self._workspace.one(
                f"SELECT count(*) FROM {self._wanted.table} w SEMI JOIN {self._listed_keys} USING (key)"
            )
        desired = self._wanted.rows - suppressed
        parked = notes.get("parked and listed", 0)
        return {
            "unchanged": desired - (sum(group.moving for group in groups) - self._twice),
            "desired": desired,
            "suppressed": suppressed,
            "in_ledger": self._known,
            "vanished": notes.get("vanished", 0),
            "not_updatable": notes.get("not updatable", 0),
            "waiting": notes.get("waiting", 0) + notes.get("waiting and listed", 0) + parked,
            "listed_stuck": sum(g.rows if g.note in _STUCK else g.ambiguous for g in groups),
            "listed_parked": parked,
            "rejected_before": notes.get("rejected before", 0),
        }

    def _row_set(self, address: Address, book: PhoneBook, group: "_Group") -> RowSetTable:
        action, reason = group.verdict.split("/")
        confidence = group.confidence
        return make_row_set(
            self._workspace,
            self._rows_of(group.verdict, confidence, book),
            name=f"{address}/{self._collection.name}/{action}/{reason}/{confidence}",
            # A view costs some rows more than it saves them.
            blank=self._wanted.blank if group.rows > _WORTH_A_VIEW and not action.startswith(_SUPPRESSING) else (),
            action=cast("RowAction", action),
            reason=cast("Reason", reason),
            confidence=cast("Confidence", confidence),
            fields=self._wanted.fields,
        )

    def _confidence(self) -> str:
        seen = self._listing is not None and self._listing.complete and not self._collection.opaque
        complete = "true" if seen else "there"
        waiting = "state LIKE 'unknown%' OR state LIKE 'parked%' OR state LIKE 'repeat%'"
        return f"CASE WHEN {waiting} THEN 'unknown' WHEN {complete} THEN 'verified' ELSE 'believed' END"

    def _rows_of(self, verdict: str, confidence: str, book: PhoneBook) -> str:
        chosen = f"{self._verdicts} WHERE verdict = {quoted(verdict)} AND {self._confidence()} = {quoted(confidence)}"
        values = "".join(f", {{0}}.v{n}" for n in range(len(self._wanted.fields)))
        if not verdict.startswith(_SUPPRESSING):
            hashed = (
                "known_hash" if verdict.startswith("unblock") and self._collection.update != "operation" else "own_hash"
            )
            return (
                f"SELECT v.key, own_phones AS phones, {hashed} AS content_hash, remote_id{values.format('r')}"
                f" FROM (SELECT * FROM {chosen}) v JOIN {self._wanted.records} r"
                " ON r.src = v.src AND r.place = v.place AND r.key = v.key"
            )
        bare = self._workspace.table(
            "bare",
            "SELECT key, coalesce(nullif(there_phones, ''), own_phones) AS phones, known_hash AS content_hash,"
            f" remote_id FROM {chosen}",
        )
        records = bare_records(bare, by_id=self._collection.key == "id", columns=self._wanted.columns, book=book)
        return (
            f"SELECT b.key, b.phones, b.content_hash, b.remote_id{values.format('r')} FROM {bare} b"
            f" JOIN ({records}) r ON r.key = b.key"
        )
