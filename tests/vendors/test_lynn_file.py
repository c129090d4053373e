"""What Lynn's file must say, whatever else changes in it: the vendor's misspellings, its numbers, and its dangers."""

import csv
import io
import re
from email import message_from_bytes

import orjson
import pytest

from syncengine.config.vendor_files import load_vendor
from syncengine.diagnostics import Diagnostics
from syncengine.model.credentials import ExchangeAuth
from syncengine.model.exchange import Request
from syncengine.model.vendor import Operation, Vendor
from syncengine.remote.decode import decode
from syncengine.remote.judge import judge

TEMPLATE = "3c6f10ec-0000-4000-8000-210080f00900"
CAMPAIGN = {
    "id": "101",
    "key": "spring",
    "name": "Spring",
    "status": "stopped",
    "templateId": TEMPLATE,
    "typeOfData": 0,
}
# The operations of the vendor's page, and the two of its section on loading.
NAMED = {
    *("GetCampaigns", "GetCampaign", "PostCampaign", "PutCampaign", "DeleteCampaign"),
    *("StartCampaignExecution", "StopCampaignExecution"),
    *("GetContacts", "GetContact", "PostContact", "PutContact", "DeleteContact"),
    *("GetDnDContact", "SetDnDContactByCampaign", "SetDnDContactByCategory", "ManageDnDByCampaign", "GetDndTaskStatus"),
    *("UploadCampaignDataByTenant", "AddCampaingData", "GetTaskStatus"),
}


@pytest.fixture(scope="module")
def lynn() -> Vendor:
    diagnostics = Diagnostics()
    loaded = load_vendor("lynn", diagnostics)
    assert loaded is not None, diagnostics.items
    return loaded.vendor


def operations(vendor: Vendor) -> dict[str, Operation]:
    held = [vendor.campaigns.operations, vendor.calls, *(collection.operations for collection in vendor.collections)]
    return {operation.name: operation for group in held for operation in group.values()}


def rendered(vendor: Vendor, name: str, *records: dict[str, str], **scope: object) -> Request:
    settings = {key: setting.default or "" for key, setting in vendor.settings.items()} | {"tenant": "42"}
    row = {"key": "+56966666666", "phone": "+56966666666", "phones": ["+56966666666"], "remote_id": "5001"}
    pairs = [{"row": row, "record": record} for record in records or ({},)]
    given = {"settings": settings, "options": {}, "campaign": CAMPAIGN, "rows": pairs, **pairs[0], "task": {"id": "T1"}}
    return operations(vendor)[name].render(given | {"fields": {}} | scope)


def test_every_operation_that_the_page_names_has_its_path(lynn: Vendor) -> None:
    paths = {rendered(lynn, name).path.split("/")[1] for name in operations(lynn)}
    assert paths == NAMED


def test_what_is_known_by_name_only_is_unverified_and_says_which_setting_to_check(lynn: Vendor) -> None:
    for operation in operations(lynn).values():
        documented = rendered(lynn, operation.name).path.split("/")[1] in {"AddCampaingData", "GetTaskStatus"}
        assert operation.ability == ("documented" if documented else "unverified")
        names = [name for name in operation.settings_used if name.startswith("path_")]
        assert documented or (len(names) == 1 and names[0] in operation.check)


def test_a_name_in_a_path_can_be_put_right_by_the_project(lynn: Vendor) -> None:
    settings = {"tenant": "42", "path_post_campaign": "CreateCampaign"}
    assert rendered(lynn, "campaigns.create", settings=settings).path == "/CreateCampaign/42"


def test_rows_travel_with_the_misspelt_field_and_columns_under_their_own_names(lynn: Vendor) -> None:
    record = {"Name": "Maiko", "Phone": "56966666666", "New Date": "03/05/2024", "Coupon Days": "3"}
    request = rendered(lynn, "campaign_data.add", record)
    assert request.path == "/AddCampaingData/42"
    assert orjson.loads(request.body) == {
        "campaingId": "101",
        "templateId": TEMPLATE,
        "typeOfData": 0,
        "data": [record],
    }


def test_numbers_have_a_country_code_and_no_plus(lynn: Vendor) -> None:
    forms = {
        (name, column.to): column.form
        for name, columns in lynn.columns.items()
        for column in columns
        if column.source == "phone"
    }
    assert set(forms.values()) == {"digits"}
    assert set(forms) == {
        ("campaign_data", "Phone"),
        ("campaign_file", "Phone"),
        ("contacts", "phone"),
        ("campaign_dnd", "phone"),
    }


