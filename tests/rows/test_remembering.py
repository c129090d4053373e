import pytest

from syncengine.rows import remembered
from syncengine.rows.contacts import load_contacts
from syncengine.rows.remembered import Memory, recall
from syncengine.rows.remembering import Mapped, remember_list
from syncengine.rows.wanted import wanted_contacts
from tests.rows.conftest import NOW, contact_list
from tests.rows.test_difference import COLUMNS, collection


@pytest.fixture
def keep(workspace, book, file_of, tmp_path, monkeypatch):
    """Remember a list as two collections want it, of which each has other rows that are not settled."""
    monkeypatch.setattr(remembered, "_WORTH_REMEMBERING", 1)
    memory = Memory(folder=tmp_path / "rows", name="leads")

    def run(*unsettled, meanwhile="", columns=(COLUMNS, COLUMNS)):
        source = file_of("phone,first_name\n3001234567,Ana\n3007654321,Luz\n3009999999,Gil\n")
        found = load_contacts(workspace, contact_list(source), book=book, now=NOW)
        if meanwhile:
            file_of(meanwhile)
        mapped = []
        for rows, mapping in zip(unsettled, columns, strict=False):
            wanted = wanted_contacts(workspace, [found], collection=collection(), columns=mapping, book=book)
            table = workspace.table("u", "SELECT 0 AS src, unnest(?::BIGINT[]) AS place", [rows])
            mapped.append(
                Mapped(wanted=wanted.table, position=0, unsettled=table, hash_column=wanted.lists[0][1], mark="s_here")
            )
        remember_list(workspace, memory, found, mapped, state="1")
        kept = recall(workspace, memory, found.version)
        if kept is None:
            return None
        return kept.hashes, [k for (k,) in workspace.run(f"SELECT key_id FROM {kept.table} ORDER BY key_id").fetchall()]

    return run


def test_only_rows_that_are_settled_in_every_collection_are_remembered(keep):
    hashes, rows = keep([2], [4])
    assert rows == ["+573007654321"]
    assert len(hashes) == 1


def test_each_mapping_has_a_hash_of_its_own(keep):
    hashes, rows = keep([], [], columns=(COLUMNS, COLUMNS[:2]))
    assert len(rows) == 3
    assert len(hashes) == 2


def test_a_file_that_was_written_to_meanwhile_is_not_remembered(keep):
    assert keep([], meanwhile="phone,first_name\n3001234567,Ana\n3007654321,Eva\n3009999999,Gil\n") is None
