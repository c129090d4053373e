"""Each fault spoils exactly what it says: applied or not, answered or not."""

import time

import httpx
import pytest

from syncengine.sandbox.faults import Faults
from syncengine.sandbox.server import Sandbox

LEAD = {
    "email": "john@example.com",
    "first_name": "John",
    "surname": "Doe",
    "mobile": "07840258823",
    "type": "motor-trade",
}
KEY = {"key": "comunik8-key"}


def add(sandbox: Sandbox, client: httpx.Client) -> httpx.Response:
    return client.post(f"{sandbox.url('comunik8')}/lead/add", params=KEY, json=LEAD)


def test_a_drop_before_applying_leaves_no_lead_and_no_answer(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.faults.add("drop_before")
    with pytest.raises(httpx.TransportError):
        add(sandbox, client)
    assert sandbox.comunik8.records("motor-trade") == []
    entry = sandbox.comunik8.record.entries()[0]
    assert (entry.status, entry.applied, entry.fault) == (None, False, "drop_before")
    assert entry.body == LEAD


def test_a_drop_after_applying_leaves_the_lead_and_no_answer(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.faults.add("drop_after")
    with pytest.raises(httpx.TransportError):
        add(sandbox, client)
    assert len(sandbox.comunik8.records("motor-trade")) == 1
    entry = sandbox.comunik8.record.entries()[0]
    assert (entry.status, entry.applied) == (None, True)


def test_an_error_after_applying_answers_500_though_the_lead_is_there(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.faults.add("error_after")
    assert add(sandbox, client).status_code == 500
    assert len(sandbox.comunik8.records("motor-trade")) == 1
    entry = sandbox.comunik8.record.entries()[0]
    assert (entry.status, entry.applied) == (500, True)


def test_an_error_before_applying_answers_500_and_keeps_nothing(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.faults.add("error_before")
    assert add(sandbox, client).status_code == 500
    assert sandbox.comunik8.records("motor-trade") == []


def test_too_many_answers_429_with_retry_after(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.faults.add("too_many", retry_after="7")
    answer = add(sandbox, client)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert sandbox.comunik8.records("motor-trade") == []


def test_unauthorized_answers_401_once_and_then_lets_through(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.faults.add("unauthorized")
    assert [add(sandbox, client).status_code for _ in range(2)] == [401, 200]


def test_html_comes_with_status_200_and_nothing_is_applied(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.faults.add("html")
    answer = add(sandbox, client)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert sandbox.comunik8.records("motor-trade") == []


def test_latency_delays_and_still_applies(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.faults.add("latency", seconds=0.2)
    began = time.monotonic()
    assert add(sandbox, client).json() == {"saved": True, "processed": True}
    assert time.monotonic() - began >= 0.2


def test_latency_and_another_fault_hit_the_same_request(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.faults.add("latency", seconds=0.2)
    sandbox.comunik8.faults.add("too_many")
    began = time.monotonic()
    assert add(sandbox, client).status_code == 429
    assert time.monotonic() - began >= 0.2


def test_a_fault_lets_the_skipped_requests_through_and_hits_as_often_as_asked() -> None:
    faults = Faults()
    faults.add("html", times=2, skip=1)
    assert [len(faults.take("GET", "/")) for _ in range(4)] == [0, 1, 1, 0]
    assert faults.pending() == []


def test_a_fault_hits_only_its_verb_and_its_part_of_path_or_query() -> None:
    faults = Faults()
    faults.add("html", method="post", path="api=add_record")
    assert faults.take("GET", "/campaign.php?api=add_record") == []
    assert faults.take("POST", "/campaign.php?api=speed") == []
    assert [fault.kind for fault in faults.take("POST", "/campaign.php?api=add_record&x=1")] == ["html"]


def test_only_one_spoiling_fault_hits_a_request() -> None:
    faults = Faults()
    faults.add("html")
    faults.add("too_many")
    assert [fault.kind for fault in faults.take("GET", "/")] == ["html"]
    assert [fault.kind for fault in faults.take("GET", "/")] == ["too_many"]


def test_faults_are_armed_shown_and_cleared_over_http(sandbox: Sandbox, client: httpx.Client) -> None:
    url = f"{sandbox.url('comunik8')}/_sandbox/faults"
    armed = client.post(url, json={"kind": "too_many", "times": 3, "method": "POST", "path": "/lead"})
    assert armed.json()["pending"][0]["times"] == 3
    assert add(sandbox, client).status_code == 429
    assert client.get(url).json()["pending"][0]["times"] == 2
    assert client.delete(url).json() == {"pending": []}
    assert add(sandbox, client).status_code == 200


@pytest.mark.parametrize(
    "wanted", [b'{"kind": "earthquake"}', b'{"times": 1}', b'{"kind": "html", "x": 1}', b"[]", b"?"]
)
def test_a_fault_that_does_not_exist_is_refused_over_http(
    sandbox: Sandbox, client: httpx.Client, wanted: bytes
) -> None:
    answer = client.post(f"{sandbox.url('comunik8')}/_sandbox/faults", content=wanted)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sandbox.comunik8.faults.pending() == []


def test_the_control_paths_are_never_spoilt_nor_recorded(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.faults.add("drop_before")
    assert client.get(f"{sandbox.url('comunik8')}/_sandbox/state").status_code == 200
    assert sandbox.comunik8.record.total == 0


def test_faults_work_at_every_vendor(sandbox: Sandbox, client: httpx.Client) -> None:
    for vendor, dialer in sandbox.dialers.items():
        dialer.faults.add("drop_before")
        with pytest.raises(httpx.TransportError):
            client.get(f"{sandbox.url(vendor)}/anything", headers={"wolkvox-token": "wolkvox-token-0016"})
        assert dialer.faults.pending() == []
