"""Comunik8's dialer answers what document 002 prints, sample by sample."""

from typing import Any

import httpx
import pytest

from syncengine.sandbox.server import Sandbox

# The document's own sample, its scrubbed address written out.
SAMPLE = {
    "first_name": "John",
    "surname": "Doe",
    "mobile": "07840258823",
    "email": "john@example.com",
    "type": "motor-trade",
    "subtype": "valeter",
    "delays": 600,
    "data": '{"vehicle_make":"Ford","addresss":"123 Greenacre Road"}',
}


def add(sandbox: Sandbox, client: httpx.Client, **changes: Any) -> httpx.Response:
    lead = {name: value for name, value in (SAMPLE | changes).items() if value is not None}
    return client.post(f"{sandbox.url('comunik8')}/lead/add", params={"key": "comunik8-key"}, json=lead)


def cancel(sandbox: Sandbox, client: httpx.Client, **body: Any) -> httpx.Response:
    wanted = body or {"mobile": "07840258823", "type": "motor-trade"}
    return client.post(f"{sandbox.url('comunik8')}/lead/cancel", params={"key": "comunik8-key"}, json=wanted)


def test_the_sample_lead_is_saved_and_processed(sandbox: Sandbox, client: httpx.Client) -> None:
    answer = add(sandbox, client)
    assert (answer.status_code, answer.json()) == (200, {"saved": True, "processed": True})
    assert sandbox.comunik8.callable_numbers("motor-trade") == {"447840258823"}


@pytest.mark.parametrize("test", [True, "true"])
def test_the_sample_test_answers_ok_and_saves_nothing(sandbox: Sandbox, client: httpx.Client, test: Any) -> None:
    answer = add(sandbox, client, test=test)
    assert (answer.status_code, answer.json()) == (200, {"test": "ok"})
    assert sandbox.comunik8.records("motor-trade") == []
    assert sandbox.comunik8.record.entries(applied=True) == []


@pytest.mark.parametrize("test", [False, "false", 0, 1, "yes"])
def test_another_value_of_test_is_refused(sandbox: Sandbox, client: httpx.Client, test: Any) -> None:
    assert add(sandbox, client, test=test).status_code == 400


def test_the_sample_cancel_removes_the_lead(sandbox: Sandbox, client: httpx.Client) -> None:
    add(sandbox, client)
    assert cancel(sandbox, client).json() == {"cancelled": True}
    assert sandbox.comunik8.callable_numbers("motor-trade") == set()


def test_the_same_lead_again_is_saved_but_not_processed(sandbox: Sandbox, client: httpx.Client) -> None:
    add(sandbox, client)
    answer = add(sandbox, client, surname="Other")
    assert answer.status_code == 200
    assert answer.json() == {"saved": True, "processed": False, "error": "Existing Contact"}
    assert [lead["surname"] for lead in sandbox.comunik8.records("motor-trade")] == ["Doe"]


@pytest.mark.parametrize("mobile", ["+447840258823", "447840258823", "00447840258823"])
def test_the_same_mobile_in_another_form_is_the_same_lead(sandbox: Sandbox, client: httpx.Client, mobile: str) -> None:
    add(sandbox, client)
    assert add(sandbox, client, mobile=mobile).json()["error"] == "Existing Contact"
    assert cancel(sandbox, client, type="motor-trade", mobile=mobile).json() == {"cancelled": True}


def test_the_same_mobile_under_another_type_is_another_lead(sandbox: Sandbox, client: httpx.Client) -> None:
    add(sandbox, client)
    assert add(sandbox, client, type="renewals").json()["processed"] is True


def test_an_unknown_type_is_a_business_refusal(sandbox: Sandbox, client: httpx.Client) -> None:
    expected = {"saved": True, "processed": False, "error": "Unknown Type"}
    assert add(sandbox, client, type="nothing").json() == expected


def test_a_scheduled_call_is_a_business_refusal(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.schedule_call("07840258823")
    expected = {"saved": True, "processed": False, "error": "Another call is already scheduled"}
    assert add(sandbox, client).json() == expected
    assert sandbox.comunik8.records("motor-trade") == []


def test_the_status_of_business_refusals_is_a_switch(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.comunik8.switches.refusal_status = 409
    assert add(sandbox, client, type="nothing").status_code == 409
    assert cancel(sandbox, client).status_code == 409


def test_a_missing_email_answers_the_documented_field_error(sandbox: Sandbox, client: httpx.Client) -> None:
    answer = add(sandbox, client, email=None)
    assert (answer.status_code, answer.json()) == (400, {"email": {"0": "Email cannot be blank."}})


@pytest.mark.parametrize("data", ["", "{}", "[]", "not json", {"vehicle_make": "Ford"}, '"text"'])
def test_empty_or_malformed_data_answers_the_documented_field_error(
    sandbox: Sandbox, client: httpx.Client, data: Any
) -> None:
    answer = add(sandbox, client, data=data)
    expected = {"data": {"0": "Empty or invalid content of `data` field"}}
    assert (answer.status_code, answer.json()) == (400, expected)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", "[email protected]"),
        ("mobile", "12345"),
        ("mobile", "+34600000000"),
        ("mobile", 7840258823),
        ("first_name", ""),
        ("surname", " "),
        ("type", ""),
        ("delays", "600"),
        ("delays", True),
        ("delays", -1),
        ("subtype", 3),
        ("postcode", "SW1"),
    ],
)
def test_a_wrong_field_answers_400_under_its_name(
    sandbox: Sandbox, client: httpx.Client, field: str, value: Any
) -> None:
    answer = add(sandbox, client, **{field: value})
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert list(answer.json()[field]) == ["0"]
    assert sandbox.comunik8.records("motor-trade") == []


