import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from syncengine.rows.private_folder import private_folder

HOLD = """
import sys, time
from pathlib import Path
from syncengine.rows.private_folder import private_folder
folder = private_folder(Path(sys.argv[1]))
(folder.path / "spill").write_text("+573001234567")
print(folder.path, flush=True)
time.sleep(60)
"""


def test_a_folder_is_its_owners_alone_and_goes_with_the_run(tmp_path):
    folder = private_folder(tmp_path)
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    folder.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_has_left_goes_with_the_next_run_and_not_before(tmp_path):
    run = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    left = Path(run.stdout.readline().strip())
    private_folder(tmp_path).remove()
    assert (left / "spill").exists()
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    assert (left / "spill").exists()
    private_folder(tmp_path).remove()
    assert not left.exists()


def test_a_folder_that_is_just_being_made_is_left_alone(tmp_path):
    young, old, other = (tmp_path / f"syncengine-rows-{name}" for name in ("young", "old", "other"))
    for path in (young, old):
        path.mkdir()
    os.utime(old, (1, 1))
    other.symlink_to(young)
    private_folder(tmp_path).remove()
    assert young.exists()
    assert other.is_symlink()
    assert not old.exists()


def test_a_folder_is_removed_under_its_lock_so_that_its_maker_finds_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "syncengine-rows-left"
    left.mkdir()
    (left / "in-use").touch(mode=0o600)
    seen: list[bool] = []

    def remove(path: Path, **more: bool) -> None:
        with (path / "in-use").open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                seen.append(True)
        rmtree(path, **more)

    rmtree = shutil.rmtree
    monkeypatch.setattr("syncengine.rows.private_folder.shutil.rmtree", remove)
    private_folder(tmp_path)
    assert seen == [True]
    assert not left.exists()
