"""Text from files and vendors inside Markdown: shown as it stands, never rendered, linked or addressed to anybody.

Escaping with a backslash is not enough: the large hosts look for mentions, references and addresses in the text *after*
Markdown was rendered. A character that has no width parts those.
"""

import re
from collections.abc import Sequence
from itertools import accumulate

from syncengine.model.counted import plural
from syncengine.model.shares import fair_shares
from syncengine.views.wording import clean, short

# Longest text of one cell or bullet, in characters before escaping.
_LONGEST = 500
# What is said where lines were left out.
_LAST_WORDS = 64
_MARKUP = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>|~!#"} | {"&": "&amp;", "$": "&#36;"})
# What begins a mention or a reference at some host, and what begins an address.
_CALLS = re.compile(r"([@#!$%&~^])(?=[\w\"'])")
_ADDRESSES = re.compile(r"(?i)(:)(?=//)|(www)(?=\.)|\b(mailto|xmpp)(?=:)")
# An address that whoever runs the command may have linked: of the web, and without what ends a link.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'*+,;=%-]{1,400}")
_PARTED = "\N{ZERO WIDTH SPACE}"


def escape(text: str) -> str:
    """Return text that a Markdown renderer shows as it stands; what is too long is cut."""
    parted = _ADDRESSES.sub(rf"\g<0>{_PARTED}", _CALLS.sub(rf"\1{_PARTED}", clean(short(text, _LONGEST))))
    return parted.translate(_MARKUP).replace(_PARTED, "&#8203;")


def code(text: str) -> str:
    """Return text as code; a backtick would end it."""
    return f"`{clean(short(text, 80)).replace('`', ' ').replace('|', ' ')}`"


def pointer(text: str) -> str:
    """Return where something is: an address as a link, anything else as code."""
    return f"<{text}>" if _ADDRESS.fullmatch(text) else code(text)


def bullet(text: str, *, strong: bool = False) -> str:
    """Return one line of a list."""
    return f"- **{escape(text)}**" if strong else f"- {escape(text)}"


def fitted(lines: Sequence[str], room: int, *, row: str = "") -> list[str]:
    """Return lines, or their beginning and their end with how many were left out between, in so many bytes.

    Args:
        lines: the lines.
        room: bytes, line ends included.
        row: where the lines are rows of a table, such a row with ``{}`` in it.
    """
    sizes = [len(text.encode()) + 1 for text in lines]
    if sum(sizes) <= room:
        return list(lines)
    free = room - _LAST_WORDS - len(row)
    first = sum(end <= free * 2 // 3 for end in accumulate(sizes))
    free -= sum(sizes[:first])
    last = sum(end <= free for end in accumulate(reversed(sizes[first:])))
    last = min(last, len(lines) - first - 1)
    words = f"_{plural(len(lines) - first - last, 'more line')} left out here._"
    said = [row.format(words)] if row else ["", words, ""]
    return [*lines[:first], *said, *lines[len(lines) - last :]]


def size_of(lines: Sequence[str]) -> int:
    """Return how many bytes lines take, with their ends: no host counts a text as longer than that."""
    return sum(len(text.encode()) + 1 for text in lines)


def cut_fairly(parts: Sequence[Sequence[str]], room: int, *, row: str = "") -> list[str]:
    """Return parts one after the other; where room is short, the longest are cut, and keep both ends."""
    allowed = fair_shares([size_of(part) for part in parts], room)
    return [text for part, share in zip(parts, allowed, strict=True) for text in fitted(part, share, row=row)]
