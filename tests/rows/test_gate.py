import json
import random
import re
import time
from urllib.parse import quote, quote_plus

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.rows.gate import ListedIndex

EXAMPLES = sorted(
    {
        phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        for region in phonenumbers.SUPPORTED_REGIONS
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
        if (example := phonenumbers.example_number_for_type(region, kind))
    }
)
INDEX = ListedIndex(EXAMPLES)


def test_every_listed_number_is_among_those_that_are_listed_and_no_other():
    assert INDEX.among(EXAMPLES) == set(EXAMPLES)
    others = [number[:-1] + str((int(number[-1]) + 1) % 10) for number in EXAMPLES]
    assert INDEX.among(others) == set(others) & set(EXAMPLES)
    assert ListedIndex(["+4711"]).among(["+4711", "+471", "+47110", ""]) == {"+4711"}


def spellings(number):
    parsed = phonenumbers.parse(number)
    formats = phonenumbers.PhoneNumberFormat
    national = phonenumbers.national_significant_number(parsed)
    written = [
        phonenumbers.format_number(parsed, f)
        for f in (formats.E164, formats.INTERNATIONAL, formats.NATIONAL, formats.RFC3966)
    ]
    found = [
        *written,
        number[1:],
        f"00{number[1:]}",
        f"011{number[1:]}",
        f"9{number[1:]}",
        f"+{parsed.country_code} (0) {national}",
    ]
    if len(national) >= 8:
        found.append(national)
    if len(national) >= 7:
        found += [f"0{national}", f"{parsed.country_code}0{national}"]
    return [s for s in found if len(re.sub(r"\D", "", s)) >= 8 or "+" in s]


def _full_width(text):
    return text.translate({48 + n: 0xFF10 + n for n in range(10)})


ENCODINGS = {
    "as it stands": lambda s: s.encode(),
    "in JSON": lambda s: json.dumps({"a": "x", "tel": s, "n": 5}).encode(),
    "in a list": lambda s: json.dumps(["12", s, "34"]).encode(),
    "in a query": lambda s: b"a=1&tel=" + quote(s, safe="").encode() + b"&b=2",
    "in a form": lambda s: b"a=1&tel=" + quote_plus(s).encode(),
    "with an escaped plus": lambda s: s.replace("+", "\\u002b").encode(),
    "wholly escaped in JSON": lambda s: "".join(f"\\u{ord(c):04x}" for c in s).encode(),
    "wholly escaped in a URL": lambda s: "".join(f"%{ord(c):02X}" for c in s if ord(c) < 128).encode(),
    "in XML": lambda s: f"<v>{s}</v>".encode(),
    "with entities": lambda s: "".join(f"&#{ord(c)};" for c in s).encode(),
    "with entities in hexadecimal": lambda s: "".join(f"&#x{ord(c):x};" for c in s).encode(),
    "with entities in large hexadecimal": lambda s: "".join(f"&#X00{ord(c):X};" for c in s).encode(),
    "with hard blanks as entities": lambda s: s.replace(" ", "&#160;").encode(),
    "with a fraction": lambda s: s.encode() + b".0",
    "after another number": lambda s: b"+573001112222 " + s.encode(),
    "before another number": lambda s: s.encode() + b" 3001112222",
    "among letters": lambda s: b"tel" + s.encode() + b"x",
    "with hard blanks": lambda s: s.replace(" ", "\u00a0").encode(),
    "with invisible marks": lambda s: "\u200b".join(s).encode(),
    "in full-width digits": lambda s: _full_width(s).encode(),
    "in Arabic digits": lambda s: s.translate({48 + n: 0x0660 + n for n in range(10)}).encode(),
    "with hard blanks escaped in JSON": lambda s: json.dumps(s.replace(" ", "\u00a0")).encode(),
    "in full-width digits escaped in JSON": lambda s: json.dumps(_full_width(s)).encode(),
    "in full-width digits as entities": lambda s: "".join(f"&#{ord(c)};" for c in _full_width(s)).encode(),
}


