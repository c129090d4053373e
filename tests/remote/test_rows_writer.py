"""One row change: batches, the last gate, halving, replacing, tasks."""

import math
from dataclasses import replace

import httpx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.config.generated_files import file_bytes
from syncengine.errors import LedgerError, RenderError
from syncengine.failpoints import Armed, arm
from syncengine.ledger.run_journal import RunJournal
from syncengine.model.address import Address
from syncengine.model.answers import Items, Match, ResponseClass
from syncengine.model.calling import Limits, Proof, Task
from syncengine.model.exchange import Request, RowItem
from syncengine.model.vendor import Column, Operation
from syncengine.rows.gate import ListedIndex
from tests.remote.applying import (
    DIALER,
    Bench,
    Listed,
    Seen,
    call,
    campaign_change,
    directory,
    dnc,
    item,
    items,
    only,
    records,
    rows_change,
    total,
    vendor,
)

EACH = Items(
    shape="list", key="id", status="word", outcomes={"ok": "applied", "bad": "rejected", "gone": "already_absent"}
)
SPRING = Address(DIALER, "contacts", "spring")
KEYS = [row.key for row in items(*range(8))]
HELD = "a number on a do-not-call list, found by the last gate"


def adding(bench: Bench, *numbers: int, add: Operation | None = None, **more: object) -> None:
    """Plan additions by an operation of the test's own."""
    if add is not None:
        bench.vendor = vendor(records(operations={"add": add}, **more))
    bench.adding(*numbers)


def taken(seen: Seen) -> list[dict[str, str]]:
    return [{"id": key, "word": "ok"} for key in seen.keys]


# --------------------------------------------------------------------------------------------------- the last gate


def listed(*numbers: int) -> Listed:
    return Listed(ListedIndex(item(number).key for number in numbers))


def test_a_listed_number_is_held_and_the_rest_of_its_batch_goes_out(bench: Bench) -> None:
    bench.listed = listed(1)
    adding(bench, 0, 1, 2, 3, add=call("records.add", "dialable", batch=4))
    report = bench.apply()
    assert bench.dialers.keys("records.add") == [KEYS[0], KEYS[2], KEYS[3]]
    assert dict(only(report).outcomes) == {"applied": 3, "held": 1}
    assert dict(only(report).messages) == {HELD: 1}
    assert bench.listed.asked == {SPRING}
    assert KEYS[1] not in bench.states()
    # One call, one intent: none was written for what the gate refused.
    assert bench.in_file("SELECT count(*), sum(rows) FROM call") == [(1, 3)]


def test_a_number_that_is_listed_while_its_batch_waits_is_held_and_the_rest_goes_out(bench: Bench) -> None:
    def busy_at_first(_: object) -> int:
        if len(bench.dialers.calls) > 1:
            return 200
        bench.listed.index = listed(1).index
        return 429

    bench.dialers.answers = {"records.add": busy_at_first}
    adding(bench, 0, 1, 2, 3, add=call("records.add", "dialable", batch=4))
    report = bench.apply()
    assert bench.dialers.keys("records.add")[4:] == [KEYS[0], KEYS[2], KEYS[3]]
    assert dict(only(report).outcomes) == {"applied": 3, "held": 1}
    assert bench.states() == {KEYS[0]: "present", KEYS[1]: "deferred", KEYS[2]: "present", KEYS[3]: "present"}
    assert bench.in_file("SELECT count(*) FROM call WHERE state <> 'done'") == [(0,)]


@pytest.mark.parametrize("spelling", ["+57 300 120-0001", "0057 3001200001", "(300) 120.0001", "573001200001"])
def test_a_number_in_a_custom_column_is_found_in_any_spelling(bench: Bench, spelling: str) -> None:
    bench.listed = listed(1)
    assert item(1).key == "+573001200001"
    bench.rows("new", [item(2), item(3, record={"tel": item(3).key, "custom": {"notes": f"or ring {spelling}"}})])
    bench.level("contact additions and updates", rows_change("add", "new", 2))
    assert dict(only(bench.apply()).outcomes) == {"applied": 1, "held": 1}
    assert bench.dialers.keys("records.add") == [item(2).key]


