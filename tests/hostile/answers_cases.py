"""Answers that are cut, forged, endless or something else: none of them makes a write count as done.

The examples of the vendor files are the documented answers: every beginning of each is judged, as a lost connection
would leave it. What is invented here goes over a real connection.
"""

import asyncio
import gzip
import json
import os
import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from syncengine.config.operation_lookup import find_operation
from syncengine.config.vendor_files import LoadedVendor, load_vendor, shipped_vendors
from syncengine.config.vendor_spec import Example, ExampleAnswer
from syncengine.diagnostics import Diagnostics
from syncengine.model.answers import Match
from syncengine.model.calling import Limits
from syncengine.model.exchange import Request
from syncengine.model.secret import Secret
from syncengine.model.vendor import Operation
from syncengine.remote.client import DialerClient
from syncengine.remote.decode import decode
from syncengine.remote.judge import judge
from tests.building import operation, vendor
from tests.hostile.case import Case, Verdict, demand
from tests.hostile.trap import Trap, answer_of

FAMILY = "answers"

_DONE = frozenset({"applied", "already_present", "already_absent"})


def cases() -> list[Case]:
    prefixes = [
        Case(FAMILY, name, "refused", partial(_beginnings, vendor_name, index))
        for name, vendor_name, index in _examples()
    ]
    invented = [Case(FAMILY, name, verdict, attempt, calls=True) for name, (verdict, attempt) in _INVENTED.items()]
    return prefixes + invented


@cache
def _loaded(name: str) -> LoadedVendor:
    diagnostics = Diagnostics()
    found = load_vendor(name, diagnostics)
    assert found is not None
    return found


def _examples() -> Iterator[tuple[str, str, int]]:
    for name in shipped_vendors():
        for index, example in enumerate(_loaded(name).examples):
            if example.answer is not None:
                yield f"{name}: every beginning of example {index + 1}, an answer to {example.operation}", name, index


def _body(answer: ExampleAnswer) -> bytes:
    return answer.text.encode() if answer.text is not None else json.dumps(answer.json_).encode()


def _beginnings(vendor_name: str, index: int, folder: Path) -> str:
    """Judge every proper beginning of a documented answer; none may say what only the whole says."""
    del folder
    loaded = _loaded(vendor_name)
    example: Example = loaded.examples[index]
    assert example.answer is not None
    asked = find_operation(loaded.vendor, example.operation)
    whole, status = _body(example.answer), example.answer.status
    if not whole.strip():
        return "refused"
    headers = {"content-type": "application/json"}
    truth = judge(asked, loaded.vendor.responses, decode(status, headers, whole)).outcome
    for length in range(len(whole)):
        cut = whole[:length]
        found = judge(asked, loaded.vendor.responses, decode(status, headers, cut))
        done = found.outcome in _DONE
        # A status that means success by itself needs no body: then nothing at all is an answer as good as any. And
        # some vendors write broken JSON, so a phrase of theirs that came whole counts, if it says what the whole says.
        counts = not cut.strip() if not _words_of(asked) else found.outcome == truth
        demand(not done or counts or not _is_json(whole), f"{length} of {len(whole)} bytes count as {found.outcome}")
        # What was applied must not be taken for refused: it would be sent again.
        told = not asked.writes or truth != "applied" or found.outcome != "rejected"
        demand(told, f"{length} of {len(whole)} bytes count as rejected")
    return "refused"


def _words_of(asked: Operation) -> bool:
    return any(match.text for match in (asked.success, *(kind.when for kind in asked.responses)))


def _is_json(raw: bytes) -> bool:
    return raw.lstrip()[:1] in {b"{", b"["}


# ------------------------------------------------------------------------------------------- over a real connection

_WRITE = operation(
    "leads.add",
    render=lambda _: Request("POST", "/add", body=b'{"tel": "+573001234567"}'),
    success=Match(status=(200,), body={"ok": (True,)}),
    proof=None,
)
_READ = operation(
    "leads.list",
    writes=False,
    render=lambda _: Request("GET", "/leads"),
    success=Match(status=(200,), present=("data",)),
    proof=None,
)


def _sent(raw: bytes, *, asked: Operation = _WRITE, seconds: float | None = None, folder: Path) -> str:
    """Answer a call with bytes and return whether they count as done."""
    del folder
    with Trap(lambda _: raw) as own:
        found = asyncio.run(_called(own, asked, seconds))
    demand(len(found.judgement.message) <= 400 and found.judgement.message.isprintable(), "the message is not fit")
    demand("3001234567" not in found.judgement.message, "the message shows a phone")
    return "harmless" if found.judgement.outcome in _DONE else f"refused{'' if _is_fit(found, asked) else ' wrongly'}"


