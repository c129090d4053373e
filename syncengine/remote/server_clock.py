"""How far our clock and a dialer's are apart, by the Date header of its answers; whole seconds, so good for minutes."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime


def ahead(headers: Mapping[str, str], *, now: float) -> float | None:
    """Return by how many seconds our clock, at ``now``, is ahead of the one in an answer; None where it shows none."""
    value = headers.get("date", "")
    # An answer out of a cache carries the time at which it was put there.
    if "age" in headers or not value.isascii() or not 16 <= len(value) <= 64:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
