import asyncio
import base64
from collections.abc import Mapping

import httpx
import jwt
import orjson
import pytest

from syncengine.errors import RemoteError
from syncengine.model.answers import Match
from syncengine.model.calling import Limits
from syncengine.model.credentials import BasicAuth, ExchangeAuth, HeaderAuth, JwtAuth, QueryAuth
from syncengine.model.exchange import Request
from tests.remote.dialing import BASE, Clockwork, Script, client, reading

EXCHANGE = ExchangeAuth(
    scheme="exchange",
    path="/CreateToken/{{ settings.tenant }}",
    body={"accessToken": "secret:id", "accessTokenSecret": "secret:key", "tenant": "setting:tenant"},
    token="token",
    prefix="bearer ",
    literal="ready",
)
JWT = JwtAuth(
    scheme="jwt",
    header="X-AUTH",
    key_id="sid",
    secret="key",
    fields={"cty": "api;v=1"},
    claims={"jti": "{key_id}_{now}", "iss": "{key_id}", "rest_api": True, "iat": "{now}"},
)
OK = {"rows": []}


def one_call(auth: object, secrets: Mapping[str, str], **more: object) -> httpx.Request:
    script = Script(OK)
    dialer = client(script, secrets=secrets, vendor_words={"auth": auth}, **more)  # type: ignore[arg-type]
    result = asyncio.run(dialer.call(reading(), {}))
    assert result.judgement.outcome == "applied", result.judgement
    assert all(value not in repr(result) for value in secrets.values())
    return script.requests[-1]


def test_a_secret_stands_in_its_header() -> None:
    auth = HeaderAuth(scheme="header", header="wolf-token", secret="token", prefix="Key ")
    assert one_call(auth, {"token": "abc-123"}).headers["wolf-token"] == "Key abc-123"


def test_a_secret_stands_in_the_query_once() -> None:
    operation = reading(render=lambda _: Request("GET", "/x", (("key", "forged"), ("a", "1"))))
    script = Script(OK)
    dialer = client(
        script, secrets={"k": "a&b=c"}, vendor_words={"auth": QueryAuth(scheme="query", parameter="key", secret="k")}
    )
    result = asyncio.run(dialer.call(operation, {}))
    assert str(script.requests[0].url) == f"{BASE}/x?a=1&key=a%26b%3Dc"
    assert "a&b=c" not in repr(result)


def test_basic_carries_user_and_password() -> None:
    auth = BasicAuth(scheme="basic", user="u", password="p")
    header = one_call(auth, {"u": "api", "p": "pässword"}).headers["authorization"]
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == "api:pässword"


def test_a_token_is_signed_with_the_vendors_claims_and_signed_anew_before_it_ends() -> None:
    time, script = Clockwork(), Script(OK)
    dialer = client(script, time=time, secrets={"sid": "SK.1", "key": "k" * 32}, vendor_words={"auth": JWT})

    async def run() -> None:
        for pause in (0, 500, 41, 0):
            time.time += pause
            await dialer.call(reading(), {})

    asyncio.run(run())
    tokens = [request.headers["x-auth"] for request in script.requests]
    assert len(set(tokens)) == 2
    assert tokens[0] == tokens[1]
    claims = jwt.decode(tokens[0], "k" * 32, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False})
    assert claims == {"jti": "SK.1_1000000", "iss": "SK.1", "rest_api": True, "iat": 1000000, "exp": 1000600}
    assert jwt.get_unverified_header(tokens[0]) == {"alg": "HS256", "typ": "JWT", "cty": "api;v=1"}


def test_a_short_signing_key_warns_nobody() -> None:
    assert one_call(JWT, {"sid": "SK.1", "key": "short"}).headers["x-auth"]


class Exchanging:
    """A dialer whose tokens are good for some calls each."""

    def __init__(self, good_for: int = 1000, status: int = 200) -> None:
        self.good_for, self.status = good_for, status
        self.exchanges: list[httpx.Request] = []
        self.calls: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        if "CreateToken" in request.url.path:
            self.exchanges.append(request)
            await asyncio.sleep(0.001)
            return httpx.Response(self.status, json={"token": f"tok-{len(self.exchanges)}-long"})
        sent = request.headers["authorization"]
        if sent != f"bearer tok-{len(self.exchanges)}-long" or self.calls.count(sent) >= self.good_for:
            return httpx.Response(401, json={"echo": sent})
        self.calls.append(sent)
        return httpx.Response(200, json=OK)


GIVEN = {"id": "id-of-access", "key": "key-of-access"}


def exchanging(dialer: Exchanging, *, secrets: Mapping[str, str] = GIVEN, **more: object) -> object:
    return client(
        dialer,  # type: ignore[arg-type]
        secrets=secrets,
        vendor_words={"auth": EXCHANGE},
        limits=Limits(concurrency=8),
        settings={"tenant": "42"},
        **more,  # type: ignore[arg-type]
    )


def test_secrets_are_exchanged_for_a_token() -> None:
    dialer = Exchanging()
    result = asyncio.run(exchanging(dialer).call(reading(), {}))  # type: ignore[attr-defined]
    assert result.judgement.outcome == "applied"
    asked = dialer.exchanges[0]
    assert (asked.method, asked.url.path) == ("POST", "/api/CreateToken/42")
    assert orjson.loads(asked.content) == {
        "accessToken": GIVEN["id"],
        "accessTokenSecret": GIVEN["key"],
        "tenant": 42,
    }
    assert "authorization" not in asked.headers


