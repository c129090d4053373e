import os
import stat

import pytest

from syncengine.failpoints import Armed, Failure, arm
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


def test_two_runs_may_write_the_cache_at_once(tmp_path, monkeypatch):
    path = tmp_path / "phones.parquet"
    with Workspace() as workspace, Workspace() as other:
        mine, theirs = PhoneBook(workspace, path), PhoneBook(other, path)
        mine.learn("SELECT '3001234567'", "CO")
        theirs.learn("SELECT '3007654321'", "CO")
        # The other run writes between our writing and our putting it in place.
        arm(_During("phones.before_replace", theirs.save))
        mine.save()
        arm(None)
    with Workspace() as workspace:
        book = PhoneBook(workspace, path)
        assert [raw for raw, *_ in entries(workspace, book)] == ["3001234567"]
    assert [found.name for found in tmp_path.iterdir()] == ["phones.parquet"]


class _During(Armed):
    def __init__(self, name, act):
        super().__init__()
        self.name, self.act = name, act

    def passes(self, name):
        if name == self.name:
            arm(None)
            self.act()


def test_a_cache_that_cannot_be_written_stops_nobody(tmp_path):
    path = tmp_path / "phones.parquet"
    with Workspace() as workspace:
        book = PhoneBook(workspace, path)
        book.learn("SELECT '3001234567'", "CO")
        arm(Armed([Failure(name="phones.before_replace", occurrence=1, action="full")]))
        book.save()
        arm(None)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed(tmp_path):
    path = tmp_path / "phones.parquet"
    old, new = tmp_path / "phones.parquet.abc.new", tmp_path / "phones.parquet.def.new"
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    with Workspace() as workspace:
        book = PhoneBook(workspace, path)
        book.learn("SELECT '3001234567'", "CO")
        book.save()
    assert sorted(tmp_path.iterdir()) == [path, new]


def test_one_text_has_one_entry_for_each_way_of_reading_it(workspace, book):
    book.learn("SELECT '07840258823'", "GB")
    kind = book.learn_plausible("SELECT '07840258823'", ["VN", "GB"])
    national = book.learn_national("SELECT '+447840258823'")
    found = {(region): number for _, region, number, _ in entries(workspace, book)}
    assert found == {"GB": "+447840258823", kind: "+447840258823 +847840258823", national: "07840258823"}
