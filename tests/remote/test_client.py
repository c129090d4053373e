import asyncio
from typing import Any

import httpx
import pytest

from syncengine import __version__
from syncengine.errors import RemoteError, RenderError
from syncengine.model.answers import Match, ResponseClass
from syncengine.model.calling import Limits, Proof
from syncengine.model.exchange import Request
from syncengine.model.vendor import Campaigns, Operation, Vendor
from syncengine.remote.client import DialerClient
from syncengine.remote.course import CallResult
from tests import building
from tests.remote.dialing import BASE, TOKEN, Clockwork, Loopback, Script, client, loopback, reading, writing

OK = {"ok": True}
REFUSED = httpx.ConnectError("refused")
LOST = httpx.ReadTimeout("no answer")
FINAL = {
    "applied",
    "already_present",
    "already_absent",
    "rejected",
    "deferred",
    "budget_exhausted",
    "stop_dialer",
    "unknown",
}


def run(script: Script, operation: Operation, **more: Any) -> CallResult:
    before_send = more.pop("before_send", None)
    result = asyncio.run(client(script, **more).call(operation, {}, before_send=before_send))
    assert result.judgement.outcome in FINAL
    return result


def proven(by: str) -> Operation:
    return writing(proof=Proof(by=by))  # type: ignore[arg-type]


def test_a_call_carries_what_was_rendered_and_the_credential() -> None:
    script = Script(OK)
    operation = writing(
        render=lambda _: Request(
            "POST", "/x/a%2Fb", (("p", "+57 1"),), (("x-extra", "1"),), b'{"a":1}', "application/json"
        )
    )
    result = run(script, operation)
    request = script.requests[0]
    assert (request.method, str(request.url), request.content) == ("POST", f"{BASE}/x/a%2Fb?p=%2B57%201", b'{"a":1}')
    assert request.headers["x-token"] == TOKEN
    assert request.headers["user-agent"] == f"syncengine/{__version__}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["content-length"] == "7"
    assert (result.judgement.outcome, result.attempts, result.sent) == ("applied", 1, True)
    assert TOKEN not in repr(result)


def test_templates_find_settings_and_declared_options() -> None:
    seen: dict[str, object] = {}

    def render(scope: Any) -> Request:
        seen.update(scope)
        return Request("GET", "/x")

    words = {"options": {"test": "only try"}}
    run(Script(OK), reading(render=render), settings={"server": "0016"}, vendor_words=words)
    assert seen == {"settings": {"server": "0016"}, "options": {"test": ""}}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_body_travels_with_any_method(method: str) -> None:
    script = Script(OK)
    run(script, writing(render=lambda _: Request(method, "/x", body=b"{}")))
    assert script.requests[0].content == b"{}"


# ------------------------------------------------------------------------------------------------- what is repeated


