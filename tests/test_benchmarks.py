"""The benchmarks run and notice a run that did not do its work; their figures are looked at elsewhere."""

import csv
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.goals import at_least, at_most
from benchmarks.hundred_thousand import measure as measure_rows
from benchmarks.many_campaigns import measure as measure_campaigns
from benchmarks.measuring import run
from benchmarks.people import write_listed, write_people
from benchmarks.plan_page import measure as measure_page
from benchmarks.planning import Goal
from benchmarks.planning import measure as measure_plans
from benchmarks.sending import SMALL
from benchmarks.sending import measure as measure_sending
from benchmarks.startup import measure as measure_startup
from benchmarks.table import Figure, as_markdown, machine
from benchmarks.watch_idle import measure as measure_idle
from benchmarks.write_back import measure as measure_write_back


def test_a_thousand_contacts_go_through_plan_apply_and_an_empty_plan() -> None:
    figures = measure_rows(rows=1_000)
    assert [figure.what.split(",")[0] for figure in figures] == [
        "bare DuckDB difference",
        "first plan",
        "apply (plans again",
        "bare DuckDB difference",
        "plan after it",
    ]
    assert all(figure.wall > 0 and figure.cpu > 0 for figure in figures)


def test_the_page_of_a_thousand_rows_is_made_and_opened_where_there_is_a_browser() -> None:
    made, *opened = measure_page(rows=1_000)
    assert made.wall > 0
    assert all(figure.note for figure in opened)


def test_startup_is_measured_beside_a_bare_interpreter() -> None:
    bare, *ours = measure_startup(times=1)
    assert all(bare.wall < figure.wall for figure in ours)


def test_a_process_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="ended with 3: why"):
        run(["bash", "-c", "echo why; exit 3"])


def test_invented_people_are_the_same_everywhere_and_nobody_is_there_twice(tmp_path: Path) -> None:
    write_people(tmp_path / "a.csv", 2_000)
    write_people(tmp_path / "b.csv", 2_000)
    write_listed(tmp_path / "listed.csv", 100)
    text = (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert text == (tmp_path / "b.csv").read_text(encoding="utf-8")
    people = list(csv.DictReader(text.splitlines()))
    digits = {"".join(filter(str.isdigit, person["phone"]))[-10:] for person in people}
    listed = {line[-10:] for line in (tmp_path / "listed.csv").read_text().splitlines()[1:]}
    assert len(digits) == len({person["id"] for person in people}) == 2_000
    assert len(listed) == 100
    assert not digits & listed


def test_a_table_has_a_line_for_each_figure_and_says_on_which_machine() -> None:
    table = as_markdown([Figure(what="a", wall=1.234, cpu=0.5, peak=1234.5), Figure(what="b", wall=0, cpu=0)])
    assert table.splitlines()[2:] == ["| a | 1.23 | 0.50 | 1,234 |  |", "| b | 0.00 | 0.00 |  |  |"]
    assert "cores" in machine()


def test_an_unknown_benchmark_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 64
    told = capsys.readouterr().err
    assert all(name in told for name in BENCHMARKS)


def test_an_idle_watcher_is_measured_in_looks_in_plans_and_left_alone() -> None:
    looks, plans, alone = measure_idle(files=5, cycles=20, plans=2, seconds=0.5)
    assert "ms of CPU each" in looks.note
    assert plans.cpu > looks.cpu / 100
    assert alone.cpu < 0.5


def test_plans_are_measured_beside_the_bare_difference_and_held_to_their_goals() -> None:
    figures = measure_plans(goals=(Goal(rows=30_000, ratio=25.0, memory=600, limit="200MB", first=True),), times=1)
    first, unchanged, changed, limited = figures
    assert "rows/s: " in first.note
    assert "goal 25 x: met; goal 600 MiB: met" in changed.note
    # What has not moved is not read again.
    assert unchanged.cpu < first.cpu
    assert limited.what.endswith("200MB")


def test_campaigns_without_rows_are_measured_beside_terraform_where_there_is_one() -> None:
    *planned, validated = measure_campaigns(campaigns=60, lines=300, times=1)
    assert "terraform" in planned[-1].note
    # Far from it: a campaign that nothing feeds costs no statement.
    assert planned[-1].cpu < 6 * validated.cpu
    assert "goal 0.5 s" in validated.note


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (at_most(1.9, 2.0, " x"), "goal 2 x: met"),
        (at_most(2.5, 2.0, " x"), "goal 2 x: missed by 25%"),
        (at_least(40, 40, " x"), "goal 40 x: met"),
        (at_least(75_000, 100_000, " rows/s"), "goal 100,000 rows/s: missed by 25%"),
    ],
)
def test_a_goal_is_met_or_missed_by_so_much(said: str, words: str) -> None:
    assert said == words


def test_sending_is_measured_beside_bare_clients() -> None:
    for name in ("aiohttp", "httptools"):
        pytest.importorskip(name)
    figures = measure_sending(SMALL)
    notes = " ".join(figure.note for figure in figures)
    for word in ("x shared httpx", "of bare aiohttp", "% of ideal", "MiB at 50", "% of bare", "goal 60,000 records/s"):
        assert word in notes
    cpu = {figure.what: figure.cpu for figure in figures}
    # By CPU, with bounds three times as wide as measured: a few calls only, imports and opening the ledger included.
    assert cpu["our calls alone, 8 at once"] < 4 * cpu["one shared httpx.AsyncClient, 8 at once"] + 0.5
    assert cpu["apply with its ledger, 8 at once"] < 8 * cpu["one shared httpx.AsyncClient, 8 at once"] + 1.0


def test_writing_back_is_measured_beside_a_bare_load() -> None:
    bare, ours, *others = measure_write_back(rows=20_000)
    assert "x bare; goal" in ours.note
    # Upserts into a ledger against inserts into an empty table, on a busy machine.
    assert ours.cpu < 12 * max(bare.cpu, 0.05)
    assert all("rows/s" in figure.note or "PostgreSQL" in figure.note for figure in others)
