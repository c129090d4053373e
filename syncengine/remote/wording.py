"""Vendors' words made fit for people: short, on one line, without phone numbers.

An answer may hold terminal escapes, a whole page, or the person's number; all of it is hostile until it went through
here.
"""

from syncengine.model.phone import mask_numbers_in

LONGEST = 200
# Enough to read a sentence; masking and escaping a whole page would be wasted.
_LOOKED_AT = 4 * LONGEST


def presentable(text: str) -> str:
    """Return at most 200 characters, control characters escaped, runs of digits masked."""
    line = " ".join(mask_numbers_in(text[:_LOOKED_AT]).split())
    shown = "".join(_visible(character) for character in line)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _visible(character: str) -> str:
    # Also invisible formatting, as marks that turn the direction of writing, and lone surrogates.
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
