from syncengine.model.exchange import RowItem
from syncengine.rows.batches import batches
from tests.rows.test_store import row_set


def test_rows_come_out_in_key_order_with_typed_and_no_empty_values(workspace):
    found = list(batches(workspace, row_set(workspace), 2))
    assert [len(batch) for batch in found] == [2, 2, 1]
    items = [item for batch in found for item in batch]
    assert [item.key for item in items] == ["k5", "k6", "k7", "k8", "k9"]
    assert items[4] == RowItem(
        "k9",
        ("+57300123450", "+1"),
        {"tel": "t0", "age": 0, "score": 0.5, "Saldo": "7", "extra": {"q": "1"}},
        "h0",
        "r0",
    )
    assert items[3].record == {"tel": "t1", "score": 3, "extra": {"q": "1"}}


def test_other_statements_may_run_while_rows_are_walked(workspace):
    found = row_set(workspace)
    walk = batches(workspace, found, 2)
    next(walk)
    assert workspace.count(found.table) == 5
    assert len([item for batch in walk for item in batch]) == 3
