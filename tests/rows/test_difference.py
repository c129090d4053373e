from math import inf

import pyarrow as pa
import pytest

from syncengine.model.address import Address
from syncengine.model.answers import Match
from syncengine.model.snapshot import ListedRow
from syncengine.model.vendor import Collection, Column, Listed, Operation
from syncengine.rows.batches import batches
from syncengine.rows.difference import Actual, difference_of_contacts, difference_of_dnd
from syncengine.rows.known_rows import from_ledger
from syncengine.rows.listing import load_listing
from syncengine.rows.wanted import wanted_contacts, wanted_numbers
from tests.rows.conftest import NOW, contacts_of

A, B, C, D = "+573001234567", "+573007654321", "+573009999999", "+573005555555"
HERE = Address("d1", "contacts", "spring")
COLUMNS = (
    Column(to="tel", source="phone", form="digits", required=True),
    Column(to="tel2", source="phone2", form="digits"),
    Column(to="name", source="first_name"),
)
UNUSED = Operation(name="x", ability="documented", effect="dialable", writes=True, render=None, success=Match())


def collection(*roles, **more):
    values = {"name": "records", "holds": "contacts", "scope": "campaign", "update": "operation", "listed": Listed()}
    return Collection(**{**values, **more}, operations=dict.fromkeys(roles, UNUSED))


def ledger(*rows):
    """Rows as (key, state, hash) with optional phones, refused_hash, expires_at."""
    filled = [
        {
            "key": key,
            "state": state,
            "content_hash": content,
            "phones": more.get("phones", key),
            "remote_id": more.get("remote_id", ""),
            "refused_hash": more.get("refused_hash", ""),
            "expires_at": more.get("expires_at"),
            "updated_at": more.get("updated_at", 0.0),
        }
        for key, state, content, more in ((*row, {})[:4] for row in rows)
    ]
    texts = [(n, pa.string()) for n in ("key", "phones", "content_hash", "remote_id", "state", "refused_hash")]
    times = [(n, pa.float64()) for n in ("expires_at", "updated_at")]
    return pa.Table.from_pylist(filled, schema=pa.schema([*texts, *times]))


class World:
    """One campaign: what its list says, what the ledger knows, what the dialer lists."""

    def __init__(self, workspace, book):
        self.workspace, self.book = workspace, book
        self.rows = [{"phone": A, "first_name": "Ana"}]
        self.list_options = {}
        self.collection = collection("add", "remove")

    def numbers(self, *numbers):
        return self.workspace.table("n", "SELECT unnest(?::VARCHAR[]) AS number", [list(numbers)])

    def lists(self):
        return [contacts_of(self.workspace, self.book, *self.rows, **self.list_options)]

    def wanted(self, lists=None):
        lists = self.lists() if lists is None else lists
        return wanted_contacts(self.workspace, lists, collection=self.collection, columns=COLUMNS, book=self.book)

    def hash_of(self, key):
        found = self.workspace.run(f"SELECT content_hash FROM {self.wanted().table} WHERE key = ?", [key]).fetchall()
        return found[0][0]

    def plan(self, *known, there=None, complete=True, listed=(), released=(), lists=None, **lately):
        lists = self.lists() if lists is None else lists
        listing = None
        if there is not None:
            rows = [
                row if isinstance(row, ListedRow) else ListedRow(row, (row.removeprefix("+"),), f"r{row[-2:]}", False)
                for row in there
            ]
            listing = load_listing(
                self.workspace, rows, collection=self.collection, regions=("CO",), complete=complete, book=self.book
            )
        self.found = difference_of_contacts(
            self.workspace,
            address=HERE,
            collection=self.collection,
            lists=lists,
            wanted=self.wanted(lists),
            actual=Actual(ledger=from_ledger(self.workspace, ledger(*known)), listing=listing, **lately),
            listed=self.numbers(*listed),
            released=self.numbers(*released),
            book=self.book,
        )
        return {f"{s.action}/{s.reason}": (s.count, s.confidence) for s in self.found.findings.sets}

    def items(self, action):
        for row_set in self.found.row_sets:
            if row_set.set.action == action:
                return [item for batch in batches(self.workspace, row_set, 2) for item in batch]
        return []


