"""Dialers that tell our own credentials back, and objects that somebody prints: neither shows what they hold."""

import asyncio
import base64
import copy
import dataclasses
import html
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from syncengine.errors import TransportError
from syncengine.model.answers import Match, ResponseClass
from syncengine.model.credentials import Auth, BasicAuth, HeaderAuth, QueryAuth
from syncengine.model.exchange import Answer, Request, RowItem
from syncengine.model.secret import Secret
from syncengine.remote.auth import Keyring
from syncengine.remote.client import DialerClient
from syncengine.remote.connection import Call
from tests.building import operation, vendor
from tests.hostile.case import Case, demand
from tests.hostile.trap import Trap, answer_of

FAMILY = "secrets"

# Needs escaping everywhere: in URLs, in JSON, in HTML, in base64.
TOKEN = 'k3y/9"+&<ZebraQuagga7731>\\xyz='
PHONE = "+573001234567"


def cases() -> list[Case]:
    told = [
        Case(FAMILY, f"told back: {name}", "harmless", partial(_told, how), calls=True) for name, how in _TOLD.items()
    ]
    shown = [Case(FAMILY, f"printed: {name}", "harmless", partial(_shown, how)) for name, how in _SHOWN.items()]
    return told + shown


def leaks(data: bytes) -> list[str]:
    """Return the spellings of the token in some bytes."""
    raw = TOKEN.encode()
    spellings = {
        "raw": raw,
        "quoted": quote(TOKEN, safe="").encode(),
        "JSON": json.dumps(TOKEN)[1:-1].encode(),
        "HTML": html.escape(TOKEN).encode(),
        "reversed": raw[::-1],
        "hex": raw.hex().encode(),
        "upper case": TOKEN.upper().encode(),
        "spaced": " ".join(TOKEN).encode(),
        "its beginning": raw[:8],
        **{f"base64 at {n}": base64.b64encode(b"x" * n + raw)[8:-8] for n in range(3)},
    }
    return [name for name, spelling in spellings.items() if spelling in data or spelling.upper() in data.upper()]


# ------------------------------------------------------------------------------------------------------ told back


def _told(how: Callable[[], tuple[bytes, Auth]], folder: Path) -> str:
    """Let a dialer answer with the credential, and look at all that is kept of the answer."""
    del folder
    raw, auth = how()
    with Trap(lambda _: raw) as own:
        found = asyncio.run(_call(own, auth))
    demand(b"echo" not in raw or own.received, "the dialer was not called")
    kept = [found.judgement.message, found.judgement.name, repr(found), str(found)]
    if found.answer is not None:
        kept += [found.answer.text, repr(found.answer.body), repr(dict(found.answer.headers))]
        demand(not leaks(found.answer.raw), f"the bytes that are kept hold it: {leaks(found.answer.raw)}")
    said = leaks("\n".join(kept).encode(errors="replace"))
    demand(not said, f"what is said of the answer holds it: {said}")
    return "harmless"


async def _call(own: Trap, auth: Auth) -> Any:
    asked = operation(
        "leads.add",
        render=lambda _: Request("POST", "/add"),
        success=Match(body={"ok": (True,)}),
        proof=None,
        responses=(ResponseClass(name="refused", when=Match(status=(400,)), outcome="rejected", message="message"),),
    )
    secrets = {"token": Secret(TOKEN), "user": Secret("somebody")}
    made = vendor(auth=auth, secrets={"token": "", "user": ""})
    async with DialerClient("main", made, f"http://{own.place}", secrets) as client:
        return await client.call(asked, {})


_HEADER = HeaderAuth(scheme="header", header="x-token", secret="token")
_QUERY = QueryAuth(scheme="query", parameter="key", secret="token")
_BASIC = BasicAuth(scheme="basic", user="user", password="token")


def _message(text: str, auth: Auth = _HEADER, status: str = "400 Bad Request") -> Callable[[], tuple[bytes, Auth]]:
    return lambda: (answer_of(json.dumps({"message": text}).encode(), status), auth)


