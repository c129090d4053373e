"""Typed cells as the text a person would have written: a phone that a program made a number keeps all its digits."""

from datetime import date, datetime, time, timedelta

# From here on neighbouring whole numbers share one float: digits are lost, and the text must not pretend otherwise.
_EXACT = 1e15


def text_of(value: object) -> str | None:
    """Return the text of a cell; None for what is no single value (a list, an object)."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
        case datetime():
            whole_day = value.time() == time(0)
            return value.date().isoformat() if whole_day else value.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return None