@pytest.mark.parametrize("encode", sorted(ENCODINGS))
def test_a_number_is_found_in_each_way_of_writing_it_down(encode):
    for spelling in ("+573001234567", "+57 300 123-4567", "(300) 123 4567"):
        assert ListedIndex(["+573001234567"]).hits(ENCODINGS[encode](spelling)) == {"+573001234567"}, spelling


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(EXAMPLES), st.data())
def test_a_listed_number_is_found_in_every_spelling(number, data):
    spelling = data.draw(st.sampled_from(spellings(number)))
    encode = data.draw(st.sampled_from(sorted(ENCODINGS)))
    assert number in INDEX.hits(ENCODINGS[encode](spelling)), (spelling, encode)


@pytest.mark.parametrize(
    "clean",
    [
        b"",
        b"573001234568",
        b'{"tel": "+573001234568", "id": "1234567"}',
        b"2026-11-20 14:30:00",
        b"5730012345",
        b"001234567",
        # No characters: half of a pair, and beyond the last one.
        b"\\ud83d 57 &#xd83d; &#9999999; &#xffffff;",
    ],
)
def test_other_numbers_are_not_found(clean):
    assert ListedIndex(["+573001234567"]).hits(clean) == set()


def test_numbers_can_be_listed_and_forgotten():
    index = ListedIndex(["+573001234567"])
    index.add(["+443001234567", "+2904567"])
    assert len(index) == 3
    assert index.hits(b"x 443001234567 y") >= {"+443001234567"}
    for spelling in (b"+290 4567", b"2904567", b"290-45-67", b"29004567"):
        assert index.hits(spelling) == {"+2904567"}, spelling
    index.discard(["+443001234567", "+2904567", "+10000000000"])
    assert index.hits(b"2904567") == set()
    assert index.hits(b"573001234567") == {"+573001234567"}
    index.discard(["+573001234567"])
    assert index.hits(b"573001234567") == set()
    assert len(index) == 0


@pytest.mark.parametrize(
    ("number", "at_home"),
    [
        ("+5491123456789", "011 15-2345-6789"),
        ("+5493512345678", "0351 15-234-5678"),
        ("+5492966123456", "02966 15-12-3456"),
    ],
)
def test_an_argentine_mobile_number_is_found_as_it_is_written_at_home(number, at_home):
    assert ListedIndex([number]).hits(at_home.encode()) == {number}
    # Somebody else's, in another area.
    assert ListedIndex([number]).hits(f"09{at_home[2:]}".encode()) == set()


def test_up_to_three_digits_may_stand_before_a_national_number():
    index = ListedIndex(["+573001234567"])
    assert index.hits(b"0093001234567") == {"+573001234567"}
    assert index.hits(b"00093001234567") == set()


def test_a_number_of_just_eight_digits_is_found_as_it_stands():
    assert ListedIndex(["+29012345"]).hits(b'{"tel": "29012345"}') == {"+29012345"}


def test_a_number_of_a_country_that_does_not_exist_is_found_as_it_stands():
    # Lists hold what was stated once; such a number has no national spelling.
    index = ListedIndex(["+9990123456"])
    assert index.hits(b"9990123456") == {"+9990123456"}
    assert ListedIndex(["+999012345678"]).hits(b"12345678") == set()


def test_a_large_body_is_looked_through_quickly():
    chance = random.Random(7)
    index = ListedIndex(f"+573{chance.randrange(10**9):09}" for _ in range(100_000))
    index.add(["+573990000001"])
    record = {f"field{n}": "" for n in range(33)}
    body = (
        json.dumps([{name: f"x{chance.randrange(10**8):08}" for name in record} for _ in range(10_000)]).encode()
        + b"+57 399-000 0001"
    )
    started = time.process_time()
    found = index.hits(body)
    assert "+573990000001" in found
    # Some ten times what it takes on a quiet machine.
    assert time.process_time() - started < 3