@pytest.fixture
def world(workspace, book):
    return World(workspace, book)


# ------------------------------------------------------------------------------------------------ wanted and there


def test_a_wanted_row_that_nobody_has_is_added(world):
    assert world.plan() == {"add/missing": (1, "believed")}
    assert world.plan(there=[]) == {"add/missing": (1, "verified")}
    (item,) = world.items("add")
    assert (item.key, item.phones, item.record) == (A, (A,), {"tel": A[1:], "name": "Ana"})
    assert item.content_hash


def test_a_row_whose_number_was_released_is_added_as_released(world):
    assert world.plan(released=[A]) == {"add/released": (1, "believed")}


def test_a_row_that_is_there_and_unknown_to_the_ledger_is_adopted(world):
    assert world.plan(there=[A]) == {"adopt/already_there": (1, "verified")}
    assert world.items("adopt")[0].remote_id == "r67"
    assert world.plan(there=[A], complete=False) == {"adopt/already_there": (1, "verified")}


def test_a_row_that_others_blocked_there_is_left(world):
    blocked = ListedRow(A, (A,), "1", True)
    assert world.plan(there=[blocked]) == {}
    assert world.found.notes == {"blocked there by others": 1}


def test_of_two_records_that_are_one_of_ours_none_is_touched_and_both_are_named(world):
    two = [ListedRow(A, (A,), "133", False), ListedRow(A, (A,), "140", False)]
    world.list_options = {"on_absent": "remove"}
    for known in ((A, "present", "old"), (B, "present", "old")):
        world.rows = [{"phone": A, "first_name": "Ana"}]
        assert "update/differs" not in world.plan(known, there=[*two, B])
        assert world.found.notes["several records there match one of ours"] == 1
        assert world.found.notes["the records 133, 140 there are one of ours, and nothing tells which; left alone"] == 1


def test_a_listed_number_in_two_records_is_taken_out_and_counts_as_still_there(world):
    two = [ListedRow(A, (A,), "133", False), ListedRow(A, (A,), "140", False)]
    assert world.plan((A, "present", "old"), there=two, listed=[A]) == {"remove/listed": (1, "verified")}
    assert world.found.findings.listed_stuck == 1
    assert world.plan((A, "present", "old"), there=two[:1], listed=[A]) == {"remove/listed": (1, "verified")}
    assert world.found.findings.listed_stuck == 0


def test_a_record_that_is_shown_twice_with_one_id_is_one(world):
    twice = [ListedRow(A, (A,), "133", False)] * 2
    assert world.plan((A, "present", world.hash_of(A)), there=twice) == {}
    assert world.found.notes == {"listed twice under one key": 1}


def test_an_unchanged_row_needs_nothing(world):
    same = (A, "present", world.hash_of(A))
    assert world.plan(same) == {}
    assert world.plan(same, there=[A]) == {}
    assert (world.found.findings.unchanged, world.found.findings.desired) == (1, 1)


def test_a_changed_row_is_updated_where_that_is_possible(world):
    assert world.plan((A, "present", "old")) == {"update/differs": (1, "believed")}
    assert world.plan((A, "present", "old", {"remote_id": "9"}), there=[A]) == {"update/differs": (1, "verified")}
    assert world.items("update")[0].remote_id == "r67"
    world.collection = collection("add", update="absent")
    assert world.plan((A, "present", "old")) == {}
    assert world.found.findings.not_updatable == 1


def test_a_row_that_vanished_is_added_again_only_if_the_list_says_so(world):
    same = (A, "present", world.hash_of(A))
    assert world.plan(same, there=[]) == {}
    assert world.found.findings.vanished == 1
    assert world.plan(same, there=[], complete=False) == {}
    assert world.found.findings.vanished == 0
    world.list_options = {"on_vanish": "add"}
    assert world.plan(same, there=[]) == {"add/vanished": (1, "verified")}


