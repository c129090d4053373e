"""Rows named by their place."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.rows import positions
from syncengine.rows.workspace import Workspace

LEDGER = pa.schema(
    [(name, pa.string()) for name in ("key", "phones", "content_hash", "remote_id", "state", "refused_hash")]
    + [("expires_at", pa.float64())]
)


@given(st.sets(st.integers(0, 300)))
def test_places_come_back_as_they_were(places: set[int]) -> None:
    assert list(positions._each(positions._ranges(sorted(places)))) == sorted(places)


def rows(*found: tuple[str, str, str, str, str, str]) -> pa.Table:
    names = LEDGER.names[:6]
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) | {"expires_at": None} for row in found], LEDGER)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("a", "+57300", "h", "17", "present", ""), True),
        (("a", "+57300", "", "", "rejected", "h"), True),
        (("a", "+57300", "other", "", "present", ""), False),
        (("a", "+57300 +57301", "h", "", "present", ""), False),
        (("z", "+57300", "h", "", "present", ""), False),
        (("a", "+573001234567", "h", "x1234567", "present", ""), False),
    ],
)
def test_a_row_is_said_only_where_the_files_say_all_of_it(row: tuple[str, str, str, str, str, str], said: bool) -> None:
    with Workspace() as workspace:
        wanted = workspace.table(
            "wanted", "SELECT 'a' AS key, ? AS phones, 'h' AS content_hash", [row[1].split(" ")[0]]
        )
        numbers = positions.numbered(workspace, [positions.numbers_of(wanted)])
        placed = positions.placed(workspace, wanted, numbers)
        groups, left_out = positions.groups_of(workspace, placed, rows(row))
        assert (len(groups), left_out) == ((1, 0) if said else (0, 1))
        if said:
            (back,) = positions.rows_of(workspace, placed, groups[0]).to_pylist()
            assert tuple(back[name] for name in ("key", "phones", "content_hash", "remote_id", "refused_hash")) == (
                row[0], row[1], row[2], row[3], row[5],
            )  # fmt: skip


def test_a_row_with_a_number_that_no_file_has_has_no_place() -> None:
    with Workspace() as workspace:
        wanted = workspace.table(
            "wanted", "SELECT * FROM (VALUES ('a', '+1', 'h'), ('b', '+1 +2', 'h')) t(key, phones, content_hash)"
        )
        numbers = positions.numbered(workspace, ["SELECT '+1' AS number"])
        assert positions.texts(workspace, positions.placed(workspace, wanted, numbers), "key") == {"a"}
        assert positions.places_of(workspace, numbers, ["+1", "+2"]) == ("0", 1)
        assert positions.numbers_at(workspace, numbers, "0").to_pylist() == [{"number": "+1"}]
        assert positions.strangers(workspace, wanted, workspace.table("k", "SELECT 'a' AS key")) == 1
