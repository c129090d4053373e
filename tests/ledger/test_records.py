import sqlite3

import pytest

from syncengine.ledger.records import SourceReading, records


def test_columns_become_fields_by_name_in_any_order() -> None:
    made = sqlite3.connect(":memory:")
    found = made.execute("SELECT 3 AS rows, 1.5 AS read_at, 'd' AS digest UNION ALL SELECT 4, 2.5, 'e'")
    assert records(found, SourceReading) == [
        SourceReading(digest="d", rows=3, read_at=1.5),
        SourceReading(digest="e", rows=4, read_at=2.5),
    ]
    with pytest.raises(TypeError):
        records(made.execute("SELECT 1 AS other"), SourceReading)
    made.close()