def test_a_rejected_row_is_offered_again_only_when_it_changed(world):
    now = world.hash_of(A)
    assert world.plan((A, "rejected", now, {"refused_hash": now})) == {}
    assert world.found.findings.rejected_before == 1
    assert world.plan((A, "rejected", "old", {"refused_hash": "old"})) == {"add/missing": (1, "believed")}
    assert world.plan((A, "present", "old", {"refused_hash": now})) == {}
    assert world.plan((A, "present", "old", {"refused_hash": "older"})) == {"update/differs": (1, "believed")}


def test_a_deferred_row_is_tried_again(world):
    assert world.plan((A, "deferred", "x")) == {"add/missing": (1, "believed")}


@pytest.mark.parametrize("state", ["unknown_add", "unknown_update", "unknown_remove", "parked_add", "parked_remove"])
def test_a_row_whose_outcome_is_unknown_is_never_sent_again(world, state):
    assert world.plan((A, state, "old")) == {}
    assert world.plan((A, state, "old"), there=[]) == {}
    assert world.found.findings.waiting == 1
    world.rows = [{"phone": B}]
    assert world.plan((A, state, "old"), (B, "present", world.hash_of(B))) == {}


# ------------------------------------------------------------------------------------------------ not wanted


def test_a_row_that_the_source_dropped_is_removed(world):
    same = (A, "present", world.hash_of(A))
    assert world.plan(same, (B, "present", "x", {"remote_id": "7"})) == {"remove/not_in_source": (1, "believed")}
    (item,) = world.items("remove")
    assert (item.key, item.phones, item.remote_id, item.record) == (B, (B,), "7", {"tel": B[1:]})
    assert world.plan(same, (B, "present", "x"), there=[A, B]) == {"remove/not_in_source": (1, "verified")}


def test_a_dropped_row_that_is_gone_already_is_forgotten(world):
    same = (A, "present", world.hash_of(A))
    assert world.plan(same, (B, "present", "x"), there=[A]) == {"forget/not_in_source": (1, "verified")}
    assert world.plan(same, (B, "present", "x"), there=[A], complete=False) == {"remove/not_in_source": (1, "believed")}


def test_nothing_is_removed_where_a_list_keeps_its_rows(world):
    keep = contacts_of(world.workspace, world.book, {"phone": C}, on_absent="keep")
    removing = contacts_of(world.workspace, world.book, {"phone": A})
    assert world.plan((B, "present", "x"), lists=[removing, keep]) == {"add/missing": (2, "believed")}


def test_nothing_is_removed_where_no_list_is_stated(world):
    assert world.plan((B, "present", "x"), lists=[]) == {}


def test_an_empty_source_is_flagged_for_the_guard(world):
    empty = contacts_of(world.workspace, world.book, {"phone": "n/a"})
    world.plan((B, "present", "x"), lists=[empty])
    assert world.found.findings.source_empty


def test_rows_of_others_are_never_touched(world):
    same = (A, "present", world.hash_of(A))
    assert world.plan(same, there=[A, B, C]) == {}
    assert world.found.findings.remote == 3


def test_a_refused_removal_is_not_repeated_for_ever(world):
    same = (A, "present", world.hash_of(A))
    assert world.plan(same, (B, "present", "x", {"refused_hash": "x"})) == {}


def test_a_row_that_can_no_longer_be_mapped_is_left_alone(world, workspace, book):
    world.rows = [{"phone": A, "first_name": ""}, {"phone": B, "first_name": "Bo"}]
    required = (Column(to="name", source="first_name", required=True),)
    lists = world.lists()
    wanted = wanted_contacts(workspace, lists, collection=world.collection, columns=required, book=book)
    assert wanted.rejected == {"first_name is missing": 1}
    found = difference_of_contacts(
        workspace,
        address=HERE,
        collection=world.collection,
        lists=lists,
        wanted=wanted,
        actual=Actual(ledger=from_ledger(workspace, ledger((A, "present", "x")))),
        listed=world.numbers(),
        released=world.numbers(),
        book=book,
    )
    assert [s.action for s in found.findings.sets] == ["add"]
    assert found.notes == {"left alone": 1}


