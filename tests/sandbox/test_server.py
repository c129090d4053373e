"""Starting, stopping and looking into the sandbox."""

import socket
import threading
import time

import httpx
import pytest

from syncengine.sandbox.dialer import Dialer
from syncengine.sandbox.server import VENDORS, Sandbox

from .signing import signed


def test_all_five_dialers_answer_on_ports_of_their_own(sandbox: Sandbox, client: httpx.Client) -> None:
    assert tuple(sandbox.dialers) == VENDORS
    urls = [sandbox.url(vendor) for vendor in VENDORS]
    assert len(set(urls)) == 5
    for url in urls:
        assert url.startswith("http://127.0.0.1:")
        assert next(iter(client.get(f"{url}/_sandbox/state").json())) == "summary"


def test_every_dialer_answers_the_judge_when_it_is_empty(sandbox: Sandbox) -> None:
    dialers: list[Dialer] = list(sandbox.dialers.values())
    for dialer in dialers:
        assert dialer.records("nothing") == []
        assert dialer.callable_numbers("nothing") == set()
        assert dialer.doubled() == []
        assert all(not numbers for numbers in dialer.dialling().values())
        assert dialer.credentials()


def test_stopping_takes_less_than_a_second_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    sandbox = Sandbox().start()
    with httpx.Client() as client:
        client.get(f"{sandbox.url('lynn')}/_sandbox/state")
        began = time.monotonic()
        sandbox.stop()
    assert time.monotonic() - began < 1
    assert set(threading.enumerate()) == before


def test_stopping_does_not_wait_for_a_request_that_hangs() -> None:
    sandbox = Sandbox().start()
    url = sandbox.url("comunik8")
    sandbox.comunik8.faults.add("latency", seconds=30)
    outcome: list[str] = []

    def ask() -> None:
        try:
            httpx.post(f"{url}/lead/add", timeout=20)
        except httpx.TransportError:
            outcome.append("cut")

    thread = threading.Thread(target=ask)
    thread.start()
    while not sandbox.comunik8.record.total:
        time.sleep(0.01)
    began = time.monotonic()
    sandbox.stop()
    assert time.monotonic() - began < 1
    thread.join(5)
    assert outcome == ["cut"]


def test_a_stopped_sandbox_can_be_started_again_on_its_ports() -> None:
    with Sandbox() as first:
        ports = {vendor: int(first.url(vendor).rpartition(":")[2]) for vendor in VENDORS}
    with Sandbox(ports=ports) as second:
        assert [second.url(vendor) for vendor in VENDORS] == [f"http://127.0.0.1:{ports[v]}" for v in VENDORS]


def test_a_taken_port_is_an_error_and_nothing_stays_bound() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        before = set(threading.enumerate())
        with pytest.raises(OSError):
            Sandbox(ports={"thulium": port}).start()
    assert set(threading.enumerate()) == before


def test_a_second_start_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(RuntimeError):
        sandbox.start()


def test_reset_over_http_forgets_state_and_requests(sandbox: Sandbox, client: httpx.Client) -> None:
    url = sandbox.url("comunik8")
    lead = {"email": "john@example.com", "first_name": "J", "surname": "D", "mobile": "07840258823", "type": "spring"}
    client.post(f"{url}/lead/add", params={"key": "comunik8-key"}, json=lead)
    assert client.get(f"{url}/_sandbox/state").json()["summary"]["leads"] == 1
    client.post(f"{url}/_sandbox/reset")
    assert client.get(f"{url}/_sandbox/state").json()["summary"] == {
        "leads": 0,
        "cancelled": 0,
        "refused": 0,
        "dialled": 0,
        "requests": 0,
    }


def test_reset_turns_every_switch_back(sandbox: Sandbox) -> None:
    sandbox.lynn.switches.task_polls = 9
    sandbox.wolkvox.switches.maintenance = True
    sandbox.comunik8.switches.refusal_status = 409
    sandbox.stringee.switches.list_shape = "proxy"
    sandbox.clock.advance(5000)
    sandbox.reset()
    assert sandbox.lynn.switches.task_polls == 2
    assert sandbox.wolkvox.switches.maintenance is False
    assert sandbox.comunik8.switches.refusal_status == 200
    assert sandbox.stringee.switches.list_shape == "icc"
    assert abs(sandbox.clock.now() - time.time()) < 1


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_whole_state_can_be_read_while_it_holds_something(
    sandbox: Sandbox, client: httpx.Client, vendor: str
) -> None:
    fill(sandbox)
    state = client.get(f"{sandbox.url(vendor)}/_sandbox/state").json()
    assert state["summary"].get("campaigns", state["summary"].get("leads")) == 1
    only = client.get(f"{sandbox.url(vendor)}/_sandbox/state", params={"only": "summary"}).json()
    assert only == {"summary": state["summary"]}


def fill(sandbox: Sandbox) -> None:
    """Put one campaign (or lead) into every dialer, over HTTP."""
    lynn = {"Authorization": "bearer lynn-administrator-token"}
    httpx.post(f"{sandbox.url('lynn')}/api/LynnService/PostCampaign/42", headers=lynn, json={"name": "A"})
    wolkvox = {"wolkvox-token": "wolkvox-token-0016"}
    query = {"api": "create_campaign", "type_campaign": "preview"}
    url = f"{sandbox.url('wolkvox')}/api/v2/campaign.php"
    httpx.post(url, params=query, headers=wolkvox, json={"campaign_name": "A"})
    lead = {"email": "john@example.com", "first_name": "J", "surname": "D", "mobile": "07840258823", "type": "spring"}
    httpx.post(f"{sandbox.url('comunik8')}/lead/add", params={"key": "comunik8-key"}, json=lead)
    auth = ("api_user", "api_pass")
    httpx.post(f"{sandbox.url('thulium')}/api/outbounds", auth=auth, json={"name": "A"})
    httpx.post(f"{sandbox.url('thulium')}/api/outbounds/00001/records", auth=auth, json={"phone_number": "48600000001"})
    files = {"name": (None, "A")}
    httpx.post(f"{sandbox.url('stringee')}/v1/campaign", headers={"X-STRINGEE-AUTH": signed()}, files=files)


def test_an_answer_is_not_held_back_on_its_way(sandbox: Sandbox, client: httpx.Client) -> None:
    url = f"{sandbox.url('comunik8')}/lead/add"
    began = time.monotonic()
    for _ in range(50):
        client.post(url, json={})
    # With the network's own delay each would take 40 ms.
    assert time.monotonic() - began < 1
