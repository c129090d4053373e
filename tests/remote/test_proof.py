"""A sample of each proof; the whole is run by ``python -m tests.remote.proof``."""

import pytest

from tests.remote.proof.__main__ import SUITES, main
from tests.remote.proof.figures import ProofFailedError


@pytest.mark.parametrize("name", SUITES)
def test_a_sample_of_the_proof_holds(name: str) -> None:
    suite = SUITES[name]
    assert suite.run(suite.sample, 1).line()


def test_a_proof_prints_one_line_of_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["items", "--count", "20", "--seed", "7"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("items: 20 answers, ")
    assert told.endswith("(seed 7)\n")


def test_a_proof_that_fails_says_so_with_its_case(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(count: int, seed: int) -> None:
        raise ProofFailedError(f"answer {seed}/3 is wrong")

    monkeypatch.setitem(SUITES, "items", SUITES["items"]._replace(run=fail))
    assert main(["items", "--seed", "7"]) == 1
    assert capsys.readouterr().out == "items: FAILED (seed 7): answer 7/3 is wrong\n"