def _is_fit(found: Any, asked: Operation) -> bool:
    """A write that may have been applied is never said not to have been."""
    outcome = found.judgement.outcome
    if not asked.writes or found.answer is None or not 200 <= found.answer.status < 300:
        return True
    return outcome == "unknown"


async def _called(own: Trap, asked: Operation, seconds: float | None) -> Any:
    async def at_once(_: float) -> None:
        return None

    made = vendor(limits=Limits(timeout=seconds)) if seconds else vendor()
    url = f"http://{own.place}"
    async with DialerClient("main", made, url, {"token": Secret("t0ken-of-main")}, sleep=at_once) as client:
        return await client.call(asked, {})


def _ok(body: bytes, status: str = "200 OK", *headers: str) -> Callable[[Path], str]:
    return lambda folder: _sent(answer_of(body, status, *headers), folder=folder)


def _raw(raw: bytes, seconds: float | None = 1.0) -> Callable[[Path], str]:
    return lambda folder: _sent(raw, seconds=seconds, folder=folder)


def _read(body: bytes, status: str = "200 OK", *headers: str) -> Callable[[Path], str]:
    return lambda folder: _sent(answer_of(body, status, *headers), asked=_READ, folder=folder)


def _packed(body: bytes, *, cut: int = 0, encoding: str = "gzip") -> Callable[[Path], str]:
    packed = gzip.compress(body)
    return _ok(packed[: len(packed) - cut], "200 OK", f"content-encoding: {encoding}")


def _bomb(folder: Path) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    packed = b"".join([packer.compress(b" " * 1_000_000) for _ in range(100)] + [packer.flush()])
    return _sent(answer_of(packed, "200 OK", "content-encoding: gzip"), folder=folder)


def _bomb_in_bomb(folder: Path) -> str:
    inner = gzip.compress(b" " * 20_000_000)
    return _sent(answer_of(gzip.compress(inner), "200 OK", "content-encoding: gzip, gzip"), folder=folder)


def _slow_bomb(folder: Path) -> str:
    """Packed less than a hundred times, and beyond all reason all the same."""
    packed = gzip.compress(os.urandom(800_000) + b" " * 70_000_000, 6)
    return _sent(answer_of(packed, "200 OK", "content-encoding: gzip"), folder=folder)


