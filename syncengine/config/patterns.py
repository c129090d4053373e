"""Patterns in vendor files: they must compile, and must not take for ever on a hostile value."""

import re

from syncengine.matching import fault

MAX_LENGTH = 300

# A group repeated without bound can hold a repetition: the two multiply, and one value can keep us busy for years.
_REPEATED_GROUP = re.compile(r"(?<!\\)\)(?:[*+]|\{\d*,\})")
_BACK_REFERENCE = re.compile(r"(?<!\\)(?:\\\\)*\\[1-9]|\(\?P=")
_UNBOUNDED = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})")


def pattern_fault(pattern: str) -> str:
    """Return what is wrong with a pattern; empty when nothing is."""
    if len(pattern) > MAX_LENGTH:
        return f"the pattern is longer than {MAX_LENGTH} characters"
    if reason := fault(pattern):
        return f"the pattern cannot be read: {reason}"
    if _REPEATED_GROUP.search(pattern):
        return "a group is repeated without bound, which can take for ever; give it a bound, as {1,5}"
    if _BACK_REFERENCE.search(pattern):
        return "a pattern cannot refer back to one of its groups, which can take for ever"
    if len(_UNBOUNDED.findall(pattern)) > 2:
        return "more than two parts repeat without bound, which can take long; give them bounds, as {1,64}"
    return ""
