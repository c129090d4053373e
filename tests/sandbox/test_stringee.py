"""Stringee's dialer: tokens, contacts in three ways, odd list shapes, duplicates, as document 003 prints them."""

import io
import json
import time
from typing import Any

import httpx
import pytest
import xlsxwriter

from syncengine.sandbox.server import Sandbox

from .signing import HEADER, KEY_SID, signed

# The parts of the document's own sample.
LISTCONTACTS = [
    {"id": "CTKN242H2Y", "name": "Hoang", "phones": ["84346608877", "0654521598"]},
    {"id": "CT3NSRHTXF", "name": "Hai", "phones": ["84877777777"]},
]
LISTFILTERS = [
    {"id": "FTRLF1YBHO", "query": "created:[1564592400 TO *] ", "portal": "pt_zdm328wwmn3pizy0"},
    {"id": "FT6SYCFWTT", "query": 'name:"linh" OR name:"Đài" ', "portal": "pt_zdm328wwmn3pizy0"},
]
ROW_NAMES = {
    *("callback_time", "campaign_id", "campaignname", "crm_id", "do_not_call", "id", "insert_time"),
    *("last_time_make_call", "name", "number_call_out", "phones", "status", "stringee_user_id_callback", "type"),
}


class Api:
    """Calls the dialer with a signed token."""

    def __init__(self, sandbox: Sandbox, client: httpx.Client) -> None:
        self.base = f"{sandbox.url('stringee')}/v1"
        self.client = client
        self.headers = {"X-STRINGEE-AUTH": signed()}

    def call(self, verb: str, path: str, **more: Any) -> dict[str, Any]:
        answer = self.client.request(verb, f"{self.base}/{path}", headers=self.headers, **more)
        return dict(answer.json())

    def parts(self, path: str, file: bytes | None = None, **parts: Any) -> dict[str, Any]:
        texts = {name: (None, one if isinstance(one, str) else json.dumps(one)) for name, one in parts.items()}
        files: dict[str, Any] = dict(texts)
        if file is not None:
            files["file"] = ("contacts.xlsx", file)
        return self.call("POST", path, files=files)

    def campaign(self, **parts: Any) -> str:
        made = self.parts("campaign", name="A1", **parts)
        assert made["r"] == 0, made
        return str(made["data"]["id"])

    def rows(self, campaign_id: str) -> list[dict[str, Any]]:
        query = {"campaign": campaign_id, "page": 1, "limit": 100}
        return list(self.call("GET", "customcampaign", params=query)["data"]["rows"])

    def run(self, campaign_id: str) -> None:
        assert self.call("PUT", f"campaign/{campaign_id}", json={"status": "running"})["r"] == 0


@pytest.fixture
def api(sandbox: Sandbox, client: httpx.Client) -> Api:
    return Api(sandbox, client)


