"""Figures of a long run, into the file that keeps those of the chaos suites: for whoever reads what was proven.

A section is added only where RESULTS_APPEND is set, as ``make storm`` and ``make kills`` do with ``APPEND=1``.
"""

import os
import platform
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from syncengine import __version__

RESULTS = Path(__file__).parents[1] / "chaos" / "RESULTS.md"


def record(name: str, command: str, figures: Mapping[str, str | float], results: Path = RESULTS) -> str:
    """Return the figures as one line, and keep them where that is asked for."""
    shown = {what: value if isinstance(value, str) else f"{value:,}" for what, value in figures.items()}
    if os.environ.get("RESULTS_APPEND"):
        moment = datetime.now(UTC).strftime("%Y-%m-%d")
        rows = "\n".join(f"| {what} | {value} |" for what, value in shown.items())
        with results.open("a", encoding="utf-8") as file:
            file.write(
                f"\n## {name}, {moment}\n\n"
                f"`{command}`; syncengine {__version__}, Python {platform.python_version()},"
                f" SQLite {sqlite3.sqlite_version}, {platform.system()}.\n\n"
                f"| what | figure |\n|---|---|\n{rows}\n"
            )
    return f"{name}: " + ", ".join(f"{value} {what}" for what, value in shown.items())
