from tests.cli.conftest import Project


def test_it_says_what_was_suspended(project: Project) -> None:
    assert "nothing was suspended" in project.run("resume").out
    project.run("suspend", "--reason", "audit")
    assert "resumed (suspended by" in project.run("resume").out
