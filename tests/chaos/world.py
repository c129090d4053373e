"""What trials run in: five sandbox dialers, a fork server for the engine, a folder; one for each worker."""

import shutil
import tempfile
import time
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from syncengine.sandbox.server import Sandbox
from tests.chaos.fork_server import ForkServer
from tests.chaos.real_process import ProcessServer

# A request whose sender is dead is over well within this.
_QUIET_SECONDS = 5.0


class World:
    """Used by one trial at a time."""

    def __init__(self, *, ledger: str = "", server: ForkServer | ProcessServer | None = None) -> None:
        """Open everything; ``ledger`` is the URL of a server, empty: an SQLite file for each trial."""
        self._ledger = ledger
        self._numbers = count(1)
        self.folder = Path(tempfile.mkdtemp(prefix="chaos-"))
        # Before the sandbox's thread begins.
        self.server = server or ForkServer()
        self.sandbox = Sandbox().start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sandbox.stop()
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def fresh(self) -> tuple[Path, str, str]:
        """Empty the dialers and return a new folder, the URL of its ledger and a project's name of its own."""
        self.sandbox.reset()
        # Real processes wait for a task at the pace of the vendor file.
        self.sandbox.lynn.switches.task_polls = 0 if isinstance(self.server, ProcessServer) else 1
        self.sandbox.wolkvox.switches.service_seconds = 0.0
        number = next(self._numbers)
        root = self.folder / f"trial-{number}"
        root.mkdir()
        return root, self._ledger or f"sqlite:///{root}/.syncengine/ledger.db", f"{self.folder.name}-{number}".lower()

    @property
    def ahead(self) -> float:
        """Seconds by which everybody's clock is ahead."""
        return self.sandbox.clock.now() - time.time()

    def wait_until_quiet(self) -> None:
        """Wait until no request is under way any more; its sender must be dead."""
        deadline = time.monotonic() + _QUIET_SECONDS
        time.sleep(0.002)
        while not self.sandbox.quiet():
            if time.monotonic() > deadline:
                raise TimeoutError("a dead run's request is still under way")
            time.sleep(0.001)
