"""What Stringee's file must say, whatever else changes in it: its token, its result codes, its four ways in."""

import re
from email import message_from_bytes
from io import BytesIO

import orjson
import pytest
from python_calamine import CalamineWorkbook

from syncengine.config.vendor_files import load_vendor
from syncengine.diagnostics import Diagnostics
from syncengine.model.credentials import JwtAuth
from syncengine.model.exchange import Request, RowItem
from syncengine.model.vendor import Operation, Vendor
from syncengine.remote.decode import decode
from syncengine.remote.items import item_results
from syncengine.remote.judge import judge
from syncengine.remote.rows_reader import listed_row

PHONE = "84346608877"


@pytest.fixture(scope="module")
def stringee() -> Vendor:
    diagnostics = Diagnostics()
    loaded = load_vendor("stringee", diagnostics)
    assert loaded is not None, diagnostics.items
    return loaded.vendor


def operations(vendor: Vendor) -> dict[str, Operation]:
    held = [vendor.campaigns.operations, vendor.calls, *(collection.operations for collection in vendor.collections)]
    return {operation.name: operation for group in held for operation in group.values()}


def rendered(vendor: Vendor, name: str, *records: dict[str, str], **scope: object) -> Request:
    settings = {key: setting.default or "" for key, setting in vendor.settings.items()}
    row = {"key": f"+{PHONE}", "phone": f"+{PHONE}", "phones": [f"+{PHONE}"], "remote_id": "133"}
    pairs = [{"row": row, "record": record} for record in records or ({},)]
    campaign = {"id": "CATJVSM9", "key": "a", "name": "A1", "status": "stopped"}
    given = {"settings": settings, "options": {}, "campaign": campaign, "rows": pairs, **pairs[0], "fields": {}}
    return operations(vendor)[name].render(given | {"page": {"number": 1, "limit": 100}} | scope)


def parts(request: Request) -> dict[str, bytes]:
    whole = message_from_bytes(b"Content-Type: " + request.content_type.encode() + b"\r\n\r\n" + request.body)
    leaves = [part for part in whole.walk() if not part.is_multipart()]
    return {
        str(part.get_param("name", header="content-disposition")): bytes(part.get_payload(decode=True))
        for part in leaves
    }


def outcome(vendor: Vendor, name: str, body: object, status: int = 200) -> str:
    return judge(operations(vendor)[name], vendor.responses, decode(status, {}, orjson.dumps(body))).outcome


def test_the_token_is_signed_as_the_authentication_page_says(stringee: Vendor) -> None:
    auth = stringee.auth
    assert isinstance(auth, JwtAuth)
    assert (auth.header, auth.algorithm) == ("X-STRINGEE-AUTH", "HS256")
    assert auth.fields == {"typ": "JWT", "cty": "stringee-api;v=1"}
    assert auth.claims == {"jti": "{key_id}_{now}", "iss": "{key_id}", "rest_api": True}


@pytest.mark.parametrize(
    ("host", "fits"),
    [
        ("icc-api.stringee.com", True),
        ("v2.icc-api.stringee.com", True),
        ("stringee.com", False),
        ("icc-api.stringee.com.example.org", False),
        ("evilstringee.com", False),
        ("icc-api.stringeexcom", False),
        ("x@evil.example/.stringee.com", False),
    ],
)
def test_the_token_goes_to_hosts_of_the_vendor_only(stringee: Vendor, host: str, *, fits: bool) -> None:
    assert bool(re.fullmatch(stringee.settings["host"].pattern, host)) is fits


def test_contacts_travel_as_json_in_a_text_part_with_all_their_numbers(stringee: Vendor) -> None:
    full = {"id": "CTKN242H2Y", "name": "Hoang", "phone": PHONE, "phone2": "84654521598"}
    sent = parts(rendered(stringee, "contacts.add", full, {"id": "CT3NSRHTXF", "phone": "84877777777"}))
    assert (sent["type"], sent["campaign"]) == (b"1", b"CATJVSM9")
    assert orjson.loads(sent["listcontacts"]) == [
        {"id": "CTKN242H2Y", "name": "Hoang", "phones": [PHONE, "84654521598"]},
        {"id": "CT3NSRHTXF", "name": "", "phones": ["84877777777"]},
    ]


