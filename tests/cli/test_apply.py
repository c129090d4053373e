"""``apply``: it does what was decided, exactly once, and says how it ended."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from syncengine.ledger.ledger import Ledger
from tests.cli.conftest import MANIFEST, Project, mobile


def test_off_a_terminal_nothing_is_applied_that_nobody_decided_on(project: Project) -> None:
    found = project.run("apply", expected=64)
    assert "--auto-approve" in found.err
    assert project.sandbox.comunik8.record.total == 0
    assert "error" in project.run("apply", "--json", expected=64).document


def test_applied_once_and_then_there_is_nothing_left(project: Project) -> None:
    found = project.run("apply", "--auto-approve")
    assert found.out.startswith("Applied")
    assert len(project.added()) == 2
    assert project.sandbox.wolkvox.doubled() == []
    before = project.sandbox.comunik8.record.total
    assert "No changes" in project.run("apply", "--auto-approve").out
    assert project.sandbox.comunik8.record.total == before


def test_the_report_is_one_json_document_also_when_nothing_was_to_do(project: Project) -> None:
    assert project.run("apply", "--auto-approve", "--json").document["complete"] is True
    assert project.run("apply", "--auto-approve", "--json").document["empty"] is True


def test_a_saved_plan_is_applied(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "today.plan"
    project.run("plan", "--out", file)
    assert file.stat().st_mode & 0o777 == 0o600
    project.run("apply", file)
    assert len(project.added()) == 2


def test_a_saved_plan_keeps_what_it_was_about(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "uk.plan"
    project.run("plan", "--dialer", "uk", "--out", file)
    project.run("apply", file)
    assert len(project.added()) == 2
    assert project.sandbox.wolkvox.dialling() == {}


def test_a_saved_plan_that_the_files_have_left_behind_is_refused(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "today.plan"
    project.run("plan", "--out", file)
    project.leads(1, 2, 3, 4)
    found = project.run("apply", file, expected=5)
    assert "error:" in found.err
    assert project.added() == []
    assert "error" in project.run("apply", file, "--json", expected=5).document


def test_a_file_that_is_no_plan_is_an_error(project: Project, tmp_path: Path) -> None:
    (tmp_path / "x.plan").write_text("no plan")
    assert "is not a saved plan" in project.run("apply", tmp_path / "x.plan", expected=1).err


def test_the_expected_plan_is_applied_and_no_other(project: Project) -> None:
    assert "abc123" in project.run("apply", "--expect", "abc123", expected=5).err
    assert project.added() == []
    plan_id = project.run("plan", "--json").document["plan_id"]
    project.run("apply", "--expect", plan_id)
    assert len(project.added()) == 2


def test_a_release_needs_one_plan(project: Project) -> None:
    found = project.run("apply", "--auto-approve", "--allow-dnd-remove", "1", expected=64)
    assert "--expect" in found.err


def test_a_released_number_is_called_again_only_through_its_own_plan(project: Project) -> None:
    project.run("apply", "--auto-approve")
    project.opt_outs(mobile(9))
    project.manifest(MANIFEST + f'    release: ["{mobile(3)}"]\n')
    project.run("apply", "--auto-approve", expected=4)
    plan_id = project.run("plan", "--allow-dnd-remove", "1", "--json").document["plan_id"]
    project.run("apply", "--allow-dnd-remove", "1", "--expect", plan_id)
    assert any(mobile(3)[3:] in number for number in project.added())
    assert "No changes" in project.run("plan").out


def test_a_guard_stops_it_with_one_json_document(project: Project) -> None:
    project.configure(max_newly_callable=1)
    found = project.run("apply", "--auto-approve", "--json", expected=4)
    assert found.document["applicable"] is False
    assert "stopped by guards" in found.err
    assert project.added() == []


def test_what_was_not_done_has_its_exit_code_and_is_tried_again(project: Project) -> None:
    project.sandbox.comunik8.schedule_call(mobile(2))
    found = project.run("apply", "--auto-approve", expected=3)
    assert "in part" in found.out
    assert len(project.added()) == 1
    project.sandbox.comunik8._scheduled.clear()
    project.run("apply", "--auto-approve")
    assert len(project.added()) == len(set(project.added())) == 2


def test_a_lost_answer_doubles_nobody(project: Project) -> None:
    project.sandbox.comunik8.faults.add("drop_after", method="POST", path="/lead/add", times=2)
    project.run("apply", "--auto-approve", expected=None)
    project.run("apply", "--auto-approve")
    assert len(project.added()) == len(set(project.added())) == 2
    assert "No changes" in project.run("plan").out


def test_two_runs_do_not_apply_at_once(project: Project) -> None:
    project.run("plan")
    with (
        Ledger.open(project.folder / ".syncengine" / "ledger.db", "acme") as ledger,
        ledger.lock("apply", now=time.time()),
    ):
        found = project.run("apply", "--auto-approve", "--json", expected=5)
        assert "locked" in found.document["error"]
        # Planning changes no dialer and goes on.
        project.run("plan")
    project.run("apply", "--auto-approve")


def test_a_stopped_apply_is_continued_by_the_next(project: Project) -> None:
    project.leads(*range(1, 21))
    project.sandbox.comunik8.faults.add("latency", path="/lead/add", times=1000, seconds=0.1)
    process = project.start("apply", "--auto-approve", "--dialer", "uk")
    _wait_for(lambda: project.sandbox.comunik8.record.total >= 3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    project.said += [out, err]
    assert process.returncode == 130, err
    assert "Interrupted" in out
    there = len(project.added())
    assert 3 <= there < 19
    project.sandbox.comunik8.faults.clear()
    document = project.run("plan", "--json", "--dialer", "uk").document
    assert document["headline"]["newly_callable"] == 19 - there
    project.run("apply", "--auto-approve", "--dialer", "uk")
    assert len(project.added()) == len(set(project.added())) == 19
    adds = project.sandbox.comunik8.record.entries("POST", "/lead/add")
    assert len(adds) == 19, "a call that was answered was sent again"


def test_a_killed_apply_leaves_a_lock_that_a_person_can_break(project: Project) -> None:
    project.sandbox.comunik8.faults.add("latency", path="/lead/add", times=1, seconds=1.5)
    process = project.start("apply", "--auto-approve", "--dialer", "uk")
    _wait_for(lambda: project.sandbox.comunik8.record.total >= 1)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    process.communicate(timeout=10)
    assert process.returncode == -signal.SIGINT
    time.sleep(1.5)
    found = project.run("apply", "--auto-approve", expected=5)
    fence = found.err.rpartition("state unlock ")[2].strip()
    project.run("state", "unlock", fence)
    project.run("apply", "--auto-approve")
    assert len(project.added()) == len(set(project.added())) == 2


def test_an_answer_is_asked_for_on_a_terminal_only_once(project: Project, monkeypatch) -> None:
    monkeypatch.setattr("syncengine.cli.reporting.on_a_terminal", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    found = project.run("apply", expected=64)
    assert "not approved" in found.err
    assert "people become callable" in found.out
    assert project.added() == []
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "y")
    assert project.run("apply", "--json").document["complete"] is True


def test_ctrl_c_at_the_question_sends_nothing(project: Project, monkeypatch) -> None:
    def pressed(_: str) -> str:
        signal.raise_signal(signal.SIGINT)
        return "y"

    # A test run in the background inherits "ignore"; what counts is that the handler of before comes back.
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr("syncengine.cli.reporting.on_a_terminal", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", pressed)
    assert "interrupted" in project.run("apply", expected=130).err
    assert project.added() == []
    monkeypatch.undo()
    assert signal.getsignal(signal.SIGINT) is before


def _wait_for(condition, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def test_an_unsound_do_not_call_file_holds_what_it_covers_and_ends_with_four(project: Project) -> None:
    (project.folder / "data" / "opt-outs.csv").unlink()
    found = project.run("apply", "--auto-approve", expected=4)
    assert "opt-outs" in found.err
    assert project.sandbox.comunik8.record.total == 0


@pytest.mark.parametrize("where", ["> /dev/full", "2> /dev/full > /dev/full", "| true"])
def test_a_run_whose_words_nobody_takes_does_its_work_or_leaves_it_whole(project: Project, where: str) -> None:
    project.leads(*range(1, 9))
    project.sandbox.comunik8.faults.add("latency", path="/lead/add", times=8, seconds=0.1)
    words = f"{sys.executable} -m syncengine apply --auto-approve --dialer uk --project {project.folder} {where}"
    ended = subprocess.run(
        ["bash", "-c", f"{words}; exit ${{PIPESTATUS[0]}}"],
        env=project.environment | {"PYTHONUNBUFFERED": "1"},
        capture_output=True,
        check=False,
    )
    there = len(project.added())
    # Nothing is called done that was not.
    assert there == 7 or ended.returncode != 0
    # The lock is free, and what was answered is booked: nobody is sent again.
    project.run("apply", "--auto-approve", "--dialer", "uk")
    assert len(project.added()) == 7
    assert len(project.sandbox.comunik8.record.entries("POST", "/lead/add")) == 7


def test_a_dialer_that_cannot_be_reached_is_not_said_to_have_put_anything_off(project: Project) -> None:
    project.leads(1, 2)
    file = project.folder / "syncengine.yaml"
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        # Bound and never listening: a connection is refused.
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        file.write_text(file.read_text().replace(project.sandbox.url("comunik8"), address), encoding="utf-8")
        found = project.run("apply", "--auto-approve", "--dialer", "uk", "--refresh", "none", expected=3)
    assert "1 put off until the next plan" in found.out
    assert "by the vendor" not in found.out
