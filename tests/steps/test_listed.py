"""The numbers in force at the moment of sending: by campaign, for whole accounts, and after a release."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.errors import GuardError
from syncengine.ledger.erasure import Person
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.secret import Secret
from syncengine.rows.erased import DigestKey
from syncengine.steps.listed import ListedNow
from tests.building import campaign, desired, dnd_list

OWN, ALL, OTHER, ORPHAN, LONE = (f"+5730012{n:05d}" for n in range(5))
SPRING = Address("acme-co", "contacts", "spring")
KEY = DigestKey(Secret("k" * 32))
EVERYTHING = f"{OWN} {ALL} {OTHER} {ORPHAN} {LONE}".encode()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db", "tests") as opened:
        for name, number in (("own", OWN), ("all", ALL), ("other", OTHER), ("orphan", ORPHAN), ("lone", LONE)):
            opened.record_statements(name, [number], source_digest="d", now=1.0)
        yield opened


def listed(ledger: Ledger, key: DigestKey = KEY, **releases: list[str]) -> ListedNow:
    made = desired(
        campaign(dnd=("own",)),
        campaign("autumn"),
        campaign("far", dialer="acme-ar"),
        dnd={
            "own": dnd_list("own", scope=()),
            "all": dnd_list("all"),
            "other": dnd_list("other", scope=("autumn",)),
            "lone": dnd_list("lone", scope=("acme-ar",)),
        },
    )
    return ListedNow(
        ledger=ledger,
        desired=made,
        orphans=("orphan",),
        planned_at=ledger.dnd_serial(),
        releases=releases,
        basis="p1",
        clock=lambda: 9.0,
        key=lambda: key,
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (SPRING, {OWN, ALL, ORPHAN}),
        (Address("acme-co", "campaign", "spring"), {OWN, ALL, ORPHAN}),
        (Address("acme-co", "contacts", "autumn"), {OTHER, ALL, ORPHAN}),
        (Address("acme-ar", "contacts", "far"), {LONE, ALL, ORPHAN}),
        # A call for the account can reach every campaign of the dialer.
        (Address("acme-co", "directory", "account"), {OWN, ALL, OTHER, ORPHAN}),
        (Address("acme-co", "dnd", "account:second"), {OWN, ALL, OTHER, ORPHAN}),
        # A campaign that the manifest no longer has.
        (Address("acme-ar", "campaign", "gone"), {LONE, ALL, ORPHAN}),
    ],
)
def test_the_lists_that_cover_a_target_are_looked_at(ledger: Ledger, address: Address, expected: set[str]) -> None:
    assert listed(ledger).hits(address, EVERYTHING) == expected


def test_what_anybody_else_changes_moves_the_statements_and_an_own_release_does_not(ledger: Ledger) -> None:
    ledger.record_statements("all", [ALL, OWN], source_digest="d", now=1.0)
    ledger.record_statements("own", [OWN], source_digest="d", now=1.0)
    now = listed(ledger, own=[OWN], all=[ALL])
    with ledger.lock("apply", now=1.0):
        now.release()
    assert not now.has_moved()
    ledger.record_statements("all", [ALL, OWN, LONE], source_digest="e", now=2.0)
    assert now.has_moved()


def test_a_release_takes_a_number_off_one_list_and_happens_once(ledger: Ledger) -> None:
    ledger.record_statements("all", [ALL, OWN], source_digest="d", now=1.0)
    now = listed(ledger, own=[OWN])
    assert OWN in now.hits(SPRING, EVERYTHING)
    with ledger.lock("apply", now=2.0):
        now.release()
        # The other list has it still.
        assert OWN in now.hits(SPRING, EVERYTHING)
        assert ledger.all_numbers(["own"]) == set()
        ledger.record_statements("own", [], source_digest="e", now=3.0)
        ledger.record_statements("own", [OWN], source_digest="f", now=4.0)
        # A later statement stands, however often the plan's releases are carried out.
        now.release()
    assert ledger.all_numbers(["own"]) == {OWN}


def test_nothing_is_released_when_anybody_else_has_changed_the_statements_since(ledger: Ledger) -> None:
    ledger.record_statements("own", [], source_digest="d", now=1.0)
    now = listed(ledger, own=[OWN])
    # The line is back, in a file that another run has read.
    ledger.record_statements("own", [OWN], source_digest="e", now=2.0)
    with ledger.lock("apply", now=2.0):
        why = [now.release(), now.release()]
    moved = "another run has read a do-not-call list since the plan"
    assert why == [f"numbers that the plan releases stay in force: {moved}; plan again"] * 2
    assert OWN in ledger.all_numbers(["own"])
    assert OWN in now.hits(SPRING, EVERYTHING)
    assert now.has_moved()


def test_a_number_on_no_other_list_is_free_at_once(ledger: Ledger) -> None:
    now = listed(ledger, own=[OWN])
    assert OWN in now.hits(SPRING, EVERYTHING)
    with ledger.lock("apply", now=2.0):
        now.release()
    assert now.hits(SPRING, EVERYTHING) == {ALL, ORPHAN}


def test_people_count_beside_what_occurs_in_the_bytes(ledger: Ledger) -> None:
    assert listed(ledger).hits(SPRING, b"", [OWN, "+573009999999"]) == {OWN}
    erase(ledger, OWN)
    assert listed(ledger).hits(SPRING, b"x", [OWN]) == {OWN}


def test_what_another_process_reads_counts_at_once(ledger: Ledger, tmp_path: Path) -> None:
    now = listed(ledger)
    late = "+573001299999"
    assert now.hits(SPRING, late.encode()) == set()
    with Ledger.open(tmp_path / "ledger.db", "tests") as other:
        other.record_statements("own", [late], source_digest="d", now=5.0, complete=False)
    assert now.hits(SPRING, late.encode()) == {late}


def test_lists_are_read_once_and_not_for_every_call(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[object] = []
    all_numbers = Ledger.all_numbers
    monkeypatch.setattr(Ledger, "all_numbers", lambda self, names: reads.append(names) or all_numbers(self, names))
    now = listed(ledger)
    for _ in range(5):
        now.hits(SPRING, EVERYTHING)
        ledger.remember_source("x", digest="d", rows=1, now=1.0)
    assert len(reads) == 1


def erase(ledger: Ledger, *numbers: str) -> None:
    with ledger.lock("erase", now=2.0):
        for number in numbers:
            ledger.erase(Person(numbers=(number,), digests={number: KEY.statement(number)}))


def test_whoever_was_erased_is_found_in_any_spelling_wherever_the_list_holds(ledger: Ledger) -> None:
    now = listed(ledger)
    assert now.hits(SPRING, b"x") == set()
    erase(ledger, OWN, ORPHAN, LONE)
    assert now.hits(SPRING, EVERYTHING) == {OWN, ALL, ORPHAN}
    assert now.hits(SPRING, f"call 0{OWN[3:6]}-{OWN[6:9]} {OWN[9:]} today".encode()) == {OWN}
    assert now.hits(Address("acme-ar", "contacts", "far"), EVERYTHING) == {LONE, ALL, ORPHAN}


def test_without_the_key_of_those_who_were_erased_the_gate_is_shut(ledger: Ledger) -> None:
    erase(ledger, OWN)
    other = listed(ledger, DigestKey(Secret("K" * 32)))
    with pytest.raises(GuardError, match="erased under another key"):
        other.hits(SPRING, b"x")
    # Where the list does not hold nobody asks for it.
    assert other.hits(Address("acme-ar", "contacts", "far"), EVERYTHING) == {LONE, ALL, ORPHAN}


def test_whoever_was_erased_is_released_by_name(ledger: Ledger) -> None:
    erase(ledger, OWN)
    now = listed(ledger, own=[OWN])
    with ledger.lock("apply", now=2.0):
        now.release()
    assert now.hits(SPRING, EVERYTHING) == {ALL, ORPHAN}
