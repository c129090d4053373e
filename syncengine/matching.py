"""Patterns that people and vendors write, on an engine whose time grows with the text and not with its powers.

Python's own engine can be kept busy for years by one value; bounds on repetitions do not help where they are nested.
"""

from functools import lru_cache
from typing import Any

# A pattern whose automaton is larger is refused.
_MEMORY = 1 << 20


def fits(pattern: str, text: str) -> bool:
    """Whether a whole text is what a pattern describes; the pattern has been checked with :func:`fault`."""
    try:
        return _compiled(pattern).fullmatch(text) is not None
    except UnicodeEncodeError:
        # Half a character, as a broken answer can hold, fits nothing.
        return False


def fault(pattern: str) -> str:
    """Return why a pattern cannot be read; empty when it can."""
    import re2

    try:
        _compiled(pattern)
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0] if error.args else ""
        return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return ""


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return re2.compile(pattern, options)
