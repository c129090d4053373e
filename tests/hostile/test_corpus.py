"""The corpus is as large as the threat model says, and a sample of it comes to the right end within its limits.

The whole: ``python -m tests.hostile``.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.case import BESIDE, FAMILIES, VERDICTS
from tests.hostile.corpus import cases_of, sample

ROOT = Path(__file__).parent.parent.parent
EVERY = 12


@pytest.mark.parametrize("family", [*FAMILIES, *BESIDE])
def test_a_family_has_as_many_inputs_as_the_threat_model_names_and_none_twice(family: str) -> None:
    names = [case.name for case in cases_of(family)]
    assert len(names) == {**FAMILIES, **BESIDE}[family]
    assert len(set(names)) == len(names)


def test_all_of_the_corpus_is_a_thousand_and_twenty() -> None:
    assert sum(FAMILIES.values()) == 1_020
    # Addresses of the first table, and what leads a call elsewhere.
    assert FAMILIES["urls"] + BESIDE["redirects"] == 125


def test_the_sample_has_every_family_and_every_verdict() -> None:
    chosen = [case for family in (*FAMILIES, *BESIDE) for case in sample(cases_of(family), EVERY)]
    assert {case.family for case in chosen} == {*FAMILIES, *BESIDE}
    assert {case.verdict for case in chosen} == VERDICTS
    assert {case.as_dnd for case in chosen} == {None, "held", "harmless"}


def test_every_input_of_the_sample_comes_to_the_right_end_within_its_limits() -> None:
    words = [sys.executable, "-m", "tests.hostile", "--every", str(EVERY)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV_")}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout


def test_a_wrong_verdict_is_told() -> None:
    words = [sys.executable, "-m", "tests.hostile", "yaml", "--case", "a second document", "--expect", "harmless"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "yaml/a second document: refused, and must be harmless" in done.stdout