def test_a_number_in_the_query_is_found(bench: Bench) -> None:
    bench.listed = listed(1)

    def render(scope):
        return Request("POST", "/records.add", tuple(("tel", pair["row"]["phone"]) for pair in scope["rows"]))

    adding(bench, 0, 1, 2, add=call("records.add", "dialable", batch=3, render=render))
    bench.apply()
    assert [seen.request.url.params.get_list("tel") for seen in bench.dialers.calls] == [[KEYS[0], KEYS[2]]]


def test_a_number_in_a_generated_spreadsheet_is_found(bench: Bench) -> None:
    bench.listed = listed(1)

    def render(scope):
        rows = [{"Phone": pair["row"]["phone"]} for pair in scope["rows"]]
        packed = file_bytes(form="xlsx", delimiter="", headings=["Phone"], rows=rows)
        return Request("POST", "/records.add", body=b"--part\r\n\r\n" + packed + b"\r\n--part--\r\n")

    adding(bench, 0, 1, 2, add=call("records.add", "dialable", batch=3, render=render))
    report = bench.apply()
    assert dict(only(report).outcomes) == {"applied": 2, "held": 1}
    assert len(bench.dialers.calls) == 1


def test_when_every_row_is_listed_nothing_is_sent_and_an_alarm_says_so(bench: Bench) -> None:
    bench.listed = listed(0, 1, 2, 3)
    bench.adding(0, 1, 2, 3)
    report = bench.apply()
    assert not bench.dialers.calls
    assert dict(only(report).outcomes) == {"held": 4}
    assert dict(only(report).messages) == {HELD: 4}
    assert "2 listed numbers stopped by the last gate" in report.alarms[0]
    assert bench.in_file("SELECT count(*) FROM call") == [(0,)]


def test_a_listed_number_around_the_rows_stops_them_all(bench: Bench) -> None:
    bench.listed = listed(1)
    bench.campaigns["spring"].raw["caller"] = item(1).key
    bench.adding(2, 3)
    report = bench.apply()
    assert not bench.dialers.calls
    assert dict(only(report).outcomes) == {"held": 2}
    assert report.alarms


def test_a_removal_may_carry_a_listed_number(bench: Bench) -> None:
    bench.listed = listed(1)
    bench.removing(1)
    assert bench.apply().complete


# ------------------------------------------------------------------------------------------- intents and outcomes


def test_the_intent_is_in_the_ledgers_file_before_the_dialer_sees_the_request(bench: Bench) -> None:
    def look(seen: Seen) -> None:
        (found,) = bench.in_file(
            "SELECT call_id, state, action, proof, evidence FROM call ORDER BY call_id DESC LIMIT 1"
        )
        assert found[1:] == ("intent", "add", "park", "{}")
        rows = bench.in_file(f"SELECT key FROM call_row WHERE call_id = {found[0]} ORDER BY key")
        assert [key for (key,) in rows] == seen.keys

    bench.dialers.before = look
    adding(bench, 0, 1, 2, add=call("records.add", "dialable", batch=2, proof=Proof(by="park")))
    assert bench.apply().complete
    assert len(bench.dialers.calls) == 2