@pytest.mark.parametrize(
    ("operation", "answers", "outcome", "attempts"),
    [
        # Not sent: repeated for every call.
        (proven("park"), [REFUSED, REFUSED, OK], "applied", 3),
        (proven("park"), [REFUSED] * 9, "deferred", 4),
        (reading(), [REFUSED] * 9, "deferred", 4),
        # Lost: repeated only where a repeat is harmless.
        (proven("park"), [LOST, OK], "unknown", 1),
        (proven("read_back"), [LOST, OK], "unknown", 1),
        (proven("task"), [LOST, OK], "unknown", 1),
        (writing(), [LOST, OK], "unknown", 1),
        (proven("repeat"), [LOST, OK], "applied", 2),
        (proven("refusal"), [LOST, OK], "applied", 2),
        (proven("repeat"), [LOST] * 9, "unknown", 4),
        (reading(), [LOST, {}], "applied", 2),
        (reading(), [LOST] * 9, "deferred", 4),
        # An error of the server is as good as lost.
        (proven("park"), [500, OK], "unknown", 1),
        (proven("repeat"), [500, OK], "applied", 2),
        (reading(), [503, {}], "applied", 2),
        (reading(), [503] * 9, "deferred", 4),
        # The dialer says that it was not applied.
        (proven("park"), [429, OK], "applied", 2),
        (proven("park"), [429] * 9, "deferred", 4),
        (proven("park"), [(400, {})], "rejected", 1),
        (proven("park"), [403], "stop_dialer", 1),
        (proven("park"), [401, OK], "unknown", 1),
        (proven("repeat"), [401, OK], "stop_dialer", 1),
        (proven("park"), [302], "unknown", 1),
        (reading(), [302], "rejected", 1),
        (reading(), [404], "rejected", 1),
        # After a lost answer, a refusal of the repeat does not say that the first was not applied.
        (proven("refusal"), [LOST, (400, {})], "unknown", 2),
        (proven("repeat"), [LOST, 429, 429, 429], "unknown", 4),
        (proven("repeat"), [LOST, REFUSED, REFUSED, REFUSED], "unknown", 4),
        (proven("repeat"), [LOST, 403], "unknown", 2),
        (proven("park"), [REFUSED, LOST], "unknown", 2),
    ],
)
def test_a_call_is_repeated_only_where_that_is_harmless(
    operation: Operation, answers: list[Any], outcome: str, attempts: int
) -> None:
    script = Script(*answers)
    result = run(script, operation)
    assert (result.judgement.outcome, result.attempts, len(script.requests)) == (outcome, attempts, attempts)


def test_already_there_settles_a_lost_answer() -> None:
    there = ResponseClass(name="there", when=Match(body={"error": ("Existing Contact",)}), outcome="already_present")
    operation = writing(proof=Proof(by="refusal"), responses=(there,))
    assert run(Script(LOST, {"error": "Existing Contact"}), operation).judgement.outcome == "already_present"


@pytest.mark.parametrize(
    ("answers", "sent"), [([REFUSED] * 4, False), ([REFUSED, LOST], True), ([OK], True), ([500], True)]
)
def test_it_is_known_whether_any_byte_may_have_arrived(answers: list[Any], sent) -> None:
    assert run(Script(*answers), writing()).sent is sent


def test_pauses_between_attempts_are_drawn_from_a_growing_range() -> None:
    time = Clockwork()
    run(Script(503, 503, 503, 503), reading(), time=time, random=lambda: 1.0)
    assert time.slept == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(("header", "at_least"), [("120", 120), ("900", 900), ("0", 0), ("soon", 0), ("-5", 0)])
def test_the_dialers_own_wish_to_wait_is_granted_up_to_a_quarter_of_an_hour(header: str, at_least: float) -> None:
    time = Clockwork()
    began = time.time
    run(Script((429, {}, {"retry-after": header}), OK), writing(), time=time)
    assert at_least <= time.time - began <= at_least + 1


def test_a_dialer_that_asks_for_more_than_a_quarter_of_an_hour_gets_no_call_before_its_time() -> None:
    time = Clockwork()
    script = Script((429, {}, {"retry-after": "901"}), OK)

    async def calls() -> None:
        dialer = client(script, time=time)
        for _ in range(3):
            result = await dialer.call(writing(), {})
            assert (result.judgement.outcome, len(script.requests)) == ("deferred", 1)
        time.time += 901
        assert (await dialer.call(writing(), {})).judgement.outcome == "applied"

    asyncio.run(calls())
    assert sum(time.slept) < 2


@pytest.mark.parametrize("answer", [(503, {}, {"retry-after": "60"}), (400, {}, {"retry-after": "60"})])
def test_a_wish_to_wait_binds_the_others_also_where_its_call_is_not_repeated(answer: object) -> None:
    time = Clockwork()

    async def calls() -> None:
        dialer = client(Script(answer, OK), time=time)
        await dialer.call(proven("park"), {})
        assert time.time == 1_000_000
        await dialer.call(proven("park"), {})

    asyncio.run(calls())
    assert time.time >= 1_000_060


def test_a_server_in_trouble_that_names_a_time_is_left_alone_until_then() -> None:
    for operation in (reading(), proven("repeat")):
        time = Clockwork()
        run(Script((503, {}, {"retry-after": "90"}), OK), operation, time=time)
        assert 1_000_090 <= time.time < 1_000_092


