import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.model.address import Address

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/", exclude_categories=["Cs", "Cc"]), min_size=1)


@given(NAMES, st.sampled_from(["campaign", "contacts", "dnd", "directory"]), NAMES)
def test_an_address_is_read_as_it_was_written(dialer, kind, name):
    address = Address(dialer, kind, name)
    assert Address.parse(str(address)) == address


@pytest.mark.parametrize("text", ["", "acme", "acme/campaign", "acme/leads/x", "/campaign/x", "acme/campaign/"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="not an address"):
        Address.parse(text)


def test_an_account_has_one_list_without_and_others_with_a_name_of_their_own():
    assert Address("acme", "dnd", "account").of_account
    assert Address("acme", "dnd", "account:expiring").of_account
    assert not Address("acme", "dnd", "accounting").of_account
