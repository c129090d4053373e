"""A fast sample of each suite; the whole is ``make chaos``."""

from pathlib import Path

import pytest

from tests.chaos import __main__ as program
from tests.chaos import seeds
from tests.chaos.registry import SUITES, Failure, Outcome, Size


@pytest.mark.parametrize(("suite", "count"), [("kills", 8), ("singles", 8), ("combos", 3), ("signals", 4)])
def test_a_sample_commits_no_crime(suite: str, count: int) -> None:
    outcome = SUITES[suite].run(Size(count=count, seed=7))
    assert outcome.failures == []
    assert outcome.figures["trials"] >= 1
    assert [outcome.figures[crime] for crime in ("lost", "doubled", "listed callable", "unknown not shown")] == [0] * 4


def test_what_once_failed_fails_no_more() -> None:
    assert SUITES["seeds"].run(Size(count=0)).failures == []


def test_a_failure_is_printed_kept_once_and_ends_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Failure(line="comunik8 build.0=plan.made:1:kill", reason="doubled: one")
    monkeypatch.setattr(
        "tests.chaos.kills.run", lambda size: Outcome(figures={"kills": size.count}, failures=[found, found])
    )
    monkeypatch.setattr(seeds, "FILE", tmp_path / "seeds.txt")
    monkeypatch.setattr(program, "RESULTS", tmp_path / "RESULTS.md")
    seeds.FILE.write_text("# none\n")
    assert program.main(["kills", "--count", "1234", "--append"]) == 1
    assert "kills: 1,234 kills\n" in capsys.readouterr().out
    assert [str(scenario) for scenario in seeds.kept()] == [found.line]
    assert "| kills | 1,234 |" in program.RESULTS.read_text()
