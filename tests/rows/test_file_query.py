"""Queries of database files."""

import sqlite3
from contextlib import closing

import duckdb
import pytest

from syncengine.model.desired import Query, Source
from syncengine.rows.queries import answered
from syncengine.rows.sources import read_source

PEOPLE = "CREATE TABLE people (phone BIGINT, name VARCHAR, share DOUBLE)"
ROWS = [(573001234567, "Ana", 2.5), (573007654321, 'a "line"\nmore, \x1f', 3.0), (573009998877, None, None)]
TEXTS = [("573001234567", "Ana", "2.5"), ("573007654321", 'a "line"\nmore, \x1f', "3"), ("573009998877", "", "")]


def sqlite(path):
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(PEOPLE)
        database.executemany("INSERT INTO people VALUES (?, ?, ?)", ROWS)


def duck(path):
    with closing(duckdb.connect(str(path))) as database:
        database.execute(PEOPLE)
        database.executemany("INSERT INTO people VALUES (?, ?, ?)", ROWS)


@pytest.fixture(params=[sqlite, duck], ids=["sqlite", "duckdb"])
def path(request, tmp_path):
    path = tmp_path / "crm data.db"
    request.param(path)
    return path


def ask(workspace, path, sql, *, timeout=20.0):
    query = Query(sql=sql, database=str(path), timeout=timeout)
    return answered(workspace, {"q": Source(format="query", label="q", query=query)}, lambda _: None, now=1.0)["q"]


def test_the_answer_is_read_as_text(workspace, path):
    table = read_source(workspace, ask(workspace, path, "SELECT * FROM people;"))
    assert list(table.columns) == ["phone", "name", "share"]
    cells = ", ".join(table.columns.values())
    assert workspace.run(f"SELECT {cells} FROM {table.table} ORDER BY row").fetchall() == TEXTS


def test_an_answer_without_rows_is_an_empty_list(workspace, path):
    table = read_source(workspace, ask(workspace, path, "SELECT phone FROM people WHERE phone = 0"))
    assert (table.rows, list(table.columns)) == (0, ["phone"])


WRONG = {
    "another statement": "SELECT phone FROM people; DROP TABLE people",
    "a change": "DELETE FROM people RETURNING phone",
    "no such column": "SELECT fone FROM people",
    "another database": "ATTACH 'other.db' AS other",
    "a setting": "PRAGMA journal_mode = DELETE",
    "nothing": "",
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_query_is_refused_and_changes_nothing(workspace, path, what):
    before = path.read_bytes()
    assert ask(workspace, path, WRONG[what]).problem.startswith("q: ")
    assert path.read_bytes() == before
    assert not (path.parent / "other.db").exists()


def test_a_query_reads_no_file_beside_the_database(workspace, path, tmp_path):
    (tmp_path / "secret.csv").write_text("phone\n1\n")
    assert ask(workspace, path, f"SELECT * FROM read_csv('{tmp_path}/secret.csv')").problem.startswith("q: ")


def test_a_query_that_takes_too_long_is_ended(workspace, path):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    assert "took longer than 0.2 seconds" in ask(workspace, path, endless, timeout=0.2).problem


def test_a_database_that_is_being_written_to_is_not_read(workspace, path):
    ending = "-wal" if path.read_bytes().startswith(b"SQLite") else ".wal"
    path.with_name(path.name + ending).write_bytes(b"x")
    assert "a program is still writing" in ask(workspace, path, "SELECT phone FROM people").problem


def test_a_database_that_is_not_there_is_told(workspace, tmp_path):
    assert "does not exist" in ask(workspace, tmp_path / "none.db", "SELECT 1").problem
    (tmp_path / "text.db").write_text("no database " * 1000)
    assert ask(workspace, tmp_path / "text.db", "SELECT 1").problem.startswith("q: the database does not take")


def test_bytes_are_no_text(workspace, tmp_path):
    with closing(sqlite3.connect(tmp_path / "b.db")) as database, database:
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES (x'00ff')")
    assert "a cell holds bytes" in ask(workspace, tmp_path / "b.db", "SELECT x FROM t").problem
