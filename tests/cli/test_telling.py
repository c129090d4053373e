"""Commands tell those who are to be told, and go on when that fails."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.cli.conftest import Project


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
    yield found
    server.shutdown()
    server.server_close()
    thread.join()
    project.said.append(json.dumps(found))


def test_a_plan_that_waits_and_an_apply_in_part_are_told(project: Project, told: list[dict[str, Any]]) -> None:
    plan = project.run("plan", "--notify", "approval", "--json").document
    assert [(found["event"], found["plan_id"]) for found in told] == [("approval", plan["plan_id"])]
    told.clear()
    project.run("plan")
    project.run("apply", "--yes")
    project.run("apply", "--yes")
    assert told == []


def test_a_guard_is_told_by_an_apply(project: Project, told: list[dict[str, Any]]) -> None:
    file = project.folder / "syncengine.yaml"
    file.write_text(file.read_text().replace("max_newly_callable: 20000", "max_newly_callable: 1"))
    project.run("apply", "--yes", expected=4)
    assert [(found["event"], found["about"]) for found in told] == [("guard", ["max_newly_callable"])]


def test_a_notification_that_fails_fails_nothing(
    project: Project, told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOOK")
    done = project.run("plan", "--notify", "drift")
    assert "warning: notification 1 (drift) was not sent" in done.err
    assert told == []
