"""Examples: a sample's few values become the whole scope of a call."""

from syncengine.config.example_scope import example_scope
from syncengine.config.vendor_spec import Example

from .vendor_samples import sound


def scope_of(**stated: object) -> dict[str, object]:
    return example_scope(sound(), Example(operation="leads.add", source="s", scope=stated))


def test_settings_and_options_are_filled_up() -> None:
    scope = scope_of(options={"delay": "5"})
    assert scope["settings"] == {"server": "one", "daily": "100"}
    assert scope["options"] == {"delay": "5"}
    assert scope_of()["options"] == {"delay": ""}
    assert scope_of(settings={"server": "two"})["settings"] == {"server": "two", "daily": "100"}


def test_one_row_stands_at_the_top_as_well() -> None:
    one = {"key": "+571", "phone": "+571", "record": {"tel": "571"}}
    scope = scope_of(rows=[one])
    assert scope["row"] == {"key": "+571", "phone": "+571", "phones": ["+571"], "remote_id": ""}
    assert scope["record"] == {"tel": "571"}
    assert scope["rows"] == [{"row": scope["row"], "record": scope["record"]}]


def test_of_many_rows_none_stands_at_the_top() -> None:
    scope = scope_of(rows=[{"key": "a"}, {"key": "b"}])
    assert "row" not in scope
