"""The rows inside a saved plan, for people who look at one: no project, ledger or dialer is needed for that."""

from pathlib import Path

from syncengine.model.plan import Plan
from syncengine.model.row_lines import RowLines
from syncengine.planfile import unpack_rows
from syncengine.rows.row_lines import row_lines
from syncengine.rows.store import load_row_sets
from syncengine.rows.workspace import Workspace


def saved_lines(path: Path, plan: Plan, most: int, *, whole: bool) -> list[RowLines]:
    """Return at most so many rows of a saved plan, masked unless somebody asked for whole ones.

    Args:
        path: the saved plan.
        plan: what ``load_plan`` read from it.
        most: rows in all.
        whole: whether they are handed out as they are.

    Raises:
        SyncEngineError: the rows are missing, damaged, or not those that the plan was made of.
    """
    expected = {change.rows: change.digest for change in plan.row_changes}
    with Workspace() as workspace:
        unpack_rows(path, workspace.folder)
        rows = load_row_sets(workspace, workspace.folder, expected=expected)
        return row_lines(workspace, [rows.row_sets[name] for name in expected], most=most, whole=whole)
