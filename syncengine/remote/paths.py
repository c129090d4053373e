"""Finding values in decoded answers, and comparing them.

Vendors write one thing in several ways: numbers as text, null as an empty text, lists as objects keyed "0", "1", …
So everything is looked up by path and compared as text, here and nowhere else.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final, cast

import orjson


class Missing(Enum):
    """The type of :data:`MISSING`: what a path finds where there is nothing, as opposed to null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING

# Longer digits cannot be an index, and int() would labour over them.
_LONGEST_INDEX = 9


def find(body: object, path: str) -> object:
    """Return the value at a dotted path, or MISSING.

    Numeric parts index lists and objects keyed by numbers. The empty path is the body itself. Of alternatives parted
    by "|" the first that exists counts.
    """
    if body.__class__ is dict and path.isidentifier():
        # Nearly all paths within a record, of which there may be millions.
        return cast("dict[str, object]", body).get(path, MISSING)
    for alternative in path.split("|"):
        found = _walk(body, alternative.strip())
        if found is not MISSING:
            return found
    return MISSING


def _walk(body: object, path: str) -> object:
    if not path:
        return body
    here = body
    for part in path.split("."):
        here = _step(here, part)
        if here is MISSING:
            return MISSING
    return here


def _step(here: object, part: str) -> object:
    if isinstance(here, Mapping):
        return here.get(part, MISSING)
    if isinstance(here, list) and part.isascii() and part.isdigit() and len(part) <= _LONGEST_INDEX:
        index = int(part)
        return here[index] if index < len(here) else MISSING
    return MISSING


def as_text(value: object) -> str:
    """Return how a decoded value compares: True is "true", null and nothing are "", 201 and 201.0 are "201"."""
    if value is None or value is MISSING:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    return orjson.dumps(value, default=str).decode()


def is_blank(value: object) -> bool:
    """Whether a value is absent, null or a text of nothing but blanks."""
    return value is MISSING or value is None or (isinstance(value, str) and not value.strip())


def as_list(value: object) -> list[object] | None:
    """Return a list, or the values of an object that is keyed like one ("0", "1", …); None for anything else."""
    if isinstance(value, list):
        return cast("list[object]", value)
    if not isinstance(value, Mapping) or not value:
        return None
    keys = [key for key in value if key.isascii() and key.isdigit() and len(key) <= _LONGEST_INDEX]
    if len(keys) != len(value):
        return None
    numbers = sorted(int(key) for key in keys)
    # Numbers with gaps are somebody's ids, not places in a list.
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))) or numbers[0] > 1:
        return None
    return [value[key] for key in sorted(keys, key=int)]


def as_count(value: object) -> int | None:
    """Return a whole number that may be written as text, or None."""
    text = as_text(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_INDEX else None