def test_no_call_leaves_before_the_outcome_of_the_workers_last_one_is_written_down(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise LedgerError("the disk")

    monkeypatch.setattr(RunJournal, "finish", fail)
    adding(bench, 0, 1, 2, add=call("records.add", "dialable", batch=1, proof=Proof(by="park")))
    with pytest.raises(LedgerError, match="the disk"):
        bench.apply()
    assert len(bench.dialers.calls) == 1


def test_the_outcome_of_a_call_and_the_intent_of_the_next_share_a_transaction(bench: Bench) -> None:
    before = bench.ledger.basis()[1]
    adding(bench, *range(20), add=call("records.add", "dialable", batch=1, proof=Proof(by="park")))
    assert bench.apply().complete
    assert len(bench.dialers.calls) == 20
    assert bench.ledger.basis()[1] - before <= 22


def test_entries_that_lapse_are_booked_with_their_end(bench: Bench) -> None:
    change = bench.listing(1)
    bench.lasts_days = {change.rows: 30}
    bench.apply()
    assert bench.dialers.calls[0].body["list"] == {"name": "account", "lasts_days": "30"}
    ((expires, began),) = bench.in_file("SELECT expires_at, started_at FROM call")
    assert expires == began + 30 * 86_400


def test_an_id_that_is_handed_out_for_one_row_is_kept(bench: Bench) -> None:
    bench.dialers.answers = {"records.add": lambda _: {"made": "R7"}}
    adding(bench, 0, add=call("records.add", "dialable", id="made"))
    bench.apply()
    assert bench.remembered(KEYS[0])["remote_id"] == "R7"


def test_a_lost_answer_leaves_the_rows_unknown_and_they_are_not_sent_again(bench: Bench) -> None:
    bench.dialers.answers = {"records.add": lambda _: httpx.ReadError("cut")}
    adding(bench, 0, 1, add=call("records.add", "dialable", batch=2, proof=Proof(by="park")))
    report = bench.apply()
    assert dict(only(report).outcomes) == {"unknown": 2}
    assert len(bench.dialers.calls) == 1
    assert set(bench.states().values()) == {"parked_add"}


def test_an_answer_about_rows_that_were_not_sent_makes_the_batch_unknown_and_is_told(bench: Bench) -> None:
    bench.dialers.answers = {"records.add": lambda seen: [*taken(seen), {"id": "+4411", "word": "ok"}]}
    adding(bench, 0, 1, add=call("records.add", "dialable", batch=2, items=EACH))
    report = bench.apply()
    assert dict(only(report).outcomes) == {"unknown": 2}
    assert "rows that were not sent" in report.alarms[0]


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("ok ok", "applied"),
        ("bad bad", "rejected"),
        ("ok bad", "applied"),
        ("ok what", "unknown"),
        ("bad what", "unknown"),
    ],
)
def test_a_call_is_what_its_rows_are_and_unknown_as_soon_as_one_of_them_is(
    bench: Bench, words: str, outcome: str
) -> None:
    said = iter(words.split())
    bench.dialers.answers = {"records.add": lambda seen: [{"id": key, "word": next(said)} for key in sorted(seen.keys)]}
    adding(bench, 0, 1, add=call("records.add", "dialable", batch=2, items=EACH, proof=Proof(by="park")))
    bench.apply()
    assert bench.in_file("SELECT outcome FROM call") == [(outcome,)]


def test_what_an_answer_says_of_each_row_is_kept(bench: Bench) -> None:
    each = replace(EACH, message="why", remote_id="number")
    bench.dialers.answers = {
        "records.add": lambda _: [
            {"id": KEYS[0], "word": "ok", "number": "R1"},
            {"id": KEYS[1], "word": "bad", "why": "no such queue"},
        ]
    }
    adding(bench, 0, 1, add=call("records.add", "dialable", batch=2, items=each))
    report = bench.apply()
    assert dict(only(report).messages) == {"no such queue": 1}
    assert bench.remembered(KEYS[0])["remote_id"] == "R1"
    assert bench.remembered(KEYS[1])["message"] == "no such queue"


def test_what_an_answer_says_of_the_call_is_kept(bench: Bench) -> None:
    refused = ResponseClass(name="no", when=Match(status=(422,)), outcome="rejected", message="why")
    bench.vendor = vendor(records(operations={"add": call("records.add", "dialable", batch=2)}), responses=(refused,))
    bench.dialers.answers = {"records.add": lambda _: (422, {"why": "the account is full"})}
    bench.adding(0)
    bench.apply()
    assert bench.in_file("SELECT outcome, message FROM call") == [("rejected", "the account is full")]


