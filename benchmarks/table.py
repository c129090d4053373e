"""Figures as a Markdown table, and the machine that they are of."""

import os
import platform
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

LIBRARIES = ("duckdb", "pyarrow", "httpx", "pydantic", "phonenumberslite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table."""

    what: str
    # Seconds from starting the process to its end.
    wall: float
    # Seconds of the processor, user and system, of this process alone.
    cpu: float
    # Largest resident memory in MiB; 0 where the system does not tell.
    peak: float = 0.0
    # Anything more that the line has to say.
    note: str = ""


def as_markdown(figures: Sequence[Figure]) -> str:
    """Return the lines as a table."""
    head = ["| what | wall, s | CPU, s | peak memory, MiB | |", "|---|---|---|---|---|"]
    lines = [
        f"| {f.what} | {f.wall:.2f} | {f.cpu:.2f} | {f'{f.peak:,.0f}' if f.peak else ''} | {f.note} |" for f in figures
    ]
    return "\n".join([*head, *lines])


def machine() -> str:
    """Return the date, the machine and the versions in one line."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{time.strftime('%Y-%m-%d')}: {os.cpu_count()} cores, {_memory()}, {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries};"
        f" load before: {os.getloadavg()[0]:.1f}"
    )


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
