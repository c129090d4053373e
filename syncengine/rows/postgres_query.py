"""Queries of a PostgreSQL database: all of one run in one transaction that may only read, so that they fit together.

The answer comes as COPY writes it, text for every type, straight into a file. A query is first prepared alone: what is
not one whole statement does not get into the parentheses of COPY, which could otherwise be closed by it to go on with
a command of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from syncengine.errors import SourceError
from syncengine.model.desired import Query
from syncengine.model.secret import Secret
from syncengine.rows.text_writer import DELIMITER, TextWriter

if TYPE_CHECKING:
    import psycopg

_CONNECT_TIMEOUT: Final = 15
# Kinds of errors whose text speaks of the query alone: names and syntax. Others may quote a cell.
_ABOUT_THE_QUERY: Final = ("42", "0A", "25006")
_CANCELLED: Final = "57014"


@contextmanager
def postgres(url: Secret, label: str) -> Iterator["psycopg.Connection"]:
    """Open a transaction that reads one state of the database.

    Raises:
        SourceError: there is no connection to be had; the text shows no password.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        stated = conninfo_to_dict(url.reveal())
    except psycopg.Error as error:
        raise SourceError(f"{label}: the variable does not hold a PostgreSQL URL") from error
    try:
        connection = psycopg.connect(
            url.reveal(), connect_timeout=_CONNECT_TIMEOUT, application_name="syncengine", client_encoding="UTF8"
        )
    except psycopg.Error as error:
        said = str(error).splitlines()[0]
        password = str(stated.get("password") or "")
        raise SourceError(f"{label}: {said.replace(password, '•••') if password else said}") from error
    with connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with connection.transaction():
            # The same text at every server.
            connection.execute("SELECT set_config('DateStyle', 'ISO', true), set_config('TimeZone', 'UTC', true)")
            yield connection


def write_answer(connection: "psycopg.Connection", query: Query, label: str, out: TextWriter) -> None:
    """Ask a query and write its answer.

    Raises:
        SourceError: the database refuses it, or takes too long.
    """
    import psycopg

    sql = query.sql.strip().removesuffix(";")
    try:
        # A savepoint: a query that fails leaves the transaction to the others.
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{query.timeout * 1000:.0f}ms"])
            _check_whole(connection, sql, label)
            copy = f"COPY (\n{sql}\n) TO STDOUT (FORMAT csv, HEADER, DELIMITER '{DELIMITER}', ENCODING 'UTF8')"
            with cursor.copy(copy.encode()) as answer:
                for piece in answer:
                    out.write(piece)
    except psycopg.Error as error:
        raise SourceError(f"{label}: {_said(error, query)}") from error


def _check_whole(connection: "psycopg.Connection", sql: str, label: str) -> None:
    from psycopg.errors import error_from_result
    from psycopg.pq import ExecStatus

    prepared = connection.pgconn.prepare(b"", sql.encode())
    if prepared.status != ExecStatus.COMMAND_OK:
        raise error_from_result(prepared, encoding="utf-8")
    if not connection.pgconn.describe_prepared(b"").nfields:
        raise SourceError(f"{label}: this is no query that gives rows")


def _said(error: "psycopg.Error", query: Query) -> str:
    state = error.sqlstate or ""
    if state == _CANCELLED:
        return f"the query took longer than {query.timeout:g} seconds; make it quicker, or state a longer timeout"
    if state.startswith(_ABOUT_THE_QUERY):
        return f"the database does not take the query: {error.diag.message_primary}"
    return f"the query failed ({state or type(error).__name__})"
