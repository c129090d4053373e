"""Whatever a list becomes, fetching what differs and remembering the rest is reading it whole.

A property over hundreds of small messy tables, for which the part of Spark is played by a few lines of Python; that
Spark does the same is seen in ``test_spark_rows.py`` and, over whole plans, in ``tests/steps/test_engines.py``.
"""

import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.model.desired import Source
from syncengine.rows import spark_contacts
from syncengine.rows.contacts import load_contacts
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.remembered_rows import remember
from syncengine.rows.spark_contacts import SparkEngine, load_from_spark
from syncengine.rows.spark_rows import Apart
from syncengine.rows.workspace import Workspace
from tests.rows.conftest import NOW, contact_list, table_rows

COLUMNS = ("phone", "id", "first_name", "phone2")
# Several spellings of one number, and what is none.
PHONES = ["3001234567", "300 123 4567", "+57 3001234567", "3007654321", "3009998877", "x", "", None]
ROW = st.tuples(
    st.sampled_from(PHONES),
    st.sampled_from(["a", "b", "c", "", None]),
    st.sampled_from(["", "Ana", "Eva"]),
    st.sampled_from(["", "", "3001234567", "12"]),
)


class Played:
    """The rows of one file as Spark would tell them apart."""

    headings, types, local = COLUMNS, ("string",) * 4, True
    session = SimpleNamespace(version="played")

    def __init__(self, path):
        found = pq.read_table(path).to_pylist()
        self.rows = [
            {**{f"c{n}": row[name] for n, name in enumerate(COLUMNS)}, "digest": repr(row), "file": path, "row": number}
            for number, row in enumerate(found, start=1)
        ]

    def table(self, digests):
        schema = pa.schema(
            [(f"c{n}", pa.string()) for n in range(4)]
            + [("digest", pa.string()), ("file", pa.string()), ("row", pa.int64())]
        )
        return pa.Table.from_pylist([row for row in self.rows if row["digest"] in digests], schema=schema)

    def apart(self, remembered, digests):
        copies = Counter(row["digest"] for row in self.rows)
        known = set(digests.column(0).to_pylist()) if remembered else set()
        same = {digest for digest in known if copies[digest] == 1}
        return Apart(
            rows=self.table(copies.keys() - same),
            gone=pa.table({"digest": pa.array(sorted(known - same), pa.string())}),
            unchanged=len(same),
        )

    def with_digests(self, digests):
        return self.table(set(digests.column(0).to_pylist()))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(ROW, max_size=8), min_size=2, max_size=4))
def test_what_is_fetched_and_what_is_remembered_are_the_whole_list(states):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.parquet"
        source = Source(paths=(str(path),), format="parquet", label="people")
        wanted = contact_list(source, columns={})
        engine = SparkEngine(where="local", folder=Path(folder) / "lists", mappings="")
        for state in states:
            columns = [pa.array([row[n] for row in state], pa.string()) for n in range(4)]
            pq.write_table(pa.Table.from_arrays(columns, list(COLUMNS)), path)
            with Workspace() as workspace:
                book = PhoneBook(workspace)
                whole = load_contacts(workspace, wanted, book=book, now=NOW)
                real, spark_contacts.spark_rows = spark_contacts.spark_rows, lambda *_: Played(str(path))
                try:
                    found = load_from_spark(workspace, wanted, engine=engine, book=book, now=whole.summary.age)
                finally:
                    spark_contacts.spark_rows = real
                rows = table_rows(workspace, whole.table, "* EXCLUDE (place, row)")
                assert table_rows(workspace, found.table, "* EXCLUDE (place, row, digest)") == rows
                assert facts(found.summary) == facts(whole.summary)
                remember(workspace, found, ())


def facts(summary):
    return summary.rows, summary.accepted, summary.rejected, summary.duplicates, summary.reasons
