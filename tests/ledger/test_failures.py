import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from syncengine.errors import DoubtfulLedgerError, LedgerError
from syncengine.ledger.connection import Database
from syncengine.ledger.failures import translated


def test_the_data_of_a_statement_is_in_no_message() -> None:
    made = sqlite3.connect(":memory:")
    made.execute("CREATE TABLE t (phone TEXT PRIMARY KEY)")
    made.execute("INSERT INTO t VALUES ('+573001112233')")
    with pytest.raises(LedgerError, match="SQLITE_CONSTRAINT") as refused, translated(Path("ledger.db")):
        made.execute("INSERT INTO t VALUES ('+573001112233')")
    made.close()
    assert "3001112233" not in f"{refused.value} {refused.value.__cause__}"


def test_a_damaged_page_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    opened = Database.open(path)
    with opened.write() as statements:
        statements.execute("CREATE TABLE t (x)")
        statements.executemany("INSERT INTO t VALUES (?)", [("x" * 500,) for _ in range(100)])
    opened.close()
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 9] = b"\xff" * (4096 * 6)
    path.write_bytes(data)
    with pytest.raises(
        DoubtfulLedgerError, match=r"is damaged. Nothing is planned or sent until: syncengine ledger rec"
    ):
        Database.open(path)
    opened = Database.open(path, check=False)
    with pytest.raises(DoubtfulLedgerError, match=r"damaged \(SQLITE_CORRUPT"), opened.read() as statements:
        statements.execute("SELECT sum(length(x)) FROM t").fetchall()
    opened.close()


def test_a_busy_file_is_waited_for_and_then_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    opened = Database.open(path, busy_seconds=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="another process kept it busy"), opened.write():
        pass
    other.execute("ROLLBACK")
    with opened.write():
        pass
    other.close()
    opened.close()


def test_something_that_is_no_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"not a database, but long enough to be looked at " * 40)
    with pytest.raises(LedgerError, match="not a ledger, or it is damaged.*ledger recover"):
        Database.open(path)


def test_a_full_disk_is_said_so_and_undone(tmp_path: Path) -> None:
    opened = Database.open(tmp_path / "ledger.db")
    with opened.write() as statements:
        statements.execute("CREATE TABLE t (x)")
    with opened.read() as statements:
        statements.execute("PRAGMA max_page_count = 3")
    with pytest.raises(LedgerError, match=r"disk is full.*SQLITE_FULL"), opened.write() as statements:
        statements.execute("INSERT INTO t VALUES (zeroblob(100000))")
    with opened.read() as statements:
        assert statements.execute("SELECT count(*) FROM t").fetchone() == (0,)
    opened.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_may_not_be_written_is_said_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(LedgerError, match="Permission denied"):
        Database.open(tmp_path / "ledger.db")


def test_a_folder_in_place_of_the_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be opened"):
        Database.open(tmp_path)


def test_a_second_thread_is_refused_in_our_words(tmp_path: Path) -> None:
    opened = Database.open(tmp_path / "ledger.db")

    def use() -> None:
        with opened.read():
            pass

    with ThreadPoolExecutor(1) as pool, pytest.raises(LedgerError):
        pool.submit(use).result()
    opened.close()
