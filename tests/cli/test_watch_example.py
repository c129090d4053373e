"""examples/watch: its page is followed word by word, on a sandbox, and its unit and image say what the program does."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncengine.cli.main import COMMANDS
from tests.cli.conftest import Project
from tests.cli.test_watching import Watching

EXAMPLE = Path(__file__).parents[2] / "examples" / "watch"
PAGE = (EXAMPLE / "README.md").read_text(encoding="utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def block(part: str) -> str:
    """The one block of the page that holds a text."""
    (found,) = [text for text in SHELL if part in text]
    return found


@pytest.fixture
def watched(project: Project, tmp_path: Path) -> Project:
    """The example, its dialer at this sandbox, and quick."""
    folder = tmp_path / "my-watch"
    # As cp does: files of now.
    shutil.copytree(EXAMPLE, folder, copy_function=shutil.copyfile)
    for mark in (folder / "data" / "drop").glob("*.done"):
        mark.touch()
    project.folder = folder
    quick(project)
    return project


def quick(project: Project) -> None:
    """Let the example's dialer be this sandbox, and its clock a quick one."""
    file = project.folder / "syncengine.yaml"
    text = file.read_text().replace("http://127.0.0.1:8702", project.sandbox.url("wolkvox"))
    # Its window must not be open while the page is followed.
    assert '"0 0 25 12 *"' in text
    text = text.replace('"0 0 25 12 *"', '"0 0 29 2 *"' if datetime.now(UTC).month == 12 else '"0 0 25 12 *"')
    file.write_text(text.replace("settle: 2s", "settle: 1s").replace("interval: 1m", "interval: 5s"))


def run(watched: Project, text: str) -> str:
    url = watched.sandbox.url("wolkvox")
    env = {**watched.environment, "PATH": f"{Path(sys.executable).parent}:{watched.environment['PATH']}"}
    done = subprocess.run(
        ["bash", "-ec", text.replace("http://127.0.0.1:8702", url).replace("sleep 10", "sleep 0")],
        cwd=watched.folder, env=env, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def callable_people(watched: Project) -> int:
    return sum(len(found) for found in watched.sandbox.wolkvox.dialling().values())


def test_the_page_can_be_followed_word_by_word(watched: Project) -> None:
    watching = Watching(watched.start("watch", "--apply", "--json", "--project", str(watched.folder)))
    try:
        assert watching.event()["plan"]["headline"]["starts"] == 1
        assert watching.event()["report"]["complete"] is True
        assert callable_people(watched) == 2
        drop, mark = block("cp inbox/tuesday.csv").splitlines()
        run(watched, drop)
        assert watching.silent(2.5)
        run(watched, mark)
        assert until(watching, "report")["report"]["complete"] is True
        assert callable_people(watched) == 4
        speed = block('speed: "3"').splitlines()
        run(watched, speed[0])
        assert [held["rule"] for held in until(watching, "decision", held=True)["decision"]["held"]] == ["policy"]
        assert "Applied" in run(watched, speed[2])
        breaking = block("spring-recovery$").splitlines()
        run(watched, breaking[0])
        assert until(watching, "diagnostics")["diagnostics"][0]["location"].startswith("manifests/spring.yaml:5:")
        run(watched, breaking[2])
        found = run(watched, block("curl -X PUT"))
        assert "wolkvox-co/campaign/spring-recovery: stopped there; we had started it" in found
        assert until(watching, "drift")["decision"]["held"][0]["rule"] == "drift"
        suspending = block("syncengine suspend").splitlines()
        run(watched, suspending[0])
        while until(watching, "decision", held=True)["decision"]["held"][0]["rule"] != "suspended":
            pass
        assert "audit until noon" in run(watched, suspending[1])
        assert watching.end(15) == 0
    finally:
        watching.process.kill()
        watching.process.communicate()


def until(watching: Watching, word: str, *, held: bool = False) -> dict:
    """The next event that has something to say of a kind."""
    while True:
        event = watching.event()
        if event.get(word) and (not held or event[word]["held"]):
            return event


def test_every_command_of_the_page_is_one() -> None:
    words = re.findall(r"^syncengine ([a-z]+)", "\n".join(SHELL), re.MULTILINE)
    assert {"watch", "drift", "suspend", "resume"} <= set(words) <= set(COMMANDS)


def test_the_figures_that_the_page_names_are_those_that_are_served() -> None:
    from syncengine.face.metrics import Metrics

    (row,) = [line for line in PAGE.splitlines() if line.startswith("| `/metrics`")]
    served = {line.split()[2] for line in Metrics().text().decode().splitlines() if line.startswith("# TYPE")}
    named = {
        f"syncengine_{name.removeprefix('syncengine').lstrip('_')}" for name in re.findall(r"`([a-z_]+)`", row)[1:]
    }
    assert named <= {name if name in named else f"{name}_total" for name in served} | served


def test_the_unit_tells_systemd_what_the_watcher_does() -> None:
    unit = (EXAMPLE / "syncengine.service").read_text(encoding="utf-8")
    assert "Type=notify" in unit
    assert re.search(r"^WatchdogSec=\d+$", unit, re.MULTILINE)
    (line,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    assert options_of(line.split()[2:]) == []


def test_the_image_runs_what_the_program_takes() -> None:
    text = (EXAMPLE / "Containerfile").read_text(encoding="utf-8")
    (line,) = re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)
    assert options_of(json.loads(line)) == []


def options_of(words: list[str]) -> list[str]:
    """The options that ``watch`` does not know."""
    from syncengine.cli.watch import command

    known = {option for parameter in command.params for option in parameter.opts}
    return [word for word in words if word.startswith("--") and word not in known]
