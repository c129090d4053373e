"""The five-dialers example against a running sandbox: whole processes, as a person waits for them."""

import shutil
import tempfile
from pathlib import Path

from benchmarks.dialers import Dialers, sandbox
from benchmarks.measuring import Measured, median, run, syncengine
from benchmarks.table import Figure

TIMES = 5


def measure(*, times: int = TIMES) -> list[Figure]:
    """Measure the first plan, the same again with a remembered phone book, the apply and the empty plan after it."""
    with tempfile.TemporaryDirectory() as folder, sandbox() as dialers:
        project = dialers.example(Path(folder) / "five-dialers")
        cold = sorted((_cold(project, dialers) for _ in range(times)), key=lambda found: found.wall)[times // 2]
        warm = median(syncengine("plan", "--allow-unverified"), times=times, cwd=project, env=dialers.env)
        apply = run(syncengine("apply", "--yes", "--allow-unverified"), cwd=project, env=dialers.env)
        empty = median(syncengine("plan", "--allow-unverified"), times=times, cwd=project, env=dialers.env)
    return [
        _figure("first plan, nothing remembered", cold),
        _figure("first plan again, spellings of numbers remembered", warm),
        _figure("apply", apply, note=apply.output.strip().splitlines()[-1]),
        _figure("plan after it, empty", empty, note=empty.output.strip().splitlines()[-1]),
    ]


def _cold(project: Path, dialers: Dialers) -> Measured:
    shutil.rmtree(project / ".syncengine", ignore_errors=True)
    return run(syncengine("plan", "--allow-unverified"), cwd=project, env=dialers.env)


def _figure(what: str, found: Measured, note: str = "") -> Figure:
    return Figure(what=what, wall=found.wall, cpu=found.cpu, peak=found.peak, note=note)
