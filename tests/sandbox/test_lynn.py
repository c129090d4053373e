"""Lynn's dialer: tenant, token, campaigns, contacts, blacklist and tasks, as document 000 names them."""

from typing import Any

import httpx
import pytest

from syncengine.sandbox.server import Sandbox

TENANT = 42
# The document's own sample body, with the braces that it leaves out.
SAMPLE: dict[str, Any] = {
    "campaingId": "",
    "templateId": "3c6f10ec-XXXX-XXXX-XXXX-21XX8fXX9XXX",
    "typeOfData": 0,
    "data": [
        {
            "Name": "Maiko",
            "Phone": "56966666666",
            "Tags": "5000",
            "New Date": "03/05/2024",
            "Store Name": "Altos las Condes",
            "Order Number": "12345678",
            "Coupon Number": "87654321",
            "Coupon Days": "3",
        },
        {
            "Name": "Camilo",
            "Phone": "56955555555",
            "Tags": "5500",
            "New Date": "04/05/2024",
            "Store Name": "Altos las Condes 2",
            "Order Number": "12345",
            "Coupon Number": "54321",
            "Coupon Days": "5",
        },
    ],
}
PAIR = {"accessToken": "lynn-access-token", "accessTokenSecret": "lynn-access-secret", "tenant": TENANT}


class Api:
    """Calls the dialer with the administrator's token."""

    def __init__(self, sandbox: Sandbox, client: httpx.Client) -> None:
        self.base = f"{sandbox.url('lynn')}/api/LynnService"
        self.client = client
        self.token = "lynn-administrator-token"

    def call(self, verb: str, path: str, json: Any = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"bearer {self.token}"}
        return self.client.request(verb, f"{self.base}/{path}", headers=headers, json=json, **more)

    def campaign(self, **fields: str) -> str:
        made = self.call("POST", f"PostCampaign/{TENANT}", {"name": "A"} | fields)
        assert made.status_code == 200, made.text
        return str(made.json()["id"])

    def contact(self, phone: str = "56966666666") -> str:
        made = self.call("POST", f"PostContact/{TENANT}", {"name": "Maiko", "phone": phone})
        assert made.status_code == 200, made.text
        return str(made.json()["id"])

    def load(self, campaign_id: str, **changes: Any) -> str:
        body = SAMPLE | {"campaingId": campaign_id} | changes
        answer = self.call("POST", f"AddCampaingData/{TENANT}", body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["taskId"])

    def status(self, task_id: str, operation: str = "GetTaskStatus") -> str:
        return str(self.call("GET", f"{operation}/{TENANT}/{task_id}").json()["Status"])


@pytest.fixture
def api(sandbox: Sandbox, client: httpx.Client) -> Api:
    return Api(sandbox, client)


def test_the_pair_is_exchanged_for_a_token_that_works(api: Api) -> None:
    answer = api.call("POST", "CreateToken", PAIR)
    assert list(answer.json()) == ["token"]
    api.token = answer.json()["token"]
    assert api.call("GET", f"GetCampaigns/{TENANT}").json() == []


def test_the_documented_reporting_path_exchanges_too(sandbox: Sandbox, client: httpx.Client) -> None:
    assert client.post(f"{sandbox.url('lynn')}/api/LynnReporting/CreateToken", json=PAIR).json()["token"]


