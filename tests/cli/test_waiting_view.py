"""Waiting calls as people and programs read them; nobody's number is in either."""

from syncengine.cli.waiting_view import rows_json, rows_text, waiting_json, waiting_text
from syncengine.sync import OpenCall, OpenRow, Waiting


def _call(number: int, **more: object) -> OpenCall:
    usual = {
        "call_id": number, "dialer": "uk", "address": "uk/contacts/spring", "operation": "leads.add", "action": "add",
        "effect": "dialable", "rows": 1, "state": "parked", "proof": "park", "settle": 60.0, "task_id": "",
        "message": "", "started_at": 0.0, "last_alive": 0.0,
    }  # fmt: skip
    return OpenCall(**(usual | more))  # type: ignore[arg-type]  # words of a test


ROW = OpenRow(
    key="+447700900123", phones=("+447700900123",), content_hash="h", remote_id="12345", previous_state="",
    previous_hash="",
)  # fmt: skip


def test_nothing_waits() -> None:
    assert waiting_text(Waiting(parked=(), open=())).startswith("Nothing waits")


def test_one_call_is_spoken_of_as_one() -> None:
    text = waiting_text(Waiting(parked=(_call(7),), open=()))
    assert "1 call waits for a person" in text
    assert "call 7: add of 1 row, since 1970-01-01 00:00 UTC" in text
    assert "state resolve CALL --assume-sent" in text


def test_what_settles_an_open_call_is_said() -> None:
    calls = [
        _call(n, state="unknown", proof=proof) for n, proof in enumerate(("repeat", "refusal", "task", "read_back"))
    ]
    text = waiting_text(Waiting(parked=(), open=calls))
    for words in ("sends it again", "refuses what it has", "asks the vendor's task", "reads it back"):
        assert words in text


def test_a_campaign_has_no_rows_to_count() -> None:
    text = waiting_text(Waiting(parked=(_call(1, address="uk/campaign/spring", action="create", rows=0),), open=()))
    assert "call 1: create, since" in text
    assert "0 rows" not in text


def test_messages_keys_and_numbers_are_masked_and_control_characters_are_visible() -> None:
    call = _call(1, message="no answer about +447700900123\x1b[2J")
    waiting = Waiting(parked=(call,), open=())
    for shown in (
        waiting_text(waiting), str(waiting_json(waiting)), rows_text(call, [ROW], whole=False),
        str(rows_json(call, [ROW], whole=False)),
    ):  # fmt: skip
        assert "7700900123" not in shown
        assert "12345" not in shown
    assert "\x1b" not in waiting_text(waiting)


def test_whole_on_request() -> None:
    assert "+447700900123" in rows_text(_call(1), [ROW], whole=True)
    assert "12345" in str(rows_json(_call(1), [ROW], whole=True))
