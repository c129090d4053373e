"""Wolkvox's dialer: envelopes, limits and sentinels, as document 001 and the facts describe them."""

import threading
from typing import Any

import httpx
import pytest

from syncengine.sandbox.server import Sandbox

TOKEN = "wolkvox-token-0016"
NAMES = [
    *[
        "customer_name",
        "customer_last_name",
        "id_type",
        "customer_id",
        "age",
        "gender",
        "country",
        "state",
        "city",
        "zone",
        "address",
    ],
    *(f"opt{n}" for n in range(1, 13)),
    *(f"tel{n}" for n in range(1, 11)),
    "tel_extra",
    "email",
    "recall_date",
    "recall_telephone",
]
# The document's sample, every field filled.
SAMPLE = dict.fromkeys(NAMES, "") | {"customer_name": "Ana", "customer_id": "77", "tel1": "573001112233"}
SAMPLE |= {"tel2": "6012345678", "recall_date": "20270103090000", "recall_telephone": "573009998877"}


class Api:
    """Calls the dialer with its token."""

    def __init__(self, sandbox: Sandbox, client: httpx.Client) -> None:
        self.base = f"{sandbox.url('wolkvox')}/api/v2"
        self.client = client
        self.headers = {"wolkvox-token": TOKEN, "wolkvox_server": "0016"}

    def call(self, verb: str, file: str, api: str, json: Any = None, **query: str) -> httpx.Response:
        params = {"api": api} | query
        more = {} if json is None else {"json": json}
        return self.client.request(verb, f"{self.base}/{file}.php", params=params, headers=self.headers, **more)

    def campaign(self, kind: str = "predictive", **fields: str) -> str:
        body = {"campaign_name": "A"} | fields
        made = self.call("POST", "campaign", "create_campaign", body, type_campaign=kind)
        assert made.json()["error"] is None, made.text
        return str(made.json()["data"][0]["id_campaing"])

    def add(
        self, campaign_id: str, records: Any, status: str = "stop", kind: str = "predictive", **more: str
    ) -> httpx.Response:
        query = {"type_campaign": kind, "campaign_id": campaign_id, "campaign_status": status} | more
        return self.call("POST", "campaign", "add_record", records, **{k: v for k, v in query.items() if v})

    def on(self, verb: str, api: str, campaign_id: str, json: Any = None, **query: str) -> httpx.Response:
        return self.call(verb, "campaign", api, json, type_campaign="predictive", campaign_id=campaign_id, **query)


@pytest.fixture
def api(sandbox: Sandbox, client: httpx.Client) -> Api:
    return Api(sandbox, client)


