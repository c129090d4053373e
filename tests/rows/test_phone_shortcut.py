import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.rows import phones
from syncengine.rows.phone_shortcut import shortcut

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(REGIONS),
    st.text("0123456789", min_size=4, max_size=15),
    st.sampled_from(["+code", "00code", "+", "trunk", "code", ""]),
    st.sampled_from(["", " ", "-", " (", ")", "."]),
    st.integers(1, 8),
)
def test_the_shortcut_never_disagrees_with_the_parser(region, digits, lead, separator, at):
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    code = str(metadata.country_code)
    start = lead.replace("code", code).replace("trunk", metadata.national_prefix or "")
    text = start + digits
    text = text[:at] + separator + text[at:]
    quick = shortcut(text, region)
    if quick is not None:
        assert parsed(text, region) == quick


def parsed(text, region):
    """What the full parser makes of a text, an own number after 00 read as people mean it."""
    abroad = phones._ABROAD.fullmatch(text)
    own = abroad is not None and abroad[1].startswith(phones._calling_code(region))
    return phones._parsed(f"+{abroad[1]}" if own else text, region).number


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("3001234567", "CO"),
        ("0057 3001234567", "CO"),
        ("07840 258823", "GB"),
        ("+57 300 123-4567", ""),
        ("0346608877", "VN"),
        ("512345678", "PL"),
    ],
)
def test_plain_numbers_take_the_shortcut(text, region):
    assert shortcut(text, region) == phones.canonical(text, region).number


@pytest.mark.parametrize("text", ["573001234567", "+57 (0)300 123 4567", "3001234567 x5", "112", "+999123456789", ""])
def test_all_else_is_left_to_the_parser(text):
    assert shortcut(text, "CO") is None
