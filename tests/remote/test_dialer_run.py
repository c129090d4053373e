"""The one way in which a call is made: gate, intent, sending; and why a call may not be made."""

import asyncio
from typing import Any

import pytest

from syncengine.errors import LockedError, RenderError
from syncengine.failpoints import Armed, arm
from syncengine.model.address import Address
from syncengine.model.answers import Match, ResponseClass
from syncengine.model.calling import Proof
from syncengine.model.exchange import Request
from syncengine.remote.course import CallResult
from syncengine.remote.dialer_run import DialerRun, HeldByGateError, ListedNumberError, campaign_scope, outcome_of
from syncengine.remote.judge import Judgement
from syncengine.rows.gate import ListedIndex
from tests.remote.applying import DIALER, Bench, Listed, call, item, state, vendor
from tests.remote.dialing import TOKEN

SPRING = Address(DIALER, "contacts", "spring")
ACCOUNT = Address(DIALER, "dnd", "account")


def with_run(bench: Bench, using: Any, *, locked: bool = True) -> DialerRun:
    """Let a function work with the run of an empty plan."""
    kept: dict[str, DialerRun] = {}

    async def work() -> None:
        await bench._applied()
        run = bench.runs[DIALER]
        kept["run"] = run
        await using(run)

    if locked:
        with bench.ledger.lock("apply", now=bench.time()):
            asyncio.run(work())
    else:
        asyncio.run(work())
    return kept["run"]


def test_the_digest_of_an_intent_is_that_of_the_request_without_credentials(bench: Bench) -> None:
    async def write(run: DialerRun) -> None:
        for _ in range(2):
            await run.write(call("records.add", "dialable"), run.scope("spring"), SPRING, action="add", rows=[item(1)])

    with_run(bench, write)
    (first,), (second,) = bench.in_file("SELECT request_digest FROM call")
    assert first == second
    assert len(first) == 64
    everything = repr(bench.in_file("SELECT * FROM call"))
    assert TOKEN not in everything
    assert bench.dialers.calls[0].request.headers["x-token"] == TOKEN


def test_the_gate_comes_before_the_intent_and_the_error_shows_no_number(bench: Bench) -> None:
    bench.listed = Listed(ListedIndex([item(1).key]))

    async def write(run: DialerRun) -> None:
        with pytest.raises(ListedNumberError) as stopped:
            await run.write(
                call(
                    "start",
                    "dialable",
                    render=lambda _: Request("POST", "/start", headers=(("x-to", item(1).key),)),
                ),
                {},
                SPRING,
                action="start",
            )
        assert stopped.value.numbers == {item(1).key}
        assert str(stopped.value) == "1 listed number in a dialable request"

    with_run(bench, write)
    assert not bench.dialers.calls
    assert bench.in_file("SELECT count(*) FROM call") == [(0,)]


def test_the_people_of_a_request_that_names_them_by_an_id_alone_are_looked_at(bench: Bench) -> None:
    bench.listed = Listed(ListedIndex([item(1).key]))
    frees = call("records.unblock", "dialable", render=lambda _: Request("POST", "/free/17"))

    async def write(run: DialerRun) -> None:
        with pytest.raises(ListedNumberError) as stopped:
            await run.write(frees, {}, SPRING, action="unblock", rows=[item(2), item("k", phones=(item(1).key,))])
        assert stopped.value.numbers == {item(1).key}
        await run.write(frees, {}, SPRING, action="unblock", rows=[item(2)])

    with_run(bench, write)
    assert bench.dialers.names() == ["free"]


@pytest.mark.parametrize("body", [b'{"numbers": "All"}', b'{"numbers": ["+573001200001", "*"]}'])
def test_a_request_that_means_everybody_on_a_do_not_call_list_is_not_sent(bench: Bench, body: bytes) -> None:
    wipe = call("dnc.remove", "dialable", render=lambda _: Request("POST", "/dnc", body=body))

    async def write(run: DialerRun) -> None:
        with pytest.raises(RenderError, match="every number"):
            await run.write(wipe, {}, ACCOUNT, action="remove", rows=[item(1)])

    with_run(bench, write)
    assert not bench.dialers.calls
    assert bench.in_file("SELECT count(*) FROM call") == [(0,)]


def test_a_request_about_a_do_not_call_list_names_somebody(bench: Bench) -> None:
    async def write(run: DialerRun) -> None:
        with pytest.raises(RenderError):
            await run.write(call("dnc.remove", "dialable"), {}, ACCOUNT, action="remove", rows=[])

    with_run(bench, write)
    assert not bench.dialers.calls


