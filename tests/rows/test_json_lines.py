import pytest

from syncengine.rows.sources import read_source
from tests.rows.conftest import cells


def test_json_lines_keep_numbers_whole(workspace, file_of):
    content = '{"phone": 573001234567, "age": 7.0}\n\n{"phone": "0300", "vip": true, "x": null}\n'
    found = cells(workspace, file_of(content, "data.jsonl"), "phone", "age", "vip", "x")
    assert found == [(1, "573001234567", "7", "", ""), (3, "0300", "", "true", "")]


@pytest.mark.parametrize("line", ["[1]", "{", '{"phone": ["1"]}', '{"phone": "1", "phone": "2"}', "7"])
def test_a_json_line_that_is_no_flat_object_is_kept_with_its_problem(workspace, file_of, line):
    table = read_source(workspace, file_of('{"phone": "1"}\n' + line + "\n", "data.jsonl"))
    good, bad = workspace.run(f"SELECT problem FROM {table.table} ORDER BY row").fetchall()
    assert good == ("",)
    assert bad != ("",)
