"""A ledger that is not what was left here is refused before anything is planned."""

import json
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from syncengine.errors import DoubtfulLedgerError, LedgerError
from syncengine.ledger import opening
from syncengine.ledger.opening import open_ledger
from tests.ledger.writing import CONTACTS, NOW, add, item, states


def change(path: Path, key: str = "1") -> None:
    with open_ledger(f"sqlite:///{path}", "acme", beside=path.parent) as ledger, ledger.lock("apply", now=NOW):
        ledger.save_rows(CONTACTS, [item(key)], now=NOW)


def refusal(path: Path, project: str = "acme") -> str:
    with pytest.raises(DoubtfulLedgerError) as refused:
        open_ledger(f"sqlite:///{path}", project, beside=path.parent)
    assert refused.value.exit_code == 5
    return str(refused.value)


def test_what_was_left_is_opened_again_and_a_fresh_copy_of_the_project_too(path: Path) -> None:
    change(path)
    change(path)
    (path.parent / "ledger.db.mark").unlink()
    change(path)


@pytest.mark.parametrize("how_old", range(1, 6))
def test_any_older_copy_is_refused(path: Path, tmp_path: Path, how_old: int) -> None:
    for number in range(6):
        change(path, str(number))
        shutil.copy(path, tmp_path / f"{number}.db")
    shutil.copy(tmp_path / f"{5 - how_old}.db", path)
    assert "is older than it was" in refusal(path)


def test_a_log_that_lost_its_end_is_refused(path: Path) -> None:
    """Commits that were reported as durable and are gone: the file is sound, and one change too old."""
    change(path)
    ledger = open_ledger(f"sqlite:///{path}", "acme", beside=path.parent)
    with ledger.lock("apply", now=NOW):
        add(ledger, "2")
        log = Path(f"{path}-wal")
        whole = log.read_bytes()
        add(ledger, "3")
        kept = path.read_bytes()
    ledger.close()
    path.write_bytes(kept)
    log.write_bytes(whole)
    assert "is older than it was" in refusal(path)


def test_a_deleted_emptied_or_swapped_ledger_is_refused(path: Path, tmp_path: Path) -> None:
    change(path)
    kept = path.read_bytes()
    path.unlink()
    assert "is gone, though" in refusal(path)
    assert not path.exists()
    path.touch()
    assert "is gone, though" in refusal(path)
    change(tmp_path / "other" / "ledger.db")
    shutil.copy(tmp_path / "other" / "ledger.db", path)
    assert "is another one" in refusal(path)
    path.write_bytes(kept)
    change(path)


def test_a_project_under_another_name_is_refused(path: Path) -> None:
    change(path)
    assert 'the project is called "other" now' in refusal(path, "other")


def pages(path: Path) -> int:
    with open_ledger(f"sqlite:///{path}", "acme", beside=path.parent) as ledger, ledger.lock("apply", now=NOW):
        ledger.save_rows(CONTACTS, [item(f"{key:05}") for key in range(13_000)], now=NOW)
        ledger.record_statements("opt-outs", [f"+57300{n:07}" for n in range(2_000)], source_digest="d", now=NOW)
        add(ledger, *(f"w{key}" for key in range(500)))
    return path.stat().st_size // 4096


def flipped(data: bytes, page: int) -> bytes:
    whole = slice(page * 4096, (page + 1) * 4096)
    return data[: whole.start] + bytes(0xFF ^ byte for byte in data[whole]) + data[whole.stop :]


def test_every_page_that_is_flipped_is_found_when_the_ledger_is_opened(path: Path) -> None:
    count = pages(path)
    assert count >= 200
    sound = path.read_bytes()
    chance = random.Random(1)
    for page in sorted({0, 1, count - 1, *chance.sample(range(count), 40)}):
        path.write_bytes(flipped(sound, page))
        for more in ("-wal", "-shm"):
            Path(f"{path}{more}").unlink(missing_ok=True)
        message = refusal(path)
        assert "damaged" in message, page
    path.write_bytes(sound)
    change(path)


def test_a_large_file_is_looked_through_once_a_day_only(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages(path)
    monkeypatch.setattr(opening, "_QUICKLY_CHECKED", 1)
    checks: list[bool] = []
    open_really = opening.open_store
    monkeypatch.setattr(
        opening, "open_store", lambda url, *, check: checks.append(check) or open_really(url, check=check)
    )
    for _ in range(2):
        open_ledger(f"sqlite:///{path}", "acme", beside=path.parent).close()
    assert checks == [False, False]
    mark = path.parent / "ledger.db.mark"
    mark.write_text(json.dumps(json.loads(mark.read_text()) | {"checked_at": 1.0}))
    for _ in range(2):
        open_ledger(f"sqlite:///{path}", "acme", beside=path.parent).close()
    assert checks == [False, False, True, False]


def test_a_damaged_page_that_was_not_looked_for_ends_the_first_reading_of_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = pages(path)
    sound = path.read_bytes()
    monkeypatch.setattr(opening, "_QUICKLY_CHECKED", 1)
    where = next(page for page in range(2, count) if b"+573001500" in sound[page * 4096 : (page + 1) * 4096])
    path.write_bytes(flipped(sound, where))
    opened = open_ledger(f"sqlite:///{path}", "acme", beside=path.parent)
    with opened as ledger, pytest.raises(DoubtfulLedgerError, match="damaged"):
        states(ledger)


def test_a_store_of_a_kind_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="not understood"):
        open_ledger("mysql://host/db", "acme", beside=tmp_path)


def test_a_ledger_that_was_not_closed_is_taken_up_with_its_log(path: Path, tmp_path: Path) -> None:
    change(path)
    ledger = open_ledger(f"sqlite:///{path}", "acme", beside=path.parent)
    with ledger.lock("apply", now=NOW):
        add(ledger, "9")
        copy = tmp_path / "copy"
        copy.mkdir()
        for name in ("ledger.db", "ledger.db-wal", "ledger.db.mark"):
            shutil.copy(path.parent / name, copy / name)
    ledger.close()
    with open_ledger(f"sqlite:///{copy / 'ledger.db'}", "acme", beside=copy) as again:
        assert len(again.unfinished_calls()) == 1
    assert sqlite3.connect(copy / "ledger.db").execute("PRAGMA quick_check").fetchone() == ("ok",)
