"""Spans of time and shares as people write them: ``7d``, ``30m``, ``30%``.

A bare number is refused: seconds and days, or 30 and 0.3, look alike and mean something else.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SPAN = re.compile(r"([0-9]{1,6})([dhms])")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)\s?%")


def written(text: str) -> Any:
    """Return the field of a quantity whose default is ``text`` to a reader; the default itself follows the ``=``."""
    return Field(json_schema_extra={"default": text})


def _read_span(value: object) -> float:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError(
            "span",
            "not a span of time",
            {
                "expected": 'a span of time such as "7d", "24h", "30m" or "90s"',
                "hint": "Write a whole number and d, h, m or s.",
            },
        )
    return float(int(found[1]) * _SECONDS[found[2]])


def _read_share(value: object) -> float:
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    share = float(found[1]) / 100 if found else -1.0
    if not 0 <= share <= 1:
        raise PydanticCustomError(
            "share", "not a percentage", {"expected": 'a percentage from "0%" to "100%"', "hint": _percent_hint(value)}
        )
    return share


def _percent_hint(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"Write {value}%." if value > 1 else f"Write {value * 100:g}%."
    return ""


def write_span(seconds: float) -> str:
    """Return a span in the largest unit that keeps it whole: 604800 is ``7d``."""
    for unit, size in _SECONDS.items():
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"


def _at_most(limit: float) -> AfterValidator:
    def check(seconds: float) -> float:
        if seconds > limit:
            raise PydanticCustomError("span", "too long", {"expected": f"at most {write_span(limit)}", "hint": ""})
        return seconds

    return AfterValidator(check)


def _span_schema(limit: str = "") -> WithJsonSchema:
    schema: dict[str, object] = {
        "type": "string",
        "pattern": "^[0-9]{1,6}[dhms]$",
        "examples": ["7d", "24h", "30m", "90s"],
    }
    return WithJsonSchema(schema | ({"description": f"At most {limit}."} if limit else {}))


# Seconds, written as "7d", "24h", "30m" or "90s".
Span = Annotated[float, BeforeValidator(_read_span), _span_schema()]
# The longest age of a registry's copy that the law of any market here allows to be called from.
SpanUpTo31Days = Annotated[float, BeforeValidator(_read_span), _at_most(31 * 86_400), _span_schema("31d")]
# 0..1, written as "30%".
Share = Annotated[
    float,
    BeforeValidator(_read_share),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,3})?\s?%$", "examples": ["30%"]}),
]
