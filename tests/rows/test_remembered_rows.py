from dataclasses import replace
from pathlib import Path

import pytest

from syncengine.rows.remembered_rows import memory_file, remember, remembered
from tests.rows.conftest import contacts_of

ROWS = [{"phone": "3001234567", "id": "a"}, {"phone": "3007654321", "id": "b"}]


@pytest.fixture
def kept(workspace, book, tmp_path):
    """Remember some rows with their digests; return the file."""

    def keep(*rows, name="leads", rules=()):
        contacts = contacts_of(workspace, book, *rows)
        table = workspace.table("digested", f"SELECT *, 'd' || place AS digest FROM {contacts.table}")
        path = memory_file(tmp_path / "lists", name, rules)
        remember(workspace, replace(contacts, table=table, memory=path), ())
        return path

    return keep


def test_what_was_remembered_is_there_for_its_owner_alone(workspace, kept):
    path = kept(*ROWS)
    found = remembered(workspace, path)
    assert sorted(found.digests.column("digest").to_pylist()) == ["d1", "d2"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_other_rules_forget_what_was_made_under_the_old_ones_and_no_other_list(kept):
    other, dotted = kept(*ROWS, name="other"), kept(*ROWS, name="leads.2")
    old, new = kept(*ROWS), kept(*ROWS, rules=["a new mapping"])
    assert old != new
    assert (old.exists(), new.exists(), other.exists(), dotted.exists()) == (False, True, True, True)


@pytest.mark.parametrize("column", ["phone", "own_id", "digest"])
def test_a_memory_in_which_one_stands_twice_does_not_count(workspace, kept, column):
    path = kept(*ROWS)
    table = f"(SELECT * FROM read_parquet('{path}'))"
    one = workspace.run(f"SELECT min({column}) FROM {table}").fetchall()[0][0]
    doubled = workspace.table("doubled", f"SELECT * REPLACE ('{one}' AS {column}) FROM {table}")
    workspace.run(f"COPY {doubled} TO '{path}' (FORMAT parquet)")
    assert remembered(workspace, path) is None


def test_what_is_not_there_or_no_memory_does_not_count(workspace, tmp_path):
    assert remembered(workspace, None) is None
    assert remembered(workspace, tmp_path / "none.parquet") is None
    Path(tmp_path / "text.parquet").write_text("x")
    assert remembered(workspace, tmp_path / "text.parquet") is None
