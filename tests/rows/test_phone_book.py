import stat

import pytest

from syncengine.rows import phone_book
from syncengine.rows.phone_book import PhoneBook
from syncengine.rows.workspace import Workspace


def entries(workspace, book):
    return workspace.run(f"SELECT raw, region, number, problem FROM {book.table} ORDER BY ALL").fetchall()


def test_a_text_is_parsed_once_and_remembered_over_runs(tmp_path, monkeypatch):
    path = tmp_path / "cache" / "phones.parquet"
    with Workspace() as workspace:
        book = PhoneBook(workspace, path)
        book.learn("SELECT unnest(['3001234567', '3001234567', 'x', ''])", "CO")
        learned = entries(workspace, book)
        book.save()
    assert learned == [("3001234567", "CO", "+573001234567", ""), ("x", "CO", "", "not a phone number")]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    monkeypatch.setattr(phone_book, "canonical", lambda *_: pytest.fail("parsed again"))
    with Workspace() as workspace:
        book = PhoneBook(workspace, path)
        book.learn("SELECT unnest(['3001234567', 'x'])", "CO")
        assert entries(workspace, book) == learned


def test_another_version_of_the_numbering_plans_parses_anew(tmp_path, monkeypatch):
    path = tmp_path / "phones.parquet"
    with Workspace() as workspace:
        book = PhoneBook(workspace, path)
        book.learn("SELECT '3001234567'", "CO")
        book.save()
    monkeypatch.setattr(phone_book, "library_version", lambda: "0")
    with Workspace() as workspace:
        assert entries(workspace, PhoneBook(workspace, path)) == []


def test_a_damaged_cache_is_passed_over(tmp_path):
    path = tmp_path / "phones.parquet"
    path.write_bytes(b"PAR1 nonsense")
    with Workspace() as workspace:
        book = PhoneBook(workspace, path)
        book.learn("SELECT '3001234567'", "CO")
        book.save()
        assert len(entries(workspace, book)) == 1
    with Workspace() as workspace:
        assert len(entries(workspace, PhoneBook(workspace, path))) == 1


def test_one_text_has_one_entry_for_each_way_of_reading_it(workspace, book):
    book.learn("SELECT '07840258823'", "GB")
    kind = book.learn_plausible("SELECT '07840258823'", ["VN", "GB"])
    national = book.learn_national("SELECT '+447840258823'")
    found = {(region): number for _, region, number, _ in entries(workspace, book)}
    assert found == {"GB": "+447840258823", kind: "+447840258823 +847840258823", national: "07840258823"}
