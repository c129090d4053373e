"""``pull``: a manifest from what dialers hold, for adoption."""

from pathlib import Path

from tests.cli.conftest import Project


def run(project: Project, *words: str | Path, expected: int = 0):
    return project.run("pull", *words, "--project", project.folder, expected=expected)


def test_what_it_writes_is_valid_and_plans_to_nothing(project: Project) -> None:
    project.run("apply", "--auto-approve")
    # Somebody else's project, with an empty ledger, at the same dialer.
    project.manifest("campaigns: {}\n")
    for path in (project.folder / ".syncengine").glob("ledger.db*"):
        path.unlink()
    file = project.folder / "manifests" / "pulled.yaml"
    told = run(project, "--dialer", "co", "-o", file)
    assert "co: 1 campaign to adopt" in told.err
    assert told.out == ""
    assert 'dialer: "co"' in file.read_text(encoding="utf-8")
    project.run("validate")
    assert "No changes" in project.run("plan").out
    assert "0 campaigns to adopt, 1 known already" in run(project, "--dialer", "co").err


def test_a_vendor_without_a_listing_is_told_and_the_rest_is_there(project: Project) -> None:
    found = run(project, "--json", expected=1)
    problems = {each["dialer"]: each["problem"] for each in found.document["dialers"]}
    assert problems["co"] == ""
    assert "no call that lists campaigns" in problems["uk"]
    assert found.document["manifest"].startswith("# yaml-language-server")


def test_an_existing_file_is_not_overwritten(project: Project) -> None:
    file = project.folder / "mine.yaml"
    file.write_text("mine")
    assert "exists already" in run(project, "-o", file, expected=64).err
    assert file.read_text() == "mine"


def test_an_unknown_dialer_is_refused_with_the_nearest(project: Project) -> None:
    assert 'Did you mean "co"' in run(project, "--dialer", "coo", expected=64).err
