"""Opening a file that a project names: the very file that was checked, a regular one, reached without any link.

Between the check of a path and its use a checkout may exchange it, so nothing is opened by a path twice: each folder on
the way is opened beneath the one before, links are refused, and readers that want a name get the name of the open file.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_NAMES_OF_OPEN_FILES: Final = Path("/proc/self/fd")
# Where a folder need not be readable to be passed through.
_FOLDER: Final = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK a named pipe would be waited for.
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class NotOpenedError(OSError):
    """The file is none that may be read; ``why`` and ``strerror`` say for which reason."""

    def __init__(self, why: str) -> None:
        super().__init__(0, why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is open."""

    # Names this very file, as long as it is open.
    path: Path
    size: int
    # Seconds since 1970.
    changed_at: float


@contextmanager
def opened(path: Path, *, limit: int, sole: bool = True) -> Iterator[Opened]:
    """Open a file by its absolute path, in which no part may be a link.

    Args:
        path: The file.
        limit: Most bytes that it may have.
        sole: Refuse a file that has a second name (a hard link): it may belong elsewhere. Installers make such links.

    Raises:
        FileNotFoundError: there is none.
        NotOpenedError: it is none that may be read.
        OSError: it cannot be read.
    """
    descriptor = _descriptor(path)
    try:
        found = os.fstat(descriptor)
        _check(found, limit, sole=sole)
        named = _NAMES_OF_OPEN_FILES / str(descriptor)
        yield Opened(named if named.exists() else path, found.st_size, found.st_mtime)
        if not named.exists():
            _check_same(path, found)
    finally:
        os.close(descriptor)


def read_whole(path: Path, *, limit: int, sole: bool = True) -> bytes:
    """Return the bytes of a file, as :func:`opened` opens it."""
    with opened(path, limit=limit, sole=sole) as found, found.path.open("rb") as stream:
        raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise _too_large(limit)
    return raw


def _descriptor(path: Path) -> int:
    folder = os.open(path.anchor, _FOLDER & ~os.O_NOFOLLOW)
    try:
        for part in path.parts[1:-1]:
            beneath = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = beneath
        return os.open(path.name, _FILE, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.ELOOP or (error.filename is not None and _is_link(error.filename, folder)):
            raise NotOpenedError("a link stands in the way to it") from error
        raise
    finally:
        os.close(folder)


def _is_link(name: str, folder: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _check(found: os.stat_result, limit: int, *, sole: bool) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise NotOpenedError("this is not a regular file")
    if sole and found.st_nlink > 1:
        raise NotOpenedError("the file has a second name (a hard link), so it may belong elsewhere; copy it")
    if found.st_size > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> NotOpenedError:
    shown = f"{limit // 1_000_000:,} MB" if limit >= 1_000_000 else f"{limit // 1_024} KB"
    return NotOpenedError(f"the file is larger than {shown}")


def _check_same(path: Path, found: os.stat_result) -> None:
    """Where open files have no names: see that the path still leads to the file that was checked."""
    now = path.lstat()
    if (now.st_dev, now.st_ino) != (found.st_dev, found.st_ino):
        raise NotOpenedError("the file was exchanged while it was read")
