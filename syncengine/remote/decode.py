"""Bytes of an answer to a value, with caps: answers are hostile until decoded.

Nothing here fails on bad content: what is not JSON stays text, and judging decides what that means. Only sizes beyond
the caps raise.
"""

import re
import zlib
from collections.abc import AsyncIterable, Mapping
from itertools import chain
from typing import Any

import orjson

from syncengine.model.exchange import Answer

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64
# A good text packs about 1:20; a bomb 1:1000. Small answers may pack better by chance.
_MAX_RATIO = 100
_RATIO_FROM = 1024 * 1024
_STEP = 256 * 1024
_GZIP = zlib.MAX_WBITS | 16

_NESTING = frozenset({dict, list})

# Only plain character sets: Python's codec names also reach compressors and slow converters.
_CHARSETS = frozenset({"iso-8859-1", "iso-8859-2", "iso-8859-15", "latin-1", "windows-1250", "windows-1252", "utf-16"})
_CHARSET = re.compile(r"charset=\"?([A-Za-z0-9_-]{1,20})")


async def collect(chunks: AsyncIterable[bytes], *, encoding: str, limit: int = MAX_BYTES) -> bytes:
    """Read a body to its end, unpacking gzip while it comes in.

    Raises:
        ValueError: larger than ``limit`` once unpacked, packed beyond reason, or packed in a way we did not ask for.
        EOFError: the packed body is broken or ends early.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return await _plain(chunks, limit)
        case "gzip" | "x-gzip":
            return await _unpacked(chunks, limit)
        case _:
            raise ValueError("the answer is packed in a way that was not asked for")


async def _plain(chunks: AsyncIterable[bytes], limit: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        _check_size(len(body), limit)
    return bytes(body)


async def _unpacked(chunks: AsyncIterable[bytes], limit: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    body = bytearray()
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        pending = chunk
        while pending:
            try:
                body += unpacker.decompress(pending, _STEP)
            except zlib.error:
                raise EOFError("the packed answer is broken") from None
            _check_size(len(body), limit)
            if len(body) > _RATIO_FROM and len(body) > _MAX_RATIO * received:
                raise ValueError(f"the answer is packed more than {_MAX_RATIO} times")
            pending = unpacker.unconsumed_tail
    if received and (not unpacker.eof or unpacker.unused_data):
        raise EOFError("the packed answer is broken or cut short")
    return bytes(body)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise ValueError(f"the answer is larger than {limit // (1024 * 1024)} MB")


def decode(status: int, headers: Mapping[str, str], raw: bytes) -> Answer:
    """Return the answer with its body decoded as far as it can be; never raises on bad content.

    NaN, infinite numbers, more than 64 levels and anything after the document make it "not JSON".
    """
    plain = raw.removeprefix(b"\xef\xbb\xbf")
    charset = _charset(headers)
    text = plain.decode(charset, errors="replace")
    try:
        # Some vendors write another character set than they state. What is replaced then can only be a letter of a
        # message: JSON itself is ASCII.
        body = orjson.loads(text)
    except orjson.JSONDecodeError:
        return Answer(status, headers, raw, None, text, is_json=False)
    if _too_deep(body):
        return Answer(status, headers, raw, None, text, is_json=False)
    return Answer(status, headers, raw, body, text, is_json=True)


def _charset(headers: Mapping[str, str]) -> str:
    stated = _CHARSET.search(headers.get("content-type", ""))
    name = stated.group(1).lower() if stated else ""
    return name if name in _CHARSETS else "utf-8"


def _too_deep(body: object) -> bool:
    """Whether a body has more than 64 levels; level by level, so that depth costs no stack."""
    level: list[Any] = [body] if body.__class__ in _NESTING else []
    for _ in range(MAX_DEPTH):
        children = list(chain.from_iterable(part.values() if part.__class__ is dict else part for part in level))
        # A page of a thousand records has ten thousand leaves; their kinds are told without looking at each in Python.
        if _NESTING.isdisjoint(map(type, children)):
            return False
        level = [child for child in children if child.__class__ in _NESTING]
    return True
