"""A plan can be saved with its rows, for its owner alone, and shown with whole numbers on request."""

import io
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from syncengine.model.change import RowChange
from syncengine.model.plan import Plan
from syncengine.planfile import load_plan
from syncengine.rows.store import PlanRows, load_row_sets
from syncengine.rows.workspace import Workspace
from syncengine.sandbox.server import Sandbox
from tests.steps.at_the_sandbox import Project, project_at, variant


@pytest.fixture
def project(tmp_path: Path, sandbox: Sandbox) -> Project:
    return project_at("wolkvox-predictive", tmp_path, sandbox, people=range(1, 8), listed=[6])


def _rows(rows: PlanRows, plan: Plan) -> dict[str, list[object]]:
    return {
        change.rows: [row for batch in rows.batches(change.rows, 3) for row in batch] for change in plan.row_changes
    }


def _samples(plan: Plan) -> list[str]:
    return [number for change in plan.row_changes for number in change.sample]


def test_a_saved_plan_is_its_owners_alone_whatever_stood_there(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.plan"
    path.write_text("an older file that everybody can read")
    path.chmod(0o644)
    with project.planned() as made:
        made.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_saved_plan_is_read_back_as_it_was(project: Project, tmp_path: Path) -> None:
    with project.planned() as made:
        made.save(tmp_path / "a.plan")
        assert load_plan(tmp_path / "a.plan") == made.plan
        assert len(list(made.plan.changes)) == 3


def test_the_rows_in_the_file_are_those_of_the_plan(project: Project, tmp_path: Path) -> None:
    with project.planned() as made, Workspace() as workspace:
        made.save(tmp_path / "a.plan")
        with zipfile.ZipFile(tmp_path / "a.plan") as packed:
            index = next(name for name in packed.namelist() if name.endswith("row_sets.json"))
            packed.extractall(tmp_path / "unpacked")
        plan = load_plan(tmp_path / "a.plan")
        expected = {change.rows: change.digest for change in plan.row_changes}
        rows = load_row_sets(workspace, (tmp_path / "unpacked" / index).parent, expected=expected)
        before = PlanRows(made.run.workspace, made.differences.sets)
        assert _rows(rows, plan) == _rows(before, made.plan)
        assert sorted(len(found) for found in _rows(rows, plan).values()) == [1, 6]


def test_rows_of_no_change_are_not_in_the_file(project: Project, tmp_path: Path) -> None:
    """A set that guards or holds have kept out of the plan is nobody's business."""
    with project.planned() as made:
        made.save(tmp_path / "all.plan")
        only = [level for level in made.plan.levels if not any(isinstance(c, RowChange) for c in level.changes)]
        replace(made, plan=replace(made.plan, levels=tuple(only))).save(tmp_path / "none.plan")
    assert _packed_rows(tmp_path / "all.plan") == 7
    assert _packed_rows(tmp_path / "none.plan") == 0


def _packed_rows(path: Path) -> int:
    with zipfile.ZipFile(path) as packed:
        files = [name for name in packed.namelist() if name.endswith(".parquet")]
        return sum(pq.read_table(io.BytesIO(packed.read(name))).num_rows for name in files)


def test_whole_numbers_are_a_copy_and_the_plan_stays_masked(project: Project) -> None:
    way = variant("wolkvox-predictive")
    people = {"+" + way.phone(number) for number in range(1, 8)}
    with project.planned() as made:
        before = _samples(made.plan)
        shown = made.unmasked()
        assert _samples(shown)
        assert set(_samples(shown)) <= people
        assert len(_samples(shown)) == len(before)
        assert _samples(made.plan) == before
        assert not set(before) & people


def test_whole_numbers_change_nothing_else(project: Project) -> None:
    with project.planned() as made:
        shown = made.unmasked()
        assert shown.plan_id == made.plan.plan_id
        assert shown.campaign_changes == made.plan.campaign_changes
        masked = [replace(change, sample=()) for change in shown.row_changes]
        assert masked == [replace(change, sample=()) for change in made.plan.row_changes]
        assert [level.name for level in shown.levels] == [level.name for level in made.plan.levels]


def test_the_rows_for_a_page_are_those_of_the_plan_and_masked(project: Project) -> None:
    with project.planned() as made:
        lines, whole = made.lines(100, whole=False), made.lines(100, whole=True)
        few = made.lines(3, whole=False)
    names = {change.rows: change.count for change in made.plan.row_changes}
    assert {found.name: len(found.keys) for found in lines} == names
    numbers = [number for found in whole for number in found.phones]
    assert all(number.startswith("+") and "•" not in number for number in numbers)
    assert not set(numbers) & {number for found in lines for number in found.phones}
    assert sum(len(found.keys) + found.left_out for found in few) == sum(names.values())
    assert sum(len(found.keys) for found in few) <= 3
