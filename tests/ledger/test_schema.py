import sqlite3
from pathlib import Path

import pytest

from syncengine.errors import LedgerError, LockedError
from syncengine.ledger import schema, upkeep
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.store import Store
from syncengine.ledger.stores import open_store
from syncengine.model.address import Address
from tests.ledger.conftest import Home
from tests.ledger.writing import NOW, begin, intent, item


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


@pytest.fixture
def of_version_4(home: Home, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A ledger as the program before leases left it, in the middle of a run that holds its lock."""
    store = open_store(home.url)
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:4])
        patched.setattr(schema, "VERSION", 4)
        schema.migrate(store)
    with store.write() as session:
        session.execute("INSERT INTO project (project, lineage, serial) VALUES ('acme', 'line', 41), ('idle', 'l', 0)")
        session.execute(
            "INSERT INTO lock (project, fence, holder, who, operation, since, lease_until)"
            " VALUES ('acme', 7, 'token', 'ann@host pid 1', 'apply', ?, ?), ('idle', 3, '', '', '', 0, 0)",
            (NOW, NOW + 120),
        )
        session.execute(
            "INSERT INTO run (project, kind, plan_id, who, started_at, outcome, summary)"
            " VALUES ('acme', 'apply', 'p', 'ann', ?, '', '')",
            (NOW,),
        )
    return store


def test_whoever_held_the_one_lock_of_before_holds_the_whole_project_until_its_lease_is_over(
    of_version_4: Store, home: Home
) -> None:
    of_version_4.close()
    with home.open() as ledger:
        (holder,) = ledger.lock_holders()
        assert (holder.fence, holder.who, holder.dialers) == (7, "ann@host pid 1", ())
        held = pytest.raises(LockedError, match="the ledger is locked: ann@host pid 1 runs apply")
        with held, ledger.lock("apply", now=NOW + 119, dialers=["co"]):
            pass
        with ledger.lock("apply", now=NOW + 120, dialers=["co"]) as fence:
            assert fence == 8
            begin(ledger, intent("add", [item("1")], address=Address("co", "contacts", "a")))
        assert ledger.basis()[0] == "line"
        assert upkeep.check(ledger) == []
    with home.open("idle") as idle, idle.lock("apply", now=NOW) as fence:
        assert fence == 4


def test_a_program_of_before_that_is_at_work_can_begin_nothing_after_the_migration(
    of_version_4: Store, home: Home
) -> None:
    home.open().close()
    # As the program of version 4 says it before each intent.
    extend = "UPDATE lock SET lease_until = ? WHERE project = 'acme' AND fence = 7 AND holder <> ''"
    with pytest.raises(LedgerError), of_version_4.write() as session:
        session.execute(extend, (NOW + 240,))
    # What came back of a call is still written down: the tables that it touches are as they were.
    with of_version_4.write() as session:
        session.execute("UPDATE project SET serial = serial + 1 WHERE project = 'acme'")
    of_version_4.close()
