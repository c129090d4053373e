"""One spelling for every number: E.164 without extension, or the reason why a text is no number.

Two sides with opposite cares. A contact's number must be certain (:func:`canonical`): what is doubtful is set aside.
A listed number must not be missed (:func:`plausible`): whatever any likely region makes of the text is listed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from syncengine.rows.phone_shortcut import shortcut

# What spreadsheets and word processors leave between digits and nobody sees.
_INVISIBLE: Final = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
# Blanks of other widths, which the parser does not take for blanks.
_BLANKS: Final = re.compile("[\u2000-\u200a\u202f\u205f\u3000]")
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+")
# What people type where a form insists on a number: 000000000, 999 999 999. Lengths alone would let it pass.
_PLACEHOLDER: Final = re.compile(r"\+?(\d)(?:[\s().-]*\1)+")
# What a spreadsheet makes of digits that look like a day; without its separators a day is as long as a number.
_DATE: Final = re.compile(
    r"(?:19|20)\d\d-[01]\d-[0-3]\d(?:[ T].*)?|"
    r"[0-3]?\d([./-])[01]?\d\1(?:19|20)\d\d|[01]?\d([./-])[0-3]?\d\2(?:19|20)\d\d"
)
# Excel's number as text: only ever with one zero after the point.
_FLOAT: Final = re.compile(r"(\+?\d{6,})\.0")
_PARTS: Final = re.compile(r"[;|,/&\n\r]|\s(?:and|or|und|oder|y|o|u|e|i|lub|và|hoặc)\s", re.IGNORECASE)
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
# Prefixes that Mexico gave up in 2019 and lists still hold: long distance, and mobiles of the same or another city.
_OLD_MEXICAN: Final = re.compile(r"0(?:1|44|45)(\d{10})")
# An international prefix most of the world uses; tried where the region's own rules find no number.
_ABROAD: Final = re.compile(r"00([1-9][\d\s().-]+)")

# Raised with every change of what a text means.
_RULES: Final = 2

NOT_A_NUMBER: Final = "not a phone number"
NO_REGION: Final = "not in international form, and the list states no region"
A_DATE: Final = "a date, not a phone number"
LOST_DIGITS: Final = "looks like 4.42E+11: the spreadsheet has lost digits"
TWO_NUMBERS: Final = "two numbers in one cell"
AMBIGUOUS: Final = "two numbers fit, with and without a country code; write it with a plus"
EMERGENCY: Final = "an emergency or short number"
TOO_SHORT: Final = "too short to be a phone number"
TOO_LONG: Final = "too long to be a phone number"
LOCAL_ONLY: Final = "lacks its area code"
BLANK: Final = "no phone"


@dataclass(frozen=True, slots=True)
class Canonical:
    """A number in E.164, or the problem with the text; one of the two is set."""

    number: str | None
    problem: str = ""


def canonical(raw: str, region: str) -> Canonical:
    """Return the number that a text states beyond doubt.

    Args:
        raw: the text as it stands in the source.
        region: two letters, for national spellings; empty: only international ones are read.
    """
    text = _cleaned(raw)
    if not text:
        return Canonical(None, BLANK)
    if _PLACEHOLDER.fullmatch(text):
        return Canonical(None, NOT_A_NUMBER)
    if _DATE.fullmatch(text):
        return Canonical(None, A_DATE)
    quick = shortcut(text, region)
    if quick is not None:
        return Canonical(quick)
    if _SCIENTIFIC.fullmatch(text):
        return Canonical(None, LOST_DIGITS)
    if sum(sum(c.isdigit() for c in part) >= 6 for part in _PARTS.split(text)) > 1:
        return Canonical(None, TWO_NUMBERS)
    abroad = _ABROAD.fullmatch(text)
    if abroad and region and abroad[1].startswith(_calling_code(region)):
        # 0057... in Colombia: by the letter of the plan 005 is a carrier and the rest a Russian number.
        return _parsed(f"+{abroad[1]}", region)
    readings = _readings(text, region)
    if len(readings) > 1:
        sound = [number for number in readings if _in_service(number)]
        return Canonical(sound[0]) if len(sound) == 1 else Canonical(None, AMBIGUOUS)
    found = _parsed(text, region)
    if found.number is None and abroad:
        second = _parsed(f"+{abroad[1]}", region)
        return second if second.number else found
    return found


def plausible(raw: str, regions: Iterable[str]) -> frozenset[str]:
    """Return every number that a text may stand for; empty: none, so the text cannot be enforced.

    Args:
        raw: the text as it stands in a do-not-call source.
        regions: all regions in which it may have been written, in any order: the list's own where it states one, else
            those of the whole project.
    """
    chosen = set(regions)
    found = {number for region in {*chosen, ""} if (number := canonical(raw, region).number)}
    text = _cleaned(raw)
    found |= {number for region in chosen for number in _readings(text, region)}
    digits = _bare(text)
    old = _OLD_MEXICAN.fullmatch(digits) if "MX" in chosen else None
    found |= {f"+52{old[1]}"} if old else set()
    if found and (len(chosen) == 1 or any(_in_service(number) for number in found)):
        # Read in the list's own region, or as a number that some region really has, it is not also guessed to be a
        # foreign one without its plus: invented numbers would fill the dialers' lists and keep strangers from being
        # called.
        return frozenset(found | {twin for number in found for twin in twins(number)})
    # International without the plus, as dialers export it, and forms that the numbering plan has given up. After a
    # single zero stands a number at home: what its own region cannot read is nobody else's either.
    digits = digits.removeprefix("+") if digits[:1] != "0" else digits.removeprefix("00")
    if len(digits) >= 10 and digits.isdecimal() and digits[0] != "0":
        for spelling in {f"+{digits}"} | twins(f"+{digits}"):
            abroad = canonical(spelling, "").number
            found |= {abroad} if abroad else set()
    return frozenset(found | {twin for number in found for twin in twins(number)})


def _readings(text: str, region: str) -> frozenset[str]:
    """Return what digits without a plus are with and without the code of their own country, where both are numbers.

    Where national numbers have many lengths, as in Germany, the code is also the beginning of one.
    """
    digits = _bare(text)
    if not region or not digits.isdecimal() or not digits.startswith(_calling_code(region)):
        return frozenset()
    both = {number for number in (_parsed(text, region).number, _parsed(f"+{digits}", "").number) if number}
    return frozenset(both) if len(both) > 1 else frozenset()


def _bare(text: str) -> str:
    return re.sub(r"[\s().-]", "", text)


def _calling_code(region: str) -> str:
    import phonenumbers

    return str(phonenumbers.country_code_for_region(region))


def _in_service(number: str) -> bool:
    """Whether the numbering plan of its country has a number like this one."""
    import phonenumbers

    return phonenumbers.is_valid_number(phonenumbers.parse(number))


def twins(number: str) -> frozenset[str]:
    """Return other spellings in E.164 that ring the same telephone.

    Mexico dropped the 1 before mobile numbers in 2019 and both are still written; Argentina wants a 9 before mobile
    numbers from abroad that is left out at home.
    """
    for code, mark, length in (("+52", "1", 10), ("+54", "9", 10)):
        national = number.removeprefix(code)
        if national == number:
            continue
        if len(national) == length:
            return frozenset({f"{code}{mark}{national}"})
        if len(national) == length + 1 and national.startswith(mark):
            return frozenset({f"{code}{national[1:]}"})
    return frozenset()


def national_form(number: str) -> str:
    """Return the digits of a number as it is written at home: ``07840258823`` for ``+447840258823``."""
    import phonenumbers

    parsed = phonenumbers.parse(number)
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return re.sub(r"\D", "", written)


def library_version() -> str:
    """Return the version of the numbering plans and of our rules; what a text means is remembered for that only."""
    import phonenumbers

    return f"{phonenumbers.__version__}+{_RULES}"


def _cleaned(raw: str) -> str:
    text = _BLANKS.sub(" ", _INVISIBLE.sub("", raw)).strip().lstrip("'\u2018\u2019`").strip()
    whole = _FLOAT.fullmatch(text)
    return whole[1] if whole else text


def _parsed(text: str, region: str) -> Canonical:
    import phonenumbers

    try:
        parsed = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException as error:
        return Canonical(None, _why(error.error_type, stated=bool(region) or text.startswith("+")))
    match phonenumbers.is_possible_number_with_reason(parsed):
        case phonenumbers.ValidationResult.IS_POSSIBLE:
            pass
        case phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return Canonical(None, LOCAL_ONLY)
        case phonenumbers.ValidationResult.TOO_SHORT:
            return Canonical(None, TOO_SHORT)
        case phonenumbers.ValidationResult.TOO_LONG:
            return Canonical(None, TOO_LONG)
        case _:
            return Canonical(None, NOT_A_NUMBER)
    short = len(phonenumbers.national_significant_number(parsed)) <= 6 and not text.startswith(("+", "\uff0b"))
    if short and region and phonenumbers.is_possible_short_number_for_region(parsed, region):
        return Canonical(None, EMERGENCY)
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Canonical(number) if _E164.fullmatch(number) else Canonical(None, NOT_A_NUMBER)


def _why(kind: int, *, stated: bool) -> str:
    import phonenumbers

    kinds = phonenumbers.NumberParseException
    if kind == kinds.INVALID_COUNTRY_CODE:
        return NOT_A_NUMBER if stated else NO_REGION
    if kind in {kinds.TOO_SHORT_NSN, kinds.TOO_SHORT_AFTER_IDD}:
        return TOO_SHORT
    return TOO_LONG if kind == kinds.TOO_LONG else NOT_A_NUMBER
