"""A token that runs out at every possible request, with eight workers under way: renewed once, nothing done twice."""

import asyncio
from collections import Counter
from typing import Any

import httpx

from syncengine.model.answers import Match, ResponseClass
from syncengine.model.calling import Limits, Proof
from syncengine.model.credentials import ExchangeAuth
from syncengine.model.exchange import Request
from tests.remote.dialing import client, writing
from tests.remote.proof.figures import Figures, expect

_WORKERS = 8
_CALLS = 40
_AUTH = ExchangeAuth(scheme="exchange", path="/token", body={"key": "secret:token"}, token="token")
_RENEW = ResponseClass(name="expired", when=Match(status=(401,)), outcome="renew_auth")


def run(count: int, seed: int) -> Figures:
    """Let the token run out at request 0 to ``count``; and once for good."""
    del seed
    for at in range(count):
        dialer, outcomes = asyncio.run(_day(at, good_tokens=100))
        expect(dialer.tokens == 2, f"expiry at {at}: {dialer.tokens - 1} renewals")
        expect(set(outcomes) == {"applied"}, f"expiry at {at}: {Counter(outcomes)}")
        expect(set(dialer.done.values()) == {1}, f"expiry at {at}: {dialer.done.most_common(1)}")
        # From then on no token is good: the second refusal ends it.
        dialer, outcomes = asyncio.run(_day(at, good_tokens=1))
        expect(dialer.tokens == 2, f"no token is good after {at}: {dialer.tokens - 1} renewals")
        expect(len(dialer.done) <= at, f"no token is good after {at}: {len(dialer.done)} calls done")
        expect(dialer.refused <= 2 * _WORKERS, f"no token is good after {at}: {dialer.refused} refused calls")
        expect(outcomes.count("stop_dialer") == _CALLS - len(dialer.done), f"after {at}: {Counter(outcomes)}")
    return Figures({"moments": count, "workers": _WORKERS, "renewals each": 1, "done twice": 0})


class _Dialer:
    def __init__(self, expires_at: int, good_tokens: int) -> None:
        self.expires_at, self.good_tokens = expires_at, good_tokens
        self.tokens = self.refused = self.requests = 0
        self.done: Counter[str] = Counter()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            self.tokens += 1
            return httpx.Response(200, json={"token": f"t{self.tokens}"})
        self.requests += 1
        expired = self.requests > self.expires_at
        await asyncio.sleep(0)
        number = int(request.headers["authorization"].removeprefix("Bearer t"))
        if (expired and number == 1) or number > self.good_tokens:
            self.refused += 1
            return httpx.Response(401, json={})
        self.done[request.url.path] += 1
        return httpx.Response(200, json={"ok": True})


async def _day(expires_at: int, *, good_tokens: int) -> tuple[_Dialer, list[str]]:
    dialer = _Dialer(expires_at, good_tokens)
    words: dict[str, Any] = {"auth": _AUTH, "responses": (_RENEW,)}
    calling = client(dialer, limits=Limits(concurrency=_WORKERS), vendor_words=words)

    async def one(number: int) -> str:
        operation = writing(proof=Proof(by="park"), render=lambda _: Request("POST", f"/add/{number}"))
        return (await calling.call(operation, {})).judgement.outcome

    return dialer, await asyncio.gather(*(one(number) for number in range(_CALLS)))
