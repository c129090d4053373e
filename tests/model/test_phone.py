import re

from hypothesis import given
from hypothesis import strategies as st

from syncengine.model.phone import mask_key, mask_numbers_in, mask_phone


@given(st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True))
def test_a_masked_number_keeps_its_length_and_hides_all_but_five_characters(number):
    masked = mask_phone(number)
    assert len(masked) == len(number)
    assert sum(c.isdigit() or c == "+" for c in masked) == 5


@given(st.from_regex(r"\+?[0-9]{7,15}", fullmatch=True), st.text("abc ,;:", max_size=5))
def test_no_number_survives_in_a_vendors_message(number, around):
    shown = mask_numbers_in(f"{around}x {number} y{around}")
    assert not re.search(r"[0-9]{6,}", shown)


def test_a_spaced_number_is_masked_as_one():
    assert "456" not in mask_numbers_in("no such number: +57 300 123 45 67!")


def test_short_keys_are_hidden_whole():
    assert mask_key("1234") == "••••"
    assert mask_key("CO00017") == "CO•••17"