def sheet(*lines: tuple[Any, ...]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        for number, line in enumerate(lines):
            page.write_row(number, 0, line)
    return buffer.getvalue()


def test_the_sample_request_adds_contacts_and_filtered_contacts(sandbox: Sandbox, api: Api) -> None:
    sandbox.stringee.add_contact("CTGZUZ073Z", "Tai", ["84392095847"])
    sandbox.stringee.add_filter("FTRLF1YBHO", ["CTGZUZ073Z"])
    sandbox.stringee.add_filter("FT6SYCFWTT", [])
    campaign_id = api.campaign()
    sample = {"type": "1", "campaign": campaign_id, "listcontacts": LISTCONTACTS, "listfilters": LISTFILTERS}
    answer = api.parts("customcampaign", sheet(("Name", "Phone"), ("Linh", "84386142833")), **sample)
    assert answer == {"msg": "Success", "r": 0, "data": []}
    api.run(campaign_id)
    assert sandbox.stringee.callable_numbers(campaign_id) == {
        "84346608877",
        "84654521598",
        "84877777777",
        "84392095847",
        "84386142833",
    }
    again = api.parts("customcampaign", campaign=campaign_id, listfilters=LISTFILTERS)
    assert again == {"msg": "Success", "r": 0, "data": ["contactexistis", "CTGZUZ073Z"]}


def test_only_the_contacts_that_were_there_come_back_behind_the_marker(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(listcontacts=LISTCONTACTS[:1])
    answer = api.parts("customcampaign", campaign=campaign_id, listcontacts=LISTCONTACTS)
    assert answer["data"] == ["contactexistis", "CTKN242H2Y"]
    assert len(sandbox.stringee.records(campaign_id)) == 2
    applied = [entry.applied for entry in sandbox.stringee.record.entries("POST", "customcampaign")]
    assert applied == [True]
    api.parts("customcampaign", campaign=campaign_id, listcontacts=LISTCONTACTS)
    assert [entry.applied for entry in sandbox.stringee.record.entries("POST", "customcampaign")] == [True, False]


def test_an_unknown_contact_id_is_created_in_the_directory(sandbox: Sandbox, api: Api) -> None:
    api.campaign(listcontacts=LISTCONTACTS)
    names = {contact["id"]: contact["name"] for contact in map(vars_of, sandbox.stringee.state()["directory"])}
    assert names == {"CTKN242H2Y": "Hoang", "CT3NSRHTXF": "Hai"}


def vars_of(contact: Any) -> dict[str, Any]:
    return {"id": contact.id, "name": contact.name}


@pytest.mark.parametrize(
    "parts",
    [
        {"listcontacts": "[{]"},
        {"listcontacts": "{}"},
        {"listcontacts": [{"id": "CT1", "name": "A"}]},
        {"listcontacts": [{"id": "CT1", "name": "A", "phones": []}]},
        {"listcontacts": [*LISTCONTACTS, {"id": "CT1", "name": "A", "phones": ["12"]}]},
        {"listfilters": [{"id": [], "query": "", "portal": ""}]},
        {"listfilters": [{"id": "FTUNKNOWN", "query": "", "portal": ""}]},
        {"type": "3"},
        {"contacts": "[]"},
        {"campaign": ""},
        {"campaign": "CANOTMINE"},
    ],
)
def test_a_wrong_addition_is_refused_whole_with_http_200(sandbox: Sandbox, api: Api, parts: dict[str, Any]) -> None:
    campaign_id = api.campaign()
    answer = api.parts("customcampaign", **({"campaign": campaign_id} | parts))
    assert answer["r"] != 0
    assert sandbox.stringee.records(campaign_id) == []


def test_codes_2_and_3_mean_missing_and_not_found(api: Api) -> None:
    assert api.parts("customcampaign", type="1")["r"] == 2
    assert api.parts("customcampaign", campaign="CANOTMINE")["r"] == 3


def test_a_json_body_where_multipart_belongs_is_refused(api: Api) -> None:
    campaign_id = api.campaign()
    assert api.call("POST", "customcampaign", json={"campaign": campaign_id})["r"] == 2
    assert api.call("POST", "campaign", json={"name": "A"})["r"] == 2


@pytest.mark.parametrize(
    "file",
    [b"no sheet", sheet(), sheet(("Name", "Number"), ("A", "0346608877")), sheet(("name", "phone"), ("A", "12"))],
    ids=["no sheet", "empty", "other headings", "no numbers"],
)
def test_a_wrong_file_is_refused(sandbox: Sandbox, api: Api, file: bytes) -> None:
    campaign_id = api.campaign()
    assert api.parts("customcampaign", file, campaign=campaign_id)["r"] != 0
    assert sandbox.stringee.records(campaign_id) == []


def test_a_number_cell_of_a_file_is_read_as_a_phone(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    assert api.parts("customcampaign", sheet(("name", "phone"), ("A", 346608877)), campaign=campaign_id)["r"] == 0
    assert sandbox.stringee.records(campaign_id)[0]["phones"] == ["84346608877"]


def test_a_file_loaded_twice_doubles_its_numbers(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    for _ in range(2):
        api.parts("customcampaign", sheet(("name", "phone"), ("A", "0346608877")), campaign=campaign_id)
    assert [tuple(one) for one in sandbox.stringee.doubled()] == [(campaign_id, "84346608877", 2)]


def test_numbers_are_normalised_and_sorted_into_added_skipped_and_invalid(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(listcontacts=LISTCONTACTS[1:])
    phones = ["+84346608877", "0346608877", "0877777777", "346608878", "12", "+34600000000", 84346608879]
    body = {"campaign_id": campaign_id, "phones": phones}
    assert api.call("POST", "customcampaign/add-by-phones", json=body) == {
        "r": 0,
        "msg": "Success",
        "data": {
            "total": 7,
            "added": 2,
            "skipped": 2,
            "skipped_phones": ["0346608877", "0877777777"],
            "invalid": 3,
            "invalid_phones": ["12", "+34600000000", 84346608879],
        },
    }
    phones_held = {phone for row in sandbox.stringee.records(campaign_id) for phone in row["phones"]}
    assert phones_held == {"84877777777", "84346608877", "84346608878"}


def test_adding_numbers_needs_both_fields_and_a_known_campaign(api: Api) -> None:
    assert api.call("POST", "customcampaign/add-by-phones", json={"phones": ["0346608877"]})["r"] == 2
    assert api.call("POST", "customcampaign/add-by-phones", json={"campaign_id": "CA1", "phones": ["0"]})["r"] == 3


def test_the_list_is_paged_with_a_count_as_text(api: Api) -> None:
    campaign_id = api.campaign(listcontacts=LISTCONTACTS)
    query = {"campaign": campaign_id, "page": 2, "limit": 1}
    answer = api.call("GET", "customcampaign", params=query)
    assert (answer["r"], answer["data"]["totalCount"], answer["data"]["totalPages"]) == (0, "2", 2)
    row = answer["data"]["rows"][0]
    assert set(row) == ROW_NAMES
    assert (row["crm_id"], row["campaignname"], row["phones"], row["id"]) == ("CT3NSRHTXF", "A1", ["84877777777"], 134)
    assert abs(row["insert_time"] - time.time()) < 60


@pytest.mark.parametrize("query", [{}, {"page": 1}, {"limit": 10}, {"page": 0, "limit": 1}, {"page": 1, "limit": 101}])
def test_a_list_without_page_and_limit_is_refused(api: Api, query: dict[str, int]) -> None:
    assert api.call("GET", "customcampaign", params=query)["r"] == 2
    assert api.call("GET", "campaign", params=query)["r"] == 2


def test_the_list_is_narrowed_by_campaign_name_and_status(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(listcontacts=LISTCONTACTS)
    api.campaign(listcontacts=LISTCONTACTS[:1])
    sandbox.stringee.set_do_not_call(api.rows(campaign_id)[0]["id"])

    def ids(**query: Any) -> list[str]:
        answer = api.call("GET", "customcampaign", params={"page": 1, "limit": 10} | query)
        return [row["crm_id"] for row in answer["data"]["rows"]]

    assert len(ids()) == 3
    assert ids(campaign="", name="", status="") == ids()
    assert ids(name="hoang") == ["CTKN242H2Y"] * 2
    assert ids(campaign=campaign_id, status=8) == ["CTKN242H2Y"]
    assert ids(campaign=campaign_id, status=0) == ["CT3NSRHTXF"]


def test_the_list_can_want_its_parameters_in_a_body(sandbox: Sandbox, api: Api) -> None:
    sandbox.stringee.switches.list_from_body = True
    campaign_id = api.campaign(listcontacts=LISTCONTACTS)
    wanted = {"campaign": campaign_id, "name": "", "status": 0, "page": 1, "limit": 10}
    assert api.call("GET", "customcampaign", params={"page": 1, "limit": 10})["r"] == 2
    assert len(api.call("GET", "customcampaign", json=wanted)["data"]["rows"]) == 2


def test_the_list_can_have_the_shape_of_the_proxy(sandbox: Sandbox, api: Api) -> None:
    sandbox.stringee.switches.list_shape = "proxy"
    campaign_id = api.campaign(listcontacts=LISTCONTACTS)
    answer = api.call("GET", "customcampaign", params={"campaign": campaign_id, "page": 1, "limit": 10})
    assert (answer["message"], answer["r"], answer["resFromPccApi"]["r"]) == ("Call API success", 0, 0)
    data = answer["resFromPccApi"]["data"]
    assert (len(data["rows"]), data["totalCount"], data["totalPages"]) == (2, "2", 1)


def test_the_list_can_be_keyed_by_index(sandbox: Sandbox, api: Api) -> None:
    sandbox.stringee.switches.list_shape = "indexed"
    campaign_id = api.campaign(listcontacts=LISTCONTACTS)
    answer = api.call("GET", "customcampaign", params={"campaign": campaign_id, "page": 1, "limit": 10})
    assert list(answer["data"]["rows"]) == ["0", "1"]
    assert answer["data"]["rows"]["0"]["phones"] == {"0": "84346608877", "1": "84654521598"}


@pytest.mark.parametrize("with_body", [True, False])
def test_a_row_is_removed_by_its_number(sandbox: Sandbox, api: Api, *, with_body: bool) -> None:
    campaign_id = api.campaign(listcontacts=LISTCONTACTS)
    row_id = api.rows(campaign_id)[0]["id"]
    more = {"json": {"id": row_id}} if with_body else {}
    assert api.call("DELETE", f"customcampaign/{row_id}", **more) == {"msg": "Success", "r": 0}
    assert [row["crm_id"] for row in sandbox.stringee.records(campaign_id)] == ["CT3NSRHTXF"]
    assert api.call("DELETE", f"customcampaign/{row_id}")["r"] != 0


def test_a_contact_id_or_a_body_of_another_row_removes_nothing(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(listcontacts=LISTCONTACTS)
    row_id = api.rows(campaign_id)[0]["id"]
    assert api.call("DELETE", "customcampaign/CTKN242H2Y")["r"] != 0
    assert api.call("DELETE", f"customcampaign/{row_id}", json={"id": row_id + 1})["r"] != 0
    assert len(sandbox.stringee.records(campaign_id)) == 2


def test_a_removed_contact_can_be_added_again(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(listcontacts=LISTCONTACTS[1:])
    api.call("DELETE", f"customcampaign/{api.rows(campaign_id)[0]['id']}")
    body = {"campaign_id": campaign_id, "phones": ["0877777777"]}
    assert api.call("POST", "customcampaign/add-by-phones", json=body)["data"]["added"] == 1


def test_duplicates_are_found_by_phone_and_thinned_out(sandbox: Sandbox, api: Api) -> None:
    same = [{"id": f"CT{n}", "name": f"a{n}", "phones": ["84368646891"]} for n in (1, 2, 3)]
    campaign_id = api.campaign(listcontacts=[*same, *LISTCONTACTS])
    found = api.call("POST", "customcampaign/duplicate", json={"campaign": campaign_id})
    ids = [row["id"] for row in api.rows(campaign_id)[:3]]
    assert found["data"] == {
        "84368646891": [{"id": n, "name": f"a{k}", "phone_number": "84368646891"} for k, n in enumerate(ids, 1)]
    }
    wrong = {"campaign": campaign_id, "listKeepCustomer": {"84368646891": 999}}
    assert api.call("POST", "customcampaign/keepduplicate", json=wrong)["r"] != 0
    keep = {"campaign": campaign_id, "listKeepCustomer": {"84368646891": ids[1]}}
    assert api.call("POST", "customcampaign/keepduplicate", json=keep) == {"msg": "Success", "r": 0}
    assert [row["crm_id"] for row in api.rows(campaign_id)] == ["CT2", "CTKN242H2Y", "CT3NSRHTXF"]
    assert api.call("POST", "customcampaign/duplicate", json={"campaign": campaign_id})["data"] == {}


def test_a_list_where_an_object_belongs_keeps_nobody(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(listcontacts=LISTCONTACTS)
    body = {"campaign": campaign_id, "listKeepCustomer": [133]}
    assert api.call("POST", "customcampaign/keepduplicate", json=body)["r"] == 2
    assert len(sandbox.stringee.records(campaign_id)) == 2


def test_a_campaign_is_created_run_paused_and_deleted(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(listcontacts=LISTCONTACTS, max_call_retry="3", start_time="1564592400000")
    query = {"page": 1, "limit": 10}
    row = api.call("GET", "campaign", params=query)["data"]["rows"][0]
    assert (row["id"], row["name"], row["status"], row["total_customer"]) == (campaign_id, "A1", "new", 2)
    assert "max_call_retry" not in row
    assert sandbox.stringee.dialling() == {}
    api.run(campaign_id)
    assert list(sandbox.stringee.dialling()) == [campaign_id]
    api.call("PUT", f"campaign/{campaign_id}", json={"status": "paused", "name": "B"})
    assert sandbox.stringee.dialling() == {}
    assert api.call("PUT", f"campaign/{campaign_id}", json={"status": "ended"})["r"] != 0
    assert api.call("PUT", f"campaign/{campaign_id}", json={"colour": "red"})["r"] == 2
    assert api.call("DELETE", f"campaign/{campaign_id}")["r"] == 0
    assert api.call("GET", "customcampaign", params=query)["data"]["rows"] == []
    assert api.call("DELETE", f"campaign/{campaign_id}")["r"] == 3


@pytest.mark.parametrize("parts", [{"desc1": "x"}, {"name": ""}, {"name": "A", "colour": "red"}])
def test_a_wrong_campaign_is_refused(sandbox: Sandbox, api: Api, parts: dict[str, str]) -> None:
    assert api.parts("campaign", **parts)["r"] == 2
    assert sandbox.stringee.state()["summary"]["campaigns"] == 0


def test_numbers_not_to_call_are_not_callable(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(listcontacts=LISTCONTACTS)
    api.run(campaign_id)
    sandbox.stringee.set_do_not_call(api.rows(campaign_id)[0]["id"])
    assert sandbox.stringee.callable_numbers(campaign_id) == {"84877777777"}
    assert api.rows(campaign_id)[0]["do_not_call"] == 1
    sandbox.stringee.block("0877777777")
    assert sandbox.stringee.callable_numbers(campaign_id) == set()


def test_the_blacklist_stops_no_outbound_call(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(listcontacts=LISTCONTACTS)
    api.run(campaign_id)
    made = api.call("POST", "blacklistnumber", json={"number": "84877777777", "ivr_blocked": 1, "queue_blocked": 1})
    assert (made["r"], made["project"]) == (0, 24)
    listed = api.call("GET", "blacklistnumber")["data"]
    assert (listed["totalCount"], listed["blacklistNumbers"][0]["number"]) == ("1", "+84877777777")
    assert "84877777777" in sandbox.stringee.callable_numbers(campaign_id)
    assert api.call("DELETE", f"blacklistnumber/{made['blacklistNumberID']}")["r"] == 0


def test_the_token_may_come_in_the_query(api: Api) -> None:
    token = api.headers.pop("X-STRINGEE-AUTH")
    assert api.call("GET", "campaign", params={"page": 1, "limit": 1})["r"] == 1
    assert api.call("GET", "campaign", params={"page": 1, "limit": 1, "access_token": token})["r"] == 0


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x.y.z",
        signed(secret="another-secret-that-is-long-enough-000"),
        signed(header={"typ": "JWT", "alg": "HS256"}),
        signed(header=HEADER | {"cty": "stringee-api;v=2"}),
        signed(iss="SKother"),
        signed(jti="SKother_1"),
        signed(rest_api="true"),
        signed(exp=int(time.time()) - 1),
    ],
    # Named, since what is signed is another each second, and all processes of a run must name their tests alike.
    ids=["none", "no token", "other secret", "no version", "other version", "other issuer", "other id", "words", "old"],
)
def test_a_wrong_token_is_refused(api: Api, token: str) -> None:
    answer = api.client.get(f"{api.base}/campaign?page=1&limit=1", headers={"X-STRINGEE-AUTH": token})
    assert (answer.status_code, answer.json()["r"]) == (401, 1)


def test_a_token_expires_as_time_goes_by(sandbox: Sandbox, api: Api) -> None:
    query = {"page": 1, "limit": 1}
    assert api.call("GET", "campaign", params=query)["r"] == 0
    sandbox.clock.advance(601)
    assert api.call("GET", "campaign", params=query)["r"] == 1
    sandbox.stringee.switches.unauthorized_status = 200
    answer = api.client.get(f"{api.base}/campaign", headers=api.headers)
    assert (answer.status_code, answer.json()["r"]) == (200, 1)


def test_the_key_that_signs_is_the_one_of_the_credentials(sandbox: Sandbox) -> None:
    assert sandbox.credentials("stringee")["key_sid"] == KEY_SID
