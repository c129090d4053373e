"""The names that collections of a whole account have in addresses."""

from dataclasses import replace

import pytest

from syncengine.model.address import Address
from syncengine.model.vendor import Collection
from tests.building import contacts_collection, dnd_collection, vendor


def test_the_first_of_its_kind_is_the_accounts_and_the_others_go_by_their_own_names() -> None:
    people = Collection(name="people", holds="directory", scope="account")
    second = replace(dnd_collection(), name="second")
    of_campaigns = replace(dnd_collection(), name="own", scope="campaign")
    found = vendor(collections=(contacts_collection(), of_campaigns, dnd_collection(), second, people))
    assert [found.account_name(name) for name in ("dnc", "second", "people")] == [
        "account",
        "account:second",
        "account",
    ]
    assert all(Address("d", "dnd", found.account_name(name)).of_account for name in ("dnc", "second"))


def test_a_collection_that_is_not_there_has_no_name() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        vendor().account_name("nowhere")