@pytest.mark.parametrize("change", [{"accessToken": "x"}, {"accessTokenSecret": "x"}, {"tenant": "42"}, {"tenant": 7}])
def test_a_wrong_pair_answers_401_without_a_body(api: Api, change: dict[str, Any]) -> None:
    answer = api.call("POST", "CreateToken", PAIR | change)
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_without_regard_to_case(api: Api, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {api.token}"}
    assert api.client.get(f"{api.base}/GetCampaigns/{TENANT}", headers=headers).status_code == 200


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic abc"}, {"Authorization": "bearer nonsense"}])
def test_no_or_a_wrong_token_answers_401_without_a_body(api: Api, header: dict[str, str]) -> None:
    answer = api.client.get(f"{api.base}/GetCampaigns/{TENANT}", headers=header)
    assert (answer.status_code, answer.content) == (401, b"")


def test_another_tenant_answers_403(api: Api) -> None:
    assert api.call("GET", "GetCampaigns/43").status_code == 403


def test_expired_tokens_are_refused_until_the_next_exchange(sandbox: Sandbox, api: Api) -> None:
    api.token = api.call("POST", "CreateToken", PAIR).json()["token"]
    sandbox.lynn.expire_tokens()
    assert api.call("GET", f"GetCampaigns/{TENANT}").status_code == 401
    api.token = api.call("POST", "CreateToken", PAIR).json()["token"]
    assert api.call("GET", f"GetCampaigns/{TENANT}").status_code == 200


def test_a_token_expires_after_so_many_requests(sandbox: Sandbox, api: Api) -> None:
    sandbox.lynn.switches.token_requests = 2
    api.token = api.call("POST", "CreateToken", PAIR).json()["token"]
    assert [api.call("GET", f"GetCampaigns/{TENANT}").status_code for _ in range(3)] == [200, 200, 401]


def test_a_campaign_is_created_read_changed_and_deleted(api: Api) -> None:
    campaign_id = api.campaign(category="promo", division="north")
    shown = api.call("GET", f"GetCampaign/{TENANT}/{campaign_id}").json()
    assert (shown["name"], shown["category"], shown["executionMode"], shown["status"]) == (
        "A",
        "promo",
        "Manual",
        "Stopped",
    )
    api.call("PUT", f"PutCampaign/{TENANT}/{campaign_id}", {"name": "B"})
    listed = api.call("GET", f"GetCampaigns/{TENANT}").json()
    assert [(one["name"], one["division"]) for one in listed] == [("B", "north")]
    assert api.call("DELETE", f"DeleteCampaign/{TENANT}/{campaign_id}").status_code == 200
    assert api.call("GET", f"GetCampaign/{TENANT}/{campaign_id}").status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"executionMode": "Manua"}, {"type": "Both"}, {"colour": "red"}, {"category": 3}, {"start": "soon"}],
)
def test_a_wrong_campaign_is_refused(sandbox: Sandbox, api: Api, change: dict[str, Any]) -> None:
    assert api.call("POST", f"PostCampaign/{TENANT}", {"name": "A"} | change).status_code == 400
    assert sandbox.lynn.state()["summary"]["campaigns"] == 0


def test_the_sixteenth_campaign_is_refused(sandbox: Sandbox, api: Api) -> None:
    for _ in range(15):
        api.campaign()
    answer = api.call("POST", f"PostCampaign/{TENANT}", {"name": "A"})
    assert answer.status_code == 400
    assert "15" in answer.json()["message"]
    assert sandbox.lynn.state()["summary"]["campaigns"] == 15


@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_a_manual_campaign_starts_and_stops(sandbox: Sandbox, api: Api, verb: str) -> None:
    campaign_id = api.campaign()
    started = api.call(verb, f"StartCampaignExecution/{TENANT}/{campaign_id}").json()
    assert started["status"] == "Running"
    assert list(sandbox.lynn.dialling()) == [campaign_id]
    assert api.call(verb, f"StopCampaignExecution/{TENANT}/{campaign_id}").json()["status"] == "Stopped"
    assert sandbox.lynn.dialling() == {}


@pytest.mark.parametrize("mode", ["Scheduled", "AlwaysOn"])
def test_only_manual_campaigns_can_be_started_or_stopped(api: Api, mode: str) -> None:
    campaign_id = api.campaign(executionMode=mode)
    for operation in ("StartCampaignExecution", "StopCampaignExecution"):
        answer = api.call("POST", f"{operation}/{TENANT}/{campaign_id}")
        assert answer.status_code == 400
        assert "Manual" in answer.json()["message"]


def test_a_scheduled_campaign_runs_between_its_times(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(executionMode="Scheduled", start="2024-01-01T00:00:00")
    api.campaign(executionMode="Scheduled", start="2024-01-01T00:00:00", stop="2024-02-01T00:00:00")
    assert list(sandbox.lynn.dialling()) == [campaign_id]


def test_a_contact_is_created_read_changed_and_deleted(api: Api) -> None:
    body = {"name": "Maiko", "phone": "56966666666", "correlationIds": ["crm-1", "x"]}
    contact_id = api.call("POST", f"PostContact/{TENANT}", body).json()["id"]
    assert api.call("GET", f"GetContact/{TENANT}/{contact_id}").json() == {"id": contact_id} | body
    api.call("PUT", f"PutContact/{TENANT}/{contact_id}", {"name": "Camilo"})
    assert api.call("GET", f"GetContacts/{TENANT}").json() == [{"id": contact_id} | body | {"name": "Camilo"}]
    assert api.call("DELETE", f"DeleteContact/{TENANT}/{contact_id}").status_code == 200
    assert api.call("DELETE", f"DeleteContact/{TENANT}/{contact_id}").status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"phone": "+56966666666"}, {"phone": 56966666666}, {"name": ""}, {"email": "x"}, {"correlationIds": list("abcd")}],
)
def test_a_wrong_contact_is_refused(api: Api, change: dict[str, Any]) -> None:
    body = {"name": "Maiko", "phone": "56966666666"} | change
    assert api.call("POST", f"PostContact/{TENANT}", body).status_code == 400


