"""Commands tell those who are to be told, and go on when that fails."""

from typing import Any

import pytest

from tests.cli.conftest import Project


def test_a_plan_that_waits_and_an_apply_in_part_are_told(project: Project, told: list[dict[str, Any]]) -> None:
    plan = project.run("plan", "--notify", "approval", "--json").document
    assert [(found["event"], found["plan_id"]) for found in told] == [("approval", plan["plan_id"])]
    told.clear()
    project.run("plan")
    project.run("apply", "--yes")
    project.run("apply", "--yes")
    assert told == []


def test_a_guard_is_told_by_an_apply(project: Project, told: list[dict[str, Any]]) -> None:
    file = project.folder / "syncengine.yaml"
    file.write_text(file.read_text().replace("max_newly_callable: 20000", "max_newly_callable: 1"))
    project.run("apply", "--yes", expected=4)
    assert [(found["event"], found["about"]) for found in told] == [("guard", ["max_newly_callable"])]


def test_a_notification_that_fails_fails_nothing(
    project: Project, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOOK")
    done = project.run("plan", "--notify", "drift")
    assert "warning: notification 1 (drift) was not sent" in done.err
    assert told == []
