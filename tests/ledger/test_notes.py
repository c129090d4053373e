from pathlib import Path

from syncengine.ledger.ledger import Ledger


def test_a_note_outlives_the_process_and_is_replaced_and_taken_away(path: Path) -> None:
    with Ledger.open(path, "acme") as ledger:
        assert ledger.notes.read("watch/suspended") == ""
        ledger.notes.write("watch/suspended", "ann", now=1.0)
        before = ledger.basis()
    with Ledger.open(path, "acme") as ledger, Ledger.open(path, "other") as other:
        assert ledger.notes.read("watch/suspended") == "ann"
        assert other.notes.read("watch/suspended") == ""
        ledger.notes.write("watch/suspended", "bob", now=2.0)
        assert ledger.notes.read("watch/suspended") == "bob"
        ledger.notes.write("watch/suspended", "", now=3.0)
        assert ledger.notes.read("watch/suspended") == ""
        assert ledger.basis() == before


def test_a_seat_has_one_holder_until_its_lease_ends_or_it_is_left(path: Path) -> None:
    with Ledger.open(path, "acme") as one, Ledger.open(path, "acme") as two:
        assert one.notes.take_seat("watch/leader", "one", now=0.0, lease=10.0) == "one"
        assert two.notes.take_seat("watch/leader", "two", now=5.0, lease=10.0) == "one"
        assert one.notes.take_seat("watch/leader", "one", now=8.0, lease=10.0) == "one"
        assert two.notes.take_seat("watch/leader", "two", now=17.9, lease=10.0) == "one"
        assert two.notes.take_seat("watch/leader", "two", now=18.0, lease=10.0) == "two"
        assert one.notes.take_seat("watch/leader", "one", now=19.0, lease=10.0) == "two"
        one.notes.leave_seat("watch/leader", "one")
        assert one.notes.take_seat("watch/leader", "one", now=19.0, lease=10.0) == "two"
        two.notes.leave_seat("watch/leader", "two")
        assert one.notes.take_seat("watch/leader", "one", now=19.0, lease=10.0) == "one"
