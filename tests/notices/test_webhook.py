"""A webhook is signed, tried a bounded number of times, and goes nowhere else."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from syncengine.model.secret import Secret
from syncengine.notices.notice import Notice
from syncengine.notices.webhook import WINDOW, deliver

NOTICE = Notice(event="approval", project="acme", plan_id="4f1c2a9b8e7d6c50", counts={"starts": 1})
SECRET = Secret("canary-of-the-webhook")


@dataclass
class Receiver:
    """Whoever gets the deliveries, as the module says that he should."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def sound(self, number: int, now: float) -> bool:
        headers, body = self.taken[number]
        sent = headers["x-syncengine-timestamp"]
        mark = hmac.new(b"canary-of-the-webhook", f"{sent}.".encode() + body, hashlib.sha256).hexdigest()
        return headers["x-syncengine-signature"] == f"v1={mark}" and abs(now - int(sent)) <= WINDOW


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = found.answers.pop(0) if found.answers else 204
            self.send_response(status)
            if status == 307:
                self.send_header("location", f"{found.url}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_delivery_can_be_proven_and_is_worthless_later(receiver: Receiver) -> None:
    assert deliver(NOTICE, receiver.url, SECRET, now=lambda: 1_000.0) == ""
    assert receiver.sound(0, 1_000.0 + WINDOW)
    assert not receiver.sound(0, 1_001.0 + WINDOW)
    headers, body = receiver.taken[0]
    assert json.loads(body)["plan_id"] == NOTICE.plan_id
    receiver.taken[0] = (headers, body.replace(b"acme", b"evil"))
    assert not receiver.sound(0, 1_000.0)
    assert "canary" not in str(headers)


def test_a_failure_is_tried_again_signed_anew_and_known_as_the_same(receiver: Receiver) -> None:
    receiver.answers = [500, 429]
    times, waits = iter([1.0, 1.0, 400.0, 900.0]), list[float]()
    assert deliver(NOTICE, receiver.url, SECRET, now=lambda: next(times), sleep=waits.append) == ""
    assert waits == [2.0, 4.0]
    assert [receiver.sound(number, now) for number, now in enumerate((1.0, 400.0, 900.0))] == [True] * 3
    assert len({headers["x-syncengine-delivery"] for headers, _ in receiver.taken}) == 1


def test_the_tries_are_bounded(receiver: Receiver) -> None:
    receiver.answers = [503] * 9
    assert deliver(NOTICE, receiver.url, SECRET, sleep=lambda _: None) == "it answered 503"
    assert len(receiver.taken) == 3


@pytest.mark.parametrize("status", [307, 400, 404])
def test_a_refusal_is_not_tried_again_and_a_redirect_not_followed(receiver: Receiver, status: int) -> None:
    receiver.answers = [status]
    assert deliver(NOTICE, receiver.url, SECRET, sleep=lambda _: None) == f"it answered {status}"
    assert len(receiver.taken) == 1


def test_nobody_there_is_a_problem_and_no_error() -> None:
    assert "no answer" in deliver(NOTICE, "http://127.0.0.1:9/", SECRET, sleep=lambda _: None)