def _body(
    raw: bytes, auth: Auth = _HEADER, status: str = "500 Error", *headers: str
) -> Callable[[], tuple[bytes, Auth]]:
    return lambda: (answer_of(raw, status, *headers), auth)


def _b64(before: str) -> str:
    return base64.b64encode(f"{before}{TOKEN}".encode()).decode()


_TOLD: dict[str, Callable[[], tuple[bytes, Auth]]] = {
    "as it is": _message(f"the key {TOKEN} is not valid"),
    "twice": _message(f"{TOKEN}, {TOKEN}"),
    "in an answer of 200": _message(f"echo {TOKEN}", status="200 OK"),
    "in an answer of 401": _message(f"no such key: {TOKEN}", status="401 Unauthorized"),
    "in an answer of 403": _message(f"key {TOKEN} may not do this", status="403 Forbidden"),
    "in a log-in page": _body(f"<html><body>key={html.escape(TOKEN)}</body></html>".encode()),
    "in a page that does not escape it": _body(f"<html>{TOKEN}</html>".encode()),
    "in a text that is no JSON": _body(f"ERROR: invalid source {TOKEN}".encode()),
    "in a trace of a stack": _body(f'File "auth.py", line 3\n    check("{TOKEN}")'.encode()),
    "in JSON inside of JSON": _message(json.dumps({"request": {"headers": {"x-token": TOKEN}}})),
    "in JSON that is twice inside of JSON": _message(json.dumps(json.dumps({"x": "token"})) + f" {TOKEN}"),
    "as a key of JSON": _body(json.dumps({TOKEN: 1}).encode()),
    "with slashes escaped": _body(json.dumps({"m": TOKEN}).replace("/", "\\/").encode()),
    "with every letter escaped": _body(('{"m": "' + "".join(f"\\u{ord(c):04x}" for c in TOKEN) + '"}').encode()),
    "in an address": _message(f"GET /add?key={quote(TOKEN, safe='')} failed", _QUERY),
    "in an address, in small letters": _message(f"GET /add?key={quote(TOKEN, safe='').lower()} failed", _QUERY),
    "in an address inside of an address": _message(f"/login?next={quote(quote(TOKEN, safe=''), safe='')}", _QUERY),
    "as a password in an address": _message(f"http://somebody:{quote(TOKEN, safe='')}@host/", _BASIC),
    "as Basic": _message(f"Authorization: Basic {_b64('somebody:')}", _BASIC),
    "in base64": _message(_b64("")),
    "in base64 after one letter": _message(_b64("x")),
    "in base64 after two letters": _message(_b64("xy")),
    "in base64 for addresses": _message(base64.urlsafe_b64encode(TOKEN.encode()).decode()),
    "in base64 without its end": _message(_b64("").rstrip("=")),
    "in hex": _message(TOKEN.encode().hex()),
    "in hex of capitals": _message(TOKEN.encode().hex().upper()),
    "backwards": _message(TOKEN[::-1]),
    "in capitals": _message(TOKEN.upper()),
    "with a blank after each letter": _message(" ".join(TOKEN)),
    "only its beginning": _message(f"the key {TOKEN[:8]}... is not valid"),
    "in a header": _body(b"{}", _HEADER, "500 Error", f"x-request-key: {TOKEN}"),
    "in the place of a redirect": _body(b"", _QUERY, "302 Found", f"location: /login?key={quote(TOKEN, safe='')}"),
    "in a cookie": _body(b"{}", _HEADER, "500 Error", f"set-cookie: key={quote(TOKEN, safe='')}"),
    "in a type of content": _body(TOKEN.encode(), _HEADER, "500 Error", f"content-type: text/{quote(TOKEN, safe='')}"),
    "in letters of two bytes": _body(
        TOKEN.encode("utf-16-le"), _HEADER, "500 Error", "content-type: text/plain; charset=utf-16"
    ),
    "behind ten kilobytes of letters": _body(b"x" * 10_000 + TOKEN.encode()),
    "cut at the end of the answer": _body(f"key: {TOKEN[:20]}".encode()),
    "in a line of status": lambda: (f"HTTP/1.1 400 {TOKEN}\r\ncontent-length: 2\r\n\r\n{{}}".encode(), _HEADER),
    "in an answer that is no HTTP": lambda: (f"{TOKEN}\r\n\r\n".encode(), _HEADER),
    "in a header that breaks the answer": lambda: (f"HTTP/1.1 200 OK\r\n{TOKEN}\r\n\r\n".encode(), _HEADER),
}