def test_a_token_is_renewed_in_time_without_being_asked() -> None:
    time, dialer = Clockwork(), Exchanging()
    running = exchanging(dialer, time=time)

    async def run() -> None:
        await running.call(reading(), {})  # type: ignore[attr-defined]
        time.time += 3001
        await running.call(reading(), {})  # type: ignore[attr-defined]

    asyncio.run(run())
    assert len(dialer.exchanges) == 2
    assert len(dialer.calls) == 2


def test_a_ready_token_is_used_as_it_stands_and_cannot_be_renewed() -> None:
    dialer = Exchanging()
    result = asyncio.run(exchanging(dialer, secrets={"ready": "tok-9-long"}).call(reading(), {}))  # type: ignore[attr-defined]
    assert dialer.exchanges == []
    assert result.judgement.outcome == "stop_dialer"
    assert result.attempts == 1


@pytest.mark.parametrize("good_for", [1, 2, 3, 5, 8, 13])
def test_eight_workers_renew_an_expired_token_once(good_for: int) -> None:
    dialer = Exchanging(good_for)
    running = exchanging(dialer)

    async def run() -> list[object]:
        return list(await asyncio.gather(*(running.call(reading(), {}) for _ in range(8))))  # type: ignore[attr-defined]

    results = asyncio.run(run())
    done = [result for result in results if result.judgement.outcome == "applied"]  # type: ignore[attr-defined]
    # A token that lasts for fewer calls than there are workers is refused a second time to some of them: they stop.
    assert len(done) >= min(8, 2 * good_for)
    assert len(dialer.exchanges) == 1 + (good_for < 8)


def test_a_second_refusal_stops_the_dialer() -> None:
    dialer = Exchanging(good_for=0)
    result = asyncio.run(exchanging(dialer).call(reading(), {}))  # type: ignore[attr-defined]
    assert (result.judgement.outcome, result.attempts, len(dialer.exchanges)) == ("stop_dialer", 2, 2)


def test_a_failed_exchange_is_tried_once_for_all_and_shows_no_secret() -> None:
    dialer = Exchanging(status=401)
    running = exchanging(dialer)

    async def run() -> list[object]:
        return list(await asyncio.gather(*(running.call(reading(), {}) for _ in range(8))))  # type: ignore[attr-defined]

    results = asyncio.run(run())
    assert len(dialer.exchanges) == 1
    assert {result.judgement.outcome for result in results} == {"stop_dialer"}  # type: ignore[attr-defined]
    assert {result.sent for result in results} == {False}  # type: ignore[attr-defined]
    assert not any(secret in repr(results) for secret in GIVEN.values())


def test_an_exchange_survives_a_short_outage() -> None:
    script = Script(503, httpx.ConnectError("refused"), {"token": "tok-1"}, OK)
    running = client(script, secrets=GIVEN, vendor_words={"auth": EXCHANGE}, settings={"tenant": "42"})
    assert asyncio.run(running.call(reading(), {})).judgement.outcome == "applied"


@pytest.mark.parametrize("token", ["", None, "two\nlines", "x" * 20_000, "schlüssel"])
def test_a_token_that_cannot_be_used_is_an_error(token: object) -> None:
    running = client(
        Script({"token": token}), secrets=GIVEN, vendor_words={"auth": EXCHANGE}, settings={"tenant": "42"}
    )
    result = asyncio.run(running.call(reading(), {}))
    assert (result.judgement.outcome, result.judgement.name) == ("stop_dialer", "credentials")


@pytest.mark.parametrize("value", ["", "two\r\nlines: injected", "tab\t", "schlüssel"])
def test_a_secret_that_would_break_a_header_is_refused_without_being_shown(value: str) -> None:
    script = Script(OK)
    result = asyncio.run(client(script, secrets={"token": value}).call(reading(), {}))
    assert result.judgement.outcome == "stop_dialer"
    assert "'token'" in result.judgement.message
    assert not value or value not in result.judgement.message
    assert script.requests == []


def test_a_missing_secret_is_named() -> None:
    result = asyncio.run(client(Script(OK), secrets={}).call(reading(), {}))
    assert "'token' is not given" in result.judgement.message
    assert not result.sent


def test_credentials_echoed_by_the_dialer_are_taken_out_of_its_answer() -> None:
    secret = "canary-secret-value"
    script = Script((400, {"message": f"bad token {secret}", "again": [secret.encode().hex()]}, {"x-echo": secret}))
    operation = reading(success=Match(body={"ok": (True,)}))
    result = asyncio.run(client(script, secrets={"token": secret}).call(operation, {}))
    assert result.answer is not None
    assert secret not in repr(result)
    assert secret.encode() not in result.answer.raw
    assert secret.encode().hex() not in repr(result)
    assert "bad token" in result.judgement.message


def test_errors_of_credentials_are_remote_errors_with_a_place() -> None:
    from syncengine.model.secret import Secret
    from syncengine.remote.auth import Keyring

    with pytest.raises(RemoteError, match="acme-co: credentials: the secret 'x' is not given"):
        Keyring("acme-co", {"y": Secret("z")}).reveal("x")
