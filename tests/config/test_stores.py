import sqlite3
from pathlib import Path

from syncengine.model.desired import Query
from tests.config.samples import load, write


def source_of(root: Path, text: str) -> tuple[object, str]:
    desired, said, _ = load(write(root, a=f"contacts:\n  x: {{source: {text}}}\n"))
    return (desired.contacts["x"].source if desired else None), "\n".join(said)


def test_a_query_is_written_here_or_in_a_file(tmp_path: Path) -> None:
    here, said = source_of(tmp_path, '{sql: "SELECT 1", database: "env:CRM", timeout: 30s}')
    assert here is not None, said
    assert (here.query, here.paths) == (Query(sql="SELECT 1", database="env:CRM", timeout=30.0), ())
    (tmp_path / "leads.sql").write_text("SELECT 2\n")
    (tmp_path / "crm.duckdb").write_bytes(b"")
    file, _ = source_of(tmp_path, "{sql: leads.sql, database: crm.duckdb}")
    root = tmp_path.resolve()
    assert (file.query.sql, file.query.database) == ("SELECT 2\n", f"{root}/crm.duckdb")
    # Both are watched.
    assert file.paths == (f"{root}/leads.sql", f"{root}/crm.duckdb")
    assert "there is no file" in source_of(tmp_path, '{sql: none.sql, database: "env:CRM"}')[1]


def test_the_ledger_is_no_source(tmp_path: Path) -> None:
    (tmp_path / ".syncengine").mkdir()
    sqlite3.connect(tmp_path / ".syncengine" / "ledger.db").close()
    (tmp_path / ".syncengine" / "ledger.db").touch()
    found, said = source_of(tmp_path, "{sql: SELECT 1, database: .syncengine/ledger.db}")
    assert found is None
    assert "this is the ledger" in said