def test_an_id_that_is_handed_out_for_several_rows_belongs_to_none(bench: Bench) -> None:
    bench.dialers.answers = {"records.add": lambda _: {"made": "R7"}}
    adding(bench, 0, 1, add=call("records.add", "dialable", batch=2, id="made"))
    assert bench.apply().complete
    assert [bench.remembered(key)["remote_id"] for key in KEYS[:2]] == ["", ""]


# ------------------------------------------------------------------------------------------------ refused batches


def refusing(bad: set[str]):
    return lambda seen: 422 if set(seen.keys) & bad else taken(seen)


def halved(batch: int) -> Operation:
    return call("records.add", "dialable", batch=batch, items=EACH, refused_batch="nothing_applied")


@settings(max_examples=20, deadline=None)
@given(size=st.integers(2, 64), data=st.data())
def test_one_bad_row_is_found_by_halving(
    size: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bad = item(data.draw(st.integers(0, size - 1))).key
    bench = Bench(tmp_path_factory.mktemp("halving"))
    bench.dialers.answers = {"records.add": refusing({bad})}
    adding(bench, *range(size), add=halved(size))
    report = bench.apply()
    assert dict(only(report).outcomes) == {"applied": size - 1, "rejected": 1}
    assert len(bench.dialers.calls) - 1 <= 2 * math.ceil(math.log2(size))
    assert {key for key, found in bench.states().items() if found != "present"} == {bad}
    assert bench.states()[bad] == "rejected"
    bench.ledger.close()


@pytest.mark.parametrize("size", [2, 8])
def test_a_refused_batch_of_which_a_part_may_have_arrived_is_not_halved(bench: Bench, size: int) -> None:
    bench.dialers.answers = {"records.add": refusing({KEYS[1]})}
    adding(bench, *range(size), add=replace(halved(size), refused_batch="unknown", proof=Proof(by="park")))
    report = bench.apply()
    assert len(bench.dialers.calls) == 1
    assert dict(only(report).outcomes) == {"unknown": size}


def test_until_its_rows_were_tried_one_by_one_a_refused_batch_is_not_booked_as_refused(bench: Bench) -> None:
    waiting: list[str] = []
    bench.dialers.before = lambda seen: waiting.extend(s for key, s in bench.states().items() if key not in seen.keys)
    bench.dialers.answers = {"records.add": refusing({KEYS[3]})}
    adding(bench, *range(4), add=halved(4))
    bench.apply()
    # A crash here must leave rows that the next plan tries again.
    assert set(waiting) == {"deferred", "present"}


def test_an_interruption_ends_the_halving(bench: Bench) -> None:
    bench.dialers.answers = {"records.add": refusing(set(KEYS))}
    bench.interrupted = lambda: len(bench.dialers.calls) >= 2
    adding(bench, *range(8), add=halved(8))
    report = bench.apply()
    assert len(bench.dialers.calls) == 2
    assert dict(only(report).outcomes) == {"skipped": 8}
    assert dict(only(report).messages) == {"interrupted": 8}
    assert set(bench.states().values()) == {"deferred"}


def test_a_vendor_that_refuses_everything_is_not_asked_about_every_row(bench: Bench) -> None:
    bench.dialers.answers = {"records.add": lambda _: 422}
    adding(bench, *range(256), add=halved(256))
    report = bench.apply()
    assert len(bench.dialers.calls) < 40
    assert dict(only(report).outcomes) == {"rejected": 10, "deferred": 246}
    assert only(report).messages["the vendor refused 10 rows one by one and took none; the rest was not sent"] == 246


def test_many_bad_rows_among_good_ones_are_all_found(bench: Bench) -> None:
    bad = {row.key for row in items(*range(1, 64, 2))}
    bench.dialers.answers = {"records.add": refusing(bad)}
    adding(bench, *range(64), add=halved(64))
    assert dict(only(bench.apply()).outcomes) == {"applied": 32, "rejected": 32}


@pytest.mark.parametrize("batch", [1, 4])
def test_a_row_of_which_no_request_can_be_made_does_not_take_the_others_with_it(bench: Bench, batch: int) -> None:
    fine = call("records.add", "dialable")

    def render(scope):
        if any(pair["row"]["key"] == KEYS[2] for pair in scope["rows"]):
            raise RenderError("the name is too long for a file")
        return fine.render(scope)

    adding(bench, *range(4), add=replace(fine, batch=batch, render=render))
    report = bench.apply()
    assert dict(only(report).outcomes) == {"applied": 3, "failed": 1}
    assert only(report).messages == {"the name is too long for a file": 1}
    assert bench.in_file("SELECT count(*) FROM call WHERE state <> 'done'") == [(0,)]


# ------------------------------------------------------------------------------------------------------ replacing


def replacing(bench: Bench, *numbers: int) -> None:
    removes = call("records.remove", "suppressing", batch=4, items=EACH)
    bench.vendor = vendor(records(update="replace", operations={"remove": removes}))
    bench.rows("changed", items(*numbers))
    bench.level("contact additions and updates", rows_change("update", "changed", len(numbers), reason="differs"))


def test_a_replace_removes_and_then_adds(bench: Bench) -> None:
    bench.dialers.answers = {"records.remove": taken}
    replacing(bench, 0, 1)
    report = bench.apply()
    assert bench.dialers.names() == ["records.remove", "records.add"]
    assert dict(only(report).outcomes) == {"applied": 2}
    assert only(report).calls == 2


def test_only_a_change_is_a_replace(bench: Bench) -> None:
    replacing(bench, 0)
    bench.levels.clear()
    bench.adding(1)
    assert bench.apply().complete
    assert bench.dialers.names() == ["records.add"]


def test_a_replace_whose_calls_take_batches_of_different_size_loses_no_row(bench: Bench) -> None:
    bench.dialers.answers = {"records.remove": taken}
    replacing(bench, *range(4))
    report = bench.apply()
    assert bench.dialers.names() == ["records.remove", "records.add", "records.add"]
    assert dict(only(report).outcomes) == {"applied": 4}


def test_a_row_that_was_gone_already_is_not_added_again(bench: Bench) -> None:
    bench.ledger_with(items(0, 1))
    bench.dialers.answers = {
        "records.remove": lambda seen: [{"id": key, "word": "gone" if key == KEYS[0] else "ok"} for key in seen.keys]
    }
    replacing(bench, 0, 1)
    report = bench.apply()
    assert bench.dialers.keys("records.add") == [KEYS[1]]
    assert dict(only(report).outcomes) == {"rejected": 1, "applied": 1}
    assert dict(only(report).messages) == {"no longer there, perhaps called already; not added again": 1}


def test_a_row_that_a_lost_attempt_of_the_same_removal_took_away_is_added_again(bench: Bench) -> None:
    bench.ledger_with(items(0, 1))
    tries = iter([500])
    bench.dialers.answers = {
        "records.remove": lambda seen: next(tries, [{"id": key, "word": "gone"} for key in seen.keys])
    }
    replacing(bench, 0, 1)
    report = bench.apply()
    assert bench.dialers.names() == ["records.remove", "records.remove", "records.add"]
    assert dict(only(report).outcomes) == {"applied": 2}


def test_a_row_whose_removal_is_not_sure_is_not_added(bench: Bench) -> None:
    bench.ledger_with(items(0, 1))
    bench.dialers.answers = {"records.remove": lambda _: 500}
    replacing(bench, 0, 1)
    report = bench.apply()
    assert set(bench.dialers.names()) == {"records.remove"}
    assert dict(only(report).outcomes) == {"unknown": 2}


def test_the_addition_of_a_replace_is_held_by_the_gate_like_any_other(bench: Bench) -> None:
    bench.listed = listed(0)
    bench.dialers.answers = {"records.remove": taken}
    replacing(bench, 0, 1)
    report = bench.apply()
    assert bench.dialers.keys("records.remove") == [KEYS[0], KEYS[1]]
    assert bench.dialers.keys("records.add") == [KEYS[1]]
    assert dict(only(report).outcomes) == {"held": 1, "applied": 1}


# ---------------------------------------------------------------------------------------------------------- tasks


def loading(bench: Bench, **words: object) -> None:
    stated = {"id": "task", "poll": "ask", "status": "state", "success": ("done",), "failure": ("broken",)}
    task = Task(**(stated | words))  # type: ignore[arg-type]  # words of the test
    loads = call("records.add", "dialable", batch=4, task=task, proof=Proof(by="task"))
    bench.vendor = vendor(records(operations={"add": loads}), calls={"ask": call("ask", writes=False)})
    bench.adding(0, 1)


def test_a_task_is_asked_about_until_it_is_done(bench: Bench) -> None:
    words = iter(["running", "running", "done"])

    def ask(seen: Seen) -> dict[str, str]:
        # Known to the ledger before the first question.
        assert bench.in_file("SELECT task_id FROM call") == [("t1",)]
        assert seen.body["task"] == {"id": "t1"}
        assert seen.body["campaign"]["key"] == "spring"
        return {"state": next(words)}

    bench.dialers.answers = {"records.add": lambda _: {"task": "t1"}, "ask": ask}
    loading(bench)
    armed = Armed()
    arm(armed)
    try:
        report = bench.apply()
    finally:
        arm(None)
    assert report.complete
    assert dict(only(report).messages) == {}
    assert (armed.passed["task.started"], armed.passed["batch.booked"]) == (1, 1)
    (waiting,) = {(found.dialer, found.level) for found in bench.progress if found.waiting == "task t1"}
    assert waiting == (DIALER, "contact additions and updates")


@pytest.mark.parametrize(("state", "why"), [("broken", "broken"), ("running", "did not end within 10 s")])
def test_a_task_that_fails_or_never_ends_leaves_its_rows_unknown(bench: Bench, state: str, why: str) -> None:
    bench.dialers.answers = {"records.add": lambda _: {"task": "t1"}, "ask": lambda _: {"state": state}}
    loading(bench, deadline=10.0)
    report = bench.apply()
    assert dict(only(report).outcomes) == {"unknown": 2}
    ((message, count),) = only(report).messages.items()
    assert (why in message, count) == (True, 2)
    assert [found.task_id for found in bench.ledger.unfinished_calls()] == ["t1"]


def test_an_answer_without_a_task_waits_for_a_person(bench: Bench) -> None:
    bench.dialers.answers = {"records.add": lambda _: {"task": "../../etc"}}
    loading(bench)
    report = bench.apply()
    assert dict(only(report).outcomes) == {"unknown": 2}
    assert dict(only(report).messages) == {"the answer names no task": 2}
    assert [found.state for found in bench.ledger.parked()] == ["parked"]


# -------------------------------------------------------------------------------------- directories, and the rest


def test_the_directorys_id_is_filled_in_and_a_row_without_one_is_not_sent(bench: Bench) -> None:
    people = directory()
    bench.vendor = vendor(
        records(needs="people"),
        people,
        columns={"records": [Column(to="person", source="remote_id"), Column(to="tel", source="phone")]},
    )
    bench.ledger_with([item(1, remote_id="P1")], kind="directory", name="account")
    bench.rows("new", [RowItem("#P9", ("+573001299999",), {"tel": "x"}), *items(0, 1)])
    bench.level("contact additions and updates", rows_change("add", "new", 3))
    report = bench.apply()
    sent = {row["key"]: row["record"] for seen in bench.dialers.calls for row in seen.body["rows"]}
    assert sent == {KEYS[1]: {"tel": KEYS[1], "person": "P1"}, "#P9": {"tel": "x", "person": "P9"}}
    assert dict(only(report).outcomes) == {"applied": 2, "skipped": 1}
    assert "not in the vendor's directory (people)" in only(report).messages


def test_a_second_directory_of_an_account_is_asked_under_its_own_name(bench: Bench) -> None:
    first, second = directory("firms"), directory("people")
    bench.vendor = vendor(
        records(needs="people"), first, second, columns={"records": [Column(to="person", source="remote_id")]}
    )
    bench.ledger_with([item(0, remote_id="P0")], kind="directory", name="account:people")
    bench.adding(0)
    assert bench.apply().complete


@pytest.mark.parametrize("left", [0, 1, 2])
def test_what_was_never_tried_is_counted_as_skipped_with_the_reason(bench: Bench, left: int) -> None:
    bench.interrupted = lambda: len(bench.dialers.calls) == 1
    adding(bench, *range(1 + left), add=call("records.add", "dialable", batch=1))
    report = bench.apply()
    assert dict(only(report).outcomes) == {"applied": 1} | ({"skipped": left} if left else {})
    assert dict(only(report).messages) == ({"interrupted": left} if left else {})


def test_a_refused_contact_does_not_hold_the_start(bench: Bench) -> None:
    bench.dialers.answers = {"records.add": lambda _: 422}
    bench.adding(1)
    bench.level("starts", campaign_change("start"))
    assert total(bench.apply()) == {"rejected": 1, "applied": 1}


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        (1, "1 do-not-call entry is not confirmed there"),
        (2, "2 do-not-call entries are not confirmed there"),
    ],
)
def test_a_listing_that_blocks_and_fails_holds_what_could_be_rung(bench: Bench, listed: int, why: str) -> None:
    bench.vendor = vendor(records(), dnc(operations={"block": call("dnc.block", "suppressing", batch=2)}))
    bench.dialers.answers = {"dnc.block": lambda _: 422}
    change = {"address": Address(DIALER, "dnd", "account"), "collection": "dnc", "effect": "suppressing"}
    bench.rows("listed", items(*range(listed)))
    bench.level("dnd additions", rows_change("block", "listed", listed, **change))
    bench.adding(2)
    report = bench.apply()
    assert report.changes[1].outcomes == {"held": 1}
    assert dict(report.changes[1].messages) == {why: 1}


