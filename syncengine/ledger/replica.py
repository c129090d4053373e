"""Rows of one ledger into another that is empty, as an export says that they are."""

from typing import TYPE_CHECKING

from syncengine.ledger import rows
from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address

if TYPE_CHECKING:
    import pyarrow as pa


def restore_rows(ledger: Ledger, address: Address, table: "pa.Table", *, state: str, expires_at: float | None) -> None:
    """Write rows that another ledger holds: key, phones, content_hash, remote_id, refused_hash.

    Raises:
        LockedError: this run does not hold the lock.
    """
    with ledger.changing(locked=True) as connection:
        rows.restore(connection, ledger.project, address, table, state=state, expires_at=expires_at)
