"""A process that has everything imported and forks a run for each order, so that a trial costs no start-up.

It has no threads and never runs the engine itself, so that a fork is a clean beginning. One order is one line on its
standard input; it answers with the child's process number, and again when the child has ended. An ended child is
reaped only with the next order: its number cannot belong to another process while the driver may still want to kill it.
"""

import gc
import importlib
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.chaos.orders import Order, Told, order_from, said, told_from

_ANSWER = "answer.json"
# For the server to end by itself.
_PATIENCE = 60.0


def serve() -> None:
    """Fork a run for each order until the input ends."""
    from tests.chaos.run import carry_out, loaded_for_trials

    orders, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    # What a run prints belongs to nobody here.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    # Held back until a run can take it: in the middle of a fork it would end the run in ways of its own.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    loaded, stamp, ended = None, None, 0
    for line in orders:
        if ended:
            os.waitpid(ended, 0)
        order = order_from(line)
        written = [(path, path.stat().st_mtime_ns) for path in _files(order.root)]
        if written != stamp:
            loaded, stamp = loaded_for_trials(order.root), written
            # What is there already is no garbage of a run, which would copy every page to look for it.
            gc.freeze()
        assert loaded is not None
        child = os.fork()
        if not child:
            code = 1
            os.dup2(nothing, 2)
            try:
                signal.signal(signal.SIGINT, signal.default_int_handler)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
                code = carry_out(loaded, order, Path(order.root) / _ANSWER)
            except KeyboardInterrupt:
                # Before the handlers are in place, or after they are gone.
                code = 130
            finally:
                os._exit(code)
        print(child, file=answers, flush=True)
        found = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        assert found is not None
        _learn(order)
        killed = found.si_code in {os.CLD_KILLED, os.CLD_DUMPED}
        print(-found.si_status if killed else found.si_status, file=answers, flush=True)
        ended = child


def _learn(order: Order) -> None:
    """Import what a run was the first to import, so that the next one finds it."""
    told = told_from(Path(order.root) / _ANSWER)
    for name in told.modules if told is not None else ():
        with suppress(ImportError):
            importlib.import_module(name)
    until = time.monotonic() + _PATIENCE
    while len(threads := _threads()) > 1:
        # A thread that has just begun has no name of its own yet.
        assert time.monotonic() < until, f"a fork of a process with threads is not clean: {threads}"
        time.sleep(0.01)


def _threads() -> list[str]:
    """Return the names of all threads but an allocator's own, which knows how to be forked."""
    names = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):
            names.append((task / "comm").read_text().strip())
    return [name for name in names if not name.startswith("jemalloc")]


def _files(root: str) -> list[Path]:
    return [Path(root) / "syncengine.yaml", Path(root) / "manifests" / "all.yaml"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    # The exit code; negative: the signal that killed it.
    code: int
    told: Told | None

    @property
    def killed(self) -> bool:
        """Whether it was killed."""
        return self.code == -signal.SIGKILL


class ForkServer:
    """The driver's side: gives orders, one at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from tests.chaos.fork_server import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": "0"},
            cwd=Path(__file__).parent.parent.parent,
        )
        self._order = Order(root="")
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the process end."""
        self._pipe(self._process.stdin).close()
        self._pipe(self._process.stdout).close()
        self._process.wait(timeout=_PATIENCE)

    def begin(self, order: Order) -> int:
        """Begin a run and return its process number."""
        (Path(order.root) / _ANSWER).unlink(missing_ok=True)
        self._order = order
        pipe = self._pipe(self._process.stdin)
        pipe.write(f"{said(order)}\n".encode())
        pipe.flush()
        return int(self._line())

    def end(self) -> Ended:
        """Wait for the run to end."""
        return Ended(int(self._line()), told_from(Path(self._order.root) / _ANSWER))

    def has_ended(self, *, within: float) -> bool:
        """Whether the run has ended, or does so within some seconds."""
        return b"\n" in self._read or bool(select.select([self._pipe(self._process.stdout)], [], [], within)[0])

    def _line(self) -> bytes:
        while b"\n" not in self._read:
            read = os.read(self._pipe(self._process.stdout).fileno(), 4096)
            if not read:
                raise RuntimeError("the fork server has died")
            self._read += read
        line, _, self._read = self._read.partition(b"\n")
        return line

    def _pipe(self, pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe
