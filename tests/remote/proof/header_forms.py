"""Sixty forms of Retry-After, and a dialer that watches whether anybody calls before the time that it asked for."""

import asyncio
from email.utils import formatdate
from random import Random

import httpx

from syncengine.model.calling import Limits, Proof
from syncengine.remote.client import DialerClient
from tests.remote.dialing import Clockwork, client, reading, writing
from tests.remote.proof.figures import Figures, expect

NOW = 1_800_000_000.0
_HOUR = 3_600

# What the header says, and the seconds that it asks for; None: nothing usable, so that the pause is drawn by chance.
FORMS: dict[str, float | None] = {
    # Seconds.
    "0": 0.0,
    "1": 1.0,
    " 5 ": 5.0,
    "007": 7.0,
    "60": 60.0,
    "120": 120.0,
    "120.5": 120.5,
    "0.25": 0.25,
    "899": 899.0,
    "900": 900.0,
    "901": 901.0,
    "3600": 3_600.0,
    "86400": 86_400.0,
    "1000000000": 1e9,
    "1800000060": 1_800_000_060.0,
    "00000000000000000030": 30.0,
    # Dates, as the standard for HTTP wants them and as servers write them.
    formatdate(NOW + 60, usegmt=True): 60.0,
    formatdate(NOW + 60): 60.0,
    formatdate(NOW + 1, usegmt=True): 1.0,
    formatdate(NOW, usegmt=True): 0.0,
    formatdate(NOW - _HOUR, usegmt=True): 0.0,
    formatdate(NOW - 86_400 * 365, usegmt=True): 0.0,
    formatdate(NOW + 2 * _HOUR, usegmt=True): 7_200.0,
    formatdate(NOW + 86_400 * 365, usegmt=True): 86_400.0 * 365,
    "Fri, 15 Jan 2027 08:01:00": 60.0,
    "Fri, 15 Jan 2027 10:01:00 +0200": 60.0,
    "Fri, 15 Jan 2027 03:01:00 EST": 60.0,
    "15 Jan 2027 08:01:00 GMT": 60.0,
    "Friday, 15-Jan-27 08:01:00 GMT": 60.0,
    "Fri Jan 15 08:01:00 2027": 60.0,
    # Several headers, which arrive as one: the longest counts.
    "5, 10": 10.0,
    "10,5": 10.0,
    "5, soon": 5.0,
    f"5, {formatdate(NOW + 60, usegmt=True)}": 60.0,
    f"{formatdate(NOW + 60, usegmt=True)}, 90": 90.0,
    f"{formatdate(NOW + 60, usegmt=True)}, {formatdate(NOW + 30, usegmt=True)}": 60.0,
    # Nothing usable.
    "": None,
    " ": None,
    "-1": None,
    "-0": None,
    "+5": None,
    "1e9": None,
    "1_000": None,
    "0x10": None,
    "5s": None,
    "5 seconds": None,
    "PT30S": None,
    "00:01:00": None,
    "soon": None,
    "inf": None,
    "nan": None,
    "null": None,
    "\u0663": None,
    "\uff15": None,
    "9" * 400: None,
    "Fri, 99 Jan 2027 08:01:00 GMT": None,
    "Fri, 15 Jan 99999999999 08:01:00 GMT": None,
    "Fri, 15 Jan 2027 08:01:00 +9999999": None,
    "Tomorrow at noon, please": None,
    "2027-01-15T08:01:00Z": None,
}
_LONGEST_JITTER = 20.0


def run(count: int, seed: int) -> Figures:
    """Ask ``count`` forms (at most all) of a dialer with many calls waiting; count the calls that came too early."""
    chosen = list(FORMS.items())[: max(1, count)]
    early = waited = refused = 0
    for value, asked in chosen:
        for status in (429, 503):
            found = asyncio.run(_one(value, asked, status, Random(f"{seed}/{value}/{status}")))
            early += found[0]
            waited += found[1]
            refused += found[2]
    expect(early == 0, f"{early} calls came before the time that was asked for")
    return Figures({"forms": len(chosen), "calls too early": early, "waited out": waited, "left alone": refused})


async def _one(value: str, asked: float | None, status: int, random: Random) -> tuple[int, int, int]:
    time = Clockwork()
    time.time = NOW
    sent: list[float] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(time.time)
        if len(sent) == 1:
            return httpx.Response(status, json={}, headers=[("retry-after", value.encode())])
        return httpx.Response(200, json={"ok": True})

    dialer = client(handler, time=time, limits=Limits(concurrency=3), random=random.random)
    outcomes = await asyncio.gather(*(_call(dialer, n) for n in range(6)))
    # Those under way when the wish arrived are no fault of ours.
    under_way = 3
    early = sum(moment < NOW + (asked or 0.0) for moment in sent[under_way:])
    longest = Limits().longest_wait
    expect(
        time.time <= NOW + min(asked or 0.0, longest) + 4 * _LONGEST_JITTER,
        f"{value!r}: waited {time.time - NOW:.0f} s",
    )
    if asked is not None and asked > longest:
        expect("deferred" in outcomes, f"{value!r}: nothing was left for a later run: {outcomes}")
        return early, 0, 1
    return early, 1, 0


async def _call(dialer: DialerClient, number: int) -> str:
    operation = reading() if number % 2 else writing(proof=Proof(by="repeat"))
    return (await dialer.call(operation, {})).judgement.outcome
