"""The real command line in a real process, with nothing replaced but the wall clock, which runs ahead.

``python -m tests.chaos.real_process ORDER`` is what the tree suite starts and kills; :class:`ProcessServer` is the
driver's side of it, in the place of the fork server.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.chaos.fork_server import Ended
from tests.chaos.orders import Order, Told, order_from, said

_OUT, _ERR = "stdout.json", "stderr.txt"
_PATIENCE = 120.0


def main() -> int:
    """Carry one order out by the commands that a person would type."""
    order = order_from(sys.argv[1])
    real = time.time
    # Before the program is imported, which takes the clock as a default.
    time.time = lambda: real() + order.ahead  # type: ignore[assignment]  # the same clock, ahead
    from syncengine.cli.exits import run
    from syncengine.cli.main import cli
    from syncengine.ledger import postgres

    # The server's clock cannot be moved with ours.
    postgres.CLOCKS_APART = float("inf")
    for words in commands(order):
        code = run(cli, words)
        if code:
            return code
    return 0


def commands(order: Order) -> list[list[str]]:
    """Return the command lines that carry an order out."""
    project = ["--project", order.root]
    if order.task == "resolve":
        how = "--assume-sent" if order.assume == "sent" else "--resend"
        return [["state", "resolve", str(order.call), how, *project]]
    allowed = ["--allow-unverified", *(["--prune"] if order.prune else [])]
    if not order.dnd_remove:
        return [["apply", "--yes", "--json", *allowed, *project]]
    file = str(Path(order.root) / "plan.bin")
    allowed += ["--allow-dnd-remove", str(order.dnd_remove)]
    return [["plan", "--out", file, *allowed, *project], ["apply", file, "--json", *project]]


class ProcessServer:
    """Starts one process for each order."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._order = Order(root="")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Wait for the last process."""
        if self._process is not None:
            self._process.wait(timeout=_PATIENCE)

    def begin(self, order: Order) -> int:
        """Begin a run and return its process number."""
        self._order = order
        root = Path(order.root)
        with (root / _OUT).open("wb") as out, (root / _ERR).open("wb") as err:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.real_process", said(order)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=Path(__file__).parent.parent.parent,
            )
        return self._process.pid

    def has_ended(self, *, within: float) -> bool:
        """Whether the run has ended, or does so within some seconds; it is not reaped yet."""
        assert self._process is not None
        until = time.monotonic() + within
        # Not by wait, which would give the process number back.
        while Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
            if time.monotonic() >= until:
                return False
            time.sleep(0.001)
        return True

    def end(self) -> Ended:
        """Wait for the run to end."""
        assert self._process is not None
        code = self._process.wait(timeout=_PATIENCE)
        return Ended(code, None if code < 0 else _told(self._order, code))


def _told(order: Order, code: int) -> Told:
    """Return what a run has said, from what it printed."""
    root = Path(order.root)
    text = (root / _OUT).read_text(encoding="utf-8")
    told = Told(code=code, plan=text, text=(root / _ERR).read_text(encoding="utf-8"))
    document = _document(text)
    if "error" in document or code in {1, 5}:
        # The command line tells no classes; these two are what the codes stand for.
        told.error = "LockedError" if code == 5 else "SyncEngineError"
    told.empty = bool(document.get("empty"))
    told.holds = len(document.get("holds", []))
    told.notes = [*document.get("notes", []), *document.get("parked", [])]
    told.complete = bool(document.get("complete"))
    return told


def _document(text: str) -> dict[str, Any]:
    start = text.find("{")
    try:
        found: dict[str, Any] = json.loads(text[start:]) if start >= 0 else {}
    except ValueError:
        return {}
    return found


if __name__ == "__main__":
    sys.exit(main())
