"""Every proof has a form in which ``make chaos`` runs it; a sample of those that are quick and have none elsewhere."""

import importlib

import pytest

from tests.chaos import elsewhere
from tests.chaos.registry import SUITES, Size
from tests.remote.proof.__main__ import SUITES as PROOFS
from tests.remote.proof.figures import ProofFailedError


def test_every_suite_is_there_and_every_proof_is_a_suite_of_the_same_size() -> None:
    for entry in SUITES.values():
        assert callable(getattr(importlib.import_module(entry.module), entry.function))
    for name, proof in PROOFS.items():
        assert SUITES[name].count == proof.whole


def test_a_proof_tells_its_figures() -> None:
    assert SUITES["items"].run(Size(count=20)).figures["answers"] == 20


def test_a_proof_that_fails_says_how_to_run_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(count: int, seed: int) -> None:
        raise ProofFailedError(f"answer {seed}/3 is wrong")

    monkeypatch.setitem(PROOFS, "items", PROOFS["items"]._replace(run=fail))
    (failure,) = SUITES["items"].run(Size(count=20, seed=7)).failures
    assert failure.line == "python -m tests.remote.proof items --count 20 --seed 7"
    assert failure.reason == "answer 7/3 is wrong"


def test_parts_of_the_model_do_not_overlap() -> None:
    first, second = (elsewhere.dnd_model(Size(count=1, seed=seed)) for seed in (2, 3))
    assert first.failures == second.failures == []
    assert [found.figures["seed of the first"] for found in (first, second)] == [1, 2]
    assert first.figures["enumerated cases"] == 0


def test_figures_of_tests_are_added_up_and_a_failure_is_told() -> None:
    good = elsewhere._pytest("tests/chaos/test_scenario.py")
    assert good.failures == []
    assert good.figures["tests"] > 1
    (failure,) = elsewhere._pytest("tests/chaos/no_such_file.py", SOMETHING="1").failures
    assert failure.line == "SOMETHING=1 python -m pytest tests/chaos/no_such_file.py"
    assert "not found" in failure.reason