# ------------------------------------------------------------------------------------------------ do-not-call


@pytest.mark.parametrize("state", ["", "rejected", "deferred"])
def test_a_listed_row_that_is_not_there_is_never_added(world, state):
    known = [(A, state, "x")] if state else []
    for there in (None, []):
        assert world.plan(*known, there=there, listed=[A]) == {}
        assert world.found.findings.suppressed == 1
        assert world.found.findings.desired == 0


@pytest.mark.parametrize("roles", [("add", "remove"), ("add", "remove", "block")])
@pytest.mark.parametrize("state", ["present", "unknown_add", "parked_add", "unknown_update", "parked_update"])
def test_a_listed_row_that_is_or_may_be_there_is_suppressed(world, roles, state):
    world.collection = collection(*roles)
    for wanted in ([{"phone": A}], [{"phone": C}]):
        world.rows = wanted
        plan = world.plan((A, state, "x"), (C, "present", "y"), listed=[A])
        name = "block/listed" if "block" in roles else "remove/listed"
        assert plan[name] == (1, "believed" if state == "present" else "unknown")


def test_a_listed_row_of_others_is_suppressed_too(world):
    assert world.plan((A, "present", world.hash_of(A)), there=[A, B], listed=[B]) == {"remove/listed": (1, "verified")}
    (item,) = world.items("remove")
    assert (item.key, item.phones, item.remote_id) == (B, (B,), "r21")


def test_any_phone_of_a_row_is_enough(world):
    world.rows = [{"phone": A, "phone2": B}]
    assert world.plan(listed=[B]) == {}
    assert world.plan((A, "present", "x", {"phones": f"{A} {C}"}), listed=[C]) == {"remove/listed": (1, "believed")}
    other = ListedRow(D, (D[1:], "3007654321"), "5", False)
    assert "remove/listed" in world.plan(there=[other], listed=[B])


def test_a_row_that_is_blocked_already_needs_nothing(world):
    world.collection = collection("add", "remove", "block", "unblock")
    assert world.plan((A, "blocked", "x"), listed=[A]) == {}
    assert world.plan((A, "blocked", "x"), there=[ListedRow(A, (A,), "1", True)], listed=[A]) == {}
    assert world.plan((A, "blocked", "x"), there=[A], listed=[A]) == {"block/listed": (1, "verified")}


def test_a_row_that_we_freed_lately_is_blocked_again_whatever_a_late_listing_shows(world):
    world.collection = collection("add", "remove", "block", "unblock")
    held = ListedRow(A, (A,), "1", True)
    for state in ("present", "repeat_unblock", "unknown_update", "parked_update"):
        freed = (A, state, "x", {"updated_at": NOW})
        assert [*world.plan(freed, there=[held], listed=[A], listed_until=NOW - 30)] == ["block/listed"]
        assert world.plan(freed, there=[held], listed=[A], listed_until=NOW) == {}
    blocked = (A, "blocked", "x", {"updated_at": NOW})
    assert world.plan(blocked, there=[held], listed=[A], listed_until=NOW - 30) == {}


def test_a_row_that_we_may_just_have_removed_is_neither_taken_for_there_nor_added_beside_it(world):
    assert world.plan(there=[A], removed_lately=True) == {}
    assert world.found.findings.waiting == 1
    assert world.plan(there=[], removed_lately=True) == {"add/missing": (1, "verified")}
    lost = (A, "repeat_add", "x")
    assert [*world.plan(lost, there=[A], removed_lately=True)] == ["add/missing"]
    assert [*world.plan(lost, there=[A])] == ["adopt/already_there"]


