"""The demo is true, whole, and works where there is no checkout."""

import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from syncengine.cli.exits import run
from syncengine.cli.main import cli

ROOT = Path(__file__).parents[2]
# In one process, so that it is run once.
pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as a wheel holds it, far from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def told(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    done = subprocess.run(
        [sys.executable, "-m", "syncengine", "demo", "--keep", str(folder)],
        capture_output=True, text=True, check=False, cwd=folder.parent, timeout=120,
        env=os.environ | {"PYTHONPATH": str(installed)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert done.stderr == ""
    return done.stdout, folder


def test_it_runs_from_the_wheel(installed: Path) -> None:
    script = "from syncengine.cli.example_project import example_folder; print(example_folder())"
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=installed.parent,
    )
    assert Path(done.stdout.strip()).is_relative_to(installed)


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


def test_ctrl_c_in_the_middle_of_its_apply_ends_it(tmp_path: Path) -> None:
    words = [sys.executable, "-u", "-m", "syncengine", "demo", "--keep", str(tmp_path / "kept")]
    out = []
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        for line in process.stdout:
            out.append(line)
            if line.startswith("$ syncengine apply"):
                time.sleep(0.4)
                process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    assert "error: interrupted" in out[-1]
    assert not [line for line in out if "The tool has no say here" in line]
