"""The pipelines for both hosts keep their promises: least rights, no secret for a branch, nothing foreign unpinned.

actionlint is a program that an index serves only as a binary of others, so the rules that matter are tests of our own.
"""

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

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "examples" / "ci" / "github-plan-apply.yml").read_text(encoding="utf-8")
GITLAB_TEXT = (ROOT / "examples" / "ci" / "gitlab.yml").read_text(encoding="utf-8")


def read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return found


WORKFLOW, GITLAB = read(TEXT), read(GITLAB_TEXT)
ACTION = read((ROOT / "action.yml").read_text(encoding="utf-8"))
JOBS = WORKFLOW["jobs"]
# What GitHub knows as a key of a job and of a step; a word that is spelled wrongly would be a rule that is not there.
_JOB = {"if", "needs", "runs-on", "timeout-minutes", "permissions", "environment", "concurrency", "steps"}
_STEP = {"name", "id", "if", "uses", "with", "env", "run", "shell", "working-directory"}


def steps() -> Iterator[dict[str, Any]]:
    for job in JOBS.values():
        yield from job["steps"]
    yield from ACTION["runs"]["steps"]


def scripts() -> Iterator[str]:
    yield from (step["run"] for step in steps() if "run" in step)
    for job in GITLAB.values():
        if isinstance(job, dict):
            yield from job.get("script", [])
    yield (ROOT / "ci" / "job.sh").read_text(encoding="utf-8")


def test_it_runs_on_pull_requests_on_main_and_by_the_clock_and_never_with_a_strangers_trigger() -> None:
    assert set(WORKFLOW["on"]) == {"pull_request", "push", "schedule"}
    assert WORKFLOW["on"]["push"]["branches"] == ["main"]
    for trigger in ("pull_request_target", "workflow_run", "issue_comment"):
        assert trigger not in TEXT


def test_every_word_is_one_that_the_host_knows() -> None:
    assert set(WORKFLOW) == {"name", "on", "permissions", "jobs"}
    assert [set(job) - _JOB for job in JOBS.values()] == [set()] * len(JOBS)
    assert [set(step) - _STEP for step in steps() if set(step) - _STEP] == []
    assert {word for step in steps() for word in step.get("with", {}) if "syncengine@" in step["uses"]} <= set(
        ACTION["inputs"]
    )
    # A composite action must name the shell of each script.
    assert all("shell" in step for step in ACTION["runs"]["steps"] if "run" in step)


def test_rights_are_the_least() -> None:
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "plan": {"contents": "read", "statuses": "write", "pull-requests": "write"},
        "untrusted": {"contents": "read"},
        "apply": {"contents": "read", "statuses": "write", "pull-requests": "write"},
        "export": {"contents": "write"},
        "drift": {"contents": "read", "issues": "write"},
    }


def test_a_branch_gets_no_secret_and_a_fork_no_runner_of_ours() -> None:
    assert {name for name, job in JOBS.items() if "secrets." in str(job)} == {"apply", "drift"}
    assert all(JOBS[name]["environment"] == "dialers" for name in ("apply", "drift"))
    assert "head.repo.full_name == github.repository" in JOBS["plan"]["if"]
    assert JOBS["untrusted"]["runs-on"] == "ubuntu-24.04"
    (step,) = [step for step in JOBS["untrusted"]["steps"] if "uses" in step]
    assert {"ledger-export", "base"} <= set(step["with"])
    assert "token" not in step["with"]


def test_an_apply_is_behind_an_environment_and_one_at_a_time() -> None:
    assert JOBS["apply"]["if"] == "github.event_name == 'push'"
    assert JOBS["apply"]["concurrency"]["cancel-in-progress"] is False
    assert "auto-approve" not in TEXT + GITLAB_TEXT
    assert "--allow" not in TEXT + GITLAB_TEXT


def test_what_is_used_is_pinned_by_a_whole_commit() -> None:
    used = [step["uses"] for step in steps() if "uses" in step]
    assert used
    for name in used:
        # COMMIT is for whoever copies the file to fill in; GitHub refuses it as it stands.
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@([0-9a-f]{40}|COMMIT)", name), name
    foreign = {name.partition("@")[0] for name in used} - {"syncengine/syncengine"}
    assert foreign == {"actions/upload-artifact"}


