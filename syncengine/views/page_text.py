"""Text inside a page: every text from a file or a vendor passes the one function that makes it harmless.

What :func:`element` makes is markup; everything else is text and is escaped where it is put in, so that forgetting to
escape is not possible. Control and direction characters are shown and not obeyed. Data for the page's script stands in
a block that no script interprets, without a character that could end it.
"""

import html
import json

from syncengine.views.wording import clean

# Inside a data block these could end it, begin a comment, or be line ends to a script.
_BREAKING = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


class Markup(str):
    """Markup that is ours, with all text in it escaped."""

    __slots__ = ()


def element(name: str, *inside: str, **attributes: str | bool) -> Markup:
    """Return an element; a trailing underscore of an attribute's name is dropped, others become dashes."""
    stated = "".join(_attribute(key, value) for key, value in attributes.items() if value is not False)
    return Markup(f"<{name}{stated}>{together(*inside)}</{name}>")


def together(*inside: str) -> Markup:
    """Return parts one after the other: markup as it stands, text escaped."""
    return Markup("".join(part if isinstance(part, Markup) else escape(part) for part in inside))


def escape(text: str) -> str:
    """Return text that a browser shows as it stands, within an element or within quotes."""
    return html.escape(clean(text), quote=True)


def data_block(value: object, **attributes: str) -> Markup:
    """Return values as a block of JSON that scripts can read and browsers do not run; its texts are made harmless."""
    text = json.dumps(_harmless(value), ensure_ascii=False, separators=(",", ":")).translate(_BREAKING)
    stated = "".join(_attribute(key, value) for key, value in attributes.items())
    return Markup(f'<script type="application/json"{stated}>{text}</script>')


def _harmless(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list | tuple):
        return [_harmless(inner) for inner in value]
    if isinstance(value, dict):
        return {clean(key): _harmless(inner) for key, inner in value.items()}
    return value


def _attribute(name: str, value: object) -> str:
    shown = name.rstrip("_").replace("_", "-")
    return f" {shown}" if value is True else f' {shown}="{escape(str(value))}"'
