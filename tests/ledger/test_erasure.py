"""What is left of a person in a ledger after they were erased: nothing but a digest where they must not be called."""

from pathlib import Path

import pytest

from syncengine.errors import LockedError
from syncengine.ledger import upkeep
from syncengine.ledger.erasure import Known, Person
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.transfer import TABLES
from syncengine.model.address import Address
from tests.ledger.conftest import Home
from tests.ledger.writing import CONTACTS, NOW, begin, intent, item, states

A, B, C = "+573001112233", "+573001112244", "+573001112255"
DND = Address("dialer", "dnd", "account")
DIGEST = {number: f"~00000000.{number[-1] * 64}.8{'0' * 16}" for number in (A, B, C)}


def person(*numbers: str) -> Person:
    return Person(numbers=numbers, digests={number: DIGEST[number] for number in numbers})


def state(ledger: Ledger, *numbers: str, name: str = "opt-outs", now: float = 1.0) -> None:
    ledger.record_statements(name, numbers, source_digest="d", now=now)


def everything(ledger: Ledger) -> str:
    """Return all that a ledger holds, as text."""
    with ledger.reading() as session:
        return "\n".join(
            str(row) for table in TABLES for row in session.execute(f"SELECT * FROM {table.name}").fetchall()
        )


def by_digest(ledger: Ledger) -> dict[str, set[str]]:
    return {name: set(found) for name, found in ledger.erased().items()}


def test_nothing_of_a_person_is_left_and_all_of_the_others(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("7", A, C), item("8", C), item(A[1:], "+573"), item("9", B)], now=NOW)
    locked.save_rows(DND, [item(A, A), item(B, B)], now=NOW)
    state(locked, A, B)
    call = begin(locked, intent(rows=[item("10", A)]))
    locked.finish_call(call, "rejected", f"{A} is barred", {}, now=NOW)
    made = locked.erase(person(A))
    assert made.rows == {str(CONTACTS): 3, str(DND): 1}
    assert made.kept == ("opt-outs",)
    assert A[1:] not in everything(locked)
    assert set(states(locked)) == {"8", "9"}
    assert set(states(locked, DND)) == {B}
    assert locked.all_numbers(["opt-outs"]) == {B}


def test_a_statement_in_force_keeps_its_list_and_its_date_and_one_that_was_released_is_forgotten(
    locked: Ledger,
) -> None:
    state(locked, A, B, now=5.0)
    state(locked, A, name="registry", now=6.0)
    locked.release("registry", [A], basis="plan", now=7.0)
    assert locked.erase(person(A)).kept == ("opt-outs",)
    assert by_digest(locked) == {"opt-outs": {DIGEST[A]}}
    with locked.reading() as session:
        found = session.execute("SELECT list_name, number, first_read_at FROM statement ORDER BY number").fetchall()
    assert found == [("opt-outs", B, 5.0), ("opt-outs", DIGEST[A], 5.0)]
    assert locked.erased() == {"opt-outs": {DIGEST[A]: 5.0}}


def test_a_digest_is_no_number_and_keeps_its_list_known(locked: Ledger) -> None:
    state(locked, A)
    locked.erase(person(A))
    assert locked.statements("opt-outs").num_rows == 0
    assert locked.all_numbers(["opt-outs"]) == set()
    assert locked.dnd_lists() == ("opt-outs",)
    assert upkeep.status(locked).statements == 1
    assert upkeep.check(locked) == []


def test_a_digest_is_taken_off_by_name_alone_and_is_in_force_again_when_its_number_is_erased_again(
    locked: Ledger,
) -> None:
    state(locked, A)
    locked.erase(person(A))
    state(locked, B)
    assert by_digest(locked) == {"opt-outs": {DIGEST[A]}}
    locked.release("opt-outs", [A, DIGEST[A]], basis="plan", now=2.0)
    assert by_digest(locked) == {}
    state(locked, A)
    locked.erase(person(A))
    assert by_digest(locked) == {"opt-outs": {DIGEST[A]}}


