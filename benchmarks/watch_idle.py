"""A watcher over 1,000 files to which nothing happens: what it costs, and whether it grows.

Three processes: one looks at the files a thousand times as it does every half minute, one makes a whole plan again and
again as it does every quarter of an hour, and one is the real program, left alone.
"""

import json
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measuring import environment, run, syncengine
from benchmarks.table import Figure
from syncengine.watch.files import Files

FILES = 1_000
CYCLES = 1_000
PLANS, PLAN_FILES = 100, 20
SECONDS = 60.0

_PROJECT = """\
version: 1
project: idle
dialers:
  uk:
    vendor: comunik8
    base_url: http://127.0.0.1:9
    settings: {host: example.com}
    secrets: {key: "env:COMUNIK8_KEY"}
"""
_MANIFEST = """\
campaigns:
  motor-trade: {dialer: uk, id: motor-trade, contacts: [leads]}
contacts:
  leads: {source: data/*.csv, region: GB}
"""


def measure(*, files: int = FILES, cycles: int = CYCLES, plans: int = PLANS, seconds: float = SECONDS) -> list[Figure]:
    """Measure the three."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_project(Path(folder, "many"), files)
        few = write_project(Path(folder, "few"), PLAN_FILES)
        return [
            _cycles(f"{cycles:,} looks at {files:,} files", ["looks", str(cycles)], root),
            _cycles(f"{plans:,} plans of {PLAN_FILES} files", ["plans", str(plans)], few),
            _left_alone(root, files, seconds),
        ]


def write_project(root: Path, files: int) -> Path:
    """Write a project whose one contact list is spread over so many files."""
    for name in ("data", "manifests"):
        (root / name).mkdir(parents=True)
    (root / "syncengine.yaml").write_text(_PROJECT)
    (root / "manifests" / "all.yaml").write_text(_MANIFEST)
    for number in range(files):
        row = f"+4477009{number:05d},Ann,Example,ann@example.com"
        (root / "data" / f"{number:05d}.csv").write_text(f"phone,first_name,last_name,email\n{row}\n")
    return root


def _cycles(what: str, words: list[str], root: Path) -> Figure:
    found = run([sys.executable, "-m", "benchmarks.watch_idle", *words, str(root)])
    told = json.loads(found.output)
    milliseconds = 1000 * told["cpu"] / told["cycles"]
    memory = ", ".join(f"{mib:.1f}" for mib in told["memory"])
    note = f"{milliseconds:.1f} ms of CPU each; MiB after each tenth: {memory}"
    return Figure(what=what, wall=told["wall"], cpu=told["cpu"], peak=found.peak, note=note)


def _left_alone(root: Path, files: int, seconds: float) -> Figure:
    """Start the real program, let it settle, and count what it takes from then on."""
    words = syncengine("watch", "--refresh", "none", "--json", "--project", str(root))
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()) as process:
        assert process.stdout is not None
        process.stdout.readline()
        # The clock of the processor ticks a hundred times a second; what the first plan left behind is over by then.
        time.sleep(2)
        before = _processor_seconds(process.pid)
        time.sleep(seconds)
        cpu = _processor_seconds(process.pid) - before
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    if process.returncode:
        raise RuntimeError(f"the watcher ended with {process.returncode}")
    return Figure(
        what=f"`syncengine watch` over {files:,} files, left alone", wall=seconds, cpu=cpu, note=f"{cpu / seconds:.2%}"
    )


def _processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


# ------------------------------------------------------------------------------------------------ inside the process


@dataclass(slots=True)
class _Count:
    """Counts cycles, keeps the memory after each tenth of them, and stops the loop after the last."""

    cycles: int
    stop: threading.Event
    done: int = 0
    memory: list[float] = field(default_factory=list)

    def one(self) -> None:
        """Note one more."""
        self.done += 1
        if self.done % max(1, self.cycles // 10) == 0:
            self.memory.append(_resident())
        if self.done >= self.cycles:
            self.stop.set()


def looks(cycles: int, root: Path) -> None:
    """Look so many times, in the real loop, at files to which nothing happens."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Counted(Files):
        count: _Count

        def names(self) -> tuple[Path, ...]:
            self.count.one()
            return Files.names(self)

    stop = threading.Event()
    count = _Count(cycles, stop)
    _loop(root, count, lambda named: Counted(named=named, project=root, count=count), rescan=0.0, interval=3600.0)


def plans(cycles: int, root: Path) -> None:
    """Plan so many times, by the clock."""
    stop = threading.Event()
    count = _Count(cycles, stop)
    _loop(root, count, lambda named: Files(named=named, project=root), rescan=3600.0, interval=0.001)


def _loop(root: Path, count: _Count, files: Callable[..., Files], *, rescan: float, interval: float) -> None:
    from syncengine import sync
    from syncengine.watch.loop import Turn, Watching, watch

    loaded = sync.load(root)
    planning = rescan > 1

    def act(*_: object) -> Turn:
        if planning:
            with sync.planned(sync.load(root), sync.Options(refresh="none")):
                count.one()
        return Turn()

    began, before = time.monotonic(), time.process_time()
    watching = Watching(files=files(loaded.files), settle=0.01, interval=interval, rescan=rescan)
    watch(watching, act, count.stop)
    told = {
        "cycles": count.done,
        "wall": time.monotonic() - began,
        "cpu": time.process_time() - before,
        "memory": count.memory,
    }
    print(json.dumps(told))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    {"looks": looks, "plans": plans}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
