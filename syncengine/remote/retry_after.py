"""Reading Retry-After, which is seconds or a date, and is often wrong."""

import math
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\d{1,20}(?:\.\d{1,9})?", re.ASCII)
# Two headers of that name arrive as one with a comma between them; the comma within a date has its day behind it.
_BETWEEN = re.compile(r"\s*,(?!\s*\d{1,2}[ -][A-Za-z]{3}[ -])\s*", re.ASCII)


def retry_after(headers: Mapping[str, str], *, now: float) -> float | None:
    """Return the seconds that an answer asks us to wait, or None where it says nothing usable.

    ``now`` is the wall clock in seconds since 1970. A date in the past means 0. Of several values the longest counts.
    How long is too long is decided by who waits.
    """
    value = headers.get("retry-after", "").strip()
    waits = [wait for part in _BETWEEN.split(value) if (wait := _one(part, now)) is not None]
    return max(waits, default=None)


def _one(part: str, now: float) -> float | None:
    return float(part) if _SECONDS.fullmatch(part) else _until(part, now)


def _until(value: str, now: float) -> float | None:
    if not value.isascii() or not 16 <= len(value) <= 64:
        return None
    try:
        moment = parsedate_to_datetime(value)
        # A date without a zone is meant as GMT, by the standard for HTTP.
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None
