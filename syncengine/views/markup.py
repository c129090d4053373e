"""Text from files and vendors inside Markdown: shown as it stands, never rendered, linked or addressed to anybody.

Escaping with a backslash is not enough: the large hosts look for mentions, references and addresses in the text *after*
Markdown was rendered. A character that has no width parts those.
"""

import re
from collections.abc import Sequence
from itertools import accumulate

from syncengine.model.shares import fair_shares
from syncengine.views.wording import clean, plural, short

# Longest text of one cell or bullet, in characters before escaping.
_LONGEST = 500
# What is said where lines were left out.
_LAST_WORDS = 60
_MARKUP = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>|~!#"} | {"&": "&amp;", "$": "&#36;"})
# What begins a mention or a reference at some host, and what begins an address.
_CALLS = re.compile(r"([@#!$%&~^])(?=[\w\"'])")
_ADDRESSES = re.compile(r"(?i)(:)(?=//)|(www)(?=\.)|\b(mailto|xmpp)(?=:)")
_PARTED = "\N{ZERO WIDTH SPACE}"


def escape(text: str) -> str:
    """Return text that a Markdown renderer shows as it stands; what is too long is cut."""
    parted = _ADDRESSES.sub(rf"\g<0>{_PARTED}", _CALLS.sub(rf"\1{_PARTED}", clean(short(text, _LONGEST))))
    return parted.translate(_MARKUP).replace(_PARTED, "&#8203;")


def code(text: str) -> str:
    """Return text as code; a backtick would end it."""
    return f"`{clean(short(text, 80)).replace('`', ' ').replace('|', ' ')}`"


def bullet(text: str, *, strong: bool = False) -> str:
    """Return one line of a list."""
    return f"- **{escape(text)}**" if strong else f"- {escape(text)}"


def fitted(lines: Sequence[str], room: int) -> list[str]:
    """Return as many whole lines as fit into some characters, and how many were left out."""
    if size_of(lines) <= room:
        return list(lines)
    ends = accumulate(len(text) + 1 for text in lines)
    kept = sum(end <= room - _LAST_WORDS for end in ends)
    return [*lines[:kept], "", f"_{plural(len(lines) - kept, 'more line')} left out here._"]


def size_of(lines: Sequence[str]) -> int:
    """Return how many characters lines take, with their ends."""
    return sum(len(text) + 1 for text in lines)


def cut_fairly(parts: Sequence[Sequence[str]], room: int) -> list[str]:
    """Return parts one after the other; where room is short, the longest are cut, and keep their beginning."""
    allowed = fair_shares([size_of(part) for part in parts], room)
    return [text for part, share in zip(parts, allowed, strict=True) for text in fitted(part, share)]
