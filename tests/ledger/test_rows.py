import pyarrow as pa
import pytest

from syncengine.errors import LedgerError
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.ports import RowOutcome
from tests.ledger.writing import CONTACTS, NOW, begin, intent, item, rows, states

SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("key", "phones", "content_hash", "remote_id", "state", "message")),
        ("refused_hash", pa.string()),
        ("expires_at", pa.float64()),
        ("updated_at", pa.float64()),
        ("call_id", pa.int64()),
    ]
)


def test_an_unknown_collection_is_empty_and_typed(ledger: Ledger) -> None:
    found = ledger.rows_table(CONTACTS)
    assert (found.num_rows, found.schema) == (0, SCHEMA)


def test_settled_and_waiting_rows_have_one_schema_and_one_order(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("3"), item("1")], now=NOW)
    begin(locked, intent("add", [item("2"), item("0")]))
    found = locked.rows_table(CONTACTS)
    assert found.schema == SCHEMA
    assert found.column("key").to_pylist() == ["0", "1", "2", "3"]


def test_collections_do_not_mix(locked: Ledger) -> None:
    other = Address("dialer", "dnd", "account")
    locked.save_rows(CONTACTS, [item("1")], now=NOW)
    locked.save_rows(other, [item("2")], now=NOW, state="present", expires_at=NOW + 1)
    begin(locked, intent("add", [item("1")], address=other))
    assert (states(locked), states(locked, other)) == ({"1": "present"}, {"1": "unknown_add", "2": "present"})
    assert rows(locked, other)["2"]["expires_at"] == NOW + 1
    assert rows(locked)["1"]["expires_at"] is None


def test_rows_are_forgotten_by_key_or_all(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1"), item("2"), item("3")], now=NOW)
    assert locked.forget_rows(CONTACTS, ["1", "9"]) == 1
    assert list(states(locked)) == ["2", "3"]
    assert locked.forget_rows(CONTACTS) == 2
    assert states(locked) == {}


def test_the_vendors_ids_are_those_of_rows_that_are_there(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", remote_id="R1"), item("2")], now=NOW)
    call = begin(locked, intent("add", [item("3", remote_id="R3")]))
    locked.finish_call(call, "rejected", "", {}, now=NOW)
    assert locked.remote_ids(CONTACTS, ["1", "2", "3", "4"]) == {"1": "R1"}


def test_an_update_keeps_the_vendors_id_that_it_does_not_name(locked: Ledger) -> None:
    locked.save_rows(CONTACTS, [item("1", remote_id="R1")], now=NOW)
    call = begin(locked, intent("update", [item("1", content="h2")]))
    locked.finish_call(call, "applied", "", {"1": RowOutcome("applied")}, now=NOW)
    assert (rows(locked)["1"]["remote_id"], rows(locked)["1"]["content_hash"]) == ("R1", "h2")


@pytest.mark.parametrize("many", [1, 60])
def test_rows_seen_again_replace_what_is_known_wherever_they_stand(
    locked: Ledger, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After all, before all, among them, and again in a later piece; keys in the order of their bytes."""
    monkeypatch.setattr("syncengine.ledger.rows._PIECE", 2 * many)
    known: dict[str, str] = {}
    for turn, heads in enumerate(["bd", "ef", "ae", "cfd", "xyx", "g\uffff\U00010000z", "\U00010000h"]):
        seen = [item(f"{head}{number:03}", content=f"h{turn}") for head in heads for number in range(many)]
        assert locked.save_rows(CONTACTS, seen, now=NOW + turn, expires_at=NOW) == len(seen)
        known |= {row.key: row.content_hash for row in seen}
        found = rows(locked)
        assert {key: row["content_hash"] for key, row in found.items()} == known
    assert {row["expires_at"] for row in found.values()} == {NOW}


def test_a_row_without_a_key_is_refused(locked: Ledger) -> None:
    with pytest.raises(LedgerError, match="empty key"):
        locked.save_rows(CONTACTS, [item("")], now=NOW)


@pytest.mark.parametrize("action", ["add", "update", "remove", "block", "unblock"])
def test_a_lost_call_that_may_be_made_again_is_shown_as_one(locked: Ledger, action: str) -> None:
    call = begin(locked, intent(action, [item("1")], proof="repeat"))
    locked.finish_call(call, "unknown", "", {}, now=NOW)
    assert states(locked) == {"1": f"repeat_{action}"}


def test_a_lost_call_beside_one_that_nobody_can_prove_may_not_be_made_again(locked: Ledger) -> None:
    parked = begin(locked, intent("add", [item("1")], proof="park"))
    locked.finish_call(parked, "unknown", "", {}, now=NOW)
    # Only what suppresses may be sent meanwhile, and that may be repeated.
    unblock = begin(locked, intent("unblock", [item("1")], proof="repeat", effect="suppressing"))
    locked.finish_call(unblock, "unknown", "", {}, now=NOW)
    assert states(locked) == {"1": "unknown_update"}
    removal = begin(locked, intent("remove", [item("1")], proof="repeat", effect="suppressing"))
    locked.finish_call(removal, "unknown", "", {}, now=NOW)
    assert states(locked) == {"1": "repeat_remove"}


def test_the_generation_moves_with_every_change_of_the_rows_and_only_then(ledger: Ledger) -> None:
    seen = [ledger.generation(CONTACTS)]

    def moved() -> bool:
        seen.append(ledger.generation(CONTACTS))
        return seen[-1] not in seen[:-1]

    with ledger.lock("apply", now=NOW):
        assert not moved()
        call = begin(ledger, intent("add", [item("1"), item("2")], proof="read_back"))
        assert moved()
        ledger.finish_call(call, "unknown", "", {}, now=NOW)
        assert moved()
        ledger.park_call(call)
        assert moved()
        ledger.resolve_call(call, "sent", now=NOW)
        assert moved()
        ledger.save_rows(CONTACTS, [item("3")], now=NOW)
        assert moved()
        ledger.forget_rows(CONTACTS, ["3"])
        assert moved()
        ledger.record_statements("opt-outs", ["+573001112233"], source_digest="d", now=NOW)
        add_elsewhere = begin(ledger, intent("add", [item("1")], address=CONTACTS.__class__("dialer", "contacts", "x")))
        ledger.finish_call(add_elsewhere, "applied", "", {}, now=NOW)
        assert not moved()
