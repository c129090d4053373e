"""Power cuts: whatever prefix of the writes the disk has kept, each call that was sent has its intent there.

The log only grows while no checkpoint runs, so a prefix of its bytes beside the file is what a cut leaves; how far it
was on the disk when a call was sent is where the log stood then.
"""

import random
import re
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from syncengine.ledger.ledger import Ledger
from tests.ledger.writing import NOW, add

ROOT = Path(__file__).parent.parent.parent
PREFIXES = 250


def sent_calls(path: Path) -> tuple[list[tuple[int, int]], bytes, bytes]:
    """Write intents and outcomes; return (call, length of the log when it was sent), the file, and the whole log."""
    log, sent = Path(f"{path}-wal"), []
    with Ledger.open(path, "acme") as ledger, ledger.lock("apply", now=NOW):
        for number in range(25):
            call = add(ledger, *(f"{number}-{row}" for row in range(1 + number * 3)))
            sent.append((call, log.stat().st_size))
            if number % 2:
                ledger.finish_call(call, "applied", "", {}, now=NOW)
        return sent, path.read_bytes(), log.read_bytes()


def test_no_prefix_of_the_log_has_a_sent_call_without_its_intent(path: Path, tmp_path: Path) -> None:
    sent, file, log = sent_calls(path)
    assert len({length for _, length in sent}) == len(sent)
    chance = random.Random(7)
    lengths = {length for _, length in sent} | {0, 32, len(log)}
    lengths |= {chance.randrange(len(log)) for _ in range(PREFIXES - len(lengths))}
    lost = 0
    for number, length in enumerate(sorted(lengths)):
        copy = tmp_path / f"{number}.db"
        copy.write_bytes(file)
        Path(f"{copy}-wal").write_bytes(log[:length])
        opened = sqlite3.connect(copy)
        there = set()
        # Before the first commit there is no table yet.
        if opened.execute("SELECT count(*) FROM sqlite_master WHERE name = 'call'").fetchone()[0]:
            there = {call for (call,) in opened.execute("SELECT call_id FROM call")}
        assert opened.execute("PRAGMA quick_check").fetchone() == ("ok",), length
        opened.close()
        assert {call for call, when in sent if when <= length} <= there, length
        lost += len(sent) - len(there)
    assert lost > PREFIXES, "the cuts have cut nothing off"


TRACED = textwrap.dedent(
    """
    import os, sys
    from pathlib import Path
    from syncengine.ledger.ledger import Ledger
    from tests.ledger.writing import NOW, add
    with Ledger.open(Path(sys.argv[1]), "acme") as ledger, ledger.lock("apply", now=NOW):
        for number in range(5):
            add(ledger, str(number))
            os.write(1, b"sent\\n")
    """
)


def test_the_log_is_on_the_disk_before_a_call_is_sent(path: Path, tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("no strace here to see the writes with")
    trace = tmp_path / "trace"
    words = ["strace", "-y", "-o", str(trace), "-e", "trace=write,pwrite64,fdatasync,fsync"]
    done = subprocess.run(
        [*words, sys.executable, "-c", TRACED, str(path)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    if done.returncode or "sent" not in done.stdout:
        pytest.skip("this machine lets nobody trace a process")
    dirty, sends, folder_synced = False, 0, False
    for line in trace.read_text(errors="replace").splitlines():
        if re.match(r"pwrite64\(\d+<[^>]*ledger\.db-wal>", line):
            dirty = True
        elif re.match(r"f(data)?sync\(\d+<[^>]*ledger\.db-wal>", line):
            dirty = False
        elif re.match(rf"fsync\(\d+<{re.escape(str(path.parent))}>", line):
            folder_synced = True
        elif line.startswith("write(1<") and "sent" in line:
            sends += 1
            assert not dirty, "a call was sent while its intent was not on the disk"
            assert folder_synced, "the names of the ledger's files were not on the disk"
    assert sends == 5
