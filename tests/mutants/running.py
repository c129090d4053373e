"""Run the test that a mutant must make fail, in a process of its own, and see that it does."""

import os
import subprocess
import sys
from pathlib import Path

from tests.mutants.mutants import MUTANTS

ROOT = Path(__file__).parents[2]
_SECONDS = 600


def survives(name: str) -> str:
    """Return why a mutant is not known to be killed; empty: its test fails, and passes without the mutant's change."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "tests.mutants.plugin"]
    found = subprocess.run(
        [*command, MUTANTS[name].fails],
        cwd=ROOT,
        env={**os.environ, "TAKEN_OUT": name},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    # 1: tests were run and some failed. All else proves nothing.
    if found.returncode == 1 and "the mutant finds no" not in found.stdout:
        return ""
    if found.returncode == 0:
        return f"{MUTANTS[name].fails} passes although {MUTANTS[name].target} is taken out"
    return f"pytest ended with {found.returncode}: {(found.stdout + found.stderr)[-600:]}"