def test_filters_travel_as_json_in_a_text_part_and_are_opaque(stringee: Vendor) -> None:
    row = {"id": "FT6SYCFWTT", "query": 'name:"linh" OR name:"\u0110\u00e0i" ', "portal": "pt_zdm328wwmn3pizy0"}
    sent = parts(rendered(stringee, "filters.add", row))
    assert (sent["type"], orjson.loads(sent["listfilters"])) == (b"2", [row])
    assert [collection.name for collection in stringee.collections if collection.opaque] == ["filters"]


def test_a_workbook_keeps_numbers_as_text(stringee: Vendor) -> None:
    record = {"name": "Hoang", "phone": PHONE, "Debt": "007"}
    sent = parts(rendered(stringee, "file.add", record))
    sheet = CalamineWorkbook.from_filelike(BytesIO(sent["file"])).get_sheet_by_index(0).to_python()
    assert sheet == [["Name", "Phone", "Debt"], ["Hoang", PHONE, "007"]]


def test_numbers_go_and_come_without_plus(stringee: Vendor) -> None:
    sources = [
        column for columns in stringee.columns.values() for column in columns if column.source.startswith("phone")
    ]
    assert {column.form for column in sources} == {"digits"}
    listed = [collection.listed for collection in stringee.collections]
    assert {item.phone_form for item in listed if item is not None} == {"digits"}
    assert len([item for item in listed if item is not None]) == 4


def test_numbers_have_the_campaign_under_another_name_than_all_other_calls(stringee: Vendor) -> None:
    body = orjson.loads(rendered(stringee, "phones.add", {"phone": PHONE}).body)
    assert body == {"campaign_id": "CATJVSM9", "phones": [PHONE]}


def test_each_number_of_a_batch_has_its_own_outcome(stringee: Vendor) -> None:
    rows = [RowItem(f"+84{n}", (f"+84{n}",), {"phone": f"84{n}"}) for n in ("346608877", "877777777", "123")]
    answer = {"r": 0, "data": {"total": 3, "skipped_phones": ["84877777777"], "invalid_phones": ["84123"]}}
    results, summary = item_results(operations(stringee)["phones.add"], rows, decode(200, {}, orjson.dumps(answer)))
    assert [result.outcome for result in results.values()] == ["applied", "already_present", "rejected"]
    assert not summary.alarm


def test_the_misspelt_marker_tells_who_was_there_before(stringee: Vendor) -> None:
    rows = [RowItem(key, ("+84346608877",), {"id": key}) for key in ("CTGZUZ073Z", "CTKN242H2Y")]
    answer = decode(200, {}, b'{"msg": "Success", "r": 0, "data": ["contactexistis", "CTGZUZ073Z"]}')
    results, _ = item_results(operations(stringee)["contacts.add"], rows, answer)
    assert [result.outcome for result in results.values()] == ["already_present", "applied"]


def test_an_answer_that_says_nothing_of_the_numbers_proves_nothing(stringee: Vendor) -> None:
    assert outcome(stringee, "phones.add", {"msg": "Success", "r": 0}) == "unknown"


def test_success_is_the_result_code_and_never_the_status_alone(stringee: Vendor) -> None:
    assert outcome(stringee, "phones.remove", {"msg": "Success", "r": 0}) == "applied"
    assert outcome(stringee, "phones.remove", {"msg": "Al...", "r": 7}) == "rejected"
    assert outcome(stringee, "phones.remove", {}) == "unknown"
    assert outcome(stringee, "phones.remove", {"r": 0}, status=500) == "unknown"


