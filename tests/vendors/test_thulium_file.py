"""Thulium's vendor file: which id names a record, and what do-not-call means there."""

import json
from typing import Any

import pytest

from syncengine.config.operation_lookup import find_operation
from syncengine.config.vendor_files import load_vendor
from syncengine.diagnostics import Diagnostics
from syncengine.model.exchange import Request, RowItem
from syncengine.model.vendor import Vendor
from syncengine.remote.decode import decode
from syncengine.remote.items import item_results
from syncengine.remote.judge import judge


def _load() -> Vendor:
    diagnostics = Diagnostics()
    loaded = load_vendor("thulium", diagnostics)
    assert loaded is not None, [item.render() for item in diagnostics]
    assert not len(diagnostics)
    return loaded.vendor


VENDOR = _load()


def pair(key: str, *, remote_id: str = "", **record: object) -> dict[str, Any]:
    phone = key if key.startswith("+") else "+48111222333"
    return {"row": {"key": key, "phone": phone, "phones": [phone], "remote_id": remote_id}, "record": record}


def render(operation: str, *rows: dict[str, Any], **more: object) -> Request:
    scope: dict[str, Any] = {
        "settings": {"system": "acme", "no_call_status_id": "25", "to_call_status_id": "21"},
        "options": {},
        "campaign": {"id": "00001", "key": "spring", "name": "spring", "status": "stopped"},
        "fields": {},
        "rows": list(rows),
        "list": {"name": "opt-outs", "lasts_days": ""},
        "page": {"number": 1, "limit": 100, "offset": 200, "cursor": ""},
    }
    if rows:
        scope |= rows[0]
    return find_operation(VENDOR, operation).render(scope | more)


def test_a_crm_record_is_named_by_its_customer_and_never_by_the_id_of_another_call() -> None:
    rows = [pair("a", remote_id="111", customer_id="441"), pair("b", remote_id="112", customer_id="445")]
    assert render("crm_records.remove", *rows).query == (("customer_id[]", "441"), ("customer_id[]", "445"))
    assert render("crm_records.block", rows[0]).path.endswith("/records/441")
    # record_id would take the customer's place in the ledger if it were kept.
    for role in ("add", "remove"):
        items = find_operation(VENDOR, f"crm_records.{role}").items
        assert items is not None
        assert not items.remote_id
    listed = next(c.listed for c in VENDOR.collections if c.name == "crm_records")
    assert listed is not None
    assert listed.remote_id == "customer_id"


@pytest.mark.parametrize("collection", ["crm_records", "csv_records"])
def test_a_record_is_blocked_by_the_number_that_the_status_has_in_every_campaign(collection: str) -> None:
    row = pair("+48111222333", customer_id="441", status_id="3", dictionary_status_id="4")
    assert json.loads(render(f"{collection}.block", row).body) == {"dictionary_status_id": 25}
    assert json.loads(render(f"{collection}.unblock", row).body) == {"dictionary_status_id": 21}


def test_a_record_in_a_call_is_put_off_and_a_record_that_is_gone_is_done() -> None:
    operation = find_operation(VENDOR, "crm_records.remove")
    words = {"441": "REMOVED", "442": "NOT_EXIST", "443": "CALL_IN_PROGRESS", "444": "SOMETHING_NEW"}
    answer = decode(200, {}, json.dumps({key: {"status": word} for key, word in words.items()}).encode())
    rows = [RowItem(key, (), {"customer_id": key}) for key in words]
    results, _ = item_results(operation, rows, answer)
    found = {key: result.outcome for key, result in results.items()}
    assert found == {"441": "applied", "442": "already_absent", "443": "deferred", "444": "unknown"}


def test_a_number_is_gone_only_when_all_of_its_records_are() -> None:
    operation = find_operation(VENDOR, "csv_records.remove")
    body = {"48111222333": [{"status": "REMOVED"}, {"status": "CALL_IN_PROGRESS"}]}
    rows = [RowItem("+48111222333", ("+48111222333",))]
    results, _ = item_results(operation, rows, decode(200, {}, json.dumps(body).encode()))
    assert results["+48111222333"].outcome == "deferred"


@pytest.mark.parametrize(
    "operation", ["crm_records.add", "crm_records.block", "csv_records.remove", "campaigns.stop", "customers.update"]
)
def test_an_error_under_a_status_that_looks_like_success_is_no_success(operation: str) -> None:
    body = {"request_id": "1", "errors": [{"message": "Record not found.", "code": 1}]}
    judged = judge(find_operation(VENDOR, operation), VENDOR.responses, decode(200, {}, json.dumps(body).encode()))
    assert (judged.outcome, judged.message) == ("rejected", "Record not found.")


def test_a_new_campaign_does_not_dial_and_our_own_field_is_not_sent() -> None:
    body = json.loads(render("campaigns.create", fields={"feed": "crm", "dialer": "preview"}).body)
    assert body["active"] is False
    assert "feed" not in body


def test_what_a_campaign_is_fed_from_decides_where_its_rows_go() -> None:
    found = {c.name: dict(c.when) for c in VENDOR.collections if c.holds == "contacts"}
    assert found == {"crm_records": {"feed": ("crm",)}, "csv_records": {"feed": ("csv",)}}


def test_a_customer_gets_our_key_as_identifier_and_is_looked_up_by_it() -> None:
    row = pair("A-17", surname="Kowalski", phone_number="48111222333")
    assert json.loads(render("customers.add", row).body)["identifier"] == "A-17"
    assert render("customers.lookup", row).query == (("identifier", "A-17"),)


def test_a_file_record_can_always_be_named_later() -> None:
    with_id = pair("+48111222333", phone_number="48111222333", identifier="A-17")
    without = pair("+48111222334", phone_number="48111222334")
    records = json.loads(render("csv_records.add", with_id, without).body)["records"]
    assert [record["identifier"] for record in records] == ["A-17", "48111222334"]
    assert render("csv_records.block", pair("+48111222333", remote_id="A-17")).path.endswith("/A-17")
    assert render("csv_records.block", pair("+48111222334")).path.endswith("/48111222334")


def test_a_list_is_walked_by_offset() -> None:
    assert render("crm_records.list").query == (("limit", "100"), ("offset", "200"))


def test_the_plan_does_not_call_a_status_a_block() -> None:
    (found,) = (c for c in VENDOR.collections if c.holds == "dnd")
    assert "no block of the number" in found.enforcement
    assert set(found.operations) == {"add"}
    assert json.loads(render("no_call_status.add", pair("+48111222333")).body) == {
        "phone_number": "48111222333",
        "status_id": "25",
    }


def test_a_deletion_that_is_queued_counts_as_done_and_so_does_a_second_one() -> None:
    operation = find_operation(VENDOR, "campaigns.delete")
    words = {"REMOVAL_QUEUED": "applied", "ALREADY_QUEUED": "already_absent", "NOT_EXIST": "already_absent"}
    for word, outcome in words.items():
        answer = decode(200, {}, json.dumps([{"http_status": 200, "id": "00001", "status": word}]).encode())
        assert judge(operation, VENDOR.responses, answer).outcome == outcome