def test_the_sample_record_is_added_with_a_code_as_text(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    answer = api.add(campaign_id, [SAMPLE])
    assert answer.status_code == 200
    assert answer.json() == {
        "code": "201",
        "error": None,
        "msg": "All records has been added successfully",
        "data": [{"total_registers": "1"}],
    }
    assert sandbox.wolkvox.records(campaign_id) == [SAMPLE]


def test_the_total_is_a_blank_as_in_the_sample_by_a_switch(sandbox: Sandbox, api: Api) -> None:
    sandbox.wolkvox.switches.blank_totals = True
    assert api.add(api.campaign(), [SAMPLE]).json()["data"] == [{"total_registers": " "}]


def test_the_same_record_again_is_doubled_silently(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    for _ in range(2):
        assert api.add(campaign_id, [SAMPLE]).json()["code"] == "201"
    assert [tuple(one) for one in sandbox.wolkvox.doubled()] == [(campaign_id, "77", 2)]
    listed = api.call("GET", "information", "campaigns").json()["data"]
    assert listed[0]["records"] == "2"


def test_campaign_status_start_starts_the_campaign_and_stop_stops_it(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    api.add(campaign_id, [SAMPLE], "start")
    assert sandbox.wolkvox.dialling() == {campaign_id: {"573001112233", "576012345678", "573009998877"}}
    api.add(campaign_id, [SAMPLE | {"customer_id": "78"}], "stop")
    assert sandbox.wolkvox.dialling() == {}


@pytest.mark.parametrize("status", ["", "started", "1"])
def test_another_campaign_status_is_refused(api: Api, status: str) -> None:
    answer = api.add(api.campaign(), [SAMPLE], status)
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert answer.json()["msg"] == "SOME PARAMETERS ARE REQUIRED"


def test_preview_records_need_no_status_and_may_name_their_agent(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign("preview")
    answer = api.add(campaign_id, [{"customer_id": "1", "agent_id": "9"}], "", "preview")
    assert answer.json()["code"] == "201"
    assert len(sandbox.wolkvox.records(campaign_id)) == 1


@pytest.mark.parametrize(
    "batch",
    [
        [],
        {"customer_id": "1"},
        [{"customer_id": 1}],
        [{"customer_id": "1", "colour": "red"}],
        [{"customer_id": "1", "agent_id": "9"}],
        [{"customer_id": "1", "age": None}],
        ["1"],
        [SAMPLE, {"recall_date": "2027-01-03"}],
    ],
)
def test_a_wrong_batch_is_refused_whole(sandbox: Sandbox, api: Api, batch: Any) -> None:
    campaign_id = api.campaign()
    answer = api.add(campaign_id, batch)
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert answer.json()["error"]
    assert sandbox.wolkvox.records(campaign_id) == []


def test_ten_thousand_records_pass_and_one_more_does_not(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    rows = [{"customer_id": str(n), "tel1": "573001112233"} for n in range(10_001)]
    assert api.add(campaign_id, rows).status_code == 400
    assert api.add(campaign_id, rows[:-1]).json()["data"][0]["total_registers"] == "10000"


def test_a_campaign_is_listed_without_its_write_only_settings(api: Api) -> None:
    campaign_id = api.campaign(campaign_description="d", start_time="080000", end_time="180000", skill_id="3", opt1="x")
    row = api.call("GET", "information", "campaigns").json()["data"][0]
    assert row["campaign_id"] == campaign_id
    assert (row["campaign_name"], row["type_campaign"], row["status"]) == ("A", "predictive", "Stopped")
    assert not {"start_time", "end_time", "skill_id", "opt1", "enable_edition"} & set(row)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("predictive", {"campaign_name": ""}),
        ("predictive", {"start_time": "8:00"}),
        ("predictive", {"enable_edition": "true"}),
        ("predictive", {"opt13": "x"}),
        ("preview", {"start_time": "080000"}),
        ("both", {}),
        ("predictive", {"skill_id": 3}),
    ],
)
def test_a_wrong_campaign_is_refused(api: Api, kind: str, fields: dict[str, Any]) -> None:
    body = {"campaign_name": "A"} | fields
    assert api.call("POST", "campaign", "create_campaign", body, type_campaign=kind).json()["code"] == 400


def test_a_campaign_starts_stops_and_changes_its_speed(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    started = api.on("PUT", "start", campaign_id)
    expected = f"The {campaign_id} campaign_id has been started successfully"
    assert started.json() == {"code": 202, "error": None, "msg": expected}
    assert list(sandbox.wolkvox.dialling()) == [campaign_id]
    assert api.on("PUT", "stop", campaign_id).json()["code"] == 202
    assert api.on("PUT", "speed", campaign_id, {"speed": "3"}).json()["code"] == 202
    assert api.call("GET", "information", "campaigns").json()["data"][0]["speed"] == "3"
    assert api.on("PUT", "speed", campaign_id, {"speed": 3}).json()["code"] == 400
    # Public clients leave type_campaign out.
    assert api.call("PUT", "campaign", "start", campaign_id=campaign_id).json()["code"] == 202


def test_an_unknown_campaign_or_one_of_the_other_type_does_not_exist(api: Api) -> None:
    assert api.on("PUT", "start", "999").json()["code"] == 404
    assert api.on("PUT", "start", api.campaign("preview")).json()["code"] == 404


def test_a_campaign_is_deleted(api: Api) -> None:
    campaign_id = api.campaign()
    assert api.on("DELETE", "delete_campaign", campaign_id).json()["code"] == 202
    assert api.call("GET", "information", "campaigns").json()["data"] == []


def test_a_record_is_removed_by_a_delete_with_a_body(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    api.add(campaign_id, [SAMPLE, SAMPLE, SAMPLE | {"customer_id": "78"}])
    assert api.on("DELETE", "remove_record", campaign_id, {"customer_id": "77"}).json()["code"] == 202
    assert [record["customer_id"] for record in sandbox.wolkvox.records(campaign_id)] == ["78"]
    assert api.on("DELETE", "remove_record", campaign_id, {"customer_id": "77"}).json()["code"] == 404
    assert api.on("DELETE", "remove_record", campaign_id).json()["code"] == 400


def test_removing_a_record_erases_its_attempts_unless_answered(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    api.add(campaign_id, [SAMPLE, SAMPLE | {"customer_id": "78"}])
    sandbox.wolkvox.mark_dialled(campaign_id, "77", "busy")
    sandbox.wolkvox.mark_dialled(campaign_id, "78", "answer")
    window = {"date_ini": "20000101000000", "date_end": "20000120000000"}
    assert api.on("GET", "detail", campaign_id, **window).json()["data"] == []
    for customer_id in ("77", "78"):
        api.on("DELETE", "remove_record", campaign_id, {"customer_id": customer_id})
    assert [row["customer_id"] for row in sandbox.wolkvox.state()["history"]] == ["78"]


def test_the_history_is_read_in_windows_of_at_most_31_days(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    wide = {"date_ini": "20270101000000", "date_end": "20270203000000"}
    assert api.on("GET", "detail", campaign_id, **wide).json()["code"] == 400
    assert api.on("GET", "detail", campaign_id).json()["code"] == 400
    narrow = {"date_ini": "20270101000000", "date_end": "20270130000000", "campaign_id": campaign_id}
    assert api.call("GET", "reports_manager", "campaign_3", **narrow).json()["code"] == 200


def test_a_campaign_is_cleared_of_everything_or_of_one_result(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    api.add(campaign_id, [SAMPLE, SAMPLE | {"customer_id": "78"}])
    sandbox.wolkvox.mark_dialled(campaign_id, "77", "busy")
    assert api.on("DELETE", "clear_campaign", campaign_id, result="nonsense").json()["code"] == 400
    api.on("DELETE", "clear_campaign", campaign_id, result="busy")
    assert [record["customer_id"] for record in sandbox.wolkvox.records(campaign_id)] == ["78"]
    api.on("DELETE", "clear_campaign", campaign_id)
    assert sandbox.wolkvox.records(campaign_id) == []


def test_a_record_is_rescheduled(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    api.add(campaign_id, [SAMPLE])
    body = {"customer_id": "77", "recall_date": "20270505101500", "recall_telephone": "573005554433"}
    assert api.on("PUT", "recall", campaign_id, body).json()["code"] == 202
    assert sandbox.wolkvox.records(campaign_id)[0]["recall_telephone"] == "573005554433"
    assert api.on("PUT", "recall", campaign_id, body | {"recall_date": "soon"}).json()["code"] == 400


def test_the_account_list_is_added_to_read_and_removed_from(sandbox: Sandbox, api: Api) -> None:
    added = api.call(
        "POST", "configuration", "add_dnc", {"type_call": "outbound", "telephones": ["573001112233", "6012345678"]}
    )
    assert added.json() == {"code": 201, "error": None, "msg": "2 telephones were added"}
    api.call("POST", "configuration", "add_dnc", {"type_call": "inbound", "telephones": ["573009998877"]})
    listed = api.call("GET", "information", "get_dnc", type="outbound").json()["data"]
    assert [(row["phone_number"], row["type"]) for row in listed] == [
        ("573001112233", "outbound"),
        ("6012345678", "outbound"),
    ]
    assert set(listed[0]) == {"phone_number", "type", "date_delete"}
    assert len(api.call("GET", "information", "get_dnc", type="all").json()["data"]) == 3
    campaign_id = api.campaign()
    api.add(campaign_id, [SAMPLE], "start")
    assert sandbox.wolkvox.callable_numbers(campaign_id) == {"573009998877"}
    removed = api.call("DELETE", "configuration", "remove_dnc", {"telephones": ["573001112233"]})
    assert removed.json() == {"code": 202, "error": None, "msg": "1 telephones were deleted"}
    assert "573001112233" in sandbox.wolkvox.callable_numbers(campaign_id)
    assert sandbox.wolkvox.state()["summary"]["dnc_wipes"] == 0


@pytest.mark.parametrize(("body", "left"), [({"telephones": "All"}, 0), ({"telephones": "all", "type": "inbound"}, 1)])
def test_the_sentinel_wipes_and_is_counted(sandbox: Sandbox, api: Api, body: dict[str, str], left: int) -> None:
    for side in ("inbound", "outbound"):
        api.call("POST", "configuration", "add_dnc", {"type_call": side, "telephones": ["573001112233"]})
    assert api.call("DELETE", "configuration", "remove_dnc", body).json()["code"] == 202
    assert sandbox.wolkvox.state()["summary"]["dnc"] == left
    assert sandbox.wolkvox.state()["summary"]["dnc_wipes"] == 1


@pytest.mark.parametrize("telephones", [[], "", None, "573001112233", [573001112233]])
def test_an_empty_or_wrong_list_never_wipes(sandbox: Sandbox, api: Api, telephones: Any) -> None:
    api.call("POST", "configuration", "add_dnc", {"type_call": "outbound", "telephones": ["573001112233"]})
    answer = api.call("DELETE", "configuration", "remove_dnc", {"telephones": telephones})
    assert answer.json()["code"] == 400
    assert sandbox.wolkvox.state()["summary"]["dnc"] == 1


@pytest.mark.parametrize(
    "body", [{"type": "outbound", "telephones": ["5730"]}, {"type_call": "all", "telephones": ["5730"]}]
)
def test_adding_to_the_account_list_needs_type_call(api: Api, body: dict[str, Any]) -> None:
    assert api.call("POST", "configuration", "add_dnc", body).json()["code"] == 400


def test_the_expiring_list_blocks_for_its_days_with_or_without_the_prefix(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    api.add(
        campaign_id,
        [{"customer_id": "1", "tel1": "573001112233"}, {"customer_id": "2", "tel1": "573009998877"}],
        "start",
    )
    items = [
        {"telephone": "9573001112233", "days_block": "3"},
        {"telephone": "573009998877", "days_block": "1"},
        {"telephone": "x", "days_block": "1"},
    ]
    answer = api.call("POST", "campaign", "add_dnc", items).json()
    assert (answer["code"], answer["data"]) == (
        201,
        [{"total_added": "2", "total_rejected": "1", "total_sent": "3"}],
    )
    assert sandbox.wolkvox.callable_numbers(campaign_id) == set()
    sandbox.clock.advance(2 * 86_400)
    assert sandbox.wolkvox.callable_numbers(campaign_id) == {"573009998877"}
    sandbox.clock.advance(2 * 86_400)
    assert sandbox.wolkvox.callable_numbers(campaign_id) == {"573009998877", "573001112233"}
    assert api.call("GET", "information", "get_dnc", type="all").json()["data"] == []


def test_a_number_with_a_plus_cannot_be_rung(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    api.add(campaign_id, [{"customer_id": "1", "tel1": "+573001112233"}], "start")
    assert sandbox.wolkvox.callable_numbers(campaign_id) == set()


def test_no_token_is_401_and_a_wrong_one_403(api: Api) -> None:
    api.headers = {}
    assert api.call("GET", "information", "campaigns").json()["code"] == 401
    api.headers = {"wolkvox-token": "other"}
    answer = api.call("GET", "information", "campaigns")
    assert (answer.status_code, answer.json()["code"]) == (403, 403)
    assert "INVALID" in answer.json()["msg"]


def test_an_unknown_api_is_400_and_a_wrong_verb_405(api: Api) -> None:
    answer = api.call("GET", "information", "nothing").json()
    assert answer["code"] == 400
    assert answer["msg"].endswith("DOES NOT EXIST")
    assert api.call("POST", "information", "campaigns").json()["code"] == 405
    assert api.call("GET", "configuration", "campaigns").json()["code"] == 400


def test_a_second_simultaneous_call_on_one_token_is_refused(sandbox: Sandbox, api: Api) -> None:
    sandbox.wolkvox.switches.service_seconds = 0.3
    outcomes: list[httpx.Response] = []

    def read() -> None:
        url = f"{api.base}/information.php?api=campaigns"
        outcomes.append(httpx.get(url, headers=api.headers))

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in outcomes) == [200, 403]
    refused = next(answer for answer in outcomes if answer.status_code == 403)
    assert "SIMULTANEOUS" in refused.json()["msg"]
    assert sandbox.wolkvox.state()["summary"]["overlaps"] == 1


def test_calls_one_after_another_never_overlap(sandbox: Sandbox, api: Api) -> None:
    clients = [httpx.Client(), httpx.Client()]
    for n in range(40):
        api.client = clients[n % 2]
        assert api.call("GET", "information", "campaigns").json()["code"] == 200
    for client in clients:
        client.close()
    assert sandbox.wolkvox.state()["summary"]["overlaps"] == 0


def test_the_daily_budget_ends_and_begins_anew_the_next_day(sandbox: Sandbox, api: Api) -> None:
    sandbox.wolkvox.switches.daily_budget = 2
    codes = [api.call("GET", "information", "campaigns").json()["code"] for _ in range(3)]
    assert codes == [200, 200, 403]
    assert "DAILY LIMIT" in api.call("GET", "information", "campaigns").json()["msg"]
    sandbox.clock.advance(86_400)
    assert api.call("GET", "information", "campaigns").json()["code"] == 200


def test_a_refused_call_costs_one_of_the_budget_too(sandbox: Sandbox, api: Api) -> None:
    sandbox.wolkvox.switches.daily_budget = 1
    assert api.call("GET", "information", "nothing").json()["code"] == 400
    assert api.call("GET", "information", "campaigns").json()["code"] == 403


def test_maintenance_is_a_403_of_its_own(sandbox: Sandbox, api: Api) -> None:
    sandbox.wolkvox.switches.maintenance = True
    answer = api.call("GET", "information", "campaigns").json()
    assert answer["code"] == 403
    assert "MAINTENANCE" in answer["msg"]


def test_the_http_status_of_a_failure_can_be_200(sandbox: Sandbox, api: Api) -> None:
    sandbox.wolkvox.switches.always_http_200 = True
    answer = api.call("GET", "information", "nothing")
    assert (answer.status_code, answer.json()["code"]) == (200, 400)
