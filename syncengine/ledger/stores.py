"""Which kind of store a ledger's URL names."""

from syncengine.ledger.connection import Database, path_of
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
