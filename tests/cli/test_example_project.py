"""The example project and the sandbox fit together."""

import time
from pathlib import Path

import pytest

from syncengine.cli.example_project import copy_example, example_folder, ports_from, secrets_of
from syncengine.config.project import load_project
from syncengine.diagnostics import Diagnostics
from syncengine.errors import UsageError
from syncengine.sandbox.server import Sandbox


def test_a_copy_points_at_the_sandbox_and_its_files_are_of_now(running: Sandbox, tmp_path: Path) -> None:
    copy_example(tmp_path / "copy", running)
    diagnostics = Diagnostics()
    project = load_project(tmp_path / "copy", diagnostics)
    assert project is not None
    for dialer in project.file.dialers.values():
        assert dialer.base_url.startswith(running.url(dialer.vendor))
    assert time.time() - (tmp_path / "copy" / "data" / "opt-outs.csv").stat().st_mtime < 60
    assert not (tmp_path / "copy" / ".syncengine").exists()


def test_a_folder_that_holds_something_is_left_alone(running: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        copy_example(tmp_path, running)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_every_secret_that_the_example_refers_to_is_one_of_the_sandbox(running: Sandbox) -> None:
    text = (example_folder() / "syncengine.yaml").read_text(encoding="utf-8")
    found = secrets_of(running)
    assert set(found) == set(running.dialers)
    for variables in found.values():
        for variable, value in variables.items():
            assert f"env:{variable}" in text
            assert value


def test_the_example_expects_the_sandboxs_usual_ports() -> None:
    text = (example_folder() / "syncengine.yaml").read_text(encoding="utf-8")
    for vendor, port in ports_from(8701).items():
        section = text.partition(f"vendor: {vendor}\n")[2]
        assert section.lstrip().startswith(f"base_url: http://127.0.0.1:{port}")
