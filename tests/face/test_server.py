import http.client
import socket
import time
from urllib.parse import urlsplit

import pytest

from syncengine.errors import UsageError
from syncengine.face.server import address_of, serving
from tests.face.states import state


@pytest.fixture(scope="module")
def served():
    with serving("127.0.0.1:0") as (board, url):
        yield board, urlsplit(url)


def get(served, path="/", *, method="GET", **headers):
    connection = http.client.HTTPConnection(served[1].hostname, served[1].port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def test_the_page_its_parts_and_the_figures_are_served(served):
    served[0].post(state())
    for path, part in {
        "/": "acme &lt;b&gt;",
        "/main": "Held back",
        "/page.css": "prefers-color-scheme: dark",
        "/page.js": "EventSource",
        "/icon.svg": "<svg",
        "/metrics": "syncengine_plans_total",
        "/healthz": "ok",
        "/readyz": "ok",
    }.items():
        answer, text = get(served, path)
        assert (answer.status, part in text) == (200, True), path


def test_the_policy_lets_the_page_load_nothing_from_elsewhere_and_run_nothing_inside(served):
    answer, html = get(served)
    policy = answer.getheader("content-security-policy")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not [part for part in ("http://", "https://", "<style", "onclick", "style=") if part in html]


def test_an_unready_watcher_says_why(served):
    served[0].post(state(broken=("x",)))
    answer, text = get(served, "/readyz")
    assert (answer.status, text) == (503, "broken\n")
    served[0].post(state())


def test_another_name_for_the_address_is_refused(served):
    assert get(served, Host="evil.example")[0].status == 400
    assert get(served, Host=f"localhost:{served[1].port}")[0].status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(served, method):
    assert get(served, method=method)[0].status == 405


def test_events_say_that_something_has_changed(served):
    connection = http.client.HTTPConnection(served[1].hostname, served[1].port, timeout=10)
    connection.request("GET", "/events")
    answer = connection.getresponse()
    assert answer.getheader("content-type").startswith("text/event-stream")
    first = answer.readline()
    answer.readline()
    served[0].post(state())
    second = answer.readline()
    assert first.startswith(b"data: ")
    assert int(second[6:]) > int(first[6:])
    connection.close()


def test_an_open_page_does_not_keep_the_watcher_from_ending():
    with serving("127.0.0.1:0") as (_, url):
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=10)
        connection.request("GET", "/events")
        connection.getresponse().readline()
        began = time.monotonic()
    assert time.monotonic() - began < 4
    connection.close()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        (":8080", ("127.0.0.1", 8080)),
        ("localhost:0", ("127.0.0.1", 0)),
        ("[::1]:1", ("::1", 1)),
    ],
)
def test_loopback_addresses_are_taken(text, address):
    assert address_of(text, beyond=False) == address


@pytest.mark.parametrize("text", ["0.0.0.0:8080", "[::]:8080", "192.168.1.5:80", "10.0.0.1:80"])
def test_addresses_that_others_reach_need_a_word(text):
    with pytest.raises(UsageError, match="--listen-beyond-this-machine"):
        address_of(text, beyond=False)
    assert address_of(text, beyond=True)[1]


@pytest.mark.parametrize("text", ["8080", "127.0.0.1", "example.com:80", "127.0.0.1:99999", "127.0.0.1:x"])
def test_what_is_no_address_is_a_mistake(text):
    with pytest.raises(UsageError, match="--listen"):
        address_of(text, beyond=True)


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="choose another port"), serving(f"127.0.0.1:{taken.getsockname()[1]}"):
            pass
