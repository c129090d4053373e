"""A process, measured from outside: wall, processor, resident memory while it runs.

Memory is read from /proc rather than taken from the exit status, whose peak still holds what the parent had when it
forked.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_BETWEEN_SAMPLES = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one process took."""

    wall: float
    cpu: float
    peak: float
    # Resident MiB, one sample every 50 ms, first to last.
    samples: tuple[float, ...]
    status: int
    output: str


def syncengine(*arguments: str) -> list[str]:
    """Return a command line of this checkout's syncengine, as its entry point starts it."""
    return [str(Path(sys.executable).with_name("syncengine")), *arguments]


def run(
    command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, expect: int = 0
) -> Measured:
    """Run a process to its end.

    Raises:
        RuntimeError: it did not end with the status that was expected; the message holds the end of what it said.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=environment(env), stdout=out, stderr=err)
        watched = _Memory(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        watched.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = [_text(stream) for stream in (out, err)]
    if process.returncode != expect:
        raise RuntimeError(f"{' '.join(command[:3])} ended with {process.returncode}: {' '.join(texts)[-2000:]}")
    return Measured(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=watched.peak,
        samples=tuple(watched.samples),
        status=process.returncode,
        output=texts[0],
    )


def median(
    command: Sequence[str], *, times: int, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Measured:
    """Run a process several times, once more to warm up, and return the run with the median wall time."""
    run(command, cwd=cwd, env=env)
    runs = sorted((run(command, cwd=cwd, env=env) for _ in range(times)), key=lambda found: found.wall)
    middle = statistics.median_low([found.wall for found in runs])
    return next(found for found in runs if found.wall == middle)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this environment, with bytecode kept as everywhere outside of containers' images."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | dict(more or {})


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")


class _Memory:
    """Samples a process's resident memory in a thread of its own."""

    def __init__(self, pid: int) -> None:
        self.samples: list[float] = []
        self.peak = 0.0
        self._status = Path(f"/proc/{pid}/status")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(_BETWEEN_SAMPLES):
            try:
                lines = self._status.read_text().splitlines()
            except OSError:
                # It has just ended, or this system has no /proc.
                return
            found = dict(line.split(":", 1) for line in lines)
            if "VmRSS" in found:
                self.samples.append(int(found["VmRSS"].split()[0]) / 1024)
                self.peak = int(found["VmHWM"].split()[0]) / 1024
