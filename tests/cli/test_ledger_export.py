"""``ledger export`` and ``plan --offline``, as they are typed."""

from pathlib import Path

import pytest

from tests.cli.conftest import Project, mobile


def test_an_export_is_planned_against_without_ledger_and_secret(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = tmp_path / "facts.json"
    project.run("apply", "--yes")
    project.run("ledger", "export", "--for-ci", export, "--project", project.folder)
    assert export.stat().st_mode & 0o777 == 0o600
    assert mobile(1)[1:] not in export.read_text()
    project.leads(1, 2, 3, 4)
    trusted = project.run("plan", "--refresh", "none", "--json").document["plan_id"]
    (project.folder / ".syncengine").rename(tmp_path / "away")
    monkeypatch.delenv("COMUNIK8_KEY")
    monkeypatch.delenv("WOLKVOX_TOKEN")
    found = project.run("plan", "--offline", "--ledger-export", export, "--json")
    assert found.document["plan_id"] == trusted
    assert not (project.folder / ".syncengine").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "--offline"],
        ["plan", "--ledger-export", "syncengine.yaml"],
        ["plan", "--base", "."],
        ["plan", "--offline", "--vendor-check", "--ledger-export", "x.json"],
        ["plan", "--offline", "--notify", "drift", "--ledger-export", "x.json"],
        ["ledger", "export", "x.json"],
    ],
)
def test_words_that_do_not_go_together_are_refused(
    project: Project, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    (project.folder / "x.json").write_text("{}")
    project.run(*words, expected=64)
