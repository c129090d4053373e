"""The ledger's rows of a collection as a table: read from the ledger, or from the copy that is kept beside it."""

import hashlib

from syncengine.model.address import Address
from syncengine.rows.known_rows import KnownRows, copied, from_ledger
from syncengine.steps.run import Run


def known_rows(run: Run, address: Address) -> KnownRows:
    """Return what the ledger knows of a collection's rows."""
    if run.row_copies is None:
        return from_ledger(run.workspace, run.ledger.rows_table(address))
    return copied(
        run.workspace,
        run.row_copies,
        name=hashlib.sha256(str(address).encode()).hexdigest()[:16],
        state=run.ledger.generation(address),
        read=lambda: run.ledger.rows_table(address),
    )
