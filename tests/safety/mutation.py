"""The safety modules changed one spot after another: nearly every change makes a test of their own fail.

The changes are made by mutmut; its settings stand in pyproject.toml. ``make mutation`` runs them all, ``python -m
tests.safety 'syncengine.engine.guards*'`` some. A change that changes nothing is listed in ``equivalent.txt`` with the
reason, and is not counted; nor is SQL whose words are written in other letters, as long as its data is the same.
"""

import difflib
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.chaos.registry import Failure, Outcome, Size
from tests.safety.configured import ROOT, modules

EQUIVALENT = Path(__file__).with_name("equivalent.txt")
WANTED_PERCENT = 95.0
# How mutmut writes down that a change was noticed: a test failed, pytest broke, or nothing came to an end any more.
_NOTICED = frozenset({1, 3, 24, 36, -24, 152, 255})
_UNNOTICED = frozenset({0, 5, 33})
# Words of SQL, or nothing but names of columns.
_SQL = re.compile(
    r"\b(?:SELECT|INSERT|UPDATE|DELETE|WHERE|FROM|AND|CONFLICT|ORDER|VALUES|GROUP|SET|JOIN|CASE|WHEN|THEN|ELSE|CAST|TEXT"
    r"|excluded)\b"
    r'|^"[ a-z_,.()=]*[a-z]_[a-z][ a-z_,.()=]*",?$'
)
_DATA = re.compile(r"'[^']*'")


def run(size: Size) -> Outcome:
    """Make all changes."""
    return score(size.workers, [])


def score(workers: int, names: Sequence[str]) -> Outcome:
    """Make the changes whose names fit the patterns (none: all) and count those that were noticed."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(workers), *names]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    figures: dict[str, int | float] = {}
    failures: list[Failure] = []
    known, total, noticed = equivalents(), 0, 0
    for module in modules():
        found = _module(module, known)
        if not found.made:
            continue
        total, noticed = total + found.made, noticed + found.noticed
        figures[f"{module}: changes"] = found.made
        figures[f"{module}: noticed %"] = round(100 * found.noticed / found.made, 1)
        failures += found.unnoticed if 100 * found.noticed < WANTED_PERCENT * found.made else []
    if not total:
        failures.append(Failure(line="mutmut run", reason=(ended.stdout + ended.stderr)[-2_000:]))
    figures |= {"changes": total, "noticed": noticed, "noticed %": round(100 * noticed / max(1, total), 1)}
    return Outcome(figures=figures, failures=failures)


class _Counted:
    """What became of the changes to one module."""

    def __init__(self) -> None:
        self.made = 0
        self.noticed = 0
        self.unnoticed: list[Failure] = []


def _module(module: str, known: frozenset[tuple[str, str]]) -> _Counted:
    counted, changed = _Counted(), ROOT / "mutants" / module
    results = changed.with_name(f"{changed.name}.meta")
    if not results.is_file():
        return counted
    source = changed.read_text(encoding="utf-8")
    for name, code in json.loads(results.read_text(encoding="utf-8"))["exit_code_by_key"].items():
        function = name.rpartition(".")[2]
        if code in _NOTICED:
            counted.made, counted.noticed = counted.made + 1, counted.noticed + 1
        elif code in _UNNOTICED:
            lines = changed_lines(source, function)
            if (_plain(function), " / ".join(lines)) not in known and not is_same_sql(source, function):
                counted.made += 1
                counted.unnoticed.append(Failure(line=name, reason=f"{_plain(function)}: {' / '.join(lines)}"))
    return counted


def changed_lines(source: str, function: str) -> list[str]:
    """Return the lines that a change has put into a function, without their indentation."""
    return _difference(source, function, "+") or ["a line less"]


def is_same_sql(source: str, function: str) -> bool:
    """Whether all that has changed is the case of letters in SQL, outside of what stands in quotes there."""
    before, after = (" ".join(_difference(source, function, mark)) for mark in "-+")
    if not _SQL.search(before) or before.casefold() != after.casefold():
        return False
    return _DATA.findall(before) == _DATA.findall(after)


def _difference(source: str, function: str, mark: str) -> list[str]:
    before = _body(source, re.sub(r"__mutmut_\d+$", "__mutmut_orig", function))
    found = list(difflib.unified_diff(before, _body(source, function), n=0, lineterm=""))[2:]
    lines = [line[1:].strip() for line in found if line.startswith(mark)]
    return [line for line in lines if line and not line.startswith(("def ", "async def "))]


def _body(source: str, function: str) -> list[str]:
    head = re.search(rf"^( *)(?:async )?def {re.escape(function)}\b.*$", source, re.MULTILINE)
    if head is None:
        return []
    return [head[0], *_indented(source[head.end() :].splitlines()[1:], len(head[1]))]


def _indented(lines: Sequence[str], depth: int) -> Iterator[str]:
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) <= depth and not line.lstrip().startswith(")"):
            return
        yield line


def _plain(function: str) -> str:
    """Return the name of a function as it stands in the module."""
    name = re.sub(r"__mutmut_\d+$", "", function)
    return name.replace("ǁ", ".").removeprefix("x.") if "ǁ" in name else re.sub(r"^x_+", "", name)


def equivalents() -> frozenset[tuple[str, str]]:
    """Return function and changed lines of the changes that change nothing."""
    lines = [line for line in EQUIVALENT.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return frozenset((function, changed) for function, _, changed in (line.partition(": ") for line in lines))
