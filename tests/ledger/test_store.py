from syncengine.ledger.store import Columns


def test_columns_stand_in_the_order_of_their_kinds() -> None:
    columns = Columns(source="t", where="a = ?", key="k", texts=("k", "b"), reals=("r",), integers=("i",))
    assert columns.names == ("k", "b", "r", "i")
    assert columns.schema().names == ["k", "b", "r", "i"]
    assert [str(field.type) for field in columns.schema()] == ["string", "string", "double", "int64"]
