"""A folder for what a run must put on disk: its owner's alone, gone with the run, and with the next one after a kill.

It holds phones in clear. While its run lives, the run holds a lock on a file in it, which the system lets go of however
the run ends; so a folder whose lock can be had is one that a killed run has left behind.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PREFIX: Final = "syncengine-rows-"
_LOCK: Final = "in-use"
# Seconds after which a folder without a lock is surely not one that is just being made.
_ABANDONED: Final = 3600.0


@dataclass(frozen=True, slots=True)
class PrivateFolder:
    """A folder of one run."""

    path: Path
    _lock: int

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def private_folder(parent: Path | None) -> PrivateFolder:
    """Make a folder, and remove those that killed runs have left beside it.

    Args:
        parent: where it is made; None: the system's folder for temporary files.
    """
    where = Path(tempfile.gettempdir()) if parent is None else parent
    _remove_stale(where)
    while True:
        # mkdtemp makes it 0700.
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=where))
        lock = os.open(path / _LOCK, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        if _locked(lock) and (path / _LOCK).exists():
            return PrivateFolder(path, lock)
        # Another run took it for a stale one before it was locked.
        os.close(lock)


def _remove_stale(where: Path) -> None:
    for path in where.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            found = path.lstat()
            # Another user's folder cannot be entered, and a link leads to somebody's else.
            if found.st_uid == os.getuid() and path.is_dir() and not path.is_symlink():
                _remove_if_stale(path)


def _remove_if_stale(path: Path) -> None:
    try:
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        if time.time() - path.lstat().st_mtime > _ABANDONED:
            shutil.rmtree(path, ignore_errors=True)
        return
    try:
        if _locked(lock):
            # Under the lock: a run that has just made the folder would else get the lock, and then lose the folder.
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(lock)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