def _page(title: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>+573001234567</body></html>".encode()


_OK = b'{"ok": true}'
_CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\n"

_INVENTED: dict[str, tuple[Verdict, Callable[[Path], str]]] = {
    "the answer as it should be": ("harmless", _ok(_OK)),
    "a byte order mark before it": ("harmless", _ok(b"\xef\xbb\xbf" + _OK)),
    "blanks around it": ("harmless", _ok(b" \r\n" + _OK + b"\n")),
    "the answer as HTML by its header": (
        "harmless",
        lambda folder: _sent(answer_of(_OK, "200 OK", "content-type: text/html"), folder=folder),
    ),
    "the answer packed": ("harmless", _packed(_OK)),
    "a list of one in place of the object": ("refused", _ok(b'[{"ok": true}]')),
    "true written as text": ("harmless", _ok(b'{"ok": "true"}')),
    "true written as one": ("refused", _ok(b'{"ok": 1}')),
    "success in another case": ("refused", _ok(b'{"OK": true}')),
    "success one level down": ("refused", _ok(b'{"result": {"ok": true}}')),
    "success beside an error": ("harmless", _ok(b'{"ok": true, "error": "x"}')),
    "false, then true": ("harmless", _ok(b'{"ok": false, "ok": true}')),
    "no body at all": ("refused", _ok(b"")),
    "a status without a body": ("refused", _ok(b"", "204 No Content")),
    "nothing but blanks": ("refused", _ok(b"   ")),
    "a log-in page": ("refused", _ok(_page("Sign in"))),
    "a log-in page with success in its script": ("refused", _ok(b'<html><script>var a = {"ok": true}</script></html>')),
    "a maintenance page": ("refused", _ok(_page("Maintenance"), "503 Service Unavailable")),
    "a challenge of a firewall": ("refused", _ok(_page("Checking your browser"), "202 Accepted")),
    "an accepted that promises": ("refused", _ok(_OK, "202 Accepted")),
    "a partial content": ("refused", _ok(_OK, "206 Partial Content", "content-range: bytes 0-11/99")),
    "a not modified": ("refused", _raw(b"HTTP/1.1 304 Not Modified\r\n\r\n")),
    "a teapot": ("refused", _ok(_OK, "418 I'm a teapot")),
    "a status that nobody has": ("refused", _ok(_OK, "299 Sure")),
    "a status of four digits": ("refused", _raw(b"HTTP/1.1 2000 OK\r\ncontent-length: 12\r\n\r\n" + _OK)),
    "an error of a script in plain text": ("refused", _ok(b"ERROR: add_lead INVALID SOURCE")),
    "a trace of a stack": (
        "refused",
        _ok(b"Traceback (most recent call last):\n  +573001234567", "500 Internal Server Error"),
    ),
    "an error with terminal escapes": (
        "refused",
        _ok(b'{"message": "\\u001b[2J\\u001b]0;owned\\u0007"}', "400 Bad Request"),
    ),
    "an error of a megabyte": ("refused", _ok(b'{"message": "' + b"x" * 1_000_000 + b'"}', "400 Bad Request")),
    "an error with somebody's phone": ("refused", _ok(b'{"message": "+573001234567 is taken"}', "400 Bad Request")),
    "not a number": ("refused", _ok(b'{"ok": NaN}')),
    "infinity": ("refused", _ok(b'{"ok": Infinity}')),
    "a number of a million digits": ("refused", _ok(b'{"ok": true, "id": ' + b"9" * 1_000_000 + b"}")),
    "an object inside an object, sixty-five times": ("refused", _ok(b'{"a":' * 65 + b"1" + b"}" * 65)),
    "success beside an object a hundred thousand deep": (
        "refused",
        _ok(b'{"ok": true, "x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ),
    "something after the object": ("refused", _ok(_OK + b'{"ok": false}')),
    "a comment in the object": ("refused", _ok(b'{"ok": true /* sure */}')),
    "a comma too many": ("refused", _ok(b'{"ok": true,}')),
    "single quotes": ("refused", _ok(b"{'ok': true}")),
    "the answer in UTF-16 without saying so": ("refused", _ok(_OK.decode().encode("utf-16-le"))),
    "half a character in the object": ("harmless", _ok(b'{"ok": true, "name": "\xff\xfe"}')),
    "the answer in a compressor's character set": (
        "harmless",
        lambda folder: _sent(answer_of(_OK, "200 OK", "content-type: x; charset=zlib"), folder=folder),
    ),
    "a packed answer that is cut": ("refused", _packed(_OK, cut=6)),
    "a packed answer with something behind it": (
        "refused",
        _ok(gzip.compress(_OK) + b"x", "200 OK", "content-encoding: gzip"),
    ),
    "an answer that says it is packed and is not": ("refused", _ok(_OK, "200 OK", "content-encoding: gzip")),
    "a packing that nobody asked for": ("refused", _packed(_OK, encoding="br")),
    "a bomb": ("refused", _bomb),
    "a bomb in a bomb": ("refused", _bomb_in_bomb),
    "a bomb that keeps below the ratio": ("refused", _slow_bomb),
    "a length that is too long": ("refused", _raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n" + _OK)),
    "a length that is too short": ("refused", _raw(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n" + _OK)),
    "two lengths that differ": (
        "refused",
        _raw(b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\ncontent-length: 6\r\n\r\n" + _OK),
    ),
    "a length and chunks": ("refused", _raw(_CHUNKED[:-2] + b"content-length: 3\r\n\r\nc\r\n" + _OK[:6])),
    "a chunk that is cut": ("refused", _raw(_CHUNKED + b"c\r\n" + _OK[:6])),
    "a chunk of a size that is no number": ("refused", _raw(_CHUNKED + b"zz\r\n" + _OK + b"\r\n0\r\n\r\n")),
    "a chunk that never ends": ("refused", _raw(_CHUNKED + b"ffffffff\r\n" + _OK)),
    "ten thousand headers": (
        "refused",
        _raw(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 50_000 + b"content-length: 12\r\n\r\n" + _OK),
    ),
    "a header of a megabyte": (
        "refused",
        _raw(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 1_000_000 + b"\r\ncontent-length: 12\r\n\r\n" + _OK),
    ),
    "an answer that is no HTTP": ("refused", _raw(b"SSH-2.0-OpenSSH_9.6\r\n")),
    "a hundred early hints and no answer": ("refused", _raw(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" * 100)),
    "a change to another protocol": (
        "refused",
        _raw(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n"),
    ),
    "a page of a listing that is cut": ("refused", _read(b'{"data": [{"id": 1}')),
    "a log-in page in place of a listing": ("refused", _read(_page("Sign in"))),
}
