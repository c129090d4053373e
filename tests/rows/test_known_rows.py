import stat

import pyarrow as pa
import pytest

from syncengine.rows import known_rows
from syncengine.rows.known_rows import copied

COLUMNS = ("key", "phones", "content_hash", "remote_id", "state", "message", "refused_hash")


def rows_of(*keys):
    table = {name: [f"{name} of {key}" for key in keys] for name in COLUMNS} | {"key": list(keys)}
    numbers = {"expires_at": pa.nulls(len(keys), pa.float64()), "updated_at": pa.array([1.0] * len(keys))}
    return pa.table({**{name: pa.array(cells, pa.string()) for name, cells in table.items()}, **numbers})


class Book:
    """A ledger that counts how often it is read."""

    def __init__(self, *keys):
        self.keys, self.readings = keys, 0

    def read(self):
        self.readings += 1
        return rows_of(*self.keys)


@pytest.fixture(autouse=True)
def _small_copies(monkeypatch):
    monkeypatch.setattr(known_rows, "_WORTH_COPYING", 2)


def keys(workspace, book, folder, state):
    found = copied(workspace, folder, name="leads", state=state, read=book.read)
    assert workspace.count(found.table) == found.rows
    return [key for (key,) in workspace.run(f"SELECT key FROM {found.table} ORDER BY key").fetchall()]


def test_rows_of_an_unchanged_ledger_come_from_the_copy(workspace, tmp_path):
    book = Book("a", "b", "c")
    assert keys(workspace, book, tmp_path, "1") == ["a", "b", "c"]
    assert keys(workspace, book, tmp_path, "1") == ["a", "b", "c"]
    assert book.readings == 1


def test_a_copy_of_another_state_does_not_count_and_goes(workspace, tmp_path):
    keys(workspace, Book("a", "b"), tmp_path, "1")
    assert keys(workspace, Book("a", "c"), tmp_path, "2") == ["a", "c"]
    assert [path.name for path in tmp_path.iterdir()] == ["leads.2.parquet"]


def test_a_copy_is_its_owners_alone(workspace, tmp_path):
    keys(workspace, Book("a", "b"), tmp_path / "rows", "1")
    (file,) = (tmp_path / "rows").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", ["cut short", "other rows", "empty"])
def test_a_damaged_copy_is_made_anew(workspace, tmp_path, damage):
    book = Book("a", "b")
    keys(workspace, book, tmp_path, "1")
    (file,) = tmp_path.iterdir()
    if damage == "other rows":
        import pyarrow.parquet as pq

        pq.write_table(pa.table({"key": ["x"]}), file)
    else:
        file.write_bytes(file.read_bytes()[:40] if damage == "cut short" else b"")
    assert keys(workspace, book, tmp_path, "1") == ["a", "b"]
    assert book.readings == 2


def test_few_rows_are_not_copied(workspace, tmp_path):
    book = Book("a")
    assert keys(workspace, book, tmp_path, "1") == keys(workspace, book, tmp_path, "1") == ["a"]
    assert book.readings == 2


def test_where_no_copy_can_be_kept_the_rows_are_there_all_the_same(workspace, tmp_path):
    (tmp_path / "rows").write_text("a file where the folder should be")
    assert keys(workspace, Book("a", "b"), tmp_path / "rows", "1") == ["a", "b"]
