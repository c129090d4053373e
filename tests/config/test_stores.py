import sqlite3
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("name", ["ledger.db", "ledger.db-wal", "ledger.db-shm"])
@pytest.mark.parametrize("source", ["{source: .syncengine/NAME, format: csv}", "{source: '.syncengine/*', format: csv}",
                                    "{source: [leads.csv, link.csv]}"])  # fmt: skip
def test_no_file_of_the_ledger_is_a_file_with_rows(tmp_path: Path, name: str, source: str) -> None:
    (tmp_path / ".syncengine").mkdir()
    (tmp_path / ".syncengine" / name).touch()
    (tmp_path / "leads.csv").write_text("phone\n+573001234567\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / ".syncengine" / name)
    for section in ("contacts", "dnd"):
        more = ", scope: all" if section == "dnd" else ""
        entry = source.replace("NAME", name).replace("}", f"{more}}}")
        desired, said, _ = load(write(tmp_path, a=f"{section}:\n  x: {entry}\n"))
        assert desired is None
        assert "this is the ledger" in "\n".join(said)


def test_a_ledger_that_is_not_there_yet_is_no_file_with_rows_either(tmp_path: Path) -> None:
    desired, said, _ = load(write(tmp_path, a="contacts:\n  x: {source: .syncengine/ledger.db, format: csv}\n"))
    assert desired is None
    assert "this is the ledger" in "\n".join(said)
