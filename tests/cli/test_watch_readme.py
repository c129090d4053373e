"""The README's section on watching is followed word by word on a sandbox: each line does what the section says of it."""

import re
import shutil
from pathlib import Path

import pytest

from syncengine.cli.main import COMMANDS
from tests.cli.conftest import Project
from tests.cli.test_watch_example import quick, run, until
from tests.cli.test_watching import Watching

ROOT = Path(__file__).parents[2]
(SECTION,) = re.findall(
    r"^## A watched folder\n(.*?)^## ", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
)
BEGIN, THEN = [
    [line for line in block.replace("\\\n", "").splitlines() if line]
    for block in re.findall(r"^```sh\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
]


@pytest.fixture
def watched(project: Project, tmp_path: Path) -> Project:
    """A folder with the examples beside it, as the README has them."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    project.folder = tmp_path
    return project


def test_each_line_does_what_the_section_says(watched: Project) -> None:
    token, copy, start = BEGIN
    assert token == f"export WOLKVOX_TOKEN={watched.sandbox.credentials('wolkvox')['token']}"
    assert "`syncengine sandbox`" in SECTION
    run(watched, copy)
    watched.folder /= "my-watch"
    quick(watched)
    _, *words = start.split()
    assert words[0] in COMMANDS
    words = [word.replace(":8710", ":0") for word in words]
    watching = Watching(watched.start(*words, "--json", "--project", str(watched.folder)))
    try:
        assert watching.event()["plan"]["headline"]["newly_callable"] == 2
        assert until(watching, "report")["report"]["complete"] is True
        drop, breaking, mending, stopping = THEN
        run(watched, drop)
        assert until(watching, "plan")["plan"]["headline"]["newly_callable"] == 2
        assert until(watching, "report")["report"]["complete"] is True
        assert sum(len(people) for people in watched.sandbox.wolkvox.dialling().values()) == 4
        run(watched, breaking)
        (first, *_) = until(watching, "diagnostics")["diagnostics"]
        assert re.fullmatch(r"manifests/spring\.yaml:\d+:\d+", first["location"])
        calls = watched.sandbox.wolkvox.record.total
        assert until(watching, "diagnostics")["cause"] == "clock"
        assert watched.sandbox.wolkvox.record.total == calls
        run(watched, mending)
        assert until(watching, "plan")["plan"]["empty"] is True
        run(watched, stopping)
        told = until(watching, "drift")
        assert told["drift"][0]["what"] == "stopped there; we had started it"
        assert told["decision"]["held"][0]["rule"] == "drift"
        assert watched.sandbox.wolkvox.dialling() == {}
        assert watching.end(15) == 0
    finally:
        watching.process.kill()
        watching.process.communicate()
