"""Rows of another ledger stand here as they stood there."""

from pathlib import Path

import pyarrow as pa
import pytest

from syncengine.errors import LockedError
from syncengine.ledger.opening import open_ledger
from syncengine.ledger.replica import restore_rows
from syncengine.model.address import Address

ADDRESS = Address("co", "contacts", "spring")
ROW = {"key": "a", "phones": "+57300", "content_hash": "h", "remote_id": "17", "refused_hash": "h"}


def test_every_word_of_a_row_is_kept_and_only_under_the_lock(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/l.db", "acme") as ledger:
        table = pa.Table.from_pylist([ROW])
        with pytest.raises(LockedError):
            restore_rows(ledger, ADDRESS, table, state="rejected", expires_at=None)
        with ledger.lock("plan", now=1.0):
            restore_rows(ledger, ADDRESS, table, state="rejected", expires_at=5.0)
        (row,) = ledger.rows_table(ADDRESS).to_pylist()
    assert {name: row[name] for name in ROW} == ROW
    assert (row["state"], row["expires_at"]) == ("rejected", 5.0)
