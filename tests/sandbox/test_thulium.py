"""Thulium's dialer: three batch shapes, empty bodies, queued removals, as document 004 and the facts describe them."""

from typing import Any

import httpx
import pytest

from syncengine.sandbox.server import Sandbox

# The document's own sample.
SAMPLE = {
    "records": [
        {"customer_id": 441, "status_id": 3},
        {"customer_id": 445, "status_id": 1},
        {"customer_id": 448, "status_id": 1},
    ]
}


class Api:
    """Calls the dialer as its API user."""

    def __init__(self, sandbox: Sandbox, client: httpx.Client) -> None:
        self.base = f"{sandbox.url('thulium')}/api"
        self.client = client

    def call(self, verb: str, path: str, json: Any = None, **query: Any) -> httpx.Response:
        more = {} if json is None else {"json": json}
        params = {name.replace("__", "[]"): value for name, value in query.items()}
        return self.client.request(
            verb, f"{self.base}/{path}", auth=("api_user", "api_pass"), params=params or None, **more
        )

    def campaign(self, **fields: Any) -> str:
        made = self.call("POST", "outbounds", {"name": "A"} | fields)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])


@pytest.fixture
def api(sandbox: Sandbox, client: httpx.Client) -> Api:
    return Api(sandbox, client)


@pytest.fixture
def crm(sandbox: Sandbox, api: Api) -> str:
    """A campaign, and the two customers of the sample that exist."""
    sandbox.thulium.add_customer(441, "Kowalski", "600000441", identifier="k-441")
    sandbox.thulium.add_customer(445, "Nowak", "+48600000445", "600000446")
    return api.campaign()


def test_the_sample_batch_is_answered_item_by_item(sandbox: Sandbox, api: Api, crm: str) -> None:
    assert crm == "00001"
    api.call("POST", "crm_outbounds/00001/records", {"customer_id": 445})
    answer = api.call("POST", "batch/crm_outbounds/00001/records", SAMPLE)
    assert answer.status_code == 200
    assert answer.json() == {
        "441": {"http_status": 201, "record_id": 2, "status": "ADDED"},
        "445": {"http_status": 400, "record_id": 1, "status": "ALREADY_EXISTS"},
        "448": {"http_status": 400, "status": "FAILED", "message": "Customer not found."},
    }
    assert [record["customer_id"] for record in sandbox.thulium.records(crm)] == [445, 441]


