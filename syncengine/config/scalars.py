"""What a plain (unquoted) word in YAML stands for.

A number is taken as one only in its single canonical spelling, so that turning it back into text gives what was
written. Every other spelling that some YAML tool would read as a number is a mistake of its own: phones, ids and codes
lose their plus and their zeros that way.
"""

import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
# 18 digits fit into 64 bits everywhere a number may travel to.
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_NUMBER_TO_SOME = re.compile(
    r"[+-]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?|[+-]?0[xX][0-9a-fA-F_]+|[+-]?0[obOB][0-7_]+"
)
# First characters of everything that is not simply text; all others are decided without a pattern.
MAYBE_NOT_TEXT = frozenset("0123456789+-.~ntfNTF")


def is_ambiguous(text: str) -> bool:
    """Whether a plain word would be a number to some readers, yet not in the one spelling that keeps all of it."""
    if text[:1] not in MAYBE_NOT_TEXT or not _NUMBER_TO_SOME.fullmatch(text):
        return False
    return not (_INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text))


def resolve(text: str) -> Scalar:
    """Return the value of a plain word; text for everything but canonical numbers, true, false and null."""
    if text and text[0] not in MAYBE_NOT_TEXT:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
