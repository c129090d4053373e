"""A full disk, for real: a small file system in memory, filled to the last byte at the wrong moment."""

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from syncengine.errors import LedgerError
from syncengine.ledger import reserve
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.reserve import Reserve
from tests.ledger.writing import NOW, add, states

ROOT = Path(__file__).parent.parent.parent

SMALL_DISK = textwrap.dedent(
    """
    import os, subprocess, sys
    from pathlib import Path
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "none", sys.argv[1]], check=True)
    from syncengine.errors import LedgerError
    from syncengine.ledger.ledger import Ledger
    from tests.ledger.writing import NOW, add, states
    disk = Path(sys.argv[1])

    def fill(leave=0):
        with (disk / "filler").open("ab", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    pass
            if leave:
                file.truncate(max(0, file.tell() - leave))

    def empty():
        (disk / "filler").unlink()
    """
)


def on_a_small_disk(tmp_path: Path, script: str) -> str:
    """Run a script in a process that has a disk of 48 MB for itself."""
    if shutil.which("unshare") is None:
        pytest.skip("no unshare here, so no disk of our own to fill")
    words = [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        sys.executable,
        "-c",
        SMALL_DISK + textwrap.dedent(script),
    ]
    done = subprocess.run([*words, str(tmp_path)], check=False, capture_output=True, text=True, timeout=120, cwd=ROOT)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("this machine gives no process a disk of its own")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_disk_that_is_full_at_an_outcome_has_room_for_it_and_nothing_new_is_begun(tmp_path: Path) -> None:
    said = on_a_small_disk(
        tmp_path,
        """
        with Ledger.open(disk / "ledger.db", "acme") as ledger:
            with ledger.lock("apply", now=NOW):
                calls = [add(ledger, *(f"{call}-{row}" for row in range(5_000))) for call in range(3)]
                fill()
                for call in calls:
                    ledger.finish_call(call, "applied", "", {}, now=NOW)
                try:
                    add(ledger, "one-more")
                except LedgerError as refused:
                    print(refused)
        empty()
        with Ledger.open(disk / "ledger.db", "acme") as ledger:
            shown = states(ledger)
            print(len(shown), set(shown.values()), ledger.unfinished_calls())
        """,
    )
    assert "disk is full; what was under way is written down and nothing more is sent" in said
    assert "15000 {'present'} []" in said


def test_a_disk_that_is_full_at_an_intent_lets_nothing_be_sent_however_much_is_left(tmp_path: Path) -> None:
    said = on_a_small_disk(
        tmp_path,
        """
        with Ledger.open(disk / "ledger.db", "acme") as ledger, ledger.lock("apply", now=NOW):
            begun, refused = set(), 0
            for leave in range(0, 400_000, 16_384):
                fill(leave)
                try:
                    begun.add(add(ledger, *(f"{leave}-{row}" for row in range(1_000))))
                except LedgerError as problem:
                    assert "the disk is full" in str(problem), problem
                    refused += 1
                empty()
            there = {call.call_id for call in ledger.unfinished_calls()}
            assert there == begun, (there, begun)
            assert refused and begun, (refused, begun)
        print("right")
        """,
    )
    assert said == "right\n"


def test_the_reserve_is_there_while_the_lock_is_held_only(ledger: Ledger, path: Path) -> None:
    reserved = path.with_name("ledger.db.reserve")
    with ledger.lock("apply", now=NOW):
        assert reserved.stat().st_size == reserve.BYTES
        assert reserved.stat().st_blocks * 512 >= reserve.BYTES
        assert reserved.stat().st_mode & 0o777 == 0o600
    assert not reserved.exists()


def test_without_room_for_the_reserve_nothing_begins(
    ledger: Ledger, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reserve.os, "posix_fallocate", full)
    refused = pytest.raises(LedgerError, match=r"needs 16 MB of room.*No space left on device.*Nothing was sent")
    with refused, ledger.lock("apply", now=NOW):
        pytest.fail("it has begun")
    assert not ledger.lock_holders()


def test_a_reserve_is_spent_once(tmp_path: Path) -> None:
    held = Reserve(tmp_path / "ledger.db")
    assert not held.spend()
    held.hold()
    held.refuse_more()
    assert held.spend()
    assert not held.spend()
    with pytest.raises(LedgerError, match="nothing more is sent"):
        held.refuse_more()


def test_a_booking_that_fails_for_another_reason_is_not_tried_again(locked: Ledger) -> None:
    with pytest.raises(LedgerError, match="no call 77"):
        locked.finish_call(77, "applied", "", {}, now=NOW)
    call = add(locked, "1")
    locked.finish_call(call, "applied", "", {}, now=NOW)
    assert states(locked) == {"1": "present"}


def test_a_disk_that_cannot_be_asked_is_not_scanty(tmp_path: Path) -> None:
    assert not reserve.is_scanty(tmp_path / "nowhere" / "ledger.db")


def test_each_of_two_runs_has_room_of_its_own_and_the_dead_ones_is_used_again(path: Path) -> None:
    beside = path.parent
    with Ledger.open(path, "acme") as one, Ledger.open(path, "acme") as two:
        with one.lock("apply", now=NOW, dialers=["co"]):
            with two.lock("apply", now=NOW, dialers=["vn"]):
                assert sorted(found.name for found in beside.glob("*.reserve*")) == [
                    "ledger.db.reserve",
                    "ledger.db.reserve-2",
                ]
            # The other run has ended, and this one's room is still there to be spent.
            assert [found.name for found in beside.glob("*.reserve*")] == ["ledger.db.reserve"]
            assert (beside / "ledger.db.reserve").stat().st_size == reserve.BYTES
        # As a killed run leaves it.
        (beside / "ledger.db.reserve").write_bytes(b"")
        with two.lock("apply", now=NOW, dialers=["vn"]):
            assert [found.name for found in beside.glob("*.reserve*")] == ["ledger.db.reserve"]
        assert list(beside.glob("*.reserve*")) == []