def test_several_wrong_fields_come_together(sandbox: Sandbox, client: httpx.Client) -> None:
    assert set(add(sandbox, client, email="x", surname=None, mobile="1").json()) == {"email", "surname", "mobile"}


def test_cancelling_an_unknown_lead_says_not_found(sandbox: Sandbox, client: httpx.Client) -> None:
    assert cancel(sandbox, client).json() == {"cancelled": False, "warning": "not found"}


def test_cancelling_twice_says_not_found(sandbox: Sandbox, client: httpx.Client) -> None:
    add(sandbox, client)
    assert [cancel(sandbox, client).json()["cancelled"] for _ in range(2)] == [True, False]


def test_cancelling_a_dialled_lead_says_already_processed(sandbox: Sandbox, client: httpx.Client) -> None:
    add(sandbox, client)
    sandbox.comunik8.mark_dialled("motor-trade", "+447840258823")
    assert cancel(sandbox, client).json() == {"cancelled": False, "warning": "already processed"}
    assert sandbox.comunik8.callable_numbers("motor-trade") == set()


def test_cancelling_an_unknown_type_answers_a_body_that_is_not_json(sandbox: Sandbox, client: httpx.Client) -> None:
    answer = cancel(sandbox, client, type="nothing", mobile="07840258823")
    assert '"warning": server error (call group)' in answer.text
    with pytest.raises(ValueError):
        answer.json()


def test_a_cancel_that_cannot_be_saved_says_so_and_keeps_the_lead(sandbox: Sandbox, client: httpx.Client) -> None:
    add(sandbox, client)
    sandbox.comunik8.switches.failing_cancels = 1
    assert cancel(sandbox, client).json() == {"cancelled": False, "warning": "server error (save)"}
    assert cancel(sandbox, client).json() == {"cancelled": True}


def test_a_cancel_has_no_test_field(sandbox: Sandbox, client: httpx.Client) -> None:
    answer = cancel(sandbox, client, type="motor-trade", mobile="07840258823", test=True)
    assert (answer.status_code, list(answer.json())) == (400, ["test"])


def test_the_malformed_sample_bodies_of_the_document_are_refused(sandbox: Sandbox, client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    trailing = b'{"mobile":"07840258823","type":"motor-trade",}'
    url = f"{sandbox.url('comunik8')}/lead/cancel?key=comunik8-key"
    assert client.post(url, content=trailing, headers=headers).status_code == 400


def test_a_wrong_missing_or_repeated_key_is_refused(sandbox: Sandbox, client: httpx.Client) -> None:
    url = f"{sandbox.url('comunik8')}/lead/add"
    for query in ("", "?key=other", "?key=comunik8-key&key=comunik8-key"):
        assert client.post(url + query, json=SAMPLE).status_code == 401
    assert sandbox.comunik8.records("motor-trade") == []


def test_reading_is_not_allowed(sandbox: Sandbox, client: httpx.Client) -> None:
    assert client.get(f"{sandbox.url('comunik8')}/lead/add?key=comunik8-key").status_code == 405


def test_a_body_without_its_content_type_is_refused(sandbox: Sandbox, client: httpx.Client) -> None:
    answer = client.post(f"{sandbox.url('comunik8')}/lead/add?key=comunik8-key", content=b"{}")
    assert answer.status_code == 400


def test_the_other_phone_is_callable_too(sandbox: Sandbox, client: httpx.Client) -> None:
    add(sandbox, client, other_phone="02079460000")
    assert sandbox.comunik8.dialling()["motor-trade"] == {"447840258823", "442079460000"}


def test_a_delayed_lead_shows_when_it_is_due(sandbox: Sandbox, client: httpx.Client) -> None:
    before = sandbox.clock.now()
    add(sandbox, client)
    due = sandbox.comunik8.records("motor-trade")[0]["due"]
    assert before + 600 <= due <= sandbox.clock.now() + 600
