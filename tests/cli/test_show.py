"""``show``: a saved plan, masked as everywhere."""

from pathlib import Path

import pytest

from tests.cli.conftest import Project


@pytest.fixture
def saved(project: Project, tmp_path: Path) -> Path:
    project.run("plan", "--out", tmp_path / "today.plan")
    return tmp_path / "today.plan"


def test_a_saved_plan_reads_as_it_did(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "today.plan"
    shown = project.run("plan", "--out", file)
    assert f"syncengine apply {file}" in shown.err
    assert project.run("show", file).out == shown.out
    document = project.run("show", file, "--json").document
    assert f"Plan id {document['plan_id']}" in shown.out
    assert project.run("show", file, "--format", "markdown").out.startswith("### ")


def test_no_dialer_and_no_project_is_needed(project: Project, saved: Path) -> None:
    before = project.sandbox.wolkvox.record.total
    project.run("show", saved)
    assert project.sandbox.wolkvox.record.total == before


def test_a_plan_that_is_not_there(project: Project, tmp_path: Path) -> None:
    assert "no plan" in project.run("show", tmp_path / "none.plan", expected=1).err


def test_a_saved_plan_is_a_page_with_its_rows_too(project: Project, saved: Path, tmp_path: Path) -> None:
    page = project.run("show", saved, "--format", "html").out
    assert page.startswith("<!doctype html>")
    assert page.count('class="lines"') == 3
    whole = tmp_path / "whole.html"
    project.run("show", saved, "--format", "html", "-o", whole, "--show-personal-data")
    assert "Secretname1" in whole.read_text(encoding="utf-8")
    assert whole.stat().st_mode & 0o777 == 0o600
