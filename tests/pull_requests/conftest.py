"""A real repository, branches of strangers in it, and a trusted job that checks one of them out after the merge."""

import os
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from syncengine.cli.exits import run
from syncengine.cli.main import cli

PROJECT = """\
version: 1
project: acme
dialers:
  co:
    vendor: wolkvox
    settings: {server: "0016"}
    secrets: {token: "env:WOLKVOX_TOKEN"}
manifests: ["manifests/*.yaml"]
"""
MANIFEST = """\
campaigns:
  spring: {dialer: co, name: Spring, type: predictive, status: started, contacts: [people]}
contacts:
  people: {source: data/people.csv, region: CO, on_absent: remove}
dnd:
  opt-outs: {source: data/opt-outs.csv, scope: all, region: CO}
"""
PEOPLE = "id,phone,first_name\n1,+573101230001,Ana\n2,+573101230002,Eva\n3,+573101230003,Leo\n"
OPT_OUTS = "phone\n3101230003\n"
MAIN = {
    "syncengine.yaml": PROJECT,
    "manifests/all.yaml": MANIFEST,
    "data/people.csv": PEOPLE,
    "data/opt-outs.csv": OPT_OUTS,
}
TOKEN = "canary-5f0c1a"
THE_DIALER = "wv0016.wolkvox.com"


class AskedError(BaseException):
    """A job has looked up a host. It ends there: an error would be tried again, with pauses."""


@dataclass(frozen=True)
class Link:
    """A symbolic link in a branch."""

    target: str


@dataclass
class Job:
    """What a job said, and whom it asked for."""

    # -1: it called somebody.
    code: int
    said: str
    # Names that were looked up, as for a call.
    asked: list[str]


@dataclass
class Repository:
    """The repository, and the machine on which jobs run."""

    folder: Path
    # The owner's folder on the machine: allowed origins, the ledger, other secrets.
    owner: Path
    asked: list[str]
    capture: Callable[[], Any]
    branches: list[str] = field(default_factory=list)

    def git(self, *words: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@localhost", *words],
            cwd=cwd or self.folder,
            check=True,
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(self.owner), "GIT_CONFIG_NOSYSTEM": "1"},
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str | bytes | Link]) -> None:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            if isinstance(content, Link):
                path.symlink_to(content.target)
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")

    def branch(self, files: Mapping[str, str | bytes | Link]) -> Path:
        """Commit a stranger's files on a branch of main, and check it out as a job does."""
        name = f"branch-{len(self.branches)}"
        self.branches.append(name)
        self.git("checkout", "--quiet", "-b", name, "main")
        self.commit(files)
        place = self.owner.parent / "runner" / name
        self.git("worktree", "add", "--quiet", "--detach", str(place), name)
        self.git("checkout", "--quiet", "main")
        return place

    def job(self, place: Path, *words: str | Path) -> Job:
        """Run a command of a trusted job: it has the secrets and the owner's folder."""
        self.asked.clear()
        self.capture()
        try:
            code = run(cli, [*map(str, words), "--project", str(place)])
        except AskedError:
            code = -1
        captured = self.capture()
        return Job(code, captured.out + captured.err, list(self.asked))


@pytest.fixture
def repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Repository]:
    owner, folder = tmp_path / "owner", tmp_path / "repository"
    folder.mkdir()
    (owner / "syncengine").mkdir(parents=True)
    asked: list[str] = []

    def looked_up(host: str | bytes | None, *_: object, **__: object) -> list[object]:
        asked.append(host.decode() if isinstance(host, bytes) else str(host))
        raise AskedError

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(owner))
    monkeypatch.setenv("HOME", str(owner))
    monkeypatch.setenv("SYNCENGINE_LEDGER", f"sqlite:///{owner}/ledger.db")
    monkeypatch.setenv("WOLKVOX_TOKEN", TOKEN)
    monkeypatch.setenv("NO_COLOR", "1")
    made = Repository(folder=folder, owner=owner, asked=asked, capture=capfd.readouterr)
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit(MAIN)
    yield made
    left = "".join(
        path.read_text("utf-8", "replace") for path in (owner.parent / "runner").rglob("*") if path.is_file()
    )
    assert TOKEN not in left
