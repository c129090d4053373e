"""The record keeps what a judge needs, and no more than memory allows."""

import threading

import httpx
from starlette.datastructures import Headers

from syncengine.sandbox.call import Call
from syncengine.sandbox.record import Record, count_rows
from syncengine.sandbox.server import Sandbox

TOKEN = {"wolkvox-token": "wolkvox-token-0016"}


def post_records(sandbox: Sandbox, client: httpx.Client, count: int) -> httpx.Response:
    base = f"{sandbox.url('wolkvox')}/api/v2/campaign.php"
    made = client.post(
        base,
        params={"api": "create_campaign", "type_campaign": "predictive"},
        headers=TOKEN,
        json={"campaign_name": "A"},
    )
    campaign_id = made.json()["data"][0]["id_campaing"]
    query = {"api": "add_record", "type_campaign": "predictive", "campaign_id": campaign_id, "campaign_status": "stop"}
    rows = [{"customer_id": str(n), "tel1": f"57300{n:07d}"} for n in range(count)]
    return client.post(base, params=query, headers=TOKEN, json=rows)


def test_a_request_is_recorded_with_verb_path_query_body_and_outcome(sandbox: Sandbox, client: httpx.Client) -> None:
    post_records(sandbox, client, 2)
    entry = sandbox.wolkvox.record.entries("POST", "api=add_record")[0]
    assert entry.path == "/api/v2/campaign.php"
    assert ("campaign_status", "stop") in entry.query
    assert entry.body[1] == {"customer_id": "1", "tel1": "573000000001"}
    assert (entry.status, entry.applied, entry.rows) == (200, True, 2)


def test_a_large_body_is_kept_as_count_and_digest(sandbox: Sandbox, client: httpx.Client) -> None:
    assert post_records(sandbox, client, 10_000).json()["data"] == [{"total_registers": "10000"}]
    entry = sandbox.wolkvox.record.entries("POST", "add_record")[0]
    assert entry.body is None
    assert (entry.rows, len(entry.digest)) == (10_000, 64)
    assert entry.size > 256 * 1024
    assert sandbox.wolkvox.record.rows("POST", "add_record", applied=True) == 10_000


def test_a_refused_request_is_recorded_as_not_applied(sandbox: Sandbox, client: httpx.Client) -> None:
    assert client.get(f"{sandbox.url('wolkvox')}/api/v2/information.php?api=campaigns").status_code == 401
    assert [entry.status for entry in sandbox.wolkvox.record.entries(applied=False)] == [401]
    assert sandbox.wolkvox.record.entries(applied=True) == []


def test_the_requests_can_be_read_over_http(sandbox: Sandbox, client: httpx.Client) -> None:
    client.get(f"{sandbox.url('lynn')}/api/LynnService/GetCampaigns/42")
    shown = client.get(f"{sandbox.url('lynn')}/_sandbox/requests").json()
    assert [(one["method"], one["path"], one["status"]) for one in shown] == [
        ("GET", "/api/LynnService/GetCampaigns/42", 401)
    ]


def test_only_so_many_requests_are_kept_but_all_are_counted() -> None:
    record = Record(most=3)
    for n in range(5):
        record.open(Call("GET", f"/{n}", "", Headers({}), b"", "empty", None))
    assert [entry.path for entry in record.entries()] == ["/2", "/3", "/4"]
    assert record.total == 5


def test_the_most_requests_open_at_once_are_noted(sandbox: Sandbox) -> None:
    sandbox.comunik8.faults.add("latency", times=2, seconds=0.3)
    threads = [threading.Thread(target=httpx.get, args=(sandbox.url("comunik8"),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sandbox.comunik8.record.peak_in_flight == 2


def test_requests_one_after_another_have_a_peak_of_one(sandbox: Sandbox, client: httpx.Client) -> None:
    for _ in range(3):
        client.get(sandbox.url("comunik8"))
    assert sandbox.comunik8.record.peak_in_flight == 1


def test_rows_are_counted_wherever_the_list_stands() -> None:
    assert count_rows(None) == 0
    assert count_rows([1, 2, 3]) == 3
    assert count_rows({"campaign": "A", "records": [1, 2]}) == 2
    assert count_rows({"listcontacts": '[{"id": "CT1"}, {"id": "CT2"}]'}) == 2
    assert count_rows({"campaign": "A"}) == 1
