"""Every row of reliability has tests that exist, and a mutant that they kill or a reason why there is none."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.mutants.mutants import MUTANTS
from tests.mutants.plugin import found_at
from tests.mutants.running import survives
from tests.mutants.table import ATTACKS, FAULTS, INVARIANTS, ROWS

ROOT = Path(__file__).parents[2]
# How many rows wait for suites that are written elsewhere. It only ever goes down.
PENDING = 0
# Mutants that are run for every change, chosen for being quick; all are run by ``python -m tests.mutants``.
SAMPLE = ("absence releases", "an unsound list holds nothing", "lists after contacts")


def test_no_row_is_missing() -> None:
    assert list(FAULTS) == [f"F{number}" for number in range(1, 52)]
    assert list(INVARIANTS) == [f"D{number}" for number in range(1, 19)]
    assert list(ATTACKS) == [f"T{number}" for number in range(1, 29)]


@pytest.mark.parametrize("name", ROWS)
def test_a_row_has_tests_that_exist_and_a_mutant_or_a_reason(name: str) -> None:
    row = ROWS[name]
    assert all(_exists(node) for node in row.tests), [node for node in row.tests if not _exists(node)]
    assert set(row.mutants) <= set(MUTANTS)
    assert row.pending or row.tests
    assert row.pending or row.mutants or row.reason


def test_what_is_pending_is_counted() -> None:
    assert sum(bool(row.pending) for row in ROWS.values()) <= PENDING


def test_every_mutant_belongs_to_a_row_and_names_a_test_that_exists() -> None:
    used = {mutant for row in ROWS.values() for mutant in row.mutants}
    assert set(MUTANTS) - used == set()
    missing = [name for name, mutant in MUTANTS.items() if not _exists(mutant.fails)]
    assert missing == []


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_what_a_mutant_takes_out_is_there(name: str) -> None:
    owner, last = found_at(MUTANTS[name].target)
    assert callable(getattr(owner, last)) or isinstance(vars(owner)[last], property)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_mutant_is_killed(name: str) -> None:
    assert survives(name) == ""


def _exists(node: str) -> bool:
    file, _, name = node.partition("::")
    return name in _tests_in(ROOT / file)


@cache
def _tests_in(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(found.name for found in ast.walk(tree) if isinstance(found, functions))
