"""``history``: runs and their calls as the ledger remembers them, masked."""

from tests.cli.conftest import Project, mobile
from tests.cli.test_state import _lose


def run(project: Project, *words: str, expected: int = 0):
    return project.run("history", *words, "--project", project.folder, expected=expected)


def test_nothing_was_run_yet(project: Project) -> None:
    assert run(project).out == "No run yet.\n"
    assert run(project, "--json").document == {"format_version": 1, "runs": []}


def test_runs_are_listed_newest_first_with_their_outcome(project: Project) -> None:
    project.run("apply", "--auto-approve")
    project.leads(1, 2, 3, 4)
    project.run("apply", "--auto-approve")
    second, first = run(project).out.splitlines()
    assert " apply " in first
    assert "done (" in first
    assert "applied)" in first
    runs = run(project, "--json").document["runs"]
    assert [each["run"] for each in runs] == [2, 1]
    assert runs[0]["plan_id"] in second
    assert runs[1]["summary"]["applied"] > 5
    assert len(run(project, "--limit", "1", "--json").document["runs"]) == 1


def test_the_calls_of_a_run_have_their_evidence(project: Project) -> None:
    project.run("apply", "--auto-approve")
    calls = run(project, "1", "--json").document["calls"]
    dialable = [call for call in calls if call["effect"] == "dialable"]
    assert dialable
    assert all("opt-outs" in call["evidence"]["lists"] for call in dialable)
    text = run(project, "1").out
    assert "uk/contacts/motor-trade: applied" in text
    assert len(text.splitlines()) == len(calls)


def test_a_message_with_a_number_is_masked(project: Project) -> None:
    _lose(project, 1, 2)
    assert "(parked): no answer about +44•" in run(project, "1").out
    assert mobile(1) not in run(project, "1", "--json").out
    assert "in part" in run(project).out


def test_a_run_that_is_not_there(project: Project) -> None:
    assert "no calls of a run 7" in run(project, "7", expected=64).err
