"""Queries of a real PostgreSQL server."""

from urllib.parse import quote

import psycopg
import pytest

from syncengine.errors import SourceError
from syncengine.model.desired import Query, Source
from syncengine.model.secret import Secret
from syncengine.rows.queries import answered
from syncengine.rows.sources import read_source
from tests.ledger.conftest import _server, server

__all__ = ["_server", "server"]

PEOPLE = """
CREATE TABLE people (phone bigint, name text, born date, since timestamptz, share numeric(5, 2), gone boolean);
INSERT INTO people VALUES (573001234567, 'Ana', '1990-02-03', '2026-01-02 03:04:05+00', 12.50, true),
    (573007654321, E'two\nlines, "quoted" \\\\ and \x1f', NULL, NULL, NULL, false), (573009998877, '', NULL, NULL, 1, NULL);
"""


@pytest.fixture
def url(server):
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS people")
        connection.execute(PEOPLE)
    return f"postgresql://test@{quote(str(server.folder), safe='')}/postgres"


def ask(workspace, url, *queries, timeout=20.0):
    sources = {
        str(n): Source(format="query", label=f"q{n}", query=Query(sql=sql, database="env:CRM", timeout=timeout))
        for n, sql in enumerate(queries)
    }
    return list(answered(workspace, sources, lambda _: Secret(url), now=1.0).values())


def rows(workspace, source):
    table = read_source(workspace, source)
    cells = ", ".join(table.columns.values())
    return list(table.columns), workspace.run(f"SELECT {cells} FROM {table.table} ORDER BY ALL").fetchall()


def test_every_type_comes_as_text_and_a_cell_may_hold_anything(workspace, url):
    (source,) = ask(workspace, url, "SELECT * FROM people -- the end;")
    headings, found = rows(workspace, source)
    assert headings == ["phone", "name", "born", "since", "share", "gone"]
    assert found == [
        ("573001234567", "Ana", "1990-02-03", "2026-01-02 03:04:05+00", "12.50", "t"),
        ("573007654321", 'two\nlines, "quoted" \\ and \x1f', "", "", "", "f"),
        ("573009998877", "", "", "", "1.00", ""),
    ]


def test_all_queries_of_a_run_see_one_moment(workspace, url, monkeypatch):
    from syncengine.rows import queries

    real = queries.write_answer

    def write(connection, *more):
        real(connection, *more)
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("INSERT INTO people (phone) VALUES (1)")

    monkeypatch.setattr(queries, "write_answer", write)
    first, second = ask(workspace, url, "SELECT count(*) AS phone FROM people", "SELECT count(*) AS phone FROM people")
    assert rows(workspace, first)[1] == rows(workspace, second)[1] == [("3",)]


WRONG = {
    "a word to the server": ("SELECT 1) TO PROGRAM 'touch /tmp/x' --", "does not take the query"),
    "another statement": ("SELECT 1; DROP TABLE people", "does not take the query"),
    "a change": ("DELETE FROM people RETURNING phone", "cannot execute DELETE in a read-only transaction"),
    "a way out of the transaction": ("COMMIT", "no query that gives rows"),
    "no such column": ("SELECT fone FROM people", 'column "fone" does not exist'),
    "a cell that does not fit": ("SELECT name::int FROM people", "the query failed (22P02)"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_query_that_is_none_is_told_without_any_cell_and_the_next_one_is_asked(workspace, url, what):
    sql, said = WRONG[what]
    wrong, right = ask(workspace, url, sql, "SELECT phone FROM people")
    assert said in wrong.problem
    assert "Ana" not in wrong.problem
    with pytest.raises(SourceError, match="q0: "):
        read_source(workspace, wrong)
    assert len(rows(workspace, right)[1]) == 3


def test_a_query_that_takes_too_long_is_ended(workspace, url):
    slow, right = ask(workspace, url, "SELECT pg_sleep(30)", "SELECT phone FROM people", timeout=0.2)
    assert "took longer than 0.2 seconds" in slow.problem
    assert not right.problem


@pytest.mark.parametrize("port", ["1", "1x", "%zz"])
def test_no_message_shows_the_password(workspace, port):
    (source,) = ask(workspace, f"postgresql://crm:hunter2@127.0.0.1:{port}/crm?connect_timeout=1", "SELECT 1")
    assert source.problem.startswith("q0: ")
    assert "hunter2" not in source.problem
