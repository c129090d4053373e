"""The ways in which a call proves who we are.

A credential meets a request only inside ``apply``, after everything that could show or keep the request has seen it.
A :class:`Credentials` knows its generation, so that of many calls that are refused with one token only one renews it.
"""

import asyncio
import base64
import re
import warnings
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, cast
from urllib.parse import quote

import orjson

from syncengine.errors import RemoteError
from syncengine.model.credentials import Auth, BasicAuth, ExchangeAuth, HeaderAuth, JwtAuth, QueryAuth
from syncengine.model.exchange import Answer, Request
from syncengine.model.secret import Secret
from syncengine.remote.paths import as_text, find

Pairs = tuple[tuple[str, str], ...]
Exchange = Callable[[Request], Awaitable[Answer]]

# A signed token is renewed when it has less than this many seconds left.
_JWT_SPARE = 60.0
_SETTING = re.compile(r"\{\{\s*settings\.(\w+)\s*\}\}")


class Credentials(Protocol):
    """What proves who we are at one dialer."""

    @property
    def generation(self) -> int:
        """Return how often the credential was renewed; it tells which one a refused call has used."""
        ...

    async def ready(self) -> None:
        """Make sure that there is a credential that has not run out; raises RemoteError when there is none."""
        ...

    def apply(self, headers: Pairs, query: Pairs) -> tuple[Pairs, Pairs]:
        """Return headers and query with the credential put in."""
        ...

    async def renew(self, refused: int) -> bool:
        """Get a new credential after the one of generation ``refused`` was refused; False when that is impossible.

        Raises:
            RemoteError: it was tried and failed.
        """
        ...

    def sensitive(self) -> tuple[str, ...]:
        """Return every text that must not be shown."""
        ...


class Keyring:
    """The secrets of one dialer, by the names that the vendor file uses."""

    def __init__(self, dialer: str, secrets: Mapping[str, Secret]) -> None:
        self._dialer = dialer
        self._secrets = secrets

    def has(self, name: str) -> bool:
        """Whether the project gives a secret."""
        return bool(name) and name in self._secrets

    def reveal(self, name: str) -> str:
        """Return a secret.

        Raises:
            RemoteError: it is not given, or could not be put into a header.
        """
        if name not in self._secrets:
            raise self.problem(f"the secret {name!r} is not given; name it under 'secrets' of the dialer")
        value = self._secrets[name].reveal()
        if not value or not value.isprintable():
            raise self.problem(f"the secret {name!r} is empty or holds a line break or another control character")
        return value

    def for_header(self, name: str) -> str:
        """Return a secret that goes into a header as it stands; raises RemoteError where that cannot be."""
        value = self.reveal(name)
        if not value.isascii():
            raise self.problem(f"the secret {name!r} holds characters that a header cannot carry")
        return value

    def all(self, *, but: str = "") -> tuple[str, ...]:
        """Return all secrets, to look for them in answers."""
        return tuple(secret.reveal() for name, secret in self._secrets.items() if name != but)

    def problem(self, detail: str) -> RemoteError:
        """Return an error about credentials; ``detail`` must hold none."""
        return RemoteError(self._dialer, "credentials", detail)


def credentials_for(
    auth: Auth,
    keyring: Keyring,
    *,
    settings: Mapping[str, str],
    exchange: Exchange,
    clock: Callable[[], float],
    now: Callable[[], float],
) -> Credentials:
    """Return the credentials of a dialer.

    ``exchange`` makes the call that turns secrets into a token, ``clock`` counts seconds, ``now`` is the wall clock.
    """
    match auth:
        case HeaderAuth() | QueryAuth() | BasicAuth():
            return _Fixed(auth, keyring)
        case ExchangeAuth():
            return _Exchanged(auth, keyring, settings=settings, exchange=exchange, clock=clock)
        case JwtAuth():
            return _Signed(auth, keyring, now=now)


def _with_header(headers: Pairs, name: str, value: str) -> Pairs:
    return (*((n, v) for n, v in headers if n.lower() != name.lower()), (name, value))


class _Fixed:
    """A secret as it stands: in a header, in the query, or as HTTP Basic. It cannot be renewed."""

    generation = 0

    def __init__(self, auth: HeaderAuth | QueryAuth | BasicAuth, keyring: Keyring) -> None:
        self._auth = auth
        self._keyring = keyring

    async def ready(self) -> None:
        self.apply((), ())

    def apply(self, headers: Pairs, query: Pairs) -> tuple[Pairs, Pairs]:
        match self._auth:
            case HeaderAuth(header=name, prefix=prefix, secret=secret):
                return _with_header(headers, name, prefix + self._keyring.for_header(secret)), query
            case QueryAuth(parameter=name, secret=secret):
                # A link to a next page may repeat the parameter.
                return headers, (*((n, v) for n, v in query if n != name), (name, self._keyring.reveal(secret)))
            case BasicAuth():
                return _with_header(headers, "Authorization", f"Basic {self._basic(self._auth)}"), query

    def _basic(self, auth: BasicAuth) -> str:
        pair = f"{self._keyring.reveal(auth.user)}:{self._keyring.reveal(auth.password)}"
        return base64.b64encode(pair.encode()).decode("ascii")

    async def renew(self, refused: int) -> bool:
        del refused
        return False

    def sensitive(self) -> tuple[str, ...]:
        if isinstance(self._auth, BasicAuth):
            # The user's name is a word that may stand in data: taking it out would change what was read.
            return (*self._keyring.all(but=self._auth.user), self._basic(self._auth))
        return self._keyring.all()


