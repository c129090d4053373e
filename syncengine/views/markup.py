"""Text from files and vendors inside Markdown: shown as it stands, never rendered, linked or addressed to anybody.

Escaping with a backslash is not enough: the large hosts look for mentions, references and addresses in the text *after*
Markdown was rendered. A character that has no width parts those.
"""

import re
from collections.abc import Sequence

from syncengine.views.wording import clean, short

# Longest text of one cell or bullet, in characters before escaping.
_LONGEST = 500
_MARKUP = str.maketrans(
    {c: f"\\{c}" for c in "\\`*_{}[]()<>|~!"} | {"&": "&amp;", "$": "&#36;", "@": "@&#8203;", "#": "#&#8203;"}
)
_ADDRESSES = re.compile(r"(?i)(://|www\.|\b(?:mailto|xmpp):)")


def escape(text: str) -> str:
    """Return text that a Markdown renderer shows as it stands; what is too long is cut."""
    escaped = clean(short(text, _LONGEST)).translate(_MARKUP)
    return _ADDRESSES.sub(lambda found: f"{found[0][0]}&#8203;{found[0][1:]}", escaped)


def code(text: str) -> str:
    """Return text as code; a backtick would end it."""
    return f"`{clean(short(text, 80)).replace('`', ' ').replace('|', ' ')}`"


def bullet(text: str, *, strong: bool = False) -> str:
    """Return one line of a list."""
    return f"- **{escape(text)}**" if strong else f"- {escape(text)}"


def fitted(lines: Sequence[str], room: int) -> list[str]:
    """Return as many whole lines as fit, and how many were left out."""
    kept: list[str] = []
    for position, text in enumerate(lines):
        room -= len(text) + 1
        # The last words need room, too.
        if room < (80 if position + 1 < len(lines) else 0):
            return [*kept, "", f"_{len(lines) - len(kept):,} more lines are left out here._"]
        kept.append(text)
    return kept


def cut_fairly(parts: Sequence[Sequence[str]], room: int) -> list[str]:
    """Return parts one after the other; what does not fit is taken from the longest, each of which keeps its beginning."""
    sizes = [sum(len(text) + 1 for text in part) for part in parts]
    allowed = [0] * len(parts)
    left = room
    for turn, position in enumerate(sorted(range(len(parts)), key=sizes.__getitem__)):
        allowed[position] = min(sizes[position], left // (len(parts) - turn))
        left -= allowed[position]
    return [text for part, share in zip(parts, allowed, strict=True) for text in fitted(part, share)]
