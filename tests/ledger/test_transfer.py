"""A ledger in another home: every row, as it was, beside what lives there already."""

from pathlib import Path

import pytest

from syncengine.errors import LedgerError
from syncengine.ledger import transfer, upkeep
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.opening import open_ledger
from tests.ledger.writing import CONTACTS, NOW, add, begin, intent, item, rows


def fill(ledger: Ledger, *keys: str) -> None:
    with ledger.lock("apply", now=NOW):
        ledger.record_statements("opt-outs", ["+573001112233", "+573001112244"], source_digest="d", now=NOW)
        ledger.release("opt-outs", ["+573001112244"], basis="plan", now=NOW)
        ledger.finish_call(add(ledger, *keys), "applied", "", {}, now=NOW)
        ledger.finish_call(begin(ledger, intent("add", [item("lost")])), "unknown", "", {}, now=NOW)
        ledger.save_rows(CONTACTS, [item("seen", remote_id="é'\"\n")], now=NOW + 0.1, expires_at=NOW / 3)
        ledger.take_budget("dialer", day="2026-01-01", limit=5, reserve=0, suppressing=False)


def test_everything_arrives_beside_another_project(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.db"
    with Ledger.open(target, "other") as other:
        fill(other, "1", "2", "3")
        theirs = rows(other)
    with Ledger.open(path, "acme") as ledger:
        fill(ledger, "1")
        mine, basis, key = rows(ledger), ledger.basis(), ledger.seal_key()
        assert upkeep.move(ledger, f"sqlite:///{target}", now=NOW, wait=0) > 10
    with Ledger.open(target, "acme") as moved, Ledger.open(target, "other") as other:
        found = rows(moved)
        assert {k: {**row, "call_id": 0} for k, row in found.items()} == {
            k: {**row, "call_id": 0} for k, row in mine.items()
        }
        assert (moved.basis(), moved.seal_key()) == (basis, key)
        assert rows(other) == theirs
        assert upkeep.check(moved) == upkeep.check(other) == []
        assert [call.address for call in moved.parked()] == [str(CONTACTS)]
        assert len(moved.call_rows(moved.parked()[0].call_id)) == 1
        with moved.lock("apply", now=NOW):
            new = add(moved, "new")
        assert new > max(call.call_id for call in other.parked())
    with pytest.raises(LedgerError, match="was moved to .*target.db; name that in the project file"):
        open_ledger(f"sqlite:///{path}", "acme")


def test_a_target_that_knows_the_project_is_left_alone(path: Path, tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "target.db", "acme") as target:
        fill(target, "1")
        before = rows(target)
    with Ledger.open(path, "acme") as ledger:
        fill(ledger, "2")
        with pytest.raises(LedgerError, match="holds a ledger of the project"):
            upkeep.move(ledger, f"sqlite:///{tmp_path / 'target.db'}", now=NOW, wait=0)
        with pytest.raises(LedgerError, match="where the ledger is already"):
            upkeep.move(ledger, f"sqlite:///{path}", now=NOW, wait=0)
    with Ledger.open(tmp_path / "target.db", "acme") as target:
        assert rows(target) == before
    open_ledger(f"sqlite:///{path}", "acme").close()


@pytest.mark.parametrize("table", ["statement", "collection_row", "call_row", "run"])
def test_a_row_that_did_not_arrive_as_it_was_undoes_the_move(
    path: Path, tmp_path: Path, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = transfer._rows

    def losing(session: object, found: transfer.Table, project: str, offsets: dict[str, int]) -> object:
        rows_there = list(read(session, found, project, offsets))  # type: ignore[arg-type]
        return rows_there[:-1] if found.name == table and not offsets else rows_there

    with Ledger.open(path, "acme") as ledger:
        fill(ledger, "1")
        monkeypatch.setattr(transfer, "_rows", lambda *words: iter(losing(*words)))  # type: ignore[call-overload]
        with pytest.raises(LedgerError, match="did not arrive as it was; nothing was moved"):
            upkeep.move(ledger, f"sqlite:///{tmp_path / 'target.db'}", now=NOW, wait=0)
    monkeypatch.undo()
    open_ledger(f"sqlite:///{path}", "acme").close()
    with Ledger.open(tmp_path / "target.db", "acme") as target:
        assert rows(target) == {}


def test_every_column_of_every_table_is_copied(ledger: Ledger, path: Path) -> None:
    with ledger.reading() as session:
        tables = {name for (name,) in session.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
        assert {table.name for table in transfer.TABLES} == tables - {"meta", "sqlite_sequence"}
        for table in transfer.TABLES:
            columns = {row[1] for row in session.execute(f"PRAGMA table_info({table.name})").fetchall()}
            if table.name == "lease":
                # A copy is held by nobody.
                columns -= {"fence", "who", "operation", "since", "lease_until"}
            assert set(table.columns) == columns, table.name
