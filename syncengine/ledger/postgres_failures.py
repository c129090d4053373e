"""PostgreSQL's errors in words that say what to do. No data of a statement ever enters a message."""

from collections.abc import Iterator
from contextlib import contextmanager

from syncengine.errors import LedgerError

# The beginning of an SQLSTATE -> what it means here; the longest that fits counts.
_ADVICE = {
    "08": "the connection was lost; what was under way is unknown until the next run has looked",
    "57P": "the server is shutting down or starting; wait and run again",
    "28": "the server does not let this user in; set PGUSER and PGPASSWORD, or write ~/.pgpass",
    "3D": "there is no such database; make it with createdb",
    "42501": "this user may not write there; give it the right to create and use the schema syncengine",
    "53100": "the server's disk is full; make room and run again. Nothing was sent that is not written down",
    "53": "the server has no room for one more connection or transaction; wait and run again",
    "25006": "it is read-only; name the primary server",
    "40": "another process was in the way; run again",
    "55P03": "another process was in the way; run again",
    "22": "a text cannot be kept there, as one with a NUL character in it",
    "23": "a write contradicts what it holds and was undone; this is a mistake of the program",
}
_LOST = ("08", "57P")


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn errors of the driver into :class:`LedgerError`."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        # Not even as a cause would the driver's words be harmless, but its kind is needed.
        raise LedgerError(f"the ledger {name}: {_advice(error)}") from error
    except UnicodeEncodeError:
        raise LedgerError(f"the ledger {name}: a text holds half a character and cannot be kept") from None


def is_lost(error: BaseException | None) -> bool:
    """Whether the connection is gone."""
    import psycopg

    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(_LOST)


def _advice(error: object) -> str:
    import psycopg

    state = getattr(error, "sqlstate", None)
    if state is None and isinstance(error, psycopg.DataError):
        return _ADVICE["22"]
    if state is None:
        return "the server cannot be reached or has gone away; check host, port and network, and run again"
    fitting = [prefix for prefix in _ADVICE if state.startswith(prefix)]
    words = _ADVICE[max(fitting, key=len)] if fitting else "the database refused a statement"
    return f"{words} ({state})"
