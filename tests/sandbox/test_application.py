"""Whatever is sent, a dialer answers like a vendor and never breaks."""

from typing import Any

import httpx
import pytest

from syncengine.sandbox.server import Sandbox

from .signing import signed

JUNK: list[Any] = [None, 0, "", "text", True, [], {}, [[]], [{}], [None], {"a": 1}]
VALUES: list[Any] = [None, 0, -1, "", "x", True, [], {}, [[]], [{}], [None], {"x": []}]
LYNN = {"Authorization": "bearer lynn-administrator-token"}
WOLKVOX = {"wolkvox-token": "wolkvox-token-0016"}
THULIUM = {"Authorization": "Basic YXBpX3VzZXI6YXBpX3Bhc3M="}

# Vendor, verb, path, and the fields of a body that gets past the first checks.
CALLS: list[tuple[str, str, str, list[str]]] = [
    ("lynn", "POST", "/api/LynnService/CreateToken", ["accessToken", "accessTokenSecret", "tenant"]),
    ("lynn", "POST", "/api/LynnService/PostCampaign/42", ["name"]),
    ("lynn", "POST", "/api/LynnService/PostContact/42", ["name", "phone", "correlationIds"]),
    ("lynn", "POST", "/api/LynnService/SetDnDContactByCampaign/42", ["contactId", "campaignId"]),
    ("lynn", "POST", "/api/LynnService/SetDnDContactByCategory/42", ["contactId", "category"]),
    ("lynn", "POST", "/api/LynnService/ManageDnDByCampaign/42", ["campaignId", "contacts"]),
    ("lynn", "POST", "/api/LynnService/AddCampaingData/42", ["campaingId", "templateId", "typeOfData", "data"]),
    ("wolkvox", "POST", "/api/v2/campaign.php?api=create_campaign&type_campaign=preview", ["campaign_name"]),
    ("wolkvox", "POST", "/api/v2/campaign.php?api=add_dnc", ["telephone", "days_block"]),
    ("wolkvox", "POST", "/api/v2/configuration.php?api=add_dnc", ["type_call", "telephones"]),
    ("wolkvox", "DELETE", "/api/v2/configuration.php?api=remove_dnc", ["type", "telephones"]),
    ("comunik8", "POST", "/lead/add?key=comunik8-key", ["email", "first_name", "surname", "mobile", "type", "data"]),
    ("comunik8", "POST", "/lead/cancel?key=comunik8-key", ["mobile", "type"]),
    ("stringee", "POST", "/v1/customcampaign/add-by-phones", ["campaign_id", "phones"]),
    ("stringee", "POST", "/v1/customcampaign/duplicate", ["campaign"]),
    ("stringee", "POST", "/v1/customcampaign/keepduplicate", ["campaign", "listKeepCustomer"]),
    ("stringee", "PUT", "/v1/campaign/CASB0001", ["name", "status"]),
    ("stringee", "DELETE", "/v1/customcampaign/133", ["id"]),
    ("stringee", "POST", "/v1/blacklistnumber", ["number", "ivr_blocked"]),
    ("stringee", "GET", "/v1/blacklistnumber?page=x&limit=-1", []),
    ("thulium", "POST", "/api/outbounds", ["name", "active", "order", "parity", "parameters", "start_date"]),
    ("thulium", "PUT", "/api/outbounds/00001", ["name", "dialer", "type"]),
    ("thulium", "POST", "/api/outbounds/00001/add_agents", ["logins"]),
    ("thulium", "POST", "/api/outbounds/00001/records", ["phone_number", "status_id", "order", "identifier"]),
    ("thulium", "POST", "/api/batch/outbounds/00001/records", ["records"]),
    ("thulium", "POST", "/api/batch/crm_outbounds/00001/records", ["records"]),
    ("thulium", "POST", "/api/crm_outbounds/00001/records", ["customer_id", "agent_login", "next_call_date"]),
    ("thulium", "POST", "/api/outbound_status_by_phone_number", ["phone_number", "status_id"]),
    ("thulium", "POST", "/api/customers", ["surname", "phone_number", "identifier", "custom_fields"]),
    ("thulium", "PUT", "/api/batch/customers", ["customers"]),
]


@pytest.mark.parametrize("call", CALLS, ids=[f"{c[0]} {c[1]} {c[2]}" for c in CALLS])
def test_no_body_breaks_a_dialer(sandbox: Sandbox, client: httpx.Client, call: tuple[str, str, str, list[str]]) -> None:
    vendor, verb, path, names = call
    stringee = {"X-STRINGEE-AUTH": signed()}
    headers = {"lynn": LYNN, "wolkvox": WOLKVOX, "comunik8": {}, "stringee": stringee, "thulium": THULIUM}[vendor]
    client.post(f"{sandbox.url('thulium')}/api/outbounds", headers=THULIUM, json={"name": "A"})
    client.post(f"{sandbox.url('stringee')}/v1/campaign", headers=stringee, files={"name": (None, "A")})
    plain = dict.fromkeys(names, "1")
    bodies = [*JUNK, *({**plain, name: value} for name in names for value in VALUES)]
    bodies += [[body] for body in bodies if isinstance(body, dict)]
    for body in bodies:
        answer = client.request(verb, sandbox.url(vendor) + path, headers=headers, json=body)
        assert answer.status_code < 500, f"{body!r}: {answer.text}"
    assert client.get(f"{sandbox.url(vendor)}/_sandbox/state").status_code == 200
    assert client.get(f"{sandbox.url(vendor)}/_sandbox/requests").status_code == 200
