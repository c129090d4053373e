"""Which kind of store a ledger's URL names."""

from pathlib import Path

from syncengine.errors import LedgerError
from syncengine.ledger.connection import Database
from syncengine.ledger.store import Store

_POSTGRES = ("postgresql://", "postgres://")


def is_sqlite(url: str) -> bool:
    """Whether a ledger is a file of ours."""
    return not url.startswith(_POSTGRES)


def open_store(url: str, *, check: bool = True) -> Store:
    """Open the database that a URL names: ``sqlite:///PATH`` or ``postgresql://HOST/DATABASE``.

    Raises:
        DoubtfulLedgerError: it is damaged.
        LedgerError: another kind of URL, or it cannot be opened.
    """
    if is_sqlite(url):
        return Database.open(path_of(url), check=check)
    from syncengine.ledger.postgres import PostgresStore

    return PostgresStore.open(url)


def path_of(url: str) -> Path:
    """Return the file that a ledger's URL names, as ``sqlite:///path``; a URL is never repeated in an error.

    Raises:
        LedgerError: another kind of URL; it may hold a password.
    """
    scheme, separator, rest = url.partition("://")
    if scheme != "sqlite" or not separator or not rest.startswith("/") or rest in {"/", "/:memory:"}:
        raise LedgerError("the ledger's URL is not understood; expected sqlite:///PATH or postgresql://HOST/DATABASE")
    return Path(rest[1:])
