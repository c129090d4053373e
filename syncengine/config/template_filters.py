"""The filters of templates: total functions on plain values.

None of them fails on a value that a data file can hold, and none guesses: a text that is not plainly a number stays the
text it was, so a phone keeps its plus and its zeros, and the dialer refuses what would otherwise have become another
number.
"""

import re
import threading
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import quote

import orjson

from syncengine.errors import RenderError

# One leaf may not grow beyond this; a body of many rows may.
LEAF_LIMIT = 1_000_000
EMBEDDED_LIMIT = 64_000_000

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,10})?", re.ASCII)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_SEPARATORS = re.compile(r"[ \t\u00a0().\-/]")


class _Allowance(threading.local):
    """How much new text the templates of one call may still make; a leaf has a limit of its own, a batch has many."""

    left = EMBEDDED_LIMIT

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise RenderError(f"the templates of one call make more than {EMBEDDED_LIMIT:,} characters")


_allowance = _Allowance()


def begin_call() -> None:
    """Begin to count the text that templates make."""
    _allowance.left = EMBEDDED_LIMIT


class _Omitted:
    """The value of what is left out of its object."""

    def __repr__(self) -> str:
        return "OMITTED"


OMITTED: Final = _Omitted()


def text(value: object) -> str:
    """Return a value as text: nothing as "", yes and no as JSON writes them.

    Raises:
        RenderError: the value is a list or an object.
    """
    if isinstance(value, str):
        return value
    if value is None or value is OMITTED:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise RenderError("a list or an object stands where text is expected; the filter json writes it as JSON text")


def is_empty(value: object) -> bool:
    """Whether there is nothing in a value; 0 and no are something."""
    return value is None or value is OMITTED or (isinstance(value, str | list | tuple | dict) and not value)


def json_text(value: object, limit: int = LEAF_LIMIT) -> object:
    """Return compact JSON text; what is omitted stays omitted.

    Raises:
        RenderError: the text is too long, or the value is none that JSON knows.
    """
    if value is OMITTED:
        return OMITTED
    try:
        written = orjson.dumps(value)
    except (TypeError, ValueError) as error:
        raise RenderError("a value cannot be written as JSON") from error
    if len(written) > limit:
        raise RenderError(f"the JSON text is longer than {limit:,} bytes")
    _allowance.take(len(written))
    return written.decode()


def joined(parts: list[object]) -> str:
    """Return parts as one text.

    Raises:
        RenderError: the text is too long, or a part is no text.
    """
    texts = [text(part) for part in parts]
    size = sum(map(len, texts))
    if size > LEAF_LIMIT:
        raise RenderError(f"a template's text is longer than {LEAF_LIMIT:,} characters")
    _allowance.take(size)
    return "".join(texts)


def segment(value: object) -> str:
    """Return a value percent-encoded as one segment of a path.

    Ids come from vendors and are hostile until they are encoded: ``1/../../dnd/2?x=`` must not reach another call.

    Raises:
        RenderError: the segment would be empty or climb up.
    """
    written = text(value)
    if written in {"", ".", ".."}:
        raise RenderError('a part of the path is empty, "." or ".."; the id or setting that belongs there is missing')
    return quote(written, safe="")


def header_value(value: object) -> object:
    """Return a value as the text of a header; what is omitted stays omitted.

    Raises:
        RenderError: it holds a line end or another character that no header can carry.
    """
    if value is OMITTED:
        return OMITTED
    written = text(value)
    if _CONTROLS.search(written) or not written.isascii():
        raise RenderError("a header would hold a line end, a control character or a character beyond ASCII")
    return written


def keep(value: object, sink: list[object]) -> None:
    """Put a value into a list."""
    sink.append(value)


def keep_unless_omitted(value: object, sink: list[object]) -> None:
    """Put a value into a list, unless it is left out."""
    if value is not OMITTED:
        sink.append(value)


def without_omitted(value: dict[str, object] | list[object]) -> dict[str, object] | list[object]:
    """Return an object or a list without what is left out of it."""
    if isinstance(value, list):
        return [item for item in value if item is not OMITTED]
    return {key: item for key, item in value.items() if item is not OMITTED}


def _digits(value: object) -> str:
    # Only the plus and separators go. Any other character stays, since without it the number would be somebody else's.
    return _SEPARATORS.sub("", text(value).strip().removeprefix("+"))


def _integer(value: object) -> object:
    return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else value


def _number(value: object) -> object:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    return float(value) if "." in value else int(value)


def _default(value: object, instead: object) -> object:
    return instead if is_empty(value) else value


def _truncate(value: object, length: int) -> str:
    return text(value)[:length]


def _omit_empty(value: object) -> object:
    return OMITTED if is_empty(value) else value


# What people may write.
FILTERS: dict[str, Callable[..., object]] = {
    "text": text,
    "lower": lambda value: text(value).lower(),
    "upper": lambda value: text(value).upper(),
    "trim": lambda value: text(value).strip(),
    "digits": _digits,
    "default": _default,
    "json": json_text,
    "omit_empty": _omit_empty,
    "integer": _integer,
    "number": _number,
    "truncate": _truncate,
}
# How many arguments each takes; none that is not here.
ARGUMENTS = {"default": 1, "truncate": 1}
MAX_TRUNCATE = 1000

# For trees alone: the allow-list knows none of these, so no template can name them.
INTERNAL: dict[str, Callable[..., object]] = {
    "_keep": keep,
    "_keep_unless_omitted": keep_unless_omitted,
    "_without_omitted": without_omitted,
    "_joined": joined,
    "_embedded": partial(json_text, limit=EMBEDDED_LIMIT),
    "_segment": segment,
    "_header": header_value,
}
