"""Wolkvox's vendor file: what must stay true of it because a mistake there rings people."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.config.operation_lookup import find_operation
from syncengine.config.vendor_files import load_vendor
from syncengine.diagnostics import Diagnostics
from syncengine.model.exchange import Request
from syncengine.model.vendor import Vendor
from syncengine.remote.decode import decode
from syncengine.remote.judge import judge

CAMPAIGN = {"id": "11540", "key": "spring", "name": "spring", "status": "stopped", "type_campaign": "predictive"}
# The page's table, row by row.
PERSON = """customer_name customer_last_name id_type customer_id age gender country state city zone address email
    recall_date recall_telephone tel_extra"""
DOCUMENTED = {*PERSON.split(), *(f"opt{n}" for n in range(1, 13)), *(f"tel{n}" for n in range(1, 11))}


def _load() -> Vendor:
    diagnostics = Diagnostics()
    loaded = load_vendor("wolkvox", diagnostics)
    assert loaded is not None, [item.render() for item in diagnostics]
    assert not len(diagnostics)
    return loaded.vendor


VENDOR = _load()


def row(number: str, **record: object) -> dict[str, Any]:
    return {"row": {"key": number, "phone": number, "phones": [number], "remote_id": ""}, "record": record}


def render(operation: str, *rows: dict[str, Any], campaign: dict[str, str] | None = None) -> Request:
    scope: dict[str, Any] = {
        "settings": {"server": "0016", "expiring_prefix": "", "daily_calls": "1000"},
        "options": {},
        "campaign": campaign or CAMPAIGN,
        "fields": {"type_campaign": "predictive", "speed": "3"},
        "rows": list(rows),
        "list": {"name": "opt-outs", "lasts_days": "30"},
        "page": {"number": 1, "limit": "", "offset": 0, "cursor": ""},
    }
    if rows:
        scope |= rows[0]
    return find_operation(VENDOR, operation).render(scope)


@pytest.mark.parametrize(("status", "sent"), [("started", "start"), ("stopped", "stop"), ("unknown", "stop")])
def test_a_load_repeats_the_state_that_was_read_and_never_starts_a_campaign(status: str, sent: str) -> None:
    request = render("records.add", row("+573001234567", tel1="573001234567"), campaign=CAMPAIGN | {"status": status})
    assert dict(request.query)["campaign_status"] == sent


@settings(max_examples=50)
@given(st.lists(st.one_of(st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True), st.sampled_from(["All", "all", "*"]))))
def test_a_removal_from_the_list_names_rows_and_never_carries_the_word_that_wipes_it(numbers: list[str]) -> None:
    body = json.loads(render("account_dnc.remove", *map(row, numbers)).body)
    assert body == {"telephones": [number.removeprefix("+") for number in numbers]}


def test_no_call_empties_a_campaign() -> None:
    names = [f"campaigns.{role}" for role in VENDOR.campaigns.operations] + [f"calls.{name}" for name in VENDOR.calls]
    names += [f"{c.name}.{role}" for c in VENDOR.collections for role in c.operations]
    apis = {dict(render(name, row("+573001234567")).query)["api"] for name in names}
    assert "add_record" in apis
    assert "clear_campaign" not in apis


def test_every_documented_field_of_a_record_can_be_filled() -> None:
    assert {column.to for column in VENDOR.columns["records"]} == DOCUMENTED


def test_a_load_whose_answer_was_lost_is_parked_because_the_vendor_keeps_doubles() -> None:
    proof = find_operation(VENDOR, "records.add").proof
    assert proof is not None
    assert proof.by == "park"


@pytest.mark.parametrize(
    ("operation", "effect"),
    [
        ("records.add", "dialable"),
        ("campaigns.start", "dialable"),
        ("account_dnc.remove", "dialable"),
        ("records.remove", "suppressing"),
        ("campaigns.stop", "suppressing"),
        ("account_dnc.add", "suppressing"),
        ("expiring_dnc.add", "suppressing"),
    ],
)
def test_each_call_says_what_it_does_to_who_is_rung(operation: str, effect: str) -> None:
    assert find_operation(VENDOR, operation).effect == effect


@pytest.mark.parametrize("status", [403, 200])
@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("EXCEEDS THE LIMIT OF SIMULTANEOUS REQUESTS PER TOKEN (2)", "wait"),
        ("SERVER IN MAINTENANCE", "wait"),
        ("TOKEN LIMIT EXCEEDED", "budget_exhausted"),
        ("PLEASE VALIDATE TOKEN", "stop_dialer"),
        ("WORDS THAT NOBODY HAS SEEN", "stop_dialer"),
    ],
)
def test_the_message_tells_the_meanings_of_403_apart(status: int, words: str, outcome: str) -> None:
    answer = decode(status, {}, json.dumps({"code": 403, "error": "FORBIDDEN", "msg": words}).encode())
    assert judge(find_operation(VENDOR, "records.add"), VENDOR.responses, answer).outcome == outcome


@pytest.mark.parametrize("code", ["201", 201, 202])
def test_success_is_a_known_code_and_no_error(code: object) -> None:
    operation = find_operation(VENDOR, "records.add")
    done = decode(200, {}, json.dumps({"code": code, "error": None}).encode())
    contradiction = decode(200, {}, json.dumps({"code": code, "error": "SOMETHING"}).encode())
    assert judge(operation, VENDOR.responses, done).outcome == "applied"
    assert judge(operation, VENDOR.responses, contradiction).outcome == "unknown"


@pytest.mark.parametrize("server", ["16", "00160", "0016.wolkvox.com:443@evil.example/?x=", "abcd", ""])
def test_a_server_that_is_not_four_digits_is_refused(server: str) -> None:
    assert not re.fullmatch(VENDOR.settings["server"].pattern, server)


def test_the_number_of_an_expiring_entry_gets_the_accounts_prefix_and_all_values_are_text() -> None:
    assert json.loads(render("expiring_dnc.add", row("+573001234567")).body) == [
        {"telephone": "573001234567", "days_block": "30"}
    ]