def test_without_the_lock_nothing_is_sent(bench: Bench) -> None:
    async def write(run: DialerRun) -> None:
        with pytest.raises(LockedError):
            await run.write(call("records.add"), {}, SPRING, action="add", rows=[item(1)])

    with_run(bench, write, locked=False)
    assert not bench.dialers.calls


def test_a_call_that_is_repeated_has_one_intent(bench: Bench) -> None:
    answers = iter([429, 429, 200])
    bench.dialers.answers = {"records.add": lambda _: next(answers)}

    async def write(run: DialerRun) -> None:
        result, number = await run.write(call("records.add"), {}, SPRING, action="add", rows=[item(1)])
        assert (result.judgement.outcome, result.attempts, number) == ("applied", 3, 1)

    with_run(bench, write)
    assert bench.in_file("SELECT count(*) FROM call") == [(1,)]


def test_what_another_run_reads_while_a_start_waits_for_its_next_attempt_holds_it(bench: Bench) -> None:
    def busy(_: Any) -> int:
        bench.listed.moved = True
        return 429

    bench.dialers.answers = {"start": busy}

    async def write(run: DialerRun) -> None:
        with pytest.raises(HeldByGateError, match="another run has read a do-not-call list since the plan"):
            await run.write(call("start", "neutral"), {}, SPRING, action="start")

    with_run(bench, write)
    assert bench.dialers.names() == ["start"]
    assert bench.in_file("SELECT state, outcome, message FROM call") == [
        ("done", "deferred", "not sent: another run has read a do-not-call list since the plan; plan again")
    ]


def test_a_number_that_is_listed_while_a_call_waits_for_its_next_attempt_is_not_sent(bench: Bench) -> None:
    def busy(_: Any) -> int:
        bench.listed.index = ListedIndex([item(1).key])
        return 429

    bench.dialers.answers = {"records.add": busy}

    async def write(run: DialerRun) -> None:
        scope = {"rows": [{"row": {"phone": item(1).key}, "record": {}}]}
        with pytest.raises(ListedNumberError):
            await run.write(call("records.add", "dialable"), scope, SPRING, action="add", rows=[item(1)])

    with_run(bench, write)
    assert bench.dialers.names() == ["records.add"]
    assert bench.in_file("SELECT state, outcome FROM call") == [("done", "deferred")]
    assert bench.states() == {item(1).key: "deferred"}


def test_a_start_whose_answer_was_lost_and_that_is_held_since_may_have_arrived(bench: Bench) -> None:
    def lost(_: Any) -> int:
        bench.listed.moved = True
        return 503

    bench.dialers.answers = {"start": lost}

    async def write(run: DialerRun) -> None:
        result, _ = await run.write(call("start", "dialable", proof=Proof(by="repeat")), {}, SPRING, action="start")
        assert result.judgement.outcome == "unknown"

    with_run(bench, write)
    assert bench.dialers.names() == ["start"]


def test_each_moment_of_a_call_at_which_a_process_may_end_has_its_name(bench: Bench) -> None:
    armed = Armed()

    async def write(run: DialerRun) -> None:
        await run.write(call("records.add", "dialable"), run.scope("spring"), SPRING, action="add", rows=[item(1)])

    arm(armed)
    try:
        with_run(bench, write)
    finally:
        arm(None)
    moments = ("remote.before_intent", "remote.after_intent", "remote.before_outcome")
    assert [armed.passed[moment] for moment in moments] == [1, 1, 1]
    assert bench.listed.asked == {SPRING}


def test_an_operation_without_a_proof_is_parked_when_its_answer_is_lost(bench: Bench) -> None:
    async def write(run: DialerRun) -> None:
        await run.write(call("records.add", proof=None), {}, SPRING, action="add", rows=[item(1)])
        await run.write(call("other", proof=Proof(by="read_back", settle=90)), {}, SPRING, action="add", rows=[item(2)])

    with_run(bench, write)
    assert bench.in_file("SELECT proof, settle FROM call") == [("park", 60.0), ("read_back", 90.0)]


@pytest.mark.parametrize("outcome", ["stop_dialer", "budget_exhausted"])
def test_after_some_answers_nothing_more_is_sent(bench: Bench, outcome: Any) -> None:
    bench.vendor = vendor(
        responses=(ResponseClass(name="enough", when=Match(status=(402,)), outcome=outcome, message="why"),)
    )
    bench.dialers.answers = {"records.add": lambda _: (402, {"why": "the account is closed"})}

    async def write(run: DialerRun) -> None:
        assert run.why_stopped() == ""
        await run.write(call("records.add"), {}, SPRING, action="add", rows=[item(1)])

    run = with_run(bench, write)
    assert run.why_stopped() == "the account is closed"
    assert run.why_held(call("x", "suppressing"), SPRING) == "the account is closed"