def test_a_class_can_state_its_wait() -> None:
    busy = ResponseClass(name="busy", when=Match(status=(403,), text=("simultaneous",)), outcome="wait", wait=40.0)
    time = Clockwork()
    began = time.time
    run(Script((403, {"msg": "simultaneous calls"}), OK), writing(), time=time, vendor_words={"responses": (busy,)})
    assert 40 <= time.time - began < 42


def test_a_dialer_that_asks_one_call_to_wait_is_left_alone_by_all() -> None:
    time = Clockwork()
    script = Script((429, {}, {"retry-after": "60"}), OK)

    async def calls() -> None:
        dialer = client(script, time=time, limits=Limits(concurrency=1))
        first = asyncio.create_task(dialer.call(writing(), {}))
        await asyncio.sleep(0)
        await asyncio.gather(first, *(dialer.call(writing(), {}) for _ in range(3)))

    asyncio.run(calls())
    assert len(script.requests) == 5
    assert time.time >= 1_000_060


def test_repeats_are_rare_over_many_calls() -> None:
    script = Script(*[429] * 10_000)

    async def calls() -> int:
        dialer = client(script)
        return sum([(await dialer.call(writing(), {})).attempts for _ in range(300)])

    assert asyncio.run(calls()) <= 300 + 10 + 30 + 1


# -------------------------------------------------------------------------------------------------- before each send


def test_the_gate_is_asked_before_every_attempt_and_never_after_the_bytes() -> None:
    events: list[str] = []
    script = Script(REFUSED, 429, OK)

    def handler(request: httpx.Request) -> httpx.Response:
        events.append("send")
        return script(request)

    async def gate(request: Request) -> None:
        await asyncio.sleep(0)
        assert TOKEN not in repr(request)
        events.append("gate")

    asyncio.run(client(handler).call(writing(), {}, before_send=gate))
    assert events == ["gate", "send"] * 3


class GateClosedError(Exception):
    pass


def test_a_closed_gate_stops_the_call_and_is_passed_on() -> None:
    def gate(request: Request) -> None:
        raise GateClosedError

    script = Script(OK)
    with pytest.raises(GateClosedError):
        run(script, writing(), before_send=gate)
    assert script.requests == []


def test_a_gate_that_closes_after_a_lost_answer_leaves_the_call_unknown() -> None:
    asked = 0

    def gate(request: Request) -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise GateClosedError

    script = Script(LOST, OK)
    result = run(script, proven("repeat"), before_send=gate)
    assert (result.judgement.outcome, len(script.requests), result.sent) == ("unknown", 1, True)


def test_a_gate_that_closes_after_an_unsent_attempt_is_passed_on() -> None:
    asked = 0

    def gate(request: Request) -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise GateClosedError

    with pytest.raises(GateClosedError):
        run(Script(REFUSED, OK), writing(), before_send=gate)


# ------------------------------------------------------------------------------------------------------------ limits


class Counted:
    """A budget as the ledger keeps it."""

    def __init__(self, calls: int, reserve: int) -> None:
        self.left, self.reserve = calls, reserve

    def take(self, *, suppressing: bool) -> bool:
        if self.left <= (0 if suppressing else self.reserve):
            return False
        self.left -= 1
        return True


@pytest.mark.parametrize("calls", range(8))
def test_the_days_budget_ends_calls_before_they_are_sent_and_keeps_its_reserve(calls: int) -> None:
    script = Script(OK)

    async def day() -> list[str]:
        dialer = client(script, budget=Counted(calls, 2))
        plain = [await dialer.call(writing(effect="dialable"), {}) for _ in range(6)]
        stops = [await dialer.call(writing(effect="suppressing"), {}) for _ in range(3)]
        return [result.judgement.outcome for result in (*plain, *stops)]

    outcomes = asyncio.run(day())
    plain = min(6, max(0, calls - 2))
    assert outcomes[:6] == ["applied"] * plain + ["budget_exhausted"] * (6 - plain)
    assert len(script.requests) == plain + min(3, calls - plain)