class _Exchanged:
    """A token that a call hands out; one call for all who wait for it."""

    def __init__(
        self,
        auth: ExchangeAuth,
        keyring: Keyring,
        *,
        settings: Mapping[str, str],
        exchange: Exchange,
        clock: Callable[[], float],
    ) -> None:
        self._auth = auth
        self._keyring = keyring
        self._settings = settings
        self._exchange = exchange
        self._clock = clock
        self._literal = keyring.has(auth.literal)
        self._token = ""
        self._taken_at = 0.0
        self._one_at_a_time = asyncio.Lock()
        # A failed exchange stands for all who wait for the same token: asking again at once would lock accounts.
        self._failure: RemoteError | None = None
        self.generation = 0

    async def ready(self) -> None:
        if self._literal:
            self._token = self._keyring.for_header(self._auth.literal)
            return
        if not self._token or self._clock() - self._taken_at > self._auth.renew_after:
            await self._renew_once(self.generation)

    def apply(self, headers: Pairs, query: Pairs) -> tuple[Pairs, Pairs]:
        return _with_header(headers, self._auth.header, self._auth.prefix + self._token), query

    async def renew(self, refused: int) -> bool:
        if self._literal:
            return False
        await self._renew_once(refused)
        return True

    async def _renew_once(self, refused: int) -> None:
        async with self._one_at_a_time:
            if self.generation != refused:
                return
            if self._failure is not None:
                raise self._failure
            try:
                self._token = await self._ask()
            except RemoteError as failure:
                self._failure = failure
                raise
            self._taken_at = self._clock()
            self.generation += 1

    async def _ask(self) -> str:
        answer = await self._exchange(self._request())
        token = as_text(find(answer.body, self._auth.token)).strip() if answer.is_json else ""
        if not 200 <= answer.status < 300 or not token:
            raise self._keyring.problem(f"the dialer gave no token (HTTP {answer.status}); check the secrets")
        if not token.isprintable() or not token.isascii() or len(token) > 16_384:
            raise self._keyring.problem("the dialer gave a token that cannot be used in a header")
        return token

    def _request(self) -> Request:
        body = {name: self._filled(reference) for name, reference in self._auth.body.items()}
        path = _SETTING.sub(lambda found: quote(self._setting(found.group(1)), safe=""), self._auth.path)
        return Request("POST", path, body=orjson.dumps(body), content_type="application/json")

    def _filled(self, reference: str) -> object:
        kind, _, name = reference.partition(":")
        if kind == "secret":
            return self._keyring.reveal(name)
        value = self._setting(name)
        return int(value) if re.fullmatch(r"0|[1-9][0-9]{0,17}", value) else value

    def _setting(self, name: str) -> str:
        if name not in self._settings:
            raise self._keyring.problem(f"the setting {name!r} is not given")
        return self._settings[name]

    def sensitive(self) -> tuple[str, ...]:
        return (*self._keyring.all(), *([self._token] if self._token else []))


class _Signed:
    """A token that we sign ourselves."""

    def __init__(self, auth: JwtAuth, keyring: Keyring, *, now: Callable[[], float]) -> None:
        self._auth = auth
        self._keyring = keyring
        self._now = now
        self._token = ""
        self._signed_at = self._good_until = 0.0
        self.generation = 0

    async def ready(self) -> None:
        # A clock that was set back would keep a token from the future, which no dialer accepts.
        if not self._signed_at - _JWT_SPARE <= self._now() < self._good_until - _JWT_SPARE:
            self._sign()

    def apply(self, headers: Pairs, query: Pairs) -> tuple[Pairs, Pairs]:
        return _with_header(headers, self._auth.header, self._token), query

    async def renew(self, refused: int) -> bool:
        if self.generation == refused:
            self._sign()
        return True

    def _sign(self) -> None:
        import jwt

        now = int(self._now())
        key_id = self._keyring.reveal(self._auth.key_id)
        claims = {name: _claim(value, key_id, now) for name, value in self._auth.claims.items()}
        claims["exp"] = now + int(self._auth.lifetime)
        with warnings.catch_warnings():
            # The vendor chooses the key's length; a warning about it helps nobody here.
            warnings.simplefilter("ignore")
            self._token = jwt.encode(
                claims,
                self._keyring.reveal(self._auth.secret),
                algorithm=self._auth.algorithm,
                headers=cast("dict[str, object]", dict(self._auth.fields)),
            )
        self._signed_at, self._good_until = float(now), float(now) + self._auth.lifetime
        self.generation += 1

    def sensitive(self) -> tuple[str, ...]:
        return (*self._keyring.all(), *([self._token] if self._token else []))


def _claim(value: object, key_id: str, now: int) -> object:
    if value == "{now}":
        return now
    if not isinstance(value, str):
        return value
    # Not str.format: a brace in a claim is no mistake.
    return value.replace("{key_id}", key_id).replace("{now}", str(now))
