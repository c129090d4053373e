import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from syncengine.errors import LedgerError
from syncengine.ledger import connection
from syncengine.ledger.connection import Database, filesystem_of


def test_file_and_folder_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "ledger.db"
    Database.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch(mode=0o644)
    Database.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_log_files_are_private_too_and_gone_after_close(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    opened = Database.open(path)
    with opened.write() as statements:
        statements.execute("CREATE TABLE t (x)")
    log = Path(f"{path}-wal")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    opened.close()
    assert not log.exists() or log.stat().st_size == 0


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("temp_store", 2)],
)
def test_durability_and_privacy_are_switched_on(tmp_path: Path, pragma: str, value: object) -> None:
    opened = Database.open(tmp_path / "ledger.db")
    with opened.read() as statements:
        assert statements.execute(f"PRAGMA {pragma}").fetchone() == (value,)
    opened.close()


def test_a_failed_block_leaves_nothing_behind(tmp_path: Path) -> None:
    opened = Database.open(tmp_path / "ledger.db")

    def fail() -> None:
        with opened.write() as statements:
            statements.execute("CREATE TABLE t (x)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with opened.read() as statements:
        assert statements.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    opened.close()


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "filesystem_of", lambda _: "nfs4")
    with pytest.raises(LedgerError, match=r"network file system \(nfs4\).*local disk"):
        Database.open(tmp_path / "ledger.db")


def test_the_kind_of_file_system_is_found_by_device(tmp_path: Path) -> None:
    device = tmp_path.stat().st_dev
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "21 1 0:999 / /elsewhere rw - ext4 /dev/x rw\n"
        f"22 1 {os.major(device)}:{os.minor(device)} / {tmp_path} rw,relatime shared:1 - cifs //server/share rw\n"
    )
    assert filesystem_of(tmp_path, mounts) == "cifs"
    assert filesystem_of(tmp_path, tmp_path / "absent") == ""


def test_commits_survive_another_process_that_opens_and_closes_the_file(tmp_path: Path) -> None:
    """What a second copy of the database library in this process would break: the log must not be taken away."""
    from syncengine.ledger.ledger import Ledger
    from tests.ledger.writing import CONTACTS, add

    path = tmp_path / "ledger.db"
    script = f"import sqlite3; c = sqlite3.connect({str(path)!r}); print(c.execute('SELECT count(*) FROM call').fetchone()[0]); c.close()"

    def calls_seen_by_another_process() -> int:
        return int(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout)

    with Ledger.open(path, "acme") as ledger, ledger.lock("apply", now=1.0):
        add(ledger, "1")
        ledger.rows_table(CONTACTS)
        ledger.statements("opt-outs")
        assert calls_seen_by_another_process() == 1
        add(ledger, "2")
        assert calls_seen_by_another_process() == 2
