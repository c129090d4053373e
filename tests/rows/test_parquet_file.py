import datetime as dt
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from syncengine.errors import SourceError
from syncengine.rows.sources import read_source
from tests.rows.conftest import cells


def parquet(columns) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_parquet_keeps_numbers_whole_and_dates_iso(workspace, file_of):
    content = parquet(
        {
            "phone": [573001234567.0, None],
            "n": [7, 8],
            "when": [dt.datetime.fromisoformat("2026-01-02 03:04:05"), None],
            "day": [dt.date(2026, 1, 2), None],
            "t": ["0300", "x"],
        }
    )
    found = cells(workspace, file_of(content, "data.parquet"), "phone", "n", "when", "day", "t")
    assert found == [(1, "573001234567", "7", "2026-01-02 03:04:05", "2026-01-02", "0300"), (2, "", "8", "", "", "x")]


def test_a_truncated_parquet_file_and_nested_columns_are_refused(workspace, file_of):
    with pytest.raises(SourceError, match="cannot be read as Parquet"):
        read_source(workspace, file_of(parquet({"phone": ["1"] * 99})[:-20], "data.parquet"))
    with pytest.raises(SourceError, match='column "tags" holds'):
        read_source(workspace, file_of(parquet({"phone": ["1"], "tags": [["a"]]}), "data.parquet"))