def test_why_a_call_is_held(bench: Bench) -> None:
    async def look(run: DialerRun) -> None:
        dialable, suppressing = call("x", "dialable"), call("y", "suppressing")
        autumn = Address(DIALER, "contacts", "autumn")
        assert run.why_held(dialable, SPRING) == run.why_held(dialable, ACCOUNT) == ""
        run.not_dialable["spring"] = "spring's list"
        assert run.why_held(dialable, SPRING) == "spring's list"
        assert run.why_held(dialable, autumn) == ""
        assert run.why_held(suppressing, SPRING) == ""
        # What is dialable for a whole account can reach the campaign that is not protected.
        assert run.why_held(dialable, ACCOUNT) == "spring's list"
        run.not_dialable["account"] = "the account's list"
        assert run.why_held(dialable, autumn) == "the account's list"

    with_run(bench, look)
    bench.interrupted = lambda: True

    async def interrupted(run: DialerRun) -> None:
        assert run.why_held(call("y", "suppressing"), SPRING) == "interrupted"

    with_run(bench, interrupted)


def test_a_campaign_is_there_when_we_know_its_id(bench: Bench) -> None:
    bench.campaigns |= {"autumn": state("autumn", id="")}

    async def look(run: DialerRun) -> None:
        assert [run.is_there(key) for key in ("spring", "autumn", "winter")] == [True, False, False]

    with_run(bench, look)


@pytest.mark.parametrize("outcome", ["wait", "budget_exhausted", "renew_auth", "stop_dialer"])
def test_an_answer_that_surely_applied_nothing_is_a_failure(outcome: Any) -> None:
    result = CallResult(
        judgement=Judgement(outcome, "x"), answer=None, request=Request("GET", "/"), attempts=1, sent=True
    )
    assert outcome_of(result) == "failed"


def test_a_campaign_shows_the_fields_that_its_vendor_has_and_no_others() -> None:
    shown = campaign_scope(vendor(), state(fields={"speed": "4", "mood": "bright"}, raw={"queue": "7"}))
    assert shown == {
        "queue": "7",
        "speed": "4",
        "id": "17",
        "key": "spring",
        "name": "Spring",
        "status": "stopped",
    }


@pytest.mark.parametrize("outcome", ["applied", "already_present", "already_absent", "rejected", "deferred", "unknown"])
def test_any_other_answer_means_what_it_says(outcome: Any) -> None:
    result = CallResult(
        judgement=Judgement(outcome, "x"), answer=None, request=Request("GET", "/"), attempts=1, sent=True
    )
    assert outcome_of(result) == outcome


def test_a_scope_has_settings_and_options_and_a_campaign_only_where_there_is_one(bench: Bench) -> None:
    async def look(run: DialerRun) -> None:
        assert run.scope("account") == {"settings": {}, "options": {}}
        assert run.scope("spring")["campaign"] == campaign_scope(run.vendor, run.campaigns["spring"])

    with_run(bench, look)


def test_a_run_that_wakes_up_after_its_lease_sends_nothing_and_leaves_nothing_to_settle(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slept_after_the_intent(_: str) -> None:
        assert len(bench.in_file("SELECT 1 FROM call WHERE state = 'intent'")) == 1
        raise LockedError("held up for 300 s")

    async def write(run: DialerRun) -> None:
        monkeypatch.setattr(bench.ledger, "confirm_lock", slept_after_the_intent)
        with pytest.raises(LockedError):
            await run.write(call("records.add", "dialable"), run.scope("spring"), SPRING, action="add", rows=[item(1)])

    with_run(bench, write)
    assert bench.dialers.calls == []
    assert bench.in_file("SELECT state, outcome, message FROM call") == [
        ("done", "deferred", "not sent: held up for 300 s")
    ]
    assert bench.states() == {item(1).key: "deferred"}


def test_a_lease_that_ran_out_before_a_repeat_leaves_the_first_attempt_unknown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.dialers.answers = {"records.add": lambda _: 503}

    async def write(run: DialerRun) -> None:
        confirmed: list[int] = []

        def once(_: str) -> None:
            confirmed.append(1)
            if len(confirmed) > 1:
                raise LockedError("held up for 300 s")

        monkeypatch.setattr(bench.ledger, "confirm_lock", once)
        operation = call("records.add", "dialable", proof=Proof(by="repeat"))
        with pytest.raises(LockedError):
            await run.write(operation, run.scope("spring"), SPRING, action="add", rows=[item(1)])

    with_run(bench, write)
    assert len(bench.dialers.calls) == 1
    assert bench.in_file("SELECT state FROM call") == [("intent",)]