def test_a_blocked_row_that_is_off_the_list_is_unblocked_and_brought_up_to_date(world):
    world.collection = collection("add", "remove", "block", "unblock", "update")
    now = world.hash_of(A)
    assert world.plan((A, "blocked", now)) == {"unblock/released": (1, "believed")}
    both = {"unblock/released": (1, "believed"), "update/differs": (1, "believed")}
    assert world.plan((A, "blocked", "old")) == both
    world.rows = [{"phone": C}]
    assert "unblock/released" not in world.plan((A, "blocked", now))


def test_a_listed_row_whose_removal_is_unknown_waits_and_is_said_to_be_stuck(world):
    assert world.plan((A, "parked_remove", "x"), listed=[A]) == {}
    assert world.found.findings.listed_stuck == 1
    assert world.plan((A, "parked_remove", "x"), there=[A], listed=[A]) == {"remove/listed": (1, "unknown")}


# ------------------------------------------------------------------------------------------------ several lists, ids


def test_a_person_in_two_lists_is_added_once(world):
    first = contacts_of(world.workspace, world.book, {"phone": A, "first_name": "first"})
    second = contacts_of(world.workspace, world.book, {"phone": A, "first_name": "second"}, {"phone": B})
    assert world.plan(lists=[first, second]) == {"add/missing": (2, "believed")}
    assert [i.record.get("name") for i in world.items("add")] == ["first", None]
    assert world.wanted([first, second]).doubled == 1


def test_a_person_who_is_there_under_another_id_is_not_added_again(world):
    world.collection = collection("add", "remove", key="id")
    world.rows = [{"id": "new", "phone": A}]
    world.list_options = {"on_absent": "keep"}
    assert world.plan(("old", "present", "x", {"phones": A})) == {}
    assert world.found.notes["same number there under another key"] == 1
    assert world.plan(("old", "parked_add", "x", {"phones": A})) == {}
    assert world.plan(there=[ListedRow("other", (A[1:],), "1", False)]) == {}
    world.list_options = {"on_absent": "remove"}
    plan = world.plan(("old", "present", "x", {"phones": A}))
    assert plan == {"add/missing": (1, "believed"), "remove/not_in_source": (1, "believed")}


def test_an_id_whose_row_lost_its_phone_is_left_alone(world):
    world.collection = collection("add", "remove", key="id")
    world.rows = [{"id": "7", "phone": "n/a"}, {"id": "8", "phone": A}]
    assert world.plan(("7", "present", "x", {"phones": B})) == {"add/missing": (1, "believed")}
    assert world.found.notes == {"left alone": 1}


def test_the_digest_does_not_depend_on_the_order_of_the_source(world):
    world.rows = [{"phone": A, "first_name": "a"}, {"phone": B, "first_name": "b"}]
    world.plan()
    (one,) = world.found.findings.sets
    world.rows.reverse()
    world.plan()
    (other,) = world.found.findings.sets
    assert one.digest == other.digest
    world.rows[0]["first_name"] = "c"
    world.plan()
    assert world.found.findings.sets[0].digest != one.digest


def test_samples_are_masked(world):
    world.plan()
    assert world.found.findings.sets[0].sample == ("+57••••••••67",)


def test_the_second_plan_after_a_clean_apply_is_empty(world):
    world.rows = [{"phone": A, "first_name": "Ana", "phone2": B}, {"phone": C}]
    world.plan()
    done = [(i.key, "present", i.content_hash, {"phones": " ".join(i.phones)}) for i in world.items("add")]
    assert world.plan(*done) == {}
    assert world.plan(*done, there=[A, C]) == {}
    assert world.found.findings.unchanged == 2


# ------------------------------------------------------------------------------------------------ a dialer's own list

DND = Collection(name="dnc", holds="dnd", scope="account", listed=Listed())


