"""The workflow for pull requests keeps its promises: least rights, no secret for a branch, one comment."""

import os
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from syncengine.cli.main import cli

FILE = Path(__file__).parents[2] / "examples" / "ci" / "github-plan-apply.yml"
TEXT = FILE.read_text(encoding="utf-8")
WORKFLOW: dict[str, Any] = YAML(typ="safe", pure=True).load(TEXT)
PLAN, APPLY = WORKFLOW["jobs"]["plan"], WORKFLOW["jobs"]["apply"]


def _runs(job: dict[str, Any]) -> Iterator[str]:
    yield from (step["run"] for step in job["steps"])


def test_it_runs_on_pull_requests_and_on_main_and_never_with_a_strangers_trigger() -> None:
    assert set(WORKFLOW["on"]) == {"pull_request", "push"}
    assert WORKFLOW["on"]["push"]["branches"] == ["main"]
    assert "pull_request_target" not in TEXT
    assert "workflow_run" not in TEXT


def test_rights_are_the_least() -> None:
    assert WORKFLOW["permissions"] == {}
    assert PLAN["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert APPLY["permissions"] == {"contents": "read"}


def test_a_branch_gets_no_secret_and_a_fork_no_runner() -> None:
    assert "secrets." not in str(PLAN)
    assert "head.repo.full_name == github.repository" in PLAN["if"]
    assert all("--refresh none" in run for run in _runs(PLAN) if "syncengine plan" in run)


def test_an_apply_is_behind_an_environment_and_one_at_a_time() -> None:
    assert APPLY["if"] == "github.event_name == 'push'"
    assert APPLY["environment"] == "dialers"
    assert APPLY["concurrency"]["cancel-in-progress"] is False
    (run,) = [run for run in _runs(APPLY) if "syncengine apply" in run]
    assert "--auto-approve" in run
    assert "--allow" not in run
    assert "secrets." not in run


def test_nothing_foreign_is_used_and_nothing_of_an_event_is_put_into_a_script() -> None:
    for job in (PLAN, APPLY):
        assert not any("uses" in step for step in job["steps"])
        for run in _runs(job):
            assert "${{" not in run
            subprocess.run(["bash", "-n"], input=run, text=True, check=True)


def test_the_program_knows_every_word_that_is_used() -> None:
    lines = [line for job in (PLAN, APPLY) for run in _runs(job) for line in run.splitlines()]
    used = [found[1] for line in lines if (found := re.search(r"\bsyncengine ((?:[a-z-]+)(?: [a-z0-9-]+)*)", line))]
    assert len(used) >= 4
    for words in used:
        name, *options = words.split()
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        command.make_context(name, options)


@pytest.mark.parametrize(("code", "there"), [(0, ""), (0, "77"), (4, ""), (4, "77"), (1, "")])
def test_the_plan_becomes_one_comment_and_a_guard_fails_the_check(code: int, there: str, tmp_path: Path) -> None:
    _program(tmp_path / "syncengine", f"echo '### plan'; exit {code}")
    _program(tmp_path / "gh", f'echo "$@" >> {tmp_path}/asked; case "$*" in *--paginate*) echo "{there}";; esac')
    (run,) = [run for run in _runs(PLAN) if "syncengine plan" in run]
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "GITHUB_REPOSITORY": "a/b", "PULL_REQUEST": "5"}
    done = subprocess.run(
        ["bash", "-e", "-c", run], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    asked = (tmp_path / "asked").read_text() if (tmp_path / "asked").exists() else ""
    if code == 1:
        assert asked == ""
        return
    assert (tmp_path / "comment.md").read_text().startswith("<!-- syncengine plan -->\n### plan")
    assert ("PATCH repos/a/b/issues/comments/77" in asked) is bool(there)
    assert ("POST repos/a/b/issues/5/comments" in asked) is not bool(there)


def _program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
