"""The rows of a saved plan can be looked at with nothing but the file, and only if they are the plan's own."""

import zipfile
from pathlib import Path

import pytest

from syncengine.errors import StalePlanError
from syncengine.planfile import load_plan
from syncengine.sandbox.server import Sandbox
from syncengine.steps.saved import saved_lines
from tests.steps.at_the_sandbox import project_at


@pytest.fixture
def saved(tmp_path: Path, sandbox: Sandbox) -> tuple[Path, list[object]]:
    project = project_at("wolkvox-predictive", tmp_path, sandbox, people=range(1, 8), listed=[6])
    path = tmp_path / "a.plan"
    with project.planned() as made:
        made.save(path)
        return path, [made.lines(100, whole=False), made.lines(100, whole=True)]


def test_they_read_as_they_did_when_the_plan_was_made(saved: tuple[Path, list[object]]) -> None:
    path, lines = saved
    plan = load_plan(path)
    names = [change.rows for change in plan.row_changes]
    for whole, found in ((False, lines[0]), (True, lines[1])):
        read = saved_lines(path, plan, 100, whole=whole)
        assert [each.name for each in read] == names
        assert sorted(read, key=lambda each: each.name) == sorted(found, key=lambda each: each.name)


def test_rows_that_are_not_those_of_the_plan_are_refused(saved: tuple[Path, list[object]], tmp_path: Path) -> None:
    path, _ = saved
    other = tmp_path / "other.plan"
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(other, "w") as copy:
        first = next(name for name in packed.namelist() if name.endswith(".parquet"))
        for name in packed.namelist():
            if name != first:
                copy.writestr(name, packed.read(name))
    with pytest.raises(StalePlanError, match="missing or damaged"):
        saved_lines(other, load_plan(other), 100, whole=False)
