"""Rows for people: masked before they are handed out, shared fairly, and whole only on request."""

import pytest

from syncengine.rows.columns import RecordField
from syncengine.rows.row_lines import row_lines
from syncengine.rows.row_sets import RowSetTable, make_row_set
from syncengine.rows.workspace import Workspace

FIELDS = (RecordField(to="first_name", kind="text"), RecordField(to="empty", kind="text"))


def made(workspace: Workspace, name: str, count: int, *, key: str = "'C' || lpad(n::VARCHAR, 6, '0')") -> RowSetTable:
    rows = (
        f"SELECT {key} AS key, '+5730012' || lpad(n::VARCHAR, 5, '0') AS phones, 'h' AS content_hash,"
        f" '' AS remote_id, 'Secretname' || n AS v0, '' AS v1 FROM range({count}) t(n)"
    )
    return make_row_set(
        workspace, rows, name=name, action="add", reason="missing", confidence="believed", fields=FIELDS
    )


def test_rows_are_masked_unless_asked_for(workspace: Workspace) -> None:
    (lines,) = row_lines(workspace, [made(workspace, "a", 3)], most=10, whole=False)
    assert (lines.name, lines.left_out) == ("a", 0)
    assert list(lines.keys) == ["C0•••00", "C0•••01", "C0•••02"]
    assert list(lines.phones)[1] == "+57••••••••01"
    assert lines.fields == ()


def test_whole_rows_have_their_fields_without_those_that_nobody_fills(workspace: Workspace) -> None:
    (lines,) = row_lines(workspace, [made(workspace, "a", 2)], most=10, whole=True)
    assert list(lines.keys) == ["C000000", "C000001"]
    assert list(lines.phones) == ["+573001200000", "+573001200001"]
    assert lines.fields == [("first_name", ["Secretname0", "Secretname1"])]


@pytest.mark.parametrize("whole", [True, False])
def test_a_key_that_is_the_number_is_not_said_twice(workspace: Workspace, whole: bool) -> None:
    found = made(workspace, "a", 2, key="'+5730012' || lpad(n::VARCHAR, 5, '0')")
    (lines,) = row_lines(workspace, [found], most=10, whole=whole)
    assert list(lines.keys) == ["", ""]


def test_short_room_is_shared_and_what_is_left_out_is_counted(workspace: Workspace) -> None:
    small, large = made(workspace, "small", 2), made(workspace, "large", 50)
    lines = row_lines(workspace, [large, small], most=12, whole=False)
    assert [(len(found.keys), found.left_out) for found in lines] == [(10, 40), (2, 0)]
