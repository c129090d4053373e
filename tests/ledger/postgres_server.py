"""A real PostgreSQL server in a temporary folder, on a socket of its own, that ends with the tests.

The server refuses to run as root, so root starts it as another user. Where no server program is found, the tests that
need one say so and skip; ``.ci/run`` installs one.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OLDEST = 15
NONE = "no PostgreSQL server of version 15 or newer is installed here, so its ledger is not tested"


def programs() -> Path | None:
    """The folder of the newest server programs, or None."""
    folders = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    fit = [(_version(folder), folder) for folder in folders if (folder / "postgres").exists()]
    newest = max(fit, default=(0, None))
    return newest[1] if newest[0] >= _OLDEST else None


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].split(".")[0])


class Server:
    """A running server; ``url`` names its database."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries, self.folder = binaries, folder
        self.user = "" if os.geteuid() else ("postgres" if _exists("postgres") else "nobody")
        self.process: subprocess.Popen[bytes] | None = None
        if self.user:
            found = pwd.getpwnam(self.user)
            os.chown(folder, found.pw_uid, found.pw_gid)
        words = [
            "initdb",
            "--pgdata",
            str(folder / "data"),
            "--username",
            "test",
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
        ]
        subprocess.run(self._as_user(words), check=True, capture_output=True, cwd=folder)

    @property
    def url(self) -> str:
        return f"postgresql:///postgres?host={self.folder}&user=test"

    def start(self, **settings: str) -> None:
        wanted = {"listen_addresses": "", "unix_socket_directories": str(self.folder), **settings}
        options = [word for name, value in wanted.items() for word in ("-c", f"{name}={value}")]
        words = self._as_user(["postgres", "-D", str(self.folder / "data"), *options])
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, cwd=self.folder)
        deadline = time.monotonic() + 30
        while not (self.folder / ".s.PGSQL.5432").exists() or not self._answers():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.05)

    def _answers(self) -> bool:
        words: list[str | Path] = [self.binaries / "pg_isready", "--quiet", "--host", self.folder]
        return subprocess.run(words, check=False).returncode == 0

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT throws everybody out, SIGQUIT is a crash."""
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def sql(self, statement: str) -> str:
        words: list[str | Path] = [
            self.binaries / "psql",
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--dbname",
            self.url,
        ]
        done = subprocess.run([*words, "--command", statement], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def _as_user(self, words: list[str]) -> list[str]:
        # It ends with this process, whatever becomes of that.
        ends = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
        if self.user:
            assert ends, "root needs setpriv to start a server as another user"
            ends += [f"--reuid={self.user}", "--regid", str(pwd.getpwnam(self.user).pw_gid), "--clear-groups"]
        return [*ends, str(self.binaries / words[0]), *words[1:]]


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


@contextmanager
def running() -> Iterator[Server | None]:
    """Start a server for the time of a block; None where there is none to start."""
    binaries = programs()
    if binaries is None:
        yield None
        return
    # Not below the tests' own folder, which the server's user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    server = Server(binaries, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