def test_batches_are_no_larger_than_the_operation_takes_and_as_many_at_once_as_allowed(bench: Bench) -> None:
    bench.limits = Limits(concurrency=3)
    bench.adding(*range(7))
    assert bench.apply().complete
    assert sorted(len(seen.keys) for seen in bench.dialers.calls) == [1, 2, 2, 2]


def test_blocking_and_unblocking_go_through_the_same_path(bench: Bench) -> None:
    bench.ledger_with(items(0, 1))
    bench.vendor = vendor(
        records(operations={"block": call("block", "suppressing"), "unblock": call("unblock", "dialable")})
    )
    bench.rows("listed", items(0))
    bench.level("contact removals", rows_change("block", "listed", 1, reason="listed"))
    assert bench.apply().complete
    assert bench.states() == {KEYS[0]: "blocked", KEYS[1]: "present"}
    bench.levels.clear()
    bench.level("contacts released from dnd", rows_change("unblock", "listed", 1, reason="released"))
    bench.listed = listed(0)
    assert total(bench.apply()) == {"held": 1}
    bench.listed = Listed()
    assert bench.apply().complete
    assert bench.states()[KEYS[0]] == "present"


def test_what_a_dialer_gets_is_what_the_rows_say(bench: Bench) -> None:
    bench.adding(0)
    bench.apply()
    (seen,) = bench.dialers.calls
    assert seen.request.url == "https://dialer.example/api/records.add"
    assert seen.body["campaign"] == {"id": "17", "key": "spring", "name": "Spring", "status": "stopped"}
    assert seen.body["rows"] == [
        {"key": KEYS[0], "phone": KEYS[0], "phones": [KEYS[0]], "remote_id": "", "record": {"tel": KEYS[0]}}
    ]
    assert orjson.dumps(seen.body["list"]) == b'{"name":"spring","lasts_days":""}'
    assert seen.dialer == DIALER
