from syncengine.rows.columnar import Rows
from tests.rows.conftest import table_rows


def test_rows_are_added_batch_by_batch_in_the_order_of_the_columns(workspace):
    rows = Rows.empty(workspace, ("phone", "name"))
    rows.append(workspace, "a.csv", [(2, "", ["1", "x"]), (3, "odd", ["2", "y"])])
    rows.append(workspace, "a.csv", [(4, "", ["3", ""])])
    assert rows.count == 3
    assert table_rows(workspace, rows.table, "row, file, problem, s0, s1") == [
        (2, "a.csv", "", "1", "x"),
        (3, "a.csv", "odd", "2", "y"),
        (4, "a.csv", "", "3", ""),
    ]


def test_a_source_without_columns_still_counts_its_rows(workspace):
    rows = Rows.empty(workspace, ())
    rows.append(workspace, "a.jsonl", [(1, "not a JSON object", [])])
    assert table_rows(workspace, rows.table, "row, problem") == [(1, "not a JSON object")]
