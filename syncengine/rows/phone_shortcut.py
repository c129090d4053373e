"""The numbering rules for the plain majority of numbers, twenty times quicker than the full parser.

The parser (phonenumbers) takes 15-20 microseconds a number, so a million of them would cost more than all the rest of a
plan. A text of mere digits and usual separators, that begins neither with an international nor with a national prefix
nor with its region's calling code, is by the parser's own rules its own national number; then the country's possible
lengths alone decide. Whatever else there is goes to the parser. A property test compares the two over all regions.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_PLAIN: Final = re.compile(r"\+?[0-9][0-9 .()-]*")
_SEPARATORS: Final = str.maketrans("", "", " .()-")


@dataclass(frozen=True, slots=True)
class PhoneRules:
    """What the parser would look at for one calling code or region."""

    calling_code: str
    lengths: frozenset[int]
    # A national number that begins like this may lose or change its beginning.
    prefix: re.Pattern[str] | None
    # Beginning of an international call from this region.
    abroad: re.Pattern[str] | None
    # The prefix where it is simply dropped, and the pattern of numbers that it belongs to.
    trunk: str
    viable: re.Pattern[str] | None


def shortcut(text: str, region: str) -> str | None:
    """Return the number in E.164 where the plain rules decide; None: ask the parser.

    Args:
        text: cleaned text.
        region: two letters or empty.
    """
    if not _PLAIN.fullmatch(text) or "(0)" in text:
        return None
    digits = text.translate(_SEPARATORS)
    if digits.startswith("+"):
        return _international(digits[1:])
    rules = rules_of_region(region)
    if rules is None:
        return None
    if text.startswith(f"00{rules.calling_code}"):
        # By the letter of some plans 005 is a carrier and 0057... in Colombia a Russian number; people mean +57.
        return _international(digits[2:])
    return _national(digits, rules)


def _international(digits: str) -> str | None:
    code = next((digits[:n] for n in (1, 2, 3) if digits[:n] in _calling_codes()), None)
    if code is None:
        return None
    national = digits[len(code) :]
    rules = rules_of_code(code)
    if rules is None or len(national) not in rules.lengths or not 7 <= len(digits) <= 15:
        return None
    if rules.prefix is not None and rules.prefix.match(national):
        return None
    return f"+{digits}"


def _national(digits: str, rules: PhoneRules) -> str | None:
    if digits.startswith(rules.calling_code) or (rules.abroad and rules.abroad.match(digits)):
        return None
    dropped = _dropped_prefix(rules, digits)
    if dropped is None:
        return None
    national = digits[dropped:]
    whole = f"+{rules.calling_code}{national}"
    # Shorter ones may be service numbers.
    return whole if len(national) in rules.lengths and len(national) >= 7 and len(whole) <= 16 else None


def _dropped_prefix(rules: PhoneRules, digits: str) -> int | None:
    """Return how many digits the parser drops at the beginning; None: only the parser knows."""
    found = rules.prefix.match(digits) if rules.prefix is not None else None
    if found is None or not found.end():
        return 0
    if found.group() != rules.trunk or rules.viable is None or rules.viable.fullmatch(digits):
        return None
    return found.end()


@lru_cache(maxsize=1)
def _calling_codes() -> frozenset[str]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return frozenset(map(str, COUNTRY_CODE_TO_REGION_CODE))


@lru_cache(maxsize=512)
def rules_of_code(code: str) -> PhoneRules | None:
    """Return the rules of a calling code's main country; None: it belongs to no country."""
    import phonenumbers

    region = phonenumbers.region_code_for_country_code(int(code))
    if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY:
        return None
    return rules_of_region(region)


@lru_cache(maxsize=512)
def rules_of_region(region: str) -> PhoneRules | None:
    """Return the rules of a region (two letters); None: there is no such region."""
    import phonenumbers

    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.general_desc is None or metadata.country_code is None:
        return None
    pattern = metadata.general_desc.national_number_pattern
    return PhoneRules(
        calling_code=str(metadata.country_code),
        lengths=_lengths(metadata.country_code),
        prefix=re.compile(metadata.national_prefix_for_parsing) if metadata.national_prefix_for_parsing else None,
        abroad=re.compile(metadata.international_prefix) if metadata.international_prefix else None,
        trunk="" if metadata.national_prefix_transform_rule else metadata.national_prefix or "",
        viable=re.compile(pattern) if pattern else None,
    )


def _lengths(calling_code: int) -> frozenset[int]:
    """Return the possible lengths with area code; the parser takes them from the code's main country."""
    import phonenumbers

    main = phonenumbers.region_code_for_country_code(calling_code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(main, None)
    if metadata is None or metadata.general_desc is None:
        return frozenset()
    local = metadata.general_desc.possible_length_local_only or ()
    return frozenset(n for n in metadata.general_desc.possible_length or () if n > 0 and n not in local)
