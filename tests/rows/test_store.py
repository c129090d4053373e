import json
import stat

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from syncengine.errors import StalePlanError
from syncengine.rows.batches import batches
from syncengine.rows.columns import RecordField
from syncengine.rows.row_sets import make_row_set
from syncengine.rows.store import PlanRows, load_row_sets, save_row_sets
from syncengine.rows.workspace import Workspace

FIELDS = (
    RecordField(to="tel", kind="text"),
    RecordField(to="age", kind="integer"),
    RecordField(to="score", kind="number"),
    RecordField(to="customer", kind="remote_id"),
    RecordField(to="*", kind="spread"),
    RecordField(to="extra", kind="custom"),
)


def row_set(workspace, name="a", count=5):
    rows = workspace.table(
        "t",
        f"SELECT 'k' || (9 - i) AS key, '+5730012345' || i || ' +1' AS phones, 'h' || i AS content_hash, 'r' || i AS remote_id,"
        " 't' || i AS v0, CASE i WHEN 0 THEN '0' ELSE '' END AS v1, CASE i WHEN 0 THEN '0.5' WHEN 1 THEN '3' ELSE '' END AS v2,"
        ' \'\' AS v3, CASE i WHEN 0 THEN \'{"Saldo":"7","tel":"no","x":""}\' ELSE \'{}\' END AS v4, \'{"q":"1"}\' AS v5'
        f" FROM range({count}) r(i)",
    )
    return make_row_set(
        workspace,
        f"SELECT * FROM {rows}",
        name=name,
        action="add",
        reason="missing",
        confidence="believed",
        fields=FIELDS,
    )


def test_row_sets_survive_a_plan_file(tmp_path):
    with Workspace() as workspace:
        sets = [row_set(workspace, "a/b:c"), row_set(workspace, "second", 3)]
        before = {s.set.name: list(batches(workspace, s, 10)) for s in sets}
        files = save_row_sets(workspace, sets, tmp_path)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    with Workspace() as workspace:
        rows = load_row_sets(workspace, tmp_path, expected={s.set.name: s.set.digest for s in sets})
        assert {name: list(rows.batches(name, 10)) for name in rows.row_sets} == before
        assert [s.set for s in rows.row_sets.values()] == [s.set for s in sets]


@pytest.mark.parametrize("column", ["key", "phones", "content_hash", "remote_id", "v0", "v4"])
def test_rows_that_were_tampered_with_are_refused(tmp_path, column):
    with Workspace() as workspace:
        found = row_set(workspace)
        path, _ = save_row_sets(workspace, [found], tmp_path)
    table = pq.read_table(path)
    values = table.column(column).to_pylist()
    values[-1] += "x"
    pq.write_table(table.set_column(table.column_names.index(column), column, pa.array(values)), path)
    with Workspace() as workspace, pytest.raises(StalePlanError, match="not those it was made of"):
        load_row_sets(workspace, tmp_path, expected={"a": found.set.digest})


def test_another_action_for_the_same_rows_is_refused(tmp_path):
    with Workspace() as workspace:
        found = row_set(workspace)
        _, index = save_row_sets(workspace, [found], tmp_path)
    entries = json.loads(index.read_text())
    entries[0]["set"]["action"] = "remove"
    index.write_text(json.dumps(entries))
    with Workspace() as workspace, pytest.raises(StalePlanError):
        load_row_sets(workspace, tmp_path, expected={"a": found.set.digest})


def test_missing_and_damaged_files_are_refused(tmp_path):
    with Workspace() as workspace:
        found = row_set(workspace)
        path, index = save_row_sets(workspace, [found], tmp_path)
        with pytest.raises(StalePlanError):
            load_row_sets(workspace, tmp_path, expected={"b": found.set.digest})
        path.write_bytes(path.read_bytes()[:-9])
        with pytest.raises(StalePlanError, match="missing or damaged"):
            load_row_sets(workspace, tmp_path, expected={})
        index.unlink()
        with pytest.raises(StalePlanError, match="missing or damaged"):
            load_row_sets(workspace, tmp_path, expected={})


def test_the_store_hands_out_rows_by_name(workspace):
    rows = PlanRows(workspace)
    rows.add([row_set(workspace, "x", 3)])
    assert [item.key for batch in rows.batches("x", 100) for item in batch] == ["k7", "k8", "k9"]


def test_rows_are_walked_in_key_order_though_nothing_sorts_them_again(workspace):
    """Many, from a table with several row groups, scanned by several threads, and from a view of one."""
    workspace.expect(250_000)
    found = workspace.table(
        "t",
        "SELECT lpad(i::text, 6, '0') AS key, '' AS phones, '' AS content_hash, '' AS remote_id, 'x' AS v0, '' AS v1"
        " FROM range(250_000) r(i) ORDER BY hash(i)",
    )
    made = make_row_set(
        workspace,
        f"SELECT * FROM {found}",
        name="a",
        action="add",
        reason="missing",
        confidence="believed",
        fields=FIELDS[:2],
        blank=[1],
    )
    keys = [row.key for batch in batches(workspace, made, 10_000) for row in batch]
    assert keys == [f"{number:06}" for number in range(250_000)]
