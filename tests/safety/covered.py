"""Which branches of the safety modules their own tests walk; ``make chaos SUITE=coverage``."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.chaos.registry import Failure, Outcome, Size
from tests.safety.configured import ROOT, modules, own_tests


def run(size: Size) -> Outcome:
    """Run the tests of their own, and read what they have walked."""
    del size
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        tool = [sys.executable, "-m", "coverage"]
        environment = {**os.environ, "COVERAGE_FILE": str(Path(folder) / "data")}
        tests = [*tool, "run", "-m", "pytest", "-q", "-p", "no:cacheprovider", *own_tests()]
        for command in (
            tests,
            [*tool, "combine"],
            [*tool, "json", "-o", str(report), f"--include={','.join(modules())}"],
        ):
            subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
        return outcome_of(json.loads(report.read_text(encoding="utf-8")))


def outcome_of(report: dict) -> Outcome:  # type: ignore[type-arg]
    """Return what a report of the tool comes to; a module that it does not name was not even imported."""
    found = {path: report["files"][path]["summary"] for path in modules() if path in report["files"]}
    failures = [
        Failure(line=f"coverage {path}", reason="none of its lines was walked")
        for path in modules()
        if path not in found
    ]
    for path, seen in found.items():
        if seen["missing_lines"] or seen["missing_branches"]:
            lines = ", ".join(map(str, report["files"][path]["missing_lines"])) or "none"
            reason = f"lines not walked: {lines}; branches not walked: {report['files'][path]['missing_branches']}"
            failures.append(Failure(line=f"coverage {path}", reason=reason))
    statements = sum(seen["num_statements"] for seen in found.values())
    branches = sum(seen["num_branches"] for seen in found.values())
    walked = sum(seen["covered_lines"] + seen["covered_branches"] for seen in found.values())
    return Outcome(
        figures={
            "modules": len(found),
            "statements": statements,
            "branches": branches,
            "% walked": round(100 * walked / max(1, statements + branches), 2),
        },
        failures=failures,
    )
