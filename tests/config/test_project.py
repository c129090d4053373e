from pathlib import Path

import pytest

from syncengine.config.project import folders, load_project, needed_vendors
from syncengine.diagnostics import Diagnostics
from tests.config.samples import PROJECT, write


def said(root: Path) -> str:
    diagnostics = Diagnostics()
    assert load_project(root, diagnostics) is None
    return "\n".join(item.render() for item in diagnostics)


def test_a_project_has_defaults_that_are_on_the_safe_side(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    project = load_project(write(tmp_path), diagnostics)
    assert not len(diagnostics)
    assert project is not None
    assert needed_vendors(project) == {"acme", "refs"}
    assert project.ledger_url() == f"sqlite:///{tmp_path.resolve()}/.syncengine/ledger.db"
    guards = project.file.guards
    assert (guards.max_remove, guards.min_rows, guards.max_newly_callable, guards.max_starts) == (0.3, 10, 20_000, 3)
    assert project.file.stop_after_failed_suppressions == 3
    assert project.file.watch is None


def test_everything_can_be_stated(tmp_path: Path) -> None:
    text = PROJECT + (
        "ledger: postgresql://me@db/sync\n"
        "guards: {max_remove: 5%, min_rows: 0, max_newly_callable: 1, max_starts: 0}\n"
        "watch: {settle: 5s, interval: 1h, apply: true}\nstop_after_failed_suppressions: 0\n"
    )
    project = load_project(write(tmp_path, text) / "syncengine.yaml", Diagnostics())
    assert project is not None
    assert project.ledger_url() == "postgresql://me@db/sync"
    assert project.file.guards.max_remove == 0.05
    assert project.file.watch is not None
    assert (project.file.watch.settle, project.file.watch.interval, project.file.watch.apply) == (5, 3600, True)


@pytest.mark.parametrize(
    "text",
    [
        PROJECT.replace('"env:ACME_TOKEN"', "hunter2"),
        PROJECT.replace('"env:ACME_TOKEN"', '"hunter2"'),
        PROJECT.replace('"env:ACME_TOKEN"', "[hunter2]"),
        PROJECT.replace('"env:ACME_TOKEN"', "{x: hunter2}"),
        PROJECT.replace('{token: "env:ACME_TOKEN"}', "hunter2"),
        PROJECT.replace('{token: "env:ACME_TOKEN"}', "{token: x, token: hunter2}"),
        PROJECT.replace('secrets: {token: "env:ACME_TOKEN"}', "secret: hunter2"),
        PROJECT.replace('secrets: {token: "env:ACME_TOKEN"}', "token: hunter2"),
        PROJECT.replace('secrets: {token: "env:ACME_TOKEN"}', "secrets:\n      token: |\n        hunter2\n        hunter2\n    x: 1"),
        PROJECT.replace('secrets: {token: "env:ACME_TOKEN"}', "secrets:\n      token: hunter2: x"),
        PROJECT.replace('secrets: {token: "env:ACME_TOKEN"}', 'secrets:\n      token: "hunter2'),
        PROJECT.replace('secrets: {token: "env:ACME_TOKEN"}', "secrets:\n      token: hunter2\n     x: 1"),
        PROJECT + "ledger: postgresql://me:hunter2@db/x\n",
        PROJECT + "ledger: postgresql://db/x?password=hunter2\n",
        PROJECT + "ledger: mysql://me:hunter2@db/x\n",
        PROJECT.replace("vendor: refs", "base_url: [https://me:hunter2@proxy]"),
    ],
)  # fmt: skip
def test_a_literal_secret_is_refused_and_never_shown(tmp_path: Path, text: str) -> None:
    shown = said(write(tmp_path, text))
    assert "error" in shown
    assert "hunter2" not in shown


def test_a_missing_project_file_is_said(tmp_path: Path) -> None:
    assert said(tmp_path) == "syncengine.yaml: error: there is no such file\n    expected: a YAML file"


def test_own_folders_are_found_inside_the_project_only(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "own").mkdir(parents=True)
    (root / "vendors").mkdir()
    (root / "far").symlink_to(tmp_path)
    write(root, PROJECT + 'mappings: [own, "..", far, none]\n')
    diagnostics = Diagnostics()
    project = load_project(root, diagnostics)
    assert project is not None
    assert folders(project, "vendors", diagnostics) == (root.resolve() / "vendors",)
    assert not len(diagnostics)
    assert folders(project, "mappings", diagnostics) == (root.resolve() / "own",)
    assert [item.message for item in diagnostics] == [
        '".." is outside the project',
        '"far" is outside the project',
        'there is no folder "none"',
    ]


def test_the_usual_folders_may_be_absent(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    project = load_project(write(tmp_path), diagnostics)
    assert project is not None
    assert folders(project, "vendors", diagnostics) == folders(project, "mappings", diagnostics) == ()
    assert not len(diagnostics)
