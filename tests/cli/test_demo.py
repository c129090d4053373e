"""The demo is true, whole, and works where there is no checkout."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from syncengine.cli.exits import run
from syncengine.cli.main import cli

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    done = subprocess.run(
        [sys.executable, "-m", "syncengine", "demo", "--keep", str(folder)],
        capture_output=True, text=True, check=False, cwd=folder.parent, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert done.stderr == ""
    return done.stdout, folder


def test_every_claim_came_true(told: tuple[str, Path]) -> None:
    out, _ = told
    assert "NOT TRUE" not in out
    assert out.count("✓ ") > 30
    assert len(re.findall(r"^[1-7]\. ", out, flags=re.MULTILINE)) >= 7
    assert "nobody on a do-not-call list can be called" in out
    assert out.count("the plan is empty") == 2


def test_nothing_is_shown_that_should_not_be(told: tuple[str, Path]) -> None:
    out, folder = told
    assert "\x1b" not in out
    listed = (folder / "data" / "opt-outs.csv").read_text(encoding="utf-8")
    assert not [number for number in re.findall(r"\+[0-9]{9,}", listed) if number in out]
    assert "lynn-access-secret" not in out
    assert "wolkvox-token" not in out


def test_the_project_is_kept_with_its_ledger(told: tuple[str, Path]) -> None:
    _, folder = told
    assert (folder / ".syncengine" / "ledger.db").exists()
    assert (folder / "syncengine.yaml").exists()


def test_secrets_do_not_stay_in_the_environment() -> None:
    assert not any(name.startswith(("LYNN_", "STRINGEE_")) for name in os.environ)


def test_a_folder_that_holds_something_is_refused(tmp_path: Path, capsys) -> None:
    (tmp_path / "mine").write_text("mine")
    assert run(cli, ["demo", "--keep", str(tmp_path)]) == 64
    assert "not empty" in capsys.readouterr().err


def test_a_false_claim_is_an_error(monkeypatch, capsys) -> None:
    monkeypatch.setattr("syncengine.cli.demo_story.tell", lambda *_, **__: False)
    assert run(cli, ["demo"]) == 1
    capsys.readouterr()
