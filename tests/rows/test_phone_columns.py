import random

import phonenumbers
import pytest

from syncengine.rows import phones
from syncengine.rows.phone_columns import with_plain_numbers

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
LEADS = ("+code", "00code", "+", "trunk", "code", "00", "0", "")
SEPARATORS = ("", " ", "-", " (", ")", ".", "(0)", "  ", "x", "\u00a0")


def spellings(region, dice, count):
    """Numbers as people write them, near the region's possible lengths, right and wrong."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    lengths = [n for n in metadata.general_desc.possible_length if n > 0]
    for _ in range(count):
        digits = "".join(dice.choices("0123456789", k=max(1, dice.choice(lengths) + dice.choice((-1, 0, 0, 0, 1)))))
        code, trunk = str(metadata.country_code), metadata.national_prefix or ""
        lead = dice.choice(LEADS).replace("code", code).replace("trunk", trunk)
        text, at = lead + digits, dice.randrange(1, 9)
        yield (text[:at] + dice.choice(SEPARATORS) + text[at:]).strip()
    day, month, year = dice.randrange(1, 32), dice.randrange(1, 13), dice.randrange(1950, 2050)
    for mark in ".-/":
        yield from (f"{day:02d}{mark}{month:02d}{mark}{year}", f"{month}{mark}{day}{mark}{year}")
    yield from (f"{year}-{month:02d}-{day:02d}", f"{year}-{month:02d}-{day:02d} 00:00:00")
    yield from ("", "0000000000", "+999999999999", "3001234567.0", "112", "4.42E+11", "1-800-FLOWERS")


def read(workspace, texts, region):
    rows = with_plain_numbers("(SELECT unnest(?::VARCHAR[]) AS t)", ["t"], region)
    return workspace.run(f"SELECT t, n_t FROM {rows}", [texts]).fetchall()


def test_the_columns_never_disagree_with_the_parser_in_any_region(workspace, monkeypatch):
    dice = random.Random(7)
    monkeypatch.setattr(phones, "shortcut", lambda *_: None)
    decided = 0
    for region in REGIONS:
        for text, number in read(workspace, list(spellings(region, dice, 40)), region):
            if number is not None:
                decided += 1
                assert phones.canonical(text, region).number == number, (region, text)
    assert decided > 2_000


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("3001234567", "CO", "+573001234567"),
        ("300 123 4567", "CO", "+573001234567"),
        ("0057 300 123-4567", "CO", "+573001234567"),
        ("+57 (300) 123.4567", "CO", "+573001234567"),
        ("07840 258823", "GB", "+447840258823"),
        ("0346608877", "VN", "+84346608877"),
        ("512345678", "PL", "+48512345678"),
    ],
)
def test_plain_numbers_need_no_phone_book(workspace, text, region, number):
    assert read(workspace, [text], region) == [(text, number)]


@pytest.mark.parametrize(
    "text",
    ["573001234567", "+57 (0)300 123 4567", "3001234567 x5", "112", "+999123456789", "", "3001234567.0", "0" * 10],
)
def test_all_else_is_left_to_the_phone_book(workspace, text):
    assert read(workspace, [text], "CO") == [(text, None)]


def test_without_a_region_nothing_is_plain(workspace):
    assert read(workspace, ["+573001234567"], "") == [("+573001234567", None)]
