"""Who holds a lock or a seat, told so exactly that a dead holder is known to be dead.

A lease tells that only when it ends. On the same machine more can be known: the boot, the namespace in which process
numbers count, the number, and when that process began. Wherever one of these cannot be told, nobody is called dead.
"""

import os
import uuid
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """Return what tells this process from every other one, on any machine."""
    try:
        return ":".join([*_here(), str(os.getpid()), _began(os.getpid())])
    except (OSError, IndexError):
        return uuid.uuid4().hex


def surely_dead(process: str) -> bool:
    """Whether a process ran on this machine, since it was last started, where we would see it, and is gone."""
    parts = process.split(":")
    try:
        if len(parts) != 4 or parts[:2] != _here() or not parts[2].isdigit():
            return False
    except OSError:
        return False
    try:
        return _began(int(parts[2])) != parts[3]
    except FileNotFoundError:
        return True
    except (OSError, IndexError):
        return False


def _here() -> list[str]:
    boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return [boot, str((_PROC / "self/ns/pid").stat().st_ino)]


def _began(number: int) -> str:
    """Return when a process began, in ticks since the machine did; what ended and is not yet forgotten has ended."""
    # The name in the middle may hold anything; what follows its last bracket does not.
    fields = (_PROC / str(number) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return "ended" if fields[0] in {"Z", "X"} else fields[19]
