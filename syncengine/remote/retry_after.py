"""Reading Retry-After, which is seconds or a date, and is often wrong."""

import math
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

# Longer waits are a vendor's mistake or the end of the day's budget; a person should see the run end.
LONGEST = 15 * 60.0

_SECONDS = re.compile(r"\d{1,20}(?:\.\d{1,9})?", re.ASCII)


def retry_after(headers: Mapping[str, str], *, now: float) -> float | None:
    """Return the seconds that an answer asks us to wait, 0 to 900, or None where it says nothing usable.

    ``now`` is the wall clock in seconds since 1970. A date in the past means 0. Of several values the longest counts.
    """
    value = headers.get("retry-after", "").strip()
    waits = [float(part) for part in re.split(r"\s*,\s*", value) if _SECONDS.fullmatch(part)]
    if waits and len(waits) == value.count(",") + 1:
        return min(max(waits), LONGEST)
    return _until(value, now)


def _until(value: str, now: float) -> float | None:
    if not value.isascii() or not 16 <= len(value) <= 64:
        return None
    try:
        moment = parsedate_to_datetime(value)
        # A date without a zone is meant as GMT, by the standard for HTTP.
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return min(max(seconds, 0.0), LONGEST) if math.isfinite(seconds) else None
