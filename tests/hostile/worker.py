"""One process for each input, so that a bomb takes nothing with it and every limit is measured, not believed.

Workers are forked from a parent that has the program imported already: that is a hundred times quicker than starting
it, and what they share with the parent counts in full against their memory.
"""

import contextlib
import gc
import importlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hostile.case import CPU_SECONDS, MEGABYTES, Case, WrongError

_MB = 1024 * 1024
# Walls far behind the limits, so that the machine survives what must not happen.
_CPU_WALL = 10
_DATA_WALL = 4000 * _MB
_WALL_SECONDS = 60
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_OUTWARD = frozenset({"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"})
_STARTING = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "pty.spawn"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one input."""

    case: Case
    verdict: str
    seconds: float
    megabytes: float

    @property
    def problem(self) -> str:
        """Return what is wrong; empty when all is as it must be."""
        if self.verdict != self.case.wanted:
            return f"{self.verdict}, and must be {self.case.wanted}"
        if self.seconds > CPU_SECONDS:
            return f"{self.seconds:.1f} s of CPU"
        return f"{self.megabytes:.0f} MB" if self.megabytes > MEGABYTES else ""


def prepare() -> None:
    """Import what the program imports where it needs it, once for all workers."""
    heavy = "duckdb pyarrow pyarrow.parquet phonenumbers python_calamine xlsxwriter charset_normalizer httpx jwt orjson"
    for name in heavy.split():
        importlib.import_module(name)
    # Where it happens to be installed, the HTTP library imports it at the first call, and that starts a program.
    with contextlib.suppress(ImportError):
        importlib.import_module("trio")
    gc.freeze()


def attempt(case: Case) -> Finding:
    """Run one case in a process of its own."""
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _child(case, folder, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    _, status, used = os.wait4(child, 0)
    shutil.rmtree(folder, onerror=_insist)
    died = "" if os.WIFEXITED(status) else f"killed by signal {os.WTERMSIG(status)}"
    return Finding(case, died or said or "crashed silently", used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _insist(remove: Any, path: str, _: Any) -> None:
    """Remove what a case has made unreadable."""
    Path(path).parent.chmod(0o700)
    Path(path).chmod(0o700)
    remove(path)


def _child(case: Case, folder: Path, writing: int) -> None:
    try:
        said = _verdict(case, folder)
    except BaseException as problem:  # noqa: BLE001 - whatever it is, it is a crash
        said = f"crashed: {type(problem).__name__}: {problem}\n{traceback.format_exc(limit=-6)}"
    try:
        os.write(writing, said.encode(errors="replace")[:60_000])
    finally:
        os._exit(0)


def _verdict(case: Case, folder: Path) -> str:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_WALL, _CPU_WALL))
    resource.setrlimit(resource.RLIMIT_DATA, (_DATA_WALL, _DATA_WALL))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(_WALL_SECONDS)
    opened: list[str] = []
    sys.addaudithook(lambda event, arguments: _watch(event, arguments, calls=case.calls, opened=opened))
    os.chdir(folder)
    # Libraries complain there while they die, and a trace of their stack is no finding.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.environ |= {"HOME": str(folder / "home"), "TMPDIR": str(folder)}
    tempfile.tempdir = str(folder)
    try:
        said = case.attempt(folder)
    except WrongError as wrong:
        return f"wrong: {wrong}"
    # What the program makes of an error must not hide that it tried.
    return f"reached out: {opened[0]}" if opened else said


def _watch(event: str, arguments: tuple[Any, ...], *, calls: bool, opened: list[str]) -> None:
    if event in _STARTING:
        opened.append(event)
        raise PermissionError(f"no input may start a program ({event})")
    if event not in _OUTWARD:
        return
    place = arguments[1] if event in {"socket.connect", "socket.sendto"} else arguments[0]
    host = place[0] if isinstance(place, tuple) else place
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if not calls or str(host) not in _LOOPBACK:
        opened.append(f"{event} {place}")
        raise PermissionError(f"no input may open a socket to {place}")
