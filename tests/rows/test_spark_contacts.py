"""Reading with Spark gives what reading here gives, for every type that a column can have."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from syncengine.errors import SourceError
from syncengine.model.desired import Source
from syncengine.rows.contacts import load_contacts
from syncengine.rows.spark_contacts import SparkEngine, load_from_spark
from tests.rows.conftest import NOW, contact_list, table_rows
from tests.spark_session import MARKS, WHERE

pytestmark = MARKS

COLUMNS = {
    "phone": pa.array([3001234567, 3007654321, None]),
    "share": pa.array([2.5, 3.0, 1e20]),
    "size": pa.array([Decimal("2.50"), Decimal("573001234567.00"), None], pa.decimal128(14, 2)),
    "born": pa.array([date(1990, 2, 3), None, date(2000, 1, 1)]),
    "since": pa.array([1_767_323_045_000_000, None, 1_767_312_000_000_000], pa.timestamp("us")),
    "zoned": pa.array([datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)] * 3, pa.timestamp("us", "UTC")),
    "there": pa.array([True, False, None]),
    "odd `name`.with": pa.array([" x ", "Ó\n", ""]),
}


@pytest.fixture
def engine(tmp_path):
    return SparkEngine(where=WHERE, folder=tmp_path / "lists", mappings="m")


def wanted(tmp_path, *tables, **more):
    paths = []
    for n, table in enumerate(tables):
        pq.write_table(table, tmp_path / f"{n}.parquet")
        paths.append(str(tmp_path / f"{n}.parquet"))
    source = Source(paths=tuple(paths), root=str(tmp_path), format="parquet", label="*.parquet", **more)
    return contact_list(source, columns={"id": "born", **{f"x_{n}": name for n, name in enumerate(COLUMNS)}})


def test_every_type_is_the_text_that_it_is_here(workspace, book, tmp_path, engine):
    both = wanted(tmp_path, pa.table(COLUMNS), pa.table(COLUMNS).slice(0, 1))
    here = load_contacts(workspace, both, book=book, now=NOW)
    there = load_from_spark(workspace, both, engine=engine, book=book, now=NOW)
    rows = table_rows(workspace, here.table, "* EXCLUDE (place)")
    assert rows == table_rows(workspace, there.table, "* EXCLUDE (place, digest)")
    assert there.summary == here.summary
    assert table_rows(workspace, there.rejects, "*") == table_rows(workspace, here.rejects, "*")


def test_files_that_differ_in_a_column_are_refused(workspace, book, tmp_path, engine):
    other = wanted(tmp_path, pa.table(COLUMNS), pa.table({**COLUMNS, "there": ["yes", "no", ""]}))
    with pytest.raises(SourceError, match=r"^1\.parquet: its columns or their types are not those of the files before"):
        load_from_spark(workspace, other, engine=engine, book=book, now=NOW)
    nested = wanted(tmp_path, pa.table({**COLUMNS, "there": [[1], [2], []]}))
    with pytest.raises(SourceError, match='column "c6" holds'):
        load_from_spark(workspace, nested, engine=engine, book=book, now=NOW)


def test_files_that_are_missing_or_damaged_are_told(workspace, book, tmp_path, engine):
    few = wanted(tmp_path, pa.table(COLUMNS), min_files=2)
    with pytest.raises(SourceError, match="1 files, where there must be 2"):
        load_from_spark(workspace, few, engine=engine, book=book, now=NOW)
    broken = wanted(tmp_path, pa.table(COLUMNS))
    (tmp_path / "0.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(SourceError, match="cannot be read as Parquet"):
        load_from_spark(workspace, broken, engine=engine, book=book, now=NOW)
    (tmp_path / "0.parquet").write_bytes(b"")
    assert load_from_spark(workspace, broken, engine=engine, book=book, now=NOW).summary.rows == 0
