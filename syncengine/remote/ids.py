"""Ids that a vendor hands out, checked before they are used: an id goes into the path of later calls."""

from syncengine.matching import fits
from syncengine.model.exchange import Answer
from syncengine.remote.paths import as_text, find

# What the id of a row or a task may look like where the vendor file states no pattern.
TASK_ID = r"[A-Za-z0-9][A-Za-z0-9_.:=-]{0,127}"


def handed_out_id(answer: Answer, path: str, pattern: str) -> str:
    """Return the id at a path of an answer, or an empty text where there is none or it does not fit the pattern."""
    found = as_text(find(answer.body, path)).strip() if path and answer.is_json else ""
    return found if fits(pattern, found) else ""
