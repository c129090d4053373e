"""Starts the command line many times without importing it anew each time: one process that forks on request.

A line on stdin is a list of words in JSON; the answer is the number of the child that runs them.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_PROGRAM = "from tests.cli.forker import serve; serve()"


class Forker:
    """The process, from outside."""

    def __init__(self, log: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**environment, "FORKER_LOG": str(log)},
            cwd=Path(__file__).parents[2],
        )
        self._started: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A watcher that a failed test has left would lead on its ledger for ever.
        for child in self._started:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.communicate(timeout=20)

    def start(self, *words: str) -> int:
        """Run a command line and return its process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        self._started = [*(number for number in self._started if alive(number)), child]
        return child


def kill(process: int, number: int) -> None:
    """Send a signal to one child and wait until it is gone."""
    os.kill(process, number)
    deadline = time.monotonic() + 30
    while alive(process):
        assert time.monotonic() < deadline, "it did not end"
        time.sleep(0.005)


def cpu_seconds(process: int) -> float:
    """Return what a child has used of the processor so far: nobody waits for it, so nobody else would be told."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def alive(process: int) -> bool:
    """Whether a child runs still."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def serve() -> None:
    """Fork for every line until there are no more."""
    import syncengine.cli.watch
    import syncengine.cli.watch_company
    import syncengine.cli.watching
    import syncengine.sync
    import syncengine.watch.loop  # noqa: F401 - imported once, for all children
    from syncengine.cli.exits import run
    from syncengine.cli.main import cli

    # The dead are not waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if child:
            sys.stdout.write(f"{child}\n")
            sys.stdout.flush()
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(os.environ["FORKER_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for stream in (1, 2):
            os.dup2(log, stream)
        os.close(0)
        try:
            code = run(cli, json.loads(line))
        except BaseException:  # noqa: BLE001 - a child never comes back into the loop
            code = 99
        sys.stdout.flush()
        os._exit(code)
