import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from syncengine.errors import SourceError
from syncengine.model.desired import Source
from syncengine.rows.spark_rows import spark_rows
from tests.spark_session import MARKS, WHERE

pytestmark = MARKS


@pytest.fixture
def opened(tmp_path):
    path = tmp_path / "people.parquet"

    def open_with(*names):
        pq.write_table(pa.table({"a name": pa.array(names, pa.string()), "n": pa.array([1] * len(names))}), path)
        return spark_rows(WHERE, Source(paths=(str(path),), format="parquet", label="people"), [str(path)])

    return open_with


def test_what_is_new_gone_or_doubled_comes_back_and_of_the_rest_the_number(opened, tmp_path):
    first = opened("Ana", "Eva", "Leo", None, "")
    every = first.apart(None, None)
    assert every.rows.column("row").to_pylist() == [1, 2, 3, 4, 5]
    assert every.unchanged == 0
    digest = dict(zip(every.rows.column("c0").to_pylist(), every.rows.column("digest").to_pylist(), strict=True))
    known = every.rows.select(["digest"]).slice(0, 4)
    pq.write_table(known, tmp_path / "known.parquet")
    again = opened("Eva", "Max", "Leo", "Leo", None)
    for remembered in (again, replaced(again)):
        found = remembered.apart(tmp_path / "known.parquet", known)
        assert sorted(found.rows.column("c0").to_pylist()) == ["Leo", "Leo", "Max"]
        assert set(found.gone.column("digest").to_pylist()) == {digest["Ana"], digest["Leo"]}
        assert found.unchanged == 2
    assert again.with_digests(known.slice(1, 1)).column("c0").to_pylist() == ["Eva"]


def replaced(rows):
    """The same as a server would do it, which does not see what is remembered."""
    from dataclasses import replace

    return replace(rows, local=False)


def test_rows_whose_cells_run_into_each_other_are_two(tmp_path):
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"a": ["1", "12"], "b": ["23", "3"]}), path)
    rows = (
        spark_rows(WHERE, Source(paths=(str(path),), format="parquet", label="p"), [str(path)]).apart(None, None).rows
    )
    assert len(set(rows.column("digest").to_pylist())) == 2


def test_a_server_does_not_see_the_files_of_this_machine(monkeypatch):
    monkeypatch.setattr("syncengine.rows.spark_rows.spark_session", lambda _: None)
    with pytest.raises(SourceError, match="p: a Spark server does not see the files of this machine"):
        spark_rows("sc://127.0.0.1", Source(paths=("/x",), format="parquet", label="p"), ["/x"])
