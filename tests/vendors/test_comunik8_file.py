"""Comunik8's vendor file: two calls and no way to look, so everything hangs on reading the answers right."""

import json
from typing import Any

import pytest

from syncengine.config.operation_lookup import find_operation
from syncengine.config.vendor_files import load_vendor
from syncengine.diagnostics import Diagnostics
from syncengine.model.vendor import Vendor
from syncengine.remote.decode import decode
from syncengine.remote.judge import judge

RECORD = {"first_name": "John", "surname": "Doe", "mobile": "07840258823", "email": "john@example.com"}


def _load() -> Vendor:
    diagnostics = Diagnostics()
    loaded = load_vendor("comunik8", diagnostics)
    assert loaded is not None, [item.render() for item in diagnostics]
    assert not len(diagnostics)
    return loaded.vendor


VENDOR = _load()


def body(role: str, *, delays: str = "", **more: object) -> dict[str, Any]:
    pair = {"row": {"key": "+447840258823", "phone": "+447840258823", "phones": [], "remote_id": ""}}
    scope: dict[str, Any] = {
        "settings": {"host": "dialler.example.com"},
        "options": {"delays": delays},
        "campaign": {"id": "motor-trade", "key": "motors", "name": "motors", "status": "started"},
        **pair,
        "record": RECORD | more,
        "rows": [pair | {"record": RECORD | more}],
    }
    decoded = json.loads(find_operation(VENDOR, f"leads.{role}").render(scope).body)
    assert isinstance(decoded, dict)
    return decoded


def outcome(role: str, status: int, answer: str) -> str:
    return judge(find_operation(VENDOR, f"leads.{role}"), VENDOR.responses, decode(status, {}, answer.encode())).outcome


def test_further_data_is_json_inside_a_text_and_is_left_out_when_there_is_none() -> None:
    assert body("add", data={"vehicle_make": "Ford"})["data"] == '{"vehicle_make":"Ford"}'
    assert "data" not in body("add", data={})
    assert "data" not in body("add")


def test_a_delay_is_a_number_and_comes_only_from_the_options_of_the_deed() -> None:
    assert body("add", delays="600")["delays"] == 600
    assert "delays" not in body("add")
    assert "delays" not in body("check", delays="600")


def test_a_test_differs_from_an_add_by_its_mark_alone_and_counts_as_reading() -> None:
    assert body("check") == body("add") | {"test": True}
    assert "test" not in body("add")
    assert not find_operation(VENDOR, "leads.check").writes


def test_cancelling_names_the_lead_in_the_form_in_which_it_was_added() -> None:
    assert body("remove") == {"mobile": body("add")["mobile"], "type": "motor-trade"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('{"saved": true, "processed": true}', "applied"),
        ('{"saved": true}', "unknown"),
        ('{"saved": true, "processed": false, "error": "Existing Contact"}', "already_present"),
        ('{"saved": true, "processed": false, "error": "Another call is already scheduled"}', "deferred"),
        ('{"saved": true, "processed": false, "error": "Unknown Type"}', "rejected"),
        ('{"test": "ok"}', "unknown"),
    ],
)
def test_processed_and_not_saved_says_that_a_lead_was_taken(answer: str, expected: str) -> None:
    assert outcome("add", 200, answer) == expected


@pytest.mark.parametrize("status", [200, 400, 409, 500])
def test_a_refusal_is_known_by_its_words_whatever_its_status(status: int) -> None:
    assert (
        outcome("add", status, '{"saved": true, "processed": false, "error": "Existing Contact"}') == "already_present"
    )
    assert outcome("remove", status, '{"cancelled": false, "warning": "not found"}') == "already_absent"


@pytest.mark.parametrize("status", [200, 400, 500])
def test_the_answer_that_is_no_json_is_known_by_its_phrase(status: int) -> None:
    assert outcome("remove", status, '{"cancelled": false, "warning": server error (call group)}') == "rejected"


def test_a_cancel_that_was_not_saved_is_never_taken_as_done() -> None:
    assert outcome("remove", 200, '{"cancelled": false, "warning": "server error (save)"}') == "deferred"
    assert outcome("remove", 200, '{"cancelled": false, "warning": "something new"}') == "unknown"
    assert outcome("remove", 500, "") == "unknown"


@pytest.mark.parametrize("role", ["add", "remove"])
def test_a_lost_answer_is_settled_by_the_refusal_of_a_repeat(role: str) -> None:
    proof = find_operation(VENDOR, f"leads.{role}").proof
    assert proof is not None
    assert proof.by == "refusal"


def test_a_host_that_a_project_names_is_never_trusted_because_the_file_is_shipped() -> None:
    assert not VENDOR.shipped
