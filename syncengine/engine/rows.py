"""Row sets into changes: which call carries them out, what it does to dialling, how many calls it takes.

What a vendor cannot do is said here, once: a row that cannot be removed there is a note when its source merely dropped
it, and a danger (:attr:`RowPlan.stuck`) when its number is listed and nothing else at that vendor keeps it from being
rung.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from syncengine.model.change import RowAction, RowChange
from syncengine.model.counted import plural
from syncengine.model.findings import DialerFindings, RowFindings, RowSet
from syncengine.model.vendor import Collection, Effect, Operation

# Nothing is sent for these; the ledger alone learns of them.
BOOKED_ONLY: frozenset[RowAction] = frozenset({"adopt", "forget"})
_POSSIBLE: Mapping[RowAction, str] = {
    "add": "added",
    "update": "changed",
    "remove": "removed",
    "block": "blocked",
    "unblock": "unblocked",
}


@dataclass(slots=True)
class RowPlan:
    """Changes to the rows of one dialer."""

    changes: list[RowChange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Campaign key -> listed rows that nothing at this vendor keeps from being rung.
    stuck: dict[str, int] = field(default_factory=dict)
    # Those campaigns among them where no call can take such a row out, ever or until a person has settled an earlier
    # one: there is nothing to try.
    helpless: set[str] = field(default_factory=set)

    def resisting(self, findings: DialerFindings) -> set[str]:
        """Return the campaigns where listed numbers are still to be suppressed; tries that fail there are counted."""
        listing = [c.address for c in self.changes if c.address.kind == "dnd" and c.action == "add"]
        resisting = {c.address.name for c in self.changes if c.address.kind == "contacts" and c.reason == "listed"}
        protected = {found.address.name for found in findings.rows if found.protected}
        everywhere = any(address.of_account for address in listing)
        return resisting | set(self.stuck) | {n for n in protected if everywhere or n in {a.name for a in listing}}


def plan_rows(findings: DialerFindings) -> RowPlan:
    """Return the row changes of one dialer in the order of its collections."""
    plan = RowPlan()
    for found in findings.rows:
        if found.listed_stuck:
            plan.stuck[found.address.name] = plan.stuck.get(found.address.name, 0) + found.listed_stuck
        if found.listed_parked:
            plan.helpless.add(found.address.name)
        for row_set in found.sets:
            _plan_set(findings, found, row_set, plan)
        _note_who_stays(findings, found, plan)
        _note_counts(found, plan)
    return plan


def operations_for(collection: Collection, action: RowAction) -> tuple[Operation, ...]:
    """Return the calls that carry an action out, in order; empty: the vendor has none."""
    roles: tuple[str, ...] = (action,)
    if action in BOOKED_ONLY:
        return ()
    if action == "update" and collection.update == "replace":
        roles = ("remove", "add")
    if action == "update" and collection.update == "absent":
        return ()
    found = tuple(collection.operations[role] for role in roles if role in collection.operations)
    return found if len(found) == len(roles) and all(o.ability != "absent" for o in found) else ()


def effect_of(operations: tuple[Operation, ...]) -> Effect:
    """Return the most dangerous effect among some calls; none has none."""
    effects = {operation.effect for operation in operations}
    if "dialable" in effects:
        return "dialable"
    return "suppressing" if "suppressing" in effects else "neutral"


def calls_for(collection: Collection, action: RowAction, count: int) -> int:
    """Return how many calls a set costs: batches, and one look-up a row where the vendor wants one first."""
    calls = sum(-(-count // operation.batch) for operation in operations_for(collection, action))
    return calls + (count if action == "add" and "lookup" in collection.operations else 0)


def _plan_set(findings: DialerFindings, found: RowFindings, row_set: RowSet, plan: RowPlan) -> None:
    collection = found.collection
    if not _is_possible(collection, row_set.action):
        if row_set.reason != "listed":
            _note_what_stays(findings, found, row_set, plan)
        return
    operations = operations_for(collection, row_set.action)
    plan.changes.append(
        RowChange(
            address=found.address,
            collection=collection.name,
            action=row_set.action,
            reason=row_set.reason,
            confidence=row_set.confidence,
            effect=effect_of(operations),
            count=row_set.count,
            digest=row_set.digest,
            sample=row_set.sample,
            calls=calls_for(collection, row_set.action, row_set.count),
            warns="; ".join(dict.fromkeys(o.warns for o in operations if o.warns)),
            rows=row_set.name,
        )
    )


def _note_what_stays(findings: DialerFindings, found: RowFindings, row_set: RowSet, plan: RowPlan) -> None:
    stay = "it stays as it is" if row_set.count == 1 else "they stay as they are"
    plan.notes.append(
        f"{found.address}: {plural(row_set.count, 'row')} cannot be {_POSSIBLE[row_set.action]} at"
        f" {findings.vendor.title}; {stay}"
    )


def _note_who_stays(findings: DialerFindings, found: RowFindings, plan: RowPlan) -> None:
    """Tell of listed rows that no call takes out; whom the dialer's own list does not protect is in danger."""
    listed = [s for s in found.sets if s.reason == "listed" and not _is_possible(found.collection, s.action)]
    # All of them together: one that is protected does not protect another.
    staying = sum(row_set.count for row_set in listed)
    protected = min(found.protected, staying)
    if protected:
        plan.notes.append(
            f"{found.address}: {plural(protected, 'listed row stays', 'listed rows stay')} at {findings.vendor.title},"
            " kept from being rung by its own do-not-call list"
        )
    if staying > protected:
        plan.stuck[found.address.name] = plan.stuck.get(found.address.name, 0) + staying - protected
        plan.helpless.add(found.address.name)


def _is_possible(collection: Collection, action: RowAction) -> bool:
    return action in BOOKED_ONLY or bool(operations_for(collection, action))


def _note_counts(found: RowFindings, plan: RowPlan) -> None:
    counted = {
        plural(
            found.vanished,
            "row of ours is no longer listed there and is not added again, since it may have been called"
            " (on_vanish: add changes that)",
            "rows of ours are no longer listed there and are not added again, since they may have been called"
            " (on_vanish: add changes that)",
        ): found.vanished,
        f"{plural(found.not_updatable, 'changed row')} cannot be changed there": found.not_updatable,
        plural(
            found.waiting,
            "row waits for the outcome of an earlier call",
            "rows wait for the outcome of an earlier call",
        ): found.waiting,
        plural(
            found.rejected_before,
            "row was refused by the vendor before and has not changed since",
            "rows were refused by the vendor before and have not changed since",
        ): found.rejected_before,
    }
    plan.notes += [f"{found.address}: {sentence}" for sentence, count in counted.items() if count]
    if found.problem:
        plan.notes.append(f"{found.address}: the reading is not whole ({found.problem}); nothing is removed on it")