def test_the_sample_load_ends_well_for_a_template_that_carries_its_campaign(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(executionMode="AlwaysOn")
    sandbox.lynn.add_template(SAMPLE["templateId"], campaign_id)
    task_id = api.load("")
    assert [api.status(task_id) for _ in range(4)] == ["100", "100", "200", "200"]
    assert sandbox.lynn.records(campaign_id) == SAMPLE["data"]
    assert sandbox.lynn.callable_numbers(campaign_id) == {"56966666666", "56955555555"}


def test_a_load_without_any_campaign_is_a_task_that_fails(sandbox: Sandbox, api: Api) -> None:
    task_id = api.load("")
    assert [api.status(task_id) for _ in range(3)] == ["100", "100", "500"]
    assert sandbox.lynn.state()["summary"]["records"] == 0


def test_a_load_into_an_unknown_campaign_is_a_task_that_fails(sandbox: Sandbox, api: Api) -> None:
    sandbox.lynn.switches.task_polls = 0
    assert api.status(api.load("999")) == "500"
    assert sandbox.lynn.record.entries(path="AddCampaingData", applied=True) == []


def test_the_same_row_twice_makes_two_records(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign()
    assert sandbox.lynn.doubled() == []
    api.load(campaign_id)
    assert sandbox.lynn.doubled() == []
    api.load(campaign_id, data=SAMPLE["data"][:1])
    assert [(one.campaign_id, one.times) for one in sandbox.lynn.doubled()] == [(campaign_id, 2)]
    assert len(sandbox.lynn.records(campaign_id)) == 3


@pytest.mark.parametrize(
    ("ending", "status", "rows"), [("failed", "500", 0), ("partly", "500", 1), ("never", "100", 2)]
)
def test_a_task_ends_as_it_is_told(sandbox: Sandbox, api: Api, ending: Any, status: str, rows: int) -> None:
    sandbox.lynn.switches.task_polls = 0
    campaign_id = api.campaign()
    sandbox.lynn.end_next_task(ending)
    assert api.status(api.load(campaign_id)) == status
    assert len(sandbox.lynn.records(campaign_id)) == rows
    assert api.status(api.load(campaign_id)) == "200"


@pytest.mark.parametrize(
    "change",
    [
        {"campaingId": 7},
        {"templateId": ""},
        {"typeOfData": "0"},
        {"data": []},
        {"data": [{}]},
        {"data": [{"Phone": 56966666666}]},
        {"campaignId": "7"},
    ],
)
def test_a_wrong_load_is_refused_at_once(api: Api, change: dict[str, Any]) -> None:
    assert api.call("POST", f"AddCampaingData/{TENANT}", SAMPLE | change).status_code == 400


def test_a_row_without_its_phone_or_with_a_foreign_column_fails_the_task(sandbox: Sandbox, api: Api) -> None:
    sandbox.lynn.switches.task_polls = 0
    campaign_id = api.campaign()
    assert api.status(api.load(campaign_id, data=[{"Name": "Maiko"}])) == "500"
    sandbox.lynn.add_template(SAMPLE["templateId"], campaign_id, frozenset(("Name", "Phone")))
    assert api.status(api.load(campaign_id)) == "500"
    assert api.status(api.load(campaign_id, data=[{"Name": "Maiko", "Phone": "56966666666"}])) == "200"


def test_a_cpg_file_is_loaded_as_a_task(sandbox: Sandbox, api: Api) -> None:
    sandbox.lynn.switches.task_polls = 0
    campaign_id = api.campaign(executionMode="AlwaysOn")
    files = {"file": ("Contacts_Template.cpg", b'Name,Phone\n"Maiko, M",56966666666\n')}
    answer = api.call("POST", f"UploadCampaignDataByTenant/{TENANT}", files=files, data={"campaingId": campaign_id})
    assert api.status(answer.json()["taskId"]) == "200"
    assert sandbox.lynn.records(campaign_id) == [{"Name": "Maiko, M", "Phone": "56966666666"}]


@pytest.mark.parametrize(
    ("filename", "content"),
    [("rows.csv", b"Phone\n5\n"), ("rows.cpg", b""), ("rows.cpg", b"Name,Phone\n1\n"), ("rows.cpg", b"\xff\xfe\xff")],
)
def test_a_file_that_is_no_cpg_is_refused(api: Api, filename: str, content: bytes) -> None:
    files = {"file": (filename, content)}
    answer = api.call("POST", f"UploadCampaignDataByTenant/{TENANT}", files=files, data={"campaingId": "101"})
    assert answer.status_code == 400


def test_a_blacklisted_contact_is_listed_with_its_campaign_and_not_rung(sandbox: Sandbox, api: Api) -> None:
    campaign_id, other = api.campaign(executionMode="AlwaysOn"), api.campaign(executionMode="AlwaysOn")
    api.load(campaign_id)
    api.load(other)
    contact_id = api.contact()
    body = {"contactId": contact_id, "campaignId": campaign_id}
    assert api.call("POST", f"SetDnDContactByCampaign/{TENANT}", body).status_code == 200
    listed = api.call("GET", f"GetDnDContact/{TENANT}/{contact_id}").json()
    assert [one["campaignId"] for one in listed] == [campaign_id]
    assert sandbox.lynn.callable_numbers(campaign_id) == {"56955555555"}
    assert sandbox.lynn.callable_numbers(other) == {"56966666666", "56955555555"}


def test_blacklisting_by_category_fans_out(api: Api) -> None:
    inside = [api.campaign(category="promo") for _ in range(2)]
    api.campaign(category="other")
    contact_id = api.contact()
    body = {"contactId": contact_id, "category": "promo"}
    assert api.call("PUT", f"SetDnDContactByCategory/{TENANT}", body).status_code == 200
    listed = api.call("GET", f"GetDnDContact/{TENANT}/{contact_id}").json()
    assert [one["campaignId"] for one in listed] == inside


def test_bulk_blacklisting_adds_contacts_and_sets_and_resets_the_state(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(executionMode="AlwaysOn")
    api.load(campaign_id)
    contact_id = api.contact()
    items = [{"contactId": contact_id, "state": True}, {"phone": "56955555555", "state": True}]
    answer = api.call("POST", f"ManageDnDByCampaign/{TENANT}", {"campaignId": campaign_id, "contacts": items})
    task_id = answer.json()["taskId"]
    assert [api.status(task_id, "GetDndTaskStatus") for _ in range(3)] == ["100", "100", "200"]
    assert sandbox.lynn.callable_numbers(campaign_id) == set()
    assert len(api.call("GET", f"GetContacts/{TENANT}").json()) == 2
    items = [{"contactId": contact_id, "state": False}]
    api.call("POST", f"ManageDnDByCampaign/{TENANT}", {"campaignId": campaign_id, "contacts": items})
    assert sandbox.lynn.callable_numbers(campaign_id) == {"56966666666"}


def test_each_kind_of_task_has_its_own_status_call(api: Api) -> None:
    task_id = api.load(api.campaign())
    assert api.call("GET", f"GetDndTaskStatus/{TENANT}/{task_id}").status_code == 404
    assert api.call("GET", f"GetTaskStatus/{TENANT}/nothing").status_code == 404


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("SetDnDContactByCampaign", {"contactId": "1"}),
        ("SetDnDContactByCategory", {"contactId": "1", "category": "none"}),
        ("ManageDnDByCampaign", {"campaignId": "1", "contacts": []}),
        ("ManageDnDByCampaign", {"campaignId": "1", "contacts": [{"phone": "56955555555", "state": "true"}]}),
    ],
)
def test_a_wrong_blacklisting_is_refused(api: Api, operation: str, body: dict[str, Any]) -> None:
    assert api.call("POST", f"{operation}/{TENANT}", body).status_code in (400, 404)


def test_deleting_a_contact_takes_its_blacklisting_along(sandbox: Sandbox, api: Api) -> None:
    campaign_id = api.campaign(executionMode="AlwaysOn")
    api.load(campaign_id)
    contact_id = api.contact()
    api.call("POST", f"SetDnDContactByCampaign/{TENANT}", {"contactId": contact_id, "campaignId": campaign_id})
    api.call("DELETE", f"DeleteContact/{TENANT}/{contact_id}")
    assert "56966666666" in sandbox.lynn.callable_numbers(campaign_id)