def test_a_single_addition_answers_its_number_as_text(api: Api, crm: str) -> None:
    answer = api.call("POST", f"crm_outbounds/{crm}/records", {"customer_id": "441"})
    assert (answer.status_code, answer.json()) == (201, {"record_id": "1"})
    again = api.call("POST", f"crm_outbounds/{crm}/records", {"customer_id": 441})
    assert again.status_code == 400
    assert set(again.json()) == {"request_id", "errors"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"status_id": 99}, "Status"),
        ({"dictionary_status_id": 3}, "Status"),
        ({"status_id": 4}, "MY_RECORD"),
        ({"status_id": 4, "agent_login": "j.doe"}, "MY_RECORD"),
        ({"status_id": "7"}, "CALL_NO_SOONER_THAN"),
        ({"agent_login": "nobody"}, "Agent"),
        ({"next_call_date": "2018-05-24 12:24:00"}, "next_call_date"),
        ({"next_call_date": "2018-13-24 12:24"}, "next_call_date"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_record_fails_alone(sandbox: Sandbox, api: Api, crm: str, fields: dict[str, Any], message: str) -> None:
    records = [{"customer_id": 441} | fields, {"customer_id": 445}]
    answer = api.call("POST", f"batch/crm_outbounds/{crm}/records", {"records": records}).json()
    assert (answer["441"]["http_status"], answer["441"]["status"]) == (400, "FAILED")
    assert message in answer["441"]["message"]
    assert answer["445"]["status"] == "ADDED"
    assert len(sandbox.thulium.records(crm)) == 1


def test_the_documented_date_and_agent_make_a_record_of_ones_own(api: Api, crm: str) -> None:
    mine = {
        "customer_id": 441,
        "status_id": 4,
        "agent_login": "j.doe",
        "next_call_date": "2018-05-24 12:24",
        "order": 50,
    }
    assert api.call("POST", f"crm_outbounds/{crm}/records", mine).status_code == 201
    shown = api.call("GET", f"crm_outbounds/{crm}/records/441").json()
    expected = {"system_status": "MY_RECORD", "status_id": 4, "agent_login": "j.doe", "order": 50, "record_id": 1}
    assert expected.items() <= shown.items()
    assert (shown["phone_number"], shown["customer_id"], shown["last_note"]) == ("600000441", 441, "")


@pytest.mark.parametrize("body", [{}, {"records": []}, {"records": [{"status_id": 1}]}, {"records": "441"}, []])
def test_a_batch_without_records_is_an_error(api: Api, crm: str, body: Any) -> None:
    answer = api.call("POST", f"batch/crm_outbounds/{crm}/records", body)
    assert answer.status_code == 400
    assert set(answer.json()["errors"][0]) == {"message", "code"}


def test_an_unknown_campaign_is_404_and_ids_keep_their_zeros(api: Api, crm: str) -> None:
    assert api.call("POST", "batch/crm_outbounds/1/records", SAMPLE).status_code == 404
    assert api.call("GET", "crm_outbounds/00002/records").status_code == 404
    assert api.call("GET", f"outbounds/{crm}/records").status_code == 200


def test_a_batch_removal_is_keyed_by_customer_and_spares_a_call(sandbox: Sandbox, api: Api, crm: str) -> None:
    api.call("POST", f"batch/crm_outbounds/{crm}/records", SAMPLE)
    sandbox.thulium.start_call(crm, "445")
    answer = api.call("DELETE", f"batch/crm_outbounds/{crm}/records", customer_id__=["441", "445", "448"])
    assert answer.json() == {
        "441": {"http_status": 200, "record_id": 1, "status": "REMOVED"},
        "445": {"http_status": 400, "record_id": 2, "status": "CALL_IN_PROGRESS"},
        "448": {"http_status": 404, "status": "NOT_EXIST"},
    }
    assert api.call("DELETE", f"batch/crm_outbounds/{crm}/records").status_code == 400


def test_a_single_removal_of_a_record_in_a_call_is_silent(sandbox: Sandbox, api: Api, crm: str) -> None:
    api.call("POST", f"batch/crm_outbounds/{crm}/records", SAMPLE)
    sandbox.thulium.start_call(crm, "441")
    answer = api.call("DELETE", f"crm_outbounds/{crm}/records/441")
    assert (answer.status_code, answer.content) == (200, b"")
    assert len(sandbox.thulium.records(crm)) == 2
    sandbox.thulium.end_call(crm, "441")
    api.call("DELETE", f"crm_outbounds/{crm}/records/441")
    assert [record["customer_id"] for record in sandbox.thulium.records(crm)] == [445]
    assert api.call("DELETE", f"crm_outbounds/{crm}/records/441").status_code == 404


def test_no_call_takes_a_number_out_of_dialling(sandbox: Sandbox, api: Api, crm: str) -> None:
    api.call("POST", f"batch/crm_outbounds/{crm}/records", SAMPLE)
    assert sandbox.thulium.callable_numbers(crm) == {"48600000441", "48600000445", "48600000446"}
    statuses = api.call("GET", f"outbounds/{crm}/statuses").json()
    status_id = next(one["status_id"] for one in statuses if one["system_status"] == "NO_CALL")
    answer = api.call("PUT", f"crm_outbounds/{crm}/records/445", {"status_id": status_id})
    assert (answer.status_code, answer.content) == (200, b"")
    assert sandbox.thulium.callable_numbers(crm) == {"48600000441"}
    listed = api.call("GET", f"crm_outbounds/{crm}/records", system_status__="NO_CALL").json()
    assert [(one["customer_id"], one["status_id"]) for one in listed["result"]] == [(445, 5)]


def test_statuses_are_numbered_per_campaign_as_text_and_by_the_dictionary(api: Api) -> None:
    first, second = api.campaign(), api.campaign()
    one, other = (api.call("GET", f"outbounds/{key}/statuses").json() for key in (first, second))
    assert {"TO_CALL", "NO_CALL"} <= {status["system_status"] for status in one}
    assert set(one[0]) == {"system_status", "status_id", "dictionary_status_id", "name"}
    assert all(isinstance(status["status_id"], str) for status in one)
    assert not {status["status_id"] for status in one} & {status["status_id"] for status in other}
    assert [status["dictionary_status_id"] for status in one] == [status["dictionary_status_id"] for status in other]


@pytest.mark.parametrize("body", [{}, {"status_id": 99}, {"colour": "red"}, {"customer_id": 1}])
def test_a_wrong_update_of_a_record_is_refused(sandbox: Sandbox, api: Api, crm: str, body: dict[str, Any]) -> None:
    api.call("POST", f"crm_outbounds/{crm}/records", {"customer_id": 441})
    assert api.call("PUT", f"crm_outbounds/{crm}/records/441", body).status_code == 400
    assert sandbox.thulium.records(crm)[0]["system_status"] == "TO_CALL"


def test_the_list_is_paged_by_at_most_a_hundred(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    records = [{"phone_number": f"6000{n:05d}"} for n in range(150)]
    api.call("POST", f"batch/outbounds/{campaign_id}/records", {"records": records})
    first = api.call("GET", f"outbounds/{campaign_id}/records").json()
    assert (first["count"], len(first["result"])) == (150, 100)
    last = api.call("GET", f"outbounds/{campaign_id}/records", limit=100, offset=100).json()
    assert (last["count"], len(last["result"])) == (150, 50)
    assert {one["record_id"] for one in first["result"]}.isdisjoint(one["record_id"] for one in last["result"])
    assert api.call("GET", f"outbounds/{campaign_id}/records", limit=101).status_code == 400
    assert api.call("GET", f"outbounds/{campaign_id}/records", offset="x").status_code == 400


def test_the_list_is_narrowed_by_status_and_ordered_by_date(api: Api, crm: str) -> None:
    api.call("POST", f"batch/crm_outbounds/{crm}/records", SAMPLE)
    listed = api.call("GET", f"crm_outbounds/{crm}/records", status_id__=["3", "8"]).json()
    assert (listed["count"], listed["result"][0]["system_status"]) == (1, "CALL")
    api.call("PUT", f"crm_outbounds/{crm}/records/441", {"next_call_date": "2027-01-01 10:00"})
    api.call("PUT", f"crm_outbounds/{crm}/records/445", {"next_call_date": "2028-01-01 10:00"})
    ordered = api.call("GET", f"crm_outbounds/{crm}/records", order="-next_call_date").json()["result"]
    assert [one["customer_id"] for one in ordered] == [445, 441]


def test_csv_numbers_are_added_once(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(type="csv")
    record = {"phone_number": "600000001", "identifier": "a", "record_fields": {"Kraj": "PL"}}
    made = api.call("POST", f"outbounds/{campaign_id}/records", record)
    assert (made.status_code, made.json()) == (201, {"record_id": "1"})
    assert api.call("POST", f"outbounds/{campaign_id}/records", record).status_code == 400
    records = [{"phone_number": "+48600000001"}, {"phone_number": "600000002"}, {"phone_number": "x"}]
    records.append({"phone_number": "600000003", "identifier": "a"})
    answer = api.call("POST", f"batch/outbounds/{campaign_id}/records", {"records": records}).json()
    assert {number: item["status"] for number, item in answer.items()} == {
        "+48600000001": "ALREADY_EXISTS",
        "600000002": "ADDED",
        "x": "FAILED",
        "600000003": "FAILED",
    }
    assert answer["+48600000001"]["record_id"] == 1
    assert sandbox.thulium.callable_numbers(campaign_id) == {"48600000001", "48600000002"}
    shown = api.call("GET", f"outbounds/{campaign_id}/records").json()["result"][0]
    assert shown["identifier"] == "a"
    assert "record_fields" not in shown


def test_csv_removals_answer_a_list_per_number(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    records = [{"phone_number": f"60000000{n}"} for n in (1, 2)]
    api.call("POST", f"batch/outbounds/{campaign_id}/records", {"records": records})
    sandbox.thulium.start_call(campaign_id, "600000002")
    path = f"batch/outbounds/{campaign_id}/records"
    answer = api.call("DELETE", path, phone_number__=["600000001", "600000002", "600000003"])
    assert answer.json() == {
        "600000001": [{"http_status": 200, "record_id": 1, "status": "REMOVED"}],
        "600000002": [{"http_status": 400, "record_id": 2, "status": "CALL_IN_PROGRESS"}],
        "600000003": [{"http_status": 404, "status": "NOT_EXIST"}],
    }


def test_csv_records_are_changed_and_removed_by_identifier_and_by_number(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    for n in (1, 2):
        record = {"phone_number": f"60000000{n}", "identifier": f"id{n}", "record_fields": {"a": "1", "b": "2"}}
        api.call("POST", f"outbounds/{campaign_id}/records", record)
    by_identifier = f"outbounds/{campaign_id}/records_by_identifier/id1"
    answer = api.call("PUT", by_identifier, {"status_id": 5, "record_fields": {"a": "", "b": "3"}})
    assert (answer.status_code, answer.content) == (200, b"")
    assert sandbox.thulium.records(campaign_id)[0]["record_fields"] == {"b": "3"}
    assert sandbox.thulium.callable_numbers(campaign_id) == {"48600000002"}
    api.call("PUT", f"outbounds/{campaign_id}/records/600000002", {"dictionary_status_id": "25"})
    assert sandbox.thulium.callable_numbers(campaign_id) == set()
    assert api.call("DELETE", by_identifier).content == b""
    assert api.call("DELETE", f"outbounds/{campaign_id}/records/+48600000002").content == b""
    assert sandbox.thulium.records(campaign_id) == []
    assert api.call("DELETE", by_identifier).status_code == 404


def test_an_unknown_record_field_is_a_validation_error(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    sandbox.thulium.define_fields(campaign_id, "Kraj")
    record = {"phone_number": "600000001", "record_fields": {"Country": "PL"}}
    assert api.call("POST", f"outbounds/{campaign_id}/records", record).status_code == 400
    record["record_fields"] = {"Kraj": "PL"}
    assert api.call("POST", f"outbounds/{campaign_id}/records", record).status_code == 201


def test_a_status_by_number_reaches_every_campaign_by_the_dictionary(sandbox: Sandbox, api: Api, crm: str) -> None:
    api.call("POST", f"batch/crm_outbounds/{crm}/records", SAMPLE)
    csv = api.campaign()
    api.campaign()
    api.call("POST", f"outbounds/{csv}/records", {"phone_number": "600000441"})
    body = {"phone_number": "48600000441", "status_id": 25}
    answer = api.call("POST", "outbound_status_by_phone_number", body)
    assert answer.json() == {"outbound_id": [crm, csv]}
    assert sandbox.thulium.dialling() == {crm: {"48600000445", "48600000446"}, csv: set(), "00003": set()}
    # A number that is not the main one is not reached.
    second = {"phone_number": "600000446", "status_id": 25}
    assert api.call("POST", "outbound_status_by_phone_number", second).json() == {"outbound_id": []}
    assert api.call("POST", "outbound_status_by_phone_number", body | {"status_id": 5}).status_code == 400


def test_both_kinds_of_record_of_a_campaign_are_independent(sandbox: Sandbox, api: Api, crm: str) -> None:
    api.call("POST", f"crm_outbounds/{crm}/records", {"customer_id": 441})
    api.call("POST", f"outbounds/{crm}/records", {"phone_number": "600000009"})
    assert api.call("GET", f"crm_outbounds/{crm}/records").json()["count"] == 1
    assert api.call("GET", f"outbounds/{crm}/records").json()["count"] == 1
    assert [record["feed"] for record in sandbox.thulium.records(crm)] == ["crm", "csv"]


def test_a_campaign_is_switched_by_active(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(dialer="predictive", start_date="2027-01-01", parameters={"caller_id": "48220000000"})
    listed = api.call("GET", "outbounds").json()
    assert [(one["id"], one["name"], one["dialer"], one["active"]) for one in listed] == [
        ("00001", "A", "predictive", True)
    ]
    assert "parameters" not in listed[0]
    assert [one["id"] for one in api.call("GET", "outbounds/stats").json()] == [campaign_id]
    answer = api.call("PUT", f"outbounds/{campaign_id}", {"active": False})
    assert (answer.status_code, answer.content) == (200, b"")
    assert sandbox.thulium.dialling() == {}
    assert api.call("GET", "outbounds/stats").json() == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"dialer": "robot"},
        {"active": 1},
        {"start_date": "01.01.2027"},
        {"order": 0},
        {"parity": 101},
        {"parameters": {"x": 1}},
        {"colour": "red"},
        {"type": "xml"},
    ],
)
def test_a_wrong_campaign_is_refused(sandbox: Sandbox, api: Api, change: dict[str, Any]) -> None:
    assert api.call("POST", "outbounds", {"name": "A"} | change).status_code == 400
    assert sandbox.thulium.state()["summary"]["campaigns"] == 0


def test_removals_are_queued_and_the_campaign_stays_listed(sandbox: Sandbox, api: Api) -> None:
    first, second = api.campaign(), api.campaign()
    answer = api.call("DELETE", "batch/outbounds", id__=[first, "00099"], delete_recordings="true")
    assert answer.json() == [
        {"http_status": 200, "id": first, "status": "REMOVAL_QUEUED"},
        {"http_status": 404, "id": "00099", "status": "NOT_EXIST"},
    ]
    again = api.call("DELETE", "batch/outbounds", id__=first).json()
    assert again == [{"http_status": 400, "id": first, "status": "ALREADY_QUEUED"}]
    assert [one["id"] for one in api.call("GET", "outbounds").json()] == [first, second]
    sandbox.thulium.run_queued_removals()
    assert [one["id"] for one in api.call("GET", "outbounds").json()] == [second]
    assert api.call("DELETE", f"outbounds/{second}").content == b""
    assert api.call("DELETE", f"outbounds/{second}").status_code == 400


def test_agents_are_added_and_removed_with_empty_answers(api: Api) -> None:
    campaign_id = api.campaign()
    answer = api.call("POST", f"outbounds/{campaign_id}/add_agents", {"logins": ["j.doe", "a.nowak"]})
    assert (answer.status_code, answer.content) == (200, b"")
    api.call("POST", f"outbounds/{campaign_id}/remove_agents", {"logins": ["j.doe"]})
    assert api.call("GET", f"outbounds/{campaign_id}/agents").json() == [{"login": "a.nowak"}]
    assert api.call("POST", f"outbounds/{campaign_id}/add_agents", {"logins": ["nobody"]}).status_code == 400


def test_a_customer_is_created_found_changed_and_deleted(sandbox: Sandbox, api: Api) -> None:
    body = {
        "surname": "Nowak",
        "phone_number": ["600000001", "600000002"],
        "identifier": "n-1",
        "custom_fields": {"a": "b"},
    }
    made = api.call("POST", "customers", body)
    assert made.status_code == 201
    customer_id = made.json()["customer_id"]
    found = api.call("GET", "customers", identifier="n-1").json()
    assert (found["count"], found["result"][0]["customer_id"]) == (1, customer_id)
    shown = api.call("GET", f"customers/{customer_id}").json()
    assert (shown["phone_number"], shown["phone_numbers"]) == ("600000001", ["600000001", "600000002"])
    assert shown["custom_fields"] == {"a": "b"}
    answer = api.call("PUT", f"customers/{customer_id}", {"identifier": "n-2", "phone_number": "600000003"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.call("GET", "customers", identifier="n-1").json()["count"] == 0
    assert api.call("GET", "customers", phone_number="48600000003").json()["count"] == 1
    campaign_id = api.campaign()
    api.call("POST", f"crm_outbounds/{campaign_id}/records", {"customer_id": customer_id})
    assert api.call("DELETE", f"customers/{customer_id}").content == b""
    assert api.call("GET", f"customers/{customer_id}").status_code == 404
    assert sandbox.thulium.records(campaign_id) == []


def test_a_changed_number_of_a_customer_is_the_number_rung(sandbox: Sandbox, api: Api, crm: str) -> None:
    api.call("POST", f"crm_outbounds/{crm}/records", {"customer_id": 441})
    api.call("PUT", "customers/441", {"phone_number": "600000999"})
    assert sandbox.thulium.callable_numbers(crm) == {"48600000999"}
    assert api.call("GET", f"crm_outbounds/{crm}/records/441").json()["phone_number"] == "600000999"


def test_an_empty_filter_means_has_none_and_the_limit_is_a_thousand(api: Api, crm: str) -> None:
    assert [one["customer_id"] for one in api.call("GET", "customers", identifier="").json()["result"]] == [445]
    assert api.call("GET", "customers", limit=1000).status_code == 200
    assert api.call("GET", "customers", limit=1001).status_code == 400
    assert api.call("GET", "customers", limit=1, offset=1).json()["result"][0]["customer_id"] == 445


def test_the_same_identifier_twice_makes_two_customers(sandbox: Sandbox, api: Api) -> None:
    for _ in range(2):
        api.call("POST", "customers", {"surname": "Nowak", "identifier": "n-1"})
    assert [tuple(one) for one in sandbox.thulium.doubled()] == [("", "customer n-1", 2)]


def test_a_wrong_phone_number_answers_the_documented_error(api: Api) -> None:
    answer = api.call("POST", "customers", {"surname": "Nowak", "phone_number": "none"})
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"message": "Wrong format of phone number.", "code": 111111}]
    assert api.call("POST", "customers", {"name": "A"}).status_code == 400


def test_customers_are_created_and_changed_in_batches(sandbox: Sandbox, api: Api, crm: str) -> None:
    items = [{"surname": "A"}, {"name": "no surname"}]
    made = api.call("POST", "batch/customers", {"customers": items}).json()
    assert [item["status"] for item in made] == ["ADDED", "FAILED"]
    changes = [{"customer_id": 441, "name": "Jan"}, {"customer_id": 9, "name": "B"}, {"customer_id": 445, "x": 1}]
    changed = api.call("PUT", "batch/customers", {"customers": changes}).json()
    assert [item["status"] for item in changed] == ["UPDATED", "NOT_EXIST", "FAILED"]
    assert api.call("GET", "customers/441").json()["name"] == "Jan"


def test_a_wrong_password_answers_401_with_an_error(api: Api) -> None:
    answer = api.client.get(f"{api.base}/outbounds", auth=("api_user", "wrong"))
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["message"] == "Unauthorized."
    assert api.client.get(f"{api.base}/outbounds").status_code == 401


def test_a_body_without_its_content_type_is_refused(api: Api) -> None:
    answer = api.client.post(f"{api.base}/outbounds", auth=("api_user", "api_pass"), content=b'{"name": "A"}')
    assert answer.status_code == 400


def test_a_url_that_is_too_long_is_refused(api: Api, crm: str) -> None:
    ids = [str(n) for n in range(100_000, 100_600)]
    assert api.call("DELETE", f"batch/crm_outbounds/{crm}/records", customer_id__=ids).status_code == 414
    assert api.call("DELETE", f"batch/crm_outbounds/{crm}/records", customer_id__=ids[:100]).status_code == 200