def test_every_attempt_costs_a_call_of_the_budget() -> None:
    budget = Counted(10, 0)
    run(Script(429, 429, OK), writing(), budget=budget)
    assert budget.left == 7


def test_no_more_calls_are_under_way_than_the_dialer_allows() -> None:
    under_way = most = 0

    async def handler(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        return httpx.Response(200, json=OK)

    async def calls() -> None:
        dialer = client(handler, limits=Limits(concurrency=3))
        await asyncio.gather(*(dialer.call(writing(), {}) for _ in range(20)))

    asyncio.run(calls())
    assert most == 3


def test_the_rate_limit_holds_and_is_told() -> None:
    time, told = Clockwork(), list[str]()
    dialer = client(Script(OK), time=time, limits=Limits(calls=1, per=300.0), on_wait=told.append)

    async def calls() -> None:
        for _ in range(3):
            await dialer.call(writing(), {})

    asyncio.run(calls())
    assert time.time == 1_000_600
    assert told == ["rate limit", ""] * 2


def test_an_url_longer_than_the_vendor_takes_is_not_sent() -> None:
    script = Script(OK)
    operation = writing(render=lambda _: Request("DELETE", "/x", tuple(("id[]", str(n)) for n in range(500))))
    with pytest.raises(RemoteError, match="the vendor takes 4000"):
        run(script, operation)
    assert script.requests == []


@pytest.mark.parametrize("path", ["/1/../../dnd/2", "no-slash", "/x?y", "/a\nb"])
def test_a_path_that_leads_elsewhere_is_not_sent(path: str) -> None:
    script = Script(OK)
    with pytest.raises(RemoteError):
        run(script, writing(render=lambda _: Request("POST", path)))
    assert script.requests == []


# -------------------------------------------------------------------------------------------- a dialer that is down


def test_writes_stop_soon_when_the_dialer_does_not_answer() -> None:
    script = Script(OK, *[LOST] * 1000)

    async def calls() -> list[CallResult]:
        dialer = client(script)
        await dialer.call(reading(), {})
        return [await dialer.call(proven("park"), {}) for _ in range(50)]

    results = asyncio.run(calls())
    assert [result.judgement.outcome for result in results[:5]] == ["unknown"] * 5
    assert {(result.judgement.outcome, result.judgement.name) for result in results[5:]} == {("stop_dialer", "breaker")}
    assert not any(result.sent for result in results[5:])
    paths = [request.url.path for request in script.requests[1:]]
    assert paths.count("/api/things.add") == 5
    # What asked after it only read.
    assert set(paths) == {"/api/things.add", "/api/campaigns.list"}


def silent(known: Vendor) -> DialerClient:
    """Return a client of a dialer that has fallen silent and answers again from now on."""
    dialer = client(Script(OK, *[LOST] * 5, OK), vendor_words={"campaigns": known.campaigns, "calls": known.calls})

    async def fall_silent() -> None:
        await dialer.call(reading(), {})
        for _ in range(5):
            await dialer.call(proven("park"), {})

    asyncio.run(fall_silent())
    return dialer


def test_a_write_waits_for_a_reading_probe_and_is_sent_when_that_is_answered() -> None:
    dialer = silent(building.vendor())
    assert asyncio.run(dialer.call(writing(), {})).judgement.outcome == "applied"


def test_without_a_call_that_only_reads_nothing_probes_a_silent_dialer() -> None:
    dialer = silent(building.vendor(campaigns=Campaigns()))
    result = asyncio.run(dialer.call(proven("repeat"), {}))
    assert (result.judgement.name, result.sent) == ("breaker", False)


@pytest.mark.parametrize("more", [{"ability": "unverified"}, {"writes": True}, {"render": lambda scope: scope["row"]}])
def test_a_call_that_is_not_documented_or_writes_or_needs_more_is_no_probe(more: dict[str, Any]) -> None:
    question = building.operation("calls.q", **({"writes": False} | more))
    if "render" in more:

        def lacks(_: object) -> Request:
            raise RenderError("there is no row")

        question = building.operation("calls.q", writes=False, render=lacks)
    known = building.vendor(campaigns=Campaigns(), calls={"q": question})
    assert asyncio.run(silent(known).call(writing(), {})).judgement.name == "breaker"


# --------------------------------------------------------------------------------------------- a refused credential


def test_after_a_refused_credential_that_cannot_be_renewed_nothing_more_is_sent() -> None:
    for operation in (proven("park"), proven("repeat"), reading()):
        script = Script(401, OK)

        async def calls(operation: Operation = operation, script: Script = script) -> None:
            dialer = client(script)
            await dialer.call(operation, {})
            result = await dialer.call(reading(), {})
            assert (result.judgement.outcome, result.sent) == ("stop_dialer", False)

        asyncio.run(calls())
        assert len(script.requests) == 1


def test_a_read_probes_a_silent_dialer_and_its_answer_lets_all_through_again() -> None:
    time = Clockwork()
    down_until = time.time + 1800
    sent: list[float] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(time.time)
        if len(sent) > 1 and time.time < down_until:
            raise httpx.ConnectError("down")
        return httpx.Response(200, json=OK)

    async def calls() -> None:
        dialer = client(handler, time=time)
        await dialer.call(reading(), {})
        reads = 0
        while (await dialer.call(reading(), {})).judgement.outcome != "applied":
            reads += 1
            assert reads < 100
        assert (await dialer.call(writing(), {})).judgement.outcome == "applied"

    asyncio.run(calls())
    # Half an hour at one probe in 30 seconds, and back within one of them.
    assert len(sent) <= 75
    assert time.time <= down_until + 31


def test_an_open_breaker_after_a_lost_answer_leaves_the_call_unknown() -> None:
    script = Script(*[LOST] * 100)

    async def calls() -> list[CallResult]:
        dialer = client(script)
        return [await dialer.call(proven("refusal"), {}) for _ in range(2)]

    results = asyncio.run(calls())
    assert [result.judgement.outcome for result in results] == ["unknown", "unknown"]


# ------------------------------------------------------------------------------------------------- over real sockets


def on(server: Loopback, **more: Any) -> DialerClient:
    return client(None, base_url=server.base_url, **more)


def test_many_calls_share_a_few_connections() -> None:
    peers = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            peers.add(writer.get_extra_info("peername"))
            writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"ok":true}')
            await writer.drain()
            await reader.readuntil(b"\r\n\r\n")

    async def calls() -> None:
        async with loopback(talk) as server, on(server, limits=Limits(concurrency=4)) as dialer:
            operation = writing(render=lambda _: Request("GET", "/x"))
            results = await asyncio.gather(*(dialer.call(operation, {}) for _ in range(100)))
            assert {result.judgement.outcome for result in results} == {"applied"}

    asyncio.run(calls())
    assert len(peers) == 4


@pytest.mark.parametrize("answered", [b"", b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"ok":'])
def test_a_write_that_may_have_landed_is_sent_once(answered: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answered)
        await writer.drain()

    async def calls() -> None:
        async with loopback(talk) as server, on(server) as dialer:
            result = await dialer.call(proven("park"), {})
            assert (result.judgement.outcome, result.sent, len(server.requests)) == ("unknown", True, 1)

    asyncio.run(calls())


def test_a_write_that_cannot_have_landed_is_deferred() -> None:
    async def calls() -> None:
        async with loopback(lambda _, __: asyncio.sleep(0)) as server:
            pass
        async with on(server) as dialer:
            result = await dialer.call(proven("park"), {})
            assert (result.judgement.outcome, result.sent, result.attempts) == ("deferred", False, 4)

    asyncio.run(calls())


def test_an_operation_can_tighten_the_deadline() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def calls() -> None:
        async with loopback(talk) as server, on(server) as dialer:
            result = await dialer.call(writing(timeout=0.2), {})
            assert result.judgement.outcome == "unknown"
            assert "0.2 s" in result.judgement.message

    asyncio.run(calls())
