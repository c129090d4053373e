"""Cells of files that a person may open in a spreadsheet: none of them is a formula, and a phone stays as it is."""

import re
from typing import Final

# What begins a formula for some spreadsheet, the wide forms of East Asian keyboards included.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ]*")
# Where the list separator is another one than ours, a cell begins inside of ours.
_INNER: Final = re.compile("([;\t]\\s*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")


def inert(text: str) -> str:
    """Return a text that no spreadsheet computes; a phone is what it was."""
    if _PHONE.fullmatch(text):
        return text
    quoted = text[:1] + _INNER.sub(r"\1'", text[1:])
    return f"'{quoted}" if quoted.startswith(_FORMULA) else quoted