# -------------------------------------------------------------------------------------------------------- printed


def _shown(how: Callable[[], object], folder: Path) -> str:
    del folder
    said = str(how())
    demand(not leaks(said.encode(errors="replace")), f"it shows {leaks(said.encode())}")
    demand(PHONE[3:] not in said, "it shows a phone")
    return "harmless"


def _failing(do: Callable[[], object]) -> Callable[[], str]:
    """Return what a failure of something says, with its trace and all variables in it."""

    def fail() -> str:
        try:
            return str(do())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what would be shown
            return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())

    return fail


def _logged() -> str:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]  # a test's ear
    log = logging.getLogger("hostile")
    log.addHandler(handler)
    log.setLevel(1)
    log.debug("secret %s %r %(x)s" if False else "secret %s %r", Secret(TOKEN), {"token": Secret(TOKEN)})
    return "\n".join(lines)


def _raised() -> str:
    call, item = _A_CALL(), _AN_ITEM
    held = Secret(TOKEN)
    raise TransportError("main", "leads.add", f"{type(held).__name__} {call!r} {item!r}", sent=True)


_AN_ITEM = RowItem(PHONE, (PHONE,), {"tel": PHONE, "name": "Ana"})
_A_REQUEST = Request("POST", f"/leads/{PHONE}", (("tel", PHONE),), (("x-tel", PHONE),), PHONE.encode())
_AN_ANSWER = Answer(200, {"x": PHONE}, PHONE.encode(), {"tel": PHONE}, PHONE, is_json=True)


def _A_CALL() -> Call:  # noqa: N802 - a constant but for its import
    import httpx

    url = httpx.URL(f"http://h/?key={quote(TOKEN, safe='')}")
    return Call("main", "leads.add", "POST", url, (("x-token", TOKEN),), PHONE.encode(), 1.0, (TOKEN.encode(),))


_SHOWN: dict[str, Callable[[], object]] = {
    "a secret": lambda: Secret(TOKEN),
    "a secret by repr": lambda: repr(Secret(TOKEN)),
    "a secret in an f-string": lambda: f"{Secret(TOKEN)} {Secret(TOKEN)!r} {Secret(TOKEN)!s} {Secret(TOKEN):>40}",
    "a secret by percent": lambda: "%s %r" % (Secret(TOKEN), Secret(TOKEN)),  # noqa: UP031 - that is the case
    "a secret in a dictionary": lambda: {"token": Secret(TOKEN)},
    "a secret as JSON": _failing(lambda: json.dumps({"token": Secret(TOKEN)}, default=str)),
    "a secret as JSON without help": _failing(lambda: json.dumps({"token": Secret(TOKEN)})),
    "a secret by vars": _failing(lambda: vars(Secret(TOKEN))),
    "a secret by asdict": _failing(lambda: dataclasses.asdict(Secret(TOKEN))),  # type: ignore[call-overload]  # the case
    "a secret by pickle": _failing(lambda: pickle.dumps(Secret(TOKEN))),
    "a copy of a secret": lambda: [copy.copy(Secret(TOKEN)), copy.deepcopy({"a": Secret(TOKEN)})],
    "a secret in a log": _logged,
    "a keyring": lambda: repr(Keyring("main", {"token": Secret(TOKEN)})),
    "a failure with all its variables": _failing(_raised),
    "a call on its way": lambda: repr(_A_CALL()),
    "a request": lambda: repr(_A_REQUEST),
    "an answer": lambda: repr(_AN_ANSWER),
    "a row": lambda: repr(_AN_ITEM),
    "rows in a list": lambda: [_AN_ITEM, {"x": (_AN_ITEM,)}],
    "a comparison that fails": _failing(lambda: (_ for _ in ()).throw(AssertionError(f"{_AN_ITEM} != {_A_REQUEST}"))),
}
