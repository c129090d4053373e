"""One sandbox, small projects against it, and the command line in this process or as one of its own."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from syncengine.cli.exits import run
from syncengine.cli.main import cli
from syncengine.sandbox.server import Sandbox

PROJECT = """\
version: 1
project: acme
dialers:
  uk:
    vendor: comunik8
    base_url: {comunik8}
    settings: {{host: example.com}}
    limits: {{calls: 500, per: 1s}}
    secrets: {{key: "env:COMUNIK8_KEY"}}
  co:
    vendor: wolkvox
    base_url: {wolkvox}
    settings: {{server: "0016"}}
    secrets: {{token: "env:WOLKVOX_TOKEN"}}
guards: {{max_newly_callable: {max_newly_callable}, max_starts: 5}}
watch: {{settle: 1s, interval: 15m, may_land: {may_land}{watch}}}
"""
MANIFEST = """\
campaigns:
  motor-trade:
    dialer: uk
    id: motor-trade
    contacts: [leads]
  spring:
    dialer: co
    name: Spring
    type: predictive
    status: started
    contacts: [people]
    settings: {description: Spring, skill: "120"}
contacts:
  leads:
    source: data/leads.csv
    region: GB
    on_absent: remove
  people:
    source: data/people.csv
    region: CO
    on_absent: remove
dnd:
  opt-outs:
    source: data/opt-outs.csv
    scope: all
"""


def mobile(number: int) -> str:
    """A British mobile that nobody has."""
    return f"+4477009{number:05d}"


def colombian(number: int) -> str:
    return f"+5731012{number:05d}"


@dataclass
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; anything beside it is an error."""
        return json.loads(self.out)


@dataclass
class Project:
    """A project in a folder, with short ways to change its files and to run commands on it."""

    folder: Path
    sandbox: Sandbox
    environment: dict[str, str]
    capture: Callable[[], Any]
    secrets: list[str] = field(default_factory=list)
    # Every output so far, to look for what must not be in it.
    said: list[str] = field(default_factory=list)

    def leads(self, *numbers: int) -> None:
        rows = [f"{mobile(n)},Ann{n},Secretname{n},ann{n}@example.com" for n in numbers]
        self._write("leads.csv", "phone,first_name,last_name,email", rows)

    def people(self, *numbers: int) -> None:
        rows = [f"C{n:06d},{colombian(n)},Ana{n},Secretname{n}" for n in numbers]
        self._write("people.csv", "id,phone,first_name,last_name", rows)

    def opt_outs(self, *phones: str) -> None:
        self._write("opt-outs.csv", "phone", list(phones))

    def _write(self, name: str, head: str, rows: list[str]) -> None:
        (self.folder / "data" / name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")

    def manifest(self, text: str) -> None:
        (self.folder / "manifests" / "all.yaml").write_text(text, encoding="utf-8")

    def configure(self, **values: Any) -> None:
        urls = {vendor: self.sandbox.url(vendor) for vendor in self.sandbox.dialers}
        text = PROJECT.format(
            **urls, **{"max_newly_callable": 20000, "may_land": "[cosmetic, pacing, audience]", "watch": ""} | values
        )
        (self.folder / "syncengine.yaml").write_text(text, encoding="utf-8")

    def run(self, *words: str | Path, expected: int | None = 0) -> Outcome:
        """Run a command in this process; the project is named where the command takes one."""
        self.capture()
        code = run(cli, [*map(str, words), *self._project(words)])
        captured = self.capture()
        found = Outcome(code, captured.out, captured.err)
        self.said += [found.out, found.err]
        assert expected is None or code == expected, (code, found.out, found.err)
        return found

    def _project(self, words: Sequence[object]) -> list[str]:
        takes = (
            words[0] in {"validate", "plan", "apply", "watch", "state", "ledger", "drift", "suspend", "resume"}
            and "--project" not in words
        )
        if words == ("state",):
            return []
        return ["--project", str(self.folder)] if takes else []

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "syncengine", *words, *self._project(words)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=self.folder,
        )

    def added(self) -> list[str]:
        """The mobiles of the leads that the British dialer has, in no order."""
        return sorted(record["number"] for record in self.sandbox.comunik8.records("motor-trade"))


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def project(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Project]:
    """A project of two dialers, three leads, four people and one opt-out; nothing of it may ever be shown unmasked."""
    secrets = {"COMUNIK8_KEY": "comunik8", "WOLKVOX_TOKEN": "wolkvox"}
    for variable, vendor in secrets.items():
        credentials = sandbox.credentials(vendor)
        monkeypatch.setenv(variable, credentials[variable.rpartition("_")[2].lower()])
    # As off a terminal, also where the tests run on one.
    monkeypatch.setenv("NO_COLOR", "1")
    folder = tmp_path / "acme"
    for name in ("data", "manifests"):
        (folder / name).mkdir(parents=True)
    made = Project(
        folder=folder,
        sandbox=sandbox,
        environment=dict(os.environ),
        capture=capfd.readouterr,
        secrets=[os.environ[variable] for variable in secrets],
    )
    made.configure()
    made.manifest(MANIFEST)
    made.leads(1, 2, 3)
    made.people(1, 2, 3, 4)
    made.opt_outs(mobile(3))
    yield made
    _nothing_personal(made)


@pytest.fixture
def told(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """A webhook on this machine, named in the project file; what it was told."""
    found: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    file = project.folder / "syncengine.yaml"
    way = f"notifications: [{{webhook: 'http://127.0.0.1:{server.server_port}/', secret: 'env:HOOK'}}]\n"
    file.write_text(file.read_text() + way)
    monkeypatch.setenv("HOOK", "s3cret")
    project.environment["HOOK"] = "s3cret"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()
    project.said.append(json.dumps(found))


def _nothing_personal(project: Project) -> None:
    said = "\n".join(project.said)
    personal = [mobile(n)[3:] for n in range(1, 60)] + [colombian(n)[3:] for n in range(1, 60)] + ["Secretname"]
    assert [word for word in [*personal, *project.secrets] if word in said] == []