def test_both_result_codes_of_the_proxy_count(stringee: Vendor) -> None:
    data = {"rows": [], "totalCount": "0", "totalPages": 0}
    assert outcome(stringee, "phones.list", {"r": 0, "resFromPccApi": {"r": 0, "data": data}}) == "applied"
    assert outcome(stringee, "phones.list", {"r": 0, "resFromPccApi": {"data": data}}) == "applied"
    assert outcome(stringee, "phones.list", {"r": 0, "resFromPccApi": {"r": 3, "msg": "no"}}) != "applied"
    assert outcome(stringee, "phones.list", {"r": 1, "resFromPccApi": {"r": 0, "data": data}}) != "applied"


def test_a_missing_campaign_does_not_condemn_the_rows(stringee: Vendor) -> None:
    for name in ("phones.add", "contacts.add", "filters.add"):
        assert outcome(stringee, name, {"r": 3, "msg": "Campaign not found"}) == "deferred"


def test_the_list_is_asked_in_the_query_and_not_in_a_body(stringee: Vendor) -> None:
    request = rendered(stringee, "contacts.list")
    assert request.query == (("campaign", "CATJVSM9"), ("page", "1"), ("limit", "100"))
    assert request.body == b""


def test_a_row_is_removed_by_its_number_in_path_and_body(stringee: Vendor) -> None:
    request = rendered(stringee, "contacts.remove", {"id": "CTE5YCSPD9", "phone": PHONE})
    assert (request.method, request.path) == ("DELETE", "/v1/customcampaign/133")
    assert orjson.loads(request.body) == {"id": 133}


def test_a_contact_is_known_by_its_own_id_and_a_number_by_itself(stringee: Vendor) -> None:
    record = {"id": 134, "crm_id": "CTGZUZ073Z", "phones": {"0": "84392095847"}, "status": 8}
    read = {c.name: listed_row(c.listed, record) for c in stringee.collections if c.listed is not None}
    keys = {name: row.key for name, row in read.items() if row is not None}
    assert keys == {"phones": "84392095847", "contacts": "CTGZUZ073Z", "file": "84392095847", "filters": "CTGZUZ073Z"}
    assert all(row is not None and row.blocked and row.remote_id == "134" for row in read.values())


def test_finding_duplicates_reads_though_it_posts_and_keeping_one_warns(stringee: Vendor) -> None:
    known = stringee.campaigns.operations
    assert not known["find_duplicates"].writes
    assert known["keep_duplicates"].warns
    request = rendered(stringee, "campaigns.keep_duplicates", duplicates={"84368646891": 17674})
    assert orjson.loads(request.body) == {"campaign": "CATJVSM9", "listKeepCustomer": {"84368646891": 17674}}


def test_creating_a_campaign_is_multipart_with_what_is_stated_and_nobody_to_call(stringee: Vendor) -> None:
    fields = {"name": "A1", "start_time": 1764547200000, "agent": ["AG1", "AG2"], "load": "phones"}
    sent = parts(rendered(stringee, "campaigns.create", fields=fields))
    assert sent == {"name": b"A1", "start_time": b"1764547200000", "agent": b'["AG1","AG2"]'}


def test_the_blacklist_of_incoming_numbers_is_never_used(stringee: Vendor) -> None:
    paths = {rendered(stringee, name, duplicates={}).path for name in operations(stringee)}
    assert not [path for path in paths if "blacklist" in path]
    assert not [collection for collection in stringee.collections if collection.holds == "dnd"]


def test_only_what_the_documents_show_is_trusted(stringee: Vendor) -> None:
    doubtful = {operation.name for operation in operations(stringee).values() if operation.ability == "unverified"}
    roles = ("list", "update", "delete", "start", "stop")
    assert doubtful == {*(f"campaigns.{role}" for role in roles), "file.add"}
    assert all(operations(stringee)[name].check for name in doubtful)


def test_batches_are_small_and_serial(stringee: Vendor) -> None:
    assert stringee.limits.concurrency == 1
    assert max(operation.batch for operation in operations(stringee).values()) == 100
