"""Half an hour in which a dialer does not answer, on a clock that needs no waiting."""

import asyncio
from collections import Counter
from random import Random
from typing import Any

import httpx

from syncengine.model.calling import Limits, Proof
from syncengine.remote.client import DialerClient
from tests.remote.dialing import Clockwork, client, reading, writing
from tests.remote.proof.figures import Figures, expect

_OUTAGE = 1_800.0
_BEFORE = 600.0
_PROBE_INTERVAL = 30.0
# Calls that somebody wants made, one in so many seconds.
_EVERY = 2.0

_OPERATIONS = {
    "reads": reading(),
    "provable": writing(proof=Proof(by="refusal")),
    "unprovable": writing(proof=Proof(by="park")),
}


def run(count: int, seed: int) -> Figures:
    """Live through ``count`` outages of as many kinds."""
    worst = slowest = repeats = 0.0
    for number in range(count):
        case = f"{seed}/{number}"
        normal, sent, recovery, again, knocks = asyncio.run(_one(Random(case), number))
        # One probe each interval, and what it took to notice.
        expect(knocks <= _OUTAGE / _PROBE_INTERVAL + 15, f"outage {case}: {knocks} calls to a dialer that is down")
        expect(sent <= 1.1 * normal, f"outage {case}: {sent} calls where {normal} are normal")
        expect(recovery <= _PROBE_INTERVAL + 1.0, f"outage {case}: back after {recovery:.1f} s")
        expect(again == 0, f"outage {case}: {again} unprovable writes were made again")
        worst, slowest, repeats = max(worst, sent / normal), max(slowest, recovery), repeats + again
    return Figures(
        {
            "outages of 30 minutes": count,
            "times the normal calls at most": worst,
            "s to recover at most": slowest,
            "repeats of unprovable writes": repeats,
        }
    )


class _Vendor:
    """A dialer that goes away and comes back."""

    def __init__(self, time: Clockwork, down: str) -> None:
        self.time = time
        self.down = down
        self.began = time.time
        self.sent: list[float] = []
        self.tried: Counter[str] = Counter()

    @property
    def is_down(self) -> bool:
        return _BEFORE <= self.time.time - self.began < _BEFORE + _OUTAGE

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(self.time.time)
        if tag := request.headers.get("x-tag"):
            self.tried[tag] += 1
        if not self.is_down:
            return httpx.Response(200, json={"ok": True})
        # What it costs to find out.
        self.time.time += 0.5
        if self.down == "refused":
            raise httpx.ConnectError("down")
        if self.down == "lost":
            raise httpx.ReadTimeout("down")
        return httpx.Response(503, json={})


async def _one(random: Random, number: int) -> tuple[int, int, float, int, int]:
    time = Clockwork()
    vendor = _Vendor(time, ("refused", "lost", "errors")[number % 3])
    dialer = client(vendor, time=time, limits=Limits(concurrency=8), random=random.random)
    wanted, unprovable = 0, set()
    while time.time < vendor.began + _BEFORE + _OUTAGE + _BEFORE:
        name = random.choices(list(_OPERATIONS), (2, 4, 4))[0]
        wanted += 1
        tag = f"{name} {wanted}"
        if name == "unprovable":
            unprovable.add(tag)
        await _call(dialer, name, tag)
        time.time += _EVERY
    # As many as are sent in that time by a dialer that answers.
    normal = int((time.time - vendor.began) / _EVERY)
    back = vendor.began + _BEFORE + _OUTAGE
    recovery = min((moment for moment in vendor.sent if moment >= back), default=float("inf")) - back
    # A write that surely did not leave may be made again; one whose answer was lost may not.
    again = 0 if vendor.down == "refused" else sum(vendor.tried[tag] > 1 for tag in unprovable)
    knocks = sum(vendor.began + _BEFORE <= moment < back for moment in vendor.sent)
    return normal, len(vendor.sent), recovery, again, knocks


async def _call(dialer: DialerClient, name: str, tag: str) -> Any:
    operation = _OPERATIONS[name]
    request = operation.render({})

    def render(_: Any) -> Any:
        return type(request)(request.method, request.path, headers=(("x-tag", tag),))

    return await dialer.call(_with(operation, render), {})


def _with(operation: Any, render: Any) -> Any:
    from dataclasses import replace

    return replace(operation, render=render)
