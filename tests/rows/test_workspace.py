import stat

import duckdb
import pyarrow as pa
import pytest

from syncengine.errors import SyncEngineError
from syncengine.rows.workspace import Workspace, identifier, quoted


def test_the_workspace_leaves_nothing_behind(file_of):
    from syncengine.rows.workspace import Workspace

    with Workspace(memory_limit="500MB") as workspace:
        folder = workspace.folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_texts_and_names_cannot_leave_their_quotes(workspace):
    text, name = "it's; DROP TABLE x --", 'a"b; c'
    found = workspace.arrow(f"SELECT {quoted(text)} AS {identifier(name)}")
    assert found.to_pylist() == [{name: text}]


def test_arrow_columns_become_a_table(workspace):
    table = workspace.table_from_arrow("t", pa.table({"a": ["x", "y"]}))
    assert workspace.count(table) == 2
    workspace.drop(table, "")


def test_running_out_of_memory_is_said_in_words(tmp_path):
    with Workspace(memory_limit="20MB", parent=tmp_path) as workspace:
        workspace.run("SET max_temp_directory_size = '1MB'")
        with pytest.raises(SyncEngineError, match="do not fit"):
            workspace.table("t", "SELECT md5(i::VARCHAR) || md5((i + 1)::VARCHAR) AS a FROM range(3000000) r(i)")


def test_no_extension_is_fetched(workspace):
    settings = workspace.run(
        "SELECT value FROM duckdb_settings() WHERE name IN ('autoinstall_known_extensions', 'autoload_known_extensions')"
    ).fetchall()
    assert settings == [("false",), ("false",)]


def test_many_rows_are_worked_on_by_several_threads_and_few_by_one(workspace):
    usual = duckdb.connect().execute("SELECT current_setting('threads')").fetchone()[0]
    assert workspace.one("SELECT current_setting('threads')") == (1,)
    workspace.table_from_arrow("few", pa.table({"a": ["x"] * 1_000}))
    assert workspace.one("SELECT current_setting('threads')") == (1,)
    workspace.table_from_arrow("many", pa.table({"a": ["x"] * 50_000}))
    assert workspace.one("SELECT current_setting('threads')") == (usual,)
