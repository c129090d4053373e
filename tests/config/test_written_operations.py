"""The walk over a vendor file's operations."""

from syncengine.config.vendor_spec import MappingSpec, VendorSpec
from syncengine.config.written_operations import WrittenOperation, written_operations

from .vendor_samples import MAPPING, SPEC, document


def walked() -> dict[str, WrittenOperation]:
    spec = VendorSpec.model_validate(document(SPEC, "v").data)
    mapping = MappingSpec.model_validate(document(MAPPING, "m").data)
    return {written.name: written for written in written_operations(spec, mapping)}


def test_every_operation_comes_once_with_its_place() -> None:
    found = walked()
    assert list(found) == [
        "campaigns.list",
        "campaigns.create",
        "campaigns.update",
        "leads.list",
        "leads.add",
        "leads.remove",
        "blocked.add",
        "calls.ask",
    ]
    positions = document(SPEC, "v").positions
    assert all(written.path in positions for written in found.values())


def test_an_operation_knows_what_stands_beside_it() -> None:
    found = walked()
    assert set(found["leads.add"].siblings) == {"list", "add", "remove"}
    assert found["leads.add"].collection is not None
    assert found["leads.add"].mapped == {"tel", "name"}
    assert found["campaigns.list"].collection is None
    assert found["calls.ask"].is_call


def test_rows_are_there_for_calls_about_rows_only() -> None:
    found = walked()
    assert found["leads.add"].scope.row_names is not None
    assert "row" not in found["leads.add"].scope.names.members
    assert "row" in found["leads.remove"].scope.names.members
    assert found["leads.list"].scope.row_names is None
    assert found["campaigns.create"].scope.row_names is None
