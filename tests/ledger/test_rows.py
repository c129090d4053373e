import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.errors import LedgerError
from syncengine.ledger import columns
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
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


def test_a_row_without_a_key_is_refused(locked: Ledger) -> None:
    with pytest.raises(LedgerError, match="empty key"):
        locked.save_rows(CONTACTS, [item("")], now=NOW)


def test_rows_beyond_one_page_come_whole_and_in_order(locked: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_PAGE", 7)
    keys = [f"{number:03}" for number in range(50)]
    locked.save_rows(CONTACTS, [item(key) for key in reversed(keys)], now=NOW)
    assert locked.rows_table(CONTACTS).column("key").to_pylist() == keys


# Keys and messages are people's and vendors' texts; halves of characters and NUL are refused on the way in.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    found=st.dictionaries(
        TEXT.filter(bool),
        st.tuples(TEXT, TEXT, st.none() | st.floats(0, 5e9)),
        max_size=6,
    )
)
def test_every_text_and_time_comes_back_as_it_was(
    found: dict[str, tuple[str, str, float | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        Ledger.open(tmp_path_factory.mktemp("texts") / "ledger.db", "acme") as ledger,
        ledger.lock("apply", now=0.0),
    ):
        for key, (content, remote_id, expires_at) in found.items():
            ledger.save_rows(CONTACTS, [RowItem(key, (), {}, content, remote_id)], now=1.25, expires_at=expires_at)
        read = {
            row["key"]: (row["content_hash"], row["remote_id"], row["expires_at"])
            for row in ledger.rows_table(CONTACTS).to_pylist()
        }
    assert read == found