def test_the_file_of_records_has_a_heading_and_one_line_a_record(lynn: Vendor) -> None:
    first = {"Name": "Maiko", "Phone": "56966666666", "New Date": "03/05/2024"}
    second = {"Name": "Camilo", "Phone": "56955555555", "Store Name": "Altos, las Condes"}
    request = rendered(lynn, "campaign_file.add", first, second)
    parts = {
        str(part.get_param("name", header="content-disposition")): part
        for part in message_from_bytes(
            b"Content-Type: " + request.content_type.encode() + b"\r\n\r\n" + request.body
        ).walk()
        if not part.is_multipart()
    }
    assert set(parts) == {"campaingId", "templateId", "file"}
    assert str(parts["file"].get_filename()).endswith(".cpg")
    content = parts["file"].get_payload(decode=True)
    assert isinstance(content, bytes)
    empty = dict.fromkeys(("Name", "Phone", "New Date", "Store Name"), "")
    assert list(csv.DictReader(io.StringIO(content.decode()))) == [empty | first, empty | second]


def test_only_manual_campaigns_are_started_and_new_ones_are_manual(lynn: Vendor) -> None:
    assert lynn.campaigns.start_only_when == {"execution_mode": ("Manual",)}
    assert lynn.campaigns.fields["execution_mode"].default == "Manual"


def test_what_only_shapes_a_load_is_not_sent_with_a_campaign(lynn: Vendor) -> None:
    fields = {"name": "Spring", "executionMode": "Manual", "templateId": TEMPLATE, "typeOfData": 0, "load": "data"}
    assert orjson.loads(rendered(lynn, "campaigns.create", fields=fields).body) == {
        "name": "Spring",
        "executionMode": "Manual",
    }


def test_an_update_states_the_whole_campaign_as_far_as_it_is_known(lynn: Vendor) -> None:
    campaign = CAMPAIGN | {"category": "old", "executionMode": "Manual"}
    request = rendered(lynn, "campaigns.update", campaign=campaign, fields={"category": "new"})
    assert orjson.loads(request.body) == {"name": "Spring", "category": "new", "executionMode": "Manual"}


def test_a_bulk_entry_of_the_blacklist_states_its_end_state(lynn: Vendor) -> None:
    for name, state in (("campaign_dnd.add", True), ("campaign_dnd.remove", False)):
        request = rendered(lynn, name, {"phone": "56966666666"}, list={"name": "opt-outs", "lasts_days": ""})
        assert request.path == "/ManageDnDByCampaign/42"
        assert orjson.loads(request.body) == {
            "campaignId": "101",
            "contacts": [{"phone": "56966666666", "state": state}],
        }


def test_calls_that_can_free_a_number_count_as_dialable(lynn: Vendor) -> None:
    known = operations(lynn)
    assert known["campaign_dnd.add"].effect == "suppressing"
    # A contact's blacklist entries may go with it.
    assert {known[name].effect for name in ("campaign_dnd.remove", "contacts.remove")} == {"dialable"}


@pytest.mark.parametrize("name", ["campaign_data.add", "campaign_file.add"])
def test_a_load_is_done_only_when_its_task_says_200_as_text(lynn: Vendor, name: str) -> None:
    task = operations(lynn)[name].task
    assert task is not None
    assert (task.poll, task.status, task.success) == ("get_task_status", "Status", ("200",))


@pytest.mark.parametrize("name", ["campaign_data.add", "campaign_file.add"])
def test_a_load_is_never_repeated_by_itself_nor_called_refused_when_a_part_may_be_in(lynn: Vendor, name: str) -> None:
    operation = operations(lynn)[name]
    assert operation.proof is not None
    assert operation.proof.by == "task"
    assert operation.refused_batch == "unknown"


def test_records_are_added_and_never_listed_changed_or_removed(lynn: Vendor) -> None:
    loads = [collection for collection in lynn.collections if collection.holds == "contacts"]
    assert [(set(c.operations), c.listed, c.update) for c in loads] == [({"add"}, None, "absent")] * 2


def test_the_call_for_a_whole_category_warns(lynn: Vendor) -> None:
    assert "every campaign of the category" in lynn.calls["set_dnd_contact_by_category"].warns


def test_a_path_that_is_not_there_is_not_taken_for_something_gone(lynn: Vendor) -> None:
    answer = decode(404, {}, b'{"message": "not found"}')
    judgement = judge(operations(lynn)["campaigns.delete"], lynn.responses, answer)
    assert (judgement.outcome, judgement.message) == ("rejected", "not found")


def test_the_token_is_exchanged_with_the_tenant_or_given_and_goes_to_the_two_known_hosts_only(lynn: Vendor) -> None:
    assert isinstance(lynn.auth, ExchangeAuth)
    assert (lynn.auth.prefix, lynn.auth.literal) == ("bearer ", "token")
    assert lynn.auth.body["tenant"] == "setting:tenant"
    assert lynn.base_url({"environment": "premium-testing"}) == "https://premium-testing.lynn.cx/api/LynnService"
    pattern = lynn.settings["environment"].pattern
    fitting = [host for host in ("premium-production", "premium-testing", "x.example/") if re.fullmatch(pattern, host)]
    assert fitting == ["premium-production", "premium-testing"]