def dnd_plan(world, in_force, *known, there=None, complete=True, released=(), lasts_days=None, until=inf, **lately):
    columns = (Column(to="phone", source="phone", form="digits"),)
    wanted = wanted_numbers(world.workspace, world.numbers(*in_force), columns=columns, book=world.book)
    listing = None
    if there is not None:
        rows = [ListedRow(n[1:], (n[1:],), "", False) for n in there]
        listing = load_listing(
            world.workspace, rows, collection=DND, regions=("CO",), complete=complete, book=world.book
        )
    world.found = difference_of_dnd(
        world.workspace,
        address=Address("d1", "dnd", "account"),
        collection=DND,
        wanted=wanted,
        actual=Actual(
            ledger=from_ledger(world.workspace, ledger(*known)), listing=listing, listed_until=until, **lately
        ),
        released=world.numbers(*released),
        book=world.book,
        now=NOW,
        lasts_days=lasts_days,
    )
    return {f"{s.action}/{s.reason}": s.count for s in world.found.findings.sets}


def test_a_number_in_force_is_added_and_adopted_where_it_is_there(world):
    assert dnd_plan(world, [A, B], there=[B, C]) == {"add/missing": 1, "adopt/already_there": 1}
    assert world.items("add")[0].record == {"phone": A[1:]}


@pytest.mark.parametrize("state", ["unknown_add", "parked_add", "unknown_remove", "parked_remove", "deferred"])
def test_a_number_that_is_not_known_to_be_protected_is_added(world, state):
    assert dnd_plan(world, [A], (A, state, "")) == {"add/missing": 1}


def test_a_protected_number_that_the_vendor_dropped_is_added_again(world):
    assert dnd_plan(world, [A], (A, "present", ""), there=[]) == {"add/vanished": 1}
    assert dnd_plan(world, [A], (A, "present", ""), there=[], complete=False) == {}


def test_a_listing_that_may_still_have_what_we_took_off_is_not_believed(world):
    known = [(B, "present", "")]
    assert dnd_plan(world, [A, B], *known, there=[A, B], removed_lately=True) == {"add/missing": 1}
    assert dnd_plan(world, [A, B], *known, there=[A, B]) == {"adopt/already_there": 1}


def test_an_entry_that_was_taken_lately_and_is_not_listed_is_sent_where_it_matters(world):
    new = {"updated_at": NOW}
    known = [(A, "present", "", new), (B, "present", "", new), (C, "present", "")]
    assert dnd_plan(world, [A, B, C], *known, there=[B], until=NOW - 30) == {"add/vanished": 1, "add/not_yet_listed": 1}
    assert dnd_plan(world, [A], *known, there=[A], until=NOW - 30) == {}
    assert dnd_plan(world, [A], *known, there=[], complete=False, until=NOW - 30) == {}
    lapsing = (A, "present", "", new | {"expires_at": NOW + 86_400})
    assert dnd_plan(world, [A], lapsing, there=[], until=NOW - 30, lasts_days=30) == {"add/lapsing": 1}


def test_an_entry_is_renewed_a_fifth_of_its_time_before_it_lapses(world):
    day = 86_400
    assert dnd_plan(world, [A], (A, "present", "", {"expires_at": NOW + 7 * day}), lasts_days=30) == {}
    assert dnd_plan(world, [A], (A, "present", "", {"expires_at": NOW + 5 * day}), lasts_days=30) == {"add/lapsing": 1}


def test_only_what_was_released_by_name_is_taken_off_and_only_ours(world):
    ours = ((A, "present", ""), (B, "present", ""))
    assert dnd_plan(world, [], *ours) == {}
    assert world.found.notes == {"no longer stated and kept": 2}
    assert dnd_plan(world, [], *ours, there=[A, B, C], released=[A, C]) == {"remove/released": 1}
    assert world.items("remove")[0].key == A


def test_a_number_that_is_stated_again_beats_its_release(world):
    assert dnd_plan(world, [A], (A, "present", ""), released=[A]) == {}