def test_nothing_of_an_event_is_put_into_a_script() -> None:
    for script in scripts():
        assert "${{" not in script
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    # Composite actions get what was put in as variables only.
    assert all(value.startswith("${{") for value in ACTION["runs"]["steps"][0]["env"].values())


def test_a_saved_plan_is_no_artefact() -> None:
    upload = next(step for step in ACTION["runs"]["steps"] if "upload-artifact" in step.get("uses", ""))
    assert "plan.bin" not in upload["with"]["path"]
    assert "plan.bin" not in str(GITLAB[".syncengine"]["artifacts"])


def test_the_program_knows_every_word_that_is_used() -> None:
    lines = [line.strip() for script in scripts() for line in script.splitlines()]
    used = [found[1] for line in lines if (found := re.match(r"(?:exec )?syncengine ((?:ci|ledger) .*)", line))]
    assert len(used) >= 5
    for words in used:
        group, name, *options = words.replace('"', "").split()
        found = cli.get_command(click.Context(cli), group)
        assert isinstance(found, click.Group)
        command = found.commands[name]
        values = [re.sub(r"\$CI_MERGE_REQUEST_IID", "5", option) for option in options]
        there = [str(ROOT / "README.md") if option.endswith(".json") else option for option in values]
        command.make_context(name, [str(ROOT) if option == "../export" else option for option in there])


def test_gitlab_keeps_branches_from_the_ledger_and_applies_one_at_a_time() -> None:
    assert set(GITLAB["stages"]) == {"plan", "apply", "export"}
    jobs = {name: job for name, job in GITLAB.items() if name.startswith("syncengine ")}
    assert {job["extends"] for job in jobs.values()} == {".syncengine"}
    assert {job["stage"] for job in jobs.values()} <= set(GITLAB["stages"])
    rules = {name: " ".join(rule["if"] for rule in job["rules"]) for name, job in jobs.items()}
    assert "SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rules["syncengine plan"]
    assert "SOURCE_PROJECT_ID != $CI_PROJECT_ID" in rules["syncengine plan of a fork"]
    assert jobs["syncengine plan of a fork"]["tags"] == []
    for name in ("syncengine apply", "syncengine export", "syncengine drift"):
        assert "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rules[name]
    assert jobs["syncengine apply"]["resource_group"]
    assert jobs["syncengine apply"]["interruptible"] is False


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"JOB": "plan", "PULL": "5"}, "ci plan --project p --folder f --sha s --pull 5"),
        ({"JOB": "plan", "EXPORT": "e"}, "ci plan --project p --folder f --sha s --ledger-export e"),
        ({"JOB": "plan", "EXPORT": "e", "BASE": "b"}, "ci plan --project p --folder f --sha s --ledger-export e --base b"),
        ({"JOB": "apply"}, "ci apply --project p --folder f --sha s"),
        ({"JOB": "apply", "SELF": "true", "OPTIONS": "--prune *"}, "ci apply --project p --folder f --sha s --self-approval -- --prune *"),
        ({"JOB": "drift", "PULL": "5"}, "ci drift --project p --folder f"),
    ],
)  # fmt: skip
def test_the_script_of_the_action_says_the_words(given: dict[str, str], words: str, tmp_path: Path) -> None:
    program = tmp_path / "syncengine"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    empty = dict.fromkeys(["EXPORT", "BASE", "PULL", "OPTIONS", "SELF"], "")
    environment = empty | {"PROJECT": "p", "FOLDER": "f", "SHA": "s"} | given
    environment |= {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", ROOT / "ci" / "job.sh"], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, words), done.stderr


@pytest.mark.parametrize("job", ["", "plan; true", "--help"])
def test_the_script_refuses_another_job(job: str, tmp_path: Path) -> None:
    done = subprocess.run(["sh", ROOT / "ci" / "job.sh"], env={"JOB": job}, capture_output=True, check=False)
    assert done.returncode == 64
