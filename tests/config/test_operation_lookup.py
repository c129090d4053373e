"""Operations by name."""

import pytest

from syncengine.config.operation_lookup import find_operation

from .vendor_samples import sound


@pytest.mark.parametrize("name", ["leads", "leads.nothing", "nobody.add", "calls.nothing", "campaigns.nothing", ""])
def test_an_operation_that_is_not_there_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError):
        find_operation(sound(), name)


def test_operations_are_found_by_their_names() -> None:
    vendor = sound()
    for name in ("campaigns.list", "leads.add", "blocked.add", "calls.ask"):
        assert find_operation(vendor, name).name == name
