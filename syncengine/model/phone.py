"""How phones and names are shown to people: never whole."""

import re

# Begins what stands in a do-not-call statement in the place of a number whose person was erased: a keyed digest. No
# number begins so, and all of them sort before it.
ERASED_MARK = "~"

_DIGIT_RUN = re.compile(r"\+?\d[\d\s().-]{5,}\d")


def mask_phone(number: str) -> str:
    """Return a number with all but its first three characters and last two digits hidden: ``+57•••••••67``."""
    if len(number) < 7:
        return "•" * len(number)
    return f"{number[:3]}{'•' * (len(number) - 5)}{number[-2:]}"


def mask_key(key: str) -> str:
    """Return a row's key so that it can be told apart in a view but not be used."""
    if len(key) <= 4:
        return "•" * len(key)
    return f"{key[:2]}{'•' * (len(key) - 4)}{key[-2:]}"


def mask_numbers_in(text: str) -> str:
    """Hide every run of seven or more digits in free text, such as a vendor's message."""
    return _DIGIT_RUN.sub(lambda found: mask_phone(re.sub(r"[^\d+]", "", found.group())), text)
