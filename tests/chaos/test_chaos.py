"""A fast sample of each suite; the whole is ``make chaos``."""

from pathlib import Path

import pytest

from tests.chaos import __main__ as program
from tests.chaos import seeds
from tests.chaos.job import REFERENCE
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
    told = program.RESULTS.read_text()
    assert "| kills | 1,234 |" in told
    assert f"FAILED `{found.line}`: doubled: one" in told


def test_a_whole_is_made_of_parts_that_say_which_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[Size] = []

    def run(size: Size) -> Outcome:
        sizes.append(size)
        return Outcome(figures={"kills": size.count})

    monkeypatch.setattr("tests.chaos.kills.run", run)
    monkeypatch.setattr(program, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(program, "_commit", lambda: " at abc1234")
    assert program.main(["kills", "--seed", "3-6", "--append"]) == 0
    assert [(size.seed, size.count) for size in sizes] == [(seed, 2_500) for seed in (3, 4, 5, 6)]
    told = program.RESULTS.read_text()
    assert told.count(" part: seed ") == 4
    assert ", part: seed 5 of 3-6\n" in told
    assert "`python -m tests.chaos kills --count 2500 --seed 5 --workers 1`; syncengine" in told
    assert " at abc1234, Python" in told


def test_a_whole_that_is_no_count_of_cases_is_told_part_by_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[Size] = []
    monkeypatch.setattr("tests.chaos.singles.run", lambda size: sizes.append(size) or Outcome(figures={"cases": 7}))
    monkeypatch.setattr(program, "RESULTS", tmp_path / "RESULTS.md")
    assert program.main(["singles", "--append"]) == 0
    assert [size.part for size in sizes] == list(REFERENCE)
    told = program.RESULTS.read_text()
    assert all(f", part: {way}\n" in told for way in REFERENCE)
    assert program.main(["singles", "--count", "9"]) == 0
    assert program.main(["singles", "--part", REFERENCE[2]]) == 0
    assert [size.part for size in sizes[len(REFERENCE) :]] == ["", REFERENCE[2]]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["singles", "--part", "x"], "singles has no part x; it has comunik8, lynn-data"),
        (["hostile", "--part", "x"], "hostile has no part x; it has none"),
        (["singles", "--part", "comunik8", "--count", "9"], "leave --count out"),
    ],
)
def test_a_part_that_is_none_is_refused(words: list[str], told: str) -> None:
    with pytest.raises(SystemExit, match=told):
        program.main(words)


@pytest.mark.parametrize("seeds", ["0", "5-3", "x"])
def test_what_is_no_range_of_seeds_is_refused(seeds: str) -> None:
    with pytest.raises(SystemExit):
        program.main(["kills", "--seed", seeds])


def test_a_suite_that_has_no_count_is_run_once_whatever_the_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[Size] = []
    monkeypatch.setattr("tests.chaos.seeds.run", lambda size: sizes.append(size) or Outcome(figures={}))
    assert program.main(["seeds", "--seed", "1-9"]) == 0
    assert len(sizes) == 1


def test_the_commit_is_named_where_there_is_one() -> None:
    assert program._commit() == "" or program._commit().startswith(" at ")
