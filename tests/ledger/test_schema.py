import sqlite3
from pathlib import Path

import pytest

from syncengine.errors import LedgerError
from syncengine.ledger import schema
from syncengine.ledger.ledger import Ledger


def test_lineage_stays_and_serial_moves_with_changes_only(path: Path) -> None:
    with Ledger.open(path, "acme") as ledger:
        before = ledger.basis()
        ledger.begin_run("plan", "", now=1.0)
        ledger.remember_source("opt-outs", digest="d", rows=1, now=1.0)
        ledger.take_budget("dialer", day="2026-01-01", limit=5, reserve=0, suppressing=False)
        assert ledger.basis() == before
        ledger.record_statements("opt-outs", ["+573001112233"], source_digest="d", now=1.0)
        after = ledger.basis()
        ledger.record_statements("opt-outs", ["+573001112233"], source_digest="d", now=2.0)
        assert ledger.basis() == after
    assert (after[0], after[1] > before[1]) == (before[0], True)
    with Ledger.open(path, "acme") as again:
        assert again.basis() == after


def test_two_ledgers_have_two_lineages(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "a.db", "acme") as one, Ledger.open(tmp_path / "b.db", "acme") as two:
        assert one.basis()[0] != two.basis()[0]


def test_projects_in_one_file_do_not_see_each_other(path: Path) -> None:
    with Ledger.open(path, "acme") as one, Ledger.open(path, "other") as two:
        one.record_statements("opt-outs", ["+573001112233"], source_digest="d", now=1.0)
        assert two.all_numbers(["opt-outs"]) == set()
        assert one.basis()[0] != two.basis()[0]
        with one.lock("apply", now=1.0), two.lock("apply", now=1.0):
            pass


def test_a_newer_schema_is_refused(path: Path) -> None:
    Ledger.open(path, "acme").close()
    other = sqlite3.connect(path)
    other.execute("UPDATE meta SET value = ? WHERE name = 'schema_version'", (str(schema.VERSION + 1),))
    other.commit()
    other.close()
    with pytest.raises(LedgerError, match="use the newer syncengine"):
        Ledger.open(path, "acme")


def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    with pytest.raises(LedgerError, match="another program"):
        Ledger.open(path, "acme")
    other = sqlite3.connect(path)
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    other.close()


def test_a_migration_happens_whole_or_not_at_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Ledger.open(path, "acme").close()
    broken = (*schema.MIGRATIONS, ("CREATE TABLE fresh (x) STRICT, WITHOUT ROWID", "NONSENSE"))
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", broken)
        patched.setattr(schema, "VERSION", len(broken))
        with pytest.raises(LedgerError):
            Ledger.open(path, "acme")
    Ledger.open(path, "acme").close()
    other = sqlite3.connect(path)
    assert other.execute("SELECT count(*) FROM sqlite_master WHERE name = 'fresh'").fetchone() == (0,)
    other.close()


def test_an_older_ledger_is_brought_up_to_date_with_its_data(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(path, "acme") as ledger:
        ledger.record_statements("opt-outs", ["+573001112233"], source_digest="d", now=1.0)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE fresh (x INTEGER) STRICT",)))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    with Ledger.open(path, "acme") as ledger:
        assert ledger.all_numbers(["opt-outs"]) == {"+573001112233"}
