import pytest

from syncengine.ledger.store import Columns, few_lengths


def test_columns_stand_in_the_order_of_their_kinds() -> None:
    columns = Columns(source="t", where="a = ?", key="k", texts=("k", "b"), reals=("r",), integers=("i",))
    assert columns.names == ("k", "b", "r", "i")
    assert columns.schema().names == ["k", "b", "r", "i"]
    assert [str(field.type) for field in columns.schema()] == ["string", "string", "double", "int64"]


@pytest.mark.parametrize(("count", "length"), [(0, 0), (1, 1), (2, 2), (3, 4), (5, 8), (64, 64), (65, 128)])
def test_lists_of_any_length_become_lists_of_few_lengths_with_the_same_values(count: int, length: int) -> None:
    values = list(range(count))
    found = few_lengths(values)
    assert (len(found), set(found)) == (length, set(values))
