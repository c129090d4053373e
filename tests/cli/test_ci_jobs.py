"""The jobs of a pipeline, whole: real commands, a sandbox as dialers, both hosts on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.cli.ci_jobs import _without_tokens, page_of
from syncengine.cli.exits import run
from syncengine.cli.main import cli
from tests.cli.conftest import Project
from tests.hosts.fake import Fake, hosts

PEOPLE = {"github": ("ann", "bob", {"bob": "write"}), "gitlab": ("1", "2", {"2": 40})}


@pytest.fixture
def fake() -> Iterator[Fake]:
    with hosts() as running:
        yield running


def pipeline(kind: str, fake: Fake, monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    """Set the variables of a pipeline; return who may approve."""
    author, reviewer, rights = PEOPLE[kind]
    fake.author, fake.rights = author, dict(rights)
    for name, value in fake.environment(kind).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GITHUB_OUTPUT", str(folder / "outputs"))
    return reviewer


def ci(project: Project, *words: str | Path) -> int:
    code = run(cli, ["ci", *map(str, words), "--project", str(project.folder), "--folder", str(project.folder / "out")])
    captured = project.capture()
    project.said += [captured.out, captured.err]
    return code


def plan_id(project: Project) -> str:
    outputs = dict(line.split("=") for line in (project.folder / "outputs").read_text().splitlines())
    return outputs["plan_id"]


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_only_the_plan_that_was_approved_is_applied(
    project: Project, fake: Fake, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer = pipeline(kind, fake, monkeypatch, project.folder)
    assert ci(project, "plan", "--pull", "5", "--sha", "abc") == 0
    project.said += fake.bodies()
    (comment,) = fake.bodies()
    first = plan_id(project)
    assert f"/approve {first}" in comment
    assert fake.last_status() == ("success", f"plan {first}")
    # Nobody has approved it: nothing is sent.
    assert ci(project, "apply", "--sha", "c0ffee") == 5
    assert project.added() == []
    assert "Nobody has approved" in fake.bodies()[0]
    # It is approved, and then the branch changes: the approval is of a plan that is no more.
    fake.say(reviewer, f"/approve {first}")
    project.people(1, 2, 3)
    assert ci(project, "apply", "--sha", "c0ffee") == 5
    assert project.added() == []
    second = fake.bodies()[0].partition("/approve ")[2][:16]
    assert second != first
    assert fake.last_status() == ("failed" if kind == "gitlab" else "failure", f"plan {second} waits for approval")
    fake.say(reviewer, f"/approve {second}")
    assert ci(project, "apply", "--sha", "c0ffee") == 0
    assert len(project.added()) == 2
    assert fake.last_status() == ("success", "applied")
    assert ci(project, "apply", "--sha", "c0ffee") == 0
    project.said += fake.bodies()


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        (
            {"GITHUB_RUN_ID": "17", "GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "acme/dialers"},
            "https://git.example/acme/dialers/actions/runs/17",
        ),
        ({"CI_JOB_URL": "https://lab.example/acme/-/jobs/9"}, "https://lab.example/acme/-/jobs/9/artifacts/browse"),
        ({"CI": "true"}, ""),
    ],
)
def test_the_page_is_where_the_pipeline_keeps_it(variables: dict[str, str], place: str) -> None:
    assert page_of(variables) == place


def test_the_comment_says_where_every_change_can_be_read(
    project: Project, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline("github", fake, monkeypatch, project.folder)
    monkeypatch.setenv("GITHUB_RUN_ID", "17")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example")
    assert ci(project, "plan", "--pull", "5", "--sha", "abc") == 0
    project.said += fake.bodies()
    (comment,) = fake.bodies()
    assert "_Every single change:_ <https://git.example/" in comment
    assert "/actions/runs/17>" in comment
    assert (project.folder / "out" / "plan.html").is_file()


def test_files_with_mistakes_are_shown_and_fail_the_check(
    project: Project, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline("github", fake, monkeypatch, project.folder)
    project.manifest("campaigns:\n  x: {dialer: ```@everyone}\n")
    assert ci(project, "plan", "--pull", "5", "--sha", "abc") == 1
    (comment,) = fake.bodies()
    assert "The files have mistakes" in comment
    # What a branch wrote cannot end the block that it is shown in.
    assert comment.count("```") == 2
    assert fake.last_status() == ("failure", "validate failed")


def test_a_token_of_a_fork_fails_the_job_and_nothing_is_shown_of_it(
    project: Project, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline("github", fake, monkeypatch, project.folder)
    fake.read_only = True
    assert ci(project, "plan", "--pull", "5") == 1
    assert "t0ken" not in "".join(project.said)


def test_a_check_that_may_not_be_set_is_a_warning(
    project: Project, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline("gitlab", fake, monkeypatch, project.folder)
    fake.read_only = True
    project.manifest("nonsense: 1\n")
    # No comment is asked for, so only the check is refused.
    assert ci(project, "plan", "--sha", "abc") == 1
    assert "warning: the check was not set" in "".join(project.said)


def test_without_a_host_the_results_are_files(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_REPOSITORY", "GH_TOKEN", "GITHUB_TOKEN", "CI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)
    assert ci(project, "plan") == 0
    there = {path.name for path in (project.folder / "out").iterdir()}
    assert {"plan.md", "plan.json", "plan.bin"} <= there


def test_drift_is_one_issue(project: Project, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline("github", fake, monkeypatch, project.folder)
    project.run("apply", "--yes")
    assert ci(project, "drift") == 0
    assert fake.issues == []
    project.people(1, 2, 3, 4, 5)
    assert ci(project, "drift") == 0
    assert ci(project, "drift") == 0
    assert len(fake.issues) == 1
    project.said += [found["body"] for found in fake.issues]


def test_the_hosts_token_is_not_given_to_the_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GH_TOKEN", "GITHUB_TOKEN", "SYNCENGINE_GITLAB_TOKEN"):
        monkeypatch.setenv(name, "t0ken")
    assert "t0ken" not in _without_tokens().values()