def test_plans_made_before_an_erasure_are_stale_and_copies_of_rows_are_those_of_another_state(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("7", A)], now=NOW)
    before = locked.basis(), locked.dnd_serial(), locked.generation(CONTACTS)
    locked.erase(person(A))
    after = locked.basis(), locked.dnd_serial(), locked.generation(CONTACTS)
    assert all(was != now for was, now in zip(before, after, strict=True))


def test_no_hash_of_a_request_about_one_person_is_left(locked: Ledger) -> None:
    for key, phone in (("7", A), ("8", B)):
        locked.finish_call(begin(locked, intent(rows=[item(key, phone)])), "applied", "", {}, now=NOW)
    batch = begin(locked, intent(rows=[item("9", A), item("10", C)]))
    locked.finish_call(batch, "applied", "", {}, now=NOW)
    locked.erase(person(A))
    assert "digest" not in everything(locked).replace("request_digest", "")


def test_what_is_known_of_a_person_names_what_is_open_where_they_are_and_their_lists(locked: Ledger) -> None:
    assert locked.known_of(person(A)) == Known(open_calls=[], there={}, lists=(), by_digest=())
    locked.save_rows(CONTACTS, [item("7", C, A)], now=NOW)
    locked.save_rows(DND, [item(A, A)], now=NOW)
    state(locked, A)
    state(locked, B, name="registry")
    locked.erase(person(B))
    call = begin(locked, intent("update", [item("8", A), item("9", C)]))
    found = locked.known_of(person(A, B))
    assert found.open_calls == [(call, str(CONTACTS), "update")]
    assert found.there == {str(CONTACTS): 1}
    assert (found.lists, found.by_digest) == (("opt-outs",), ("registry",))


def test_an_erasure_needs_the_whole_project(ledger: Ledger) -> None:
    ledger.record_statements("opt-outs", [A], source_digest="d", now=NOW)
    with pytest.raises(LockedError):
        ledger.erase(person(A))
    assert ledger.all_numbers(["opt-outs"]) == {A}


def test_a_digest_is_moved_backed_up_and_found_sound(home: Home, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("copies")
    with home.open() as ledger:
        state(ledger, A, B)
        with ledger.lock("erase", now=NOW):
            ledger.erase(person(A))
        upkeep.back_up(ledger, folder / "backup.db")
        upkeep.move(ledger, f"sqlite:///{folder / 'moved.db'}", now=NOW, wait=0)
    for name in ("backup.db", "moved.db"):
        with Ledger.open(folder / name, "acme") as copy:
            assert by_digest(copy) == {"opt-outs": {DIGEST[A]}}
            assert upkeep.check(copy) == []


def test_a_backup_that_is_put_back_releases_nobody_who_opted_out_or_was_erased_since(
    home: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    backup = tmp_path_factory.mktemp("copies") / "backup.db"
    with home.open() as ledger:
        state(ledger, C)
        with ledger.lock("apply", now=NOW):
            ledger.release("opt-outs", [C], basis="plan", now=NOW)
        upkeep.back_up(ledger, backup)
        state(ledger)
        ledger.record_statements("opt-outs", [A, B, C], source_digest="d", now=NOW, covers=["dialer"])
        with ledger.lock("erase", now=NOW):
            ledger.erase(person(A))
        assert upkeep.restore(ledger, backup, now=NOW, wait=0)
        assert ledger.all_numbers(["opt-outs"]) == {B, C}
        assert by_digest(ledger) == {"opt-outs": {DIGEST[A]}}
        assert ledger.covers() == {"opt-outs": frozenset({"dialer"})}


def test_those_who_were_erased_are_in_no_byte_of_the_file_or_its_log(path: Path) -> None:
    people = [f"+57300{n:07d}" for n in range(2_000)]
    gone = people[800:1_000]
    with Ledger.open(path, "acme") as ledger, ledger.lock("erase", now=NOW):
        ledger.save_rows(CONTACTS, [item(str(n), phone) for n, phone in enumerate(people)], now=NOW)
        ledger.record_statements("opt-outs", people, source_digest="d", now=NOW)
        for n, phone in enumerate(gone):
            ledger.erase(Person(numbers=(phone,), digests={phone: f"~00000000.{n:064d}.8{'0' * 16}"}))
    data = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert people[0].encode() in data
    assert sum(phone.encode() in data for phone in gone) == 0
