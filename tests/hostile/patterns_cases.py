"""Patterns of vendor files that keep an engine busy for years, and values that slip through a sound one."""

import json
import re
from functools import partial
from pathlib import Path

from syncengine.model.exchange import Answer
from syncengine.remote.ids import handed_out_id
from tests.config.vendor_samples import bent, compiled
from tests.hostile.case import Case, demand, table

FAMILY = "patterns"

_MANY = 60_000


def cases() -> list[Case]:
    return [
        Case(FAMILY, name, verdict, partial(_attempt, where, pattern, value))  # type: ignore[arg-type]  # of the file
        for name, where, pattern, value, verdict in table(FAMILY)
    ]


def _attempt(where: str, pattern: str, value: str, folder: Path) -> str:
    """Put the pattern into a vendor file; where it is taken, try it on the value as the program would."""
    del folder
    pattern = "a" * 301 if pattern == "LONG" else pattern
    value = re.sub(r"(.)\{n\}", lambda found: found[1] * _MANY, value)
    if where == "setting":
        spec = bent(
            '    pattern: "[0-9]{1,6}"\n    default: "100"', f'    pattern: {json.dumps(pattern)}\n    default: ""'
        )
        spec = spec.replace("  daily: daily", "").replace("daily_calls: daily", "concurrency: 1")
        spec = spec.replace('default: ""', f"default: {json.dumps(value)}")
    else:
        spec = bent('  id_pattern: "[0-9]{1,6}"', f"  id_pattern: {json.dumps(pattern)}")
    vendor, diagnostics = compiled(spec)
    if vendor is None:
        # A default that its own pattern does not fit is refused too; what counts is which of the two was said.
        said = [item.message for item in diagnostics]
        demand(all(item.location and item.location.line for item in diagnostics), "no place")
        return "refused" if any("does not fit its own pattern" not in words for words in said) else "harmless"
    if where == "setting":
        return "harmless"
    answer = Answer(200, {}, b"", {"id": value}, "", is_json=True)
    taken = handed_out_id(answer, "id", vendor.campaigns.id_pattern)
    demand(taken == value.strip() or not taken, "another id than the one that was handed out")
    return "harmless" if taken or len(value) > _MANY else "refused"
