"""What one run of the engine is told, and what it says of itself, as they pass between processes.

What a run says of itself is never taken as proof: it tells whether there is more to do, and what people were shown.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True, kw_only=True)
class Order:
    """One run."""

    root: str
    # apply: through syncengine.sync; command: through the command line; resolve: one parked call.
    task: str = "apply"
    # Seconds by which the clock of the engine and of the dialers is ahead.
    ahead: float = 0.0
    # Failpoints, as name:occurrence:action.
    failures: list[str] = field(default_factory=list)
    prune: bool = False
    # Numbers that may be taken off do-not-call lists, for the plan that is made first.
    dnd_remove: int = 0
    # Whether the plan is saved to a file first and applied from there.
    saved: bool = False
    call: int = 0
    assume: str = ""
    # A defence that is taken out of the engine; empty: none.
    mutant: str = ""


@dataclass(slots=True, kw_only=True)
class Told:
    """What a run has said; a killed one says nothing."""

    # The class of the error that ended it, and its text; empty: none.
    error: str = ""
    text: str = ""
    code: int = 0
    empty: bool = False
    complete: bool = False
    holds: int = 0
    # Notes of the plan, and the lines of the report about what is parked.
    notes: list[str] = field(default_factory=list)
    plan: str = ""
    # Failpoint -> how often it was passed.
    passed: dict[str, int] = field(default_factory=dict)
    happened: list[str] = field(default_factory=list)
    # Modules that it was the first to import.
    modules: list[str] = field(default_factory=list)


def said(value: Order | Told) -> str:
    """Return a value as one line of text."""
    return json.dumps(asdict(value))


def order_from(line: str) -> Order:
    """Read an order."""
    return Order(**json.loads(line))


def told_from(path: Path) -> Told | None:
    """Read what a run has said; None where it did not come to that."""
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return Told(**values)
