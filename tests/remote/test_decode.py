import asyncio
import gzip
import time
import tracemalloc
from collections.abc import AsyncIterator

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.remote.decode import collect, decode


async def _in_pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def read(data: bytes, encoding: str = "", *, size: int = 1000, limit: int = 1 << 26) -> bytes:
    return asyncio.run(collect(_in_pieces(data, size), encoding=encoding, limit=limit))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1} trailing',
        b'{"a": 1',
        b"[" * 100_000,
        b"[" * 65 + b"]" * 65,
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b"1" * 1_000_000,
        b'"\\ud800"',
    ],
)
def test_what_is_not_sound_json_stays_text(raw: bytes) -> None:
    answer = decode(200, {}, raw)
    assert not answer.is_json
    assert answer.body is None
    assert answer.text == raw.decode()


def test_sixty_four_levels_are_read() -> None:
    assert decode(200, {}, b"[" * 64 + b"]" * 64).is_json


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        ('{"msg":"número"}'.encode("utf-8-sig"), "application/json"),
        ('{"msg":"número"}'.encode("latin-1"), "application/json; charset=ISO-8859-1"),
        ('{"msg":"número"}'.encode("utf-16"), "application/json; charset=utf-16"),
    ],
)
def test_marks_and_stated_character_sets_are_understood(raw: bytes, content_type: str) -> None:
    assert decode(200, {"content-type": content_type}, raw).body == {"msg": "número"}


def test_a_wrong_character_set_costs_only_the_letter() -> None:
    assert decode(200, {}, '{"code":"201","msg":"número"}'.encode("latin-1")).body == {"code": "201", "msg": "n�mero"}


@pytest.mark.parametrize("name", ["zlib", "bz2", "base64", "rot13", "idna", "unicode_escape", "nonsense"])
def test_only_plain_character_sets_are_used(name: str) -> None:
    assert decode(200, {"content-type": f"text/x; charset={name}"}, b'{"a":1}').body == {"a": 1}


@given(st.binary(max_size=5000), st.integers(1, 3000))
@settings(max_examples=50)
def test_packed_and_plain_bodies_arrive_whole(data: bytes, size: int) -> None:
    assert read(data, size=size) == data
    assert read(gzip.compress(data, mtime=0), "gzip", size=size) == data


def test_a_cut_packed_body_is_noticed_at_every_byte() -> None:
    packed = gzip.compress(orjson.dumps({"saved": True, "rows": list(range(50))}))
    for length in range(1, len(packed)):
        with pytest.raises(EOFError):
            read(packed[:length], "gzip")


@pytest.mark.parametrize(
    "data", [b"not packed at all", gzip.compress(b"x", mtime=0) + b"more", gzip.compress(b"x", mtime=0) * 2]
)
def test_broken_and_trailing_packed_data_is_refused(data: bytes) -> None:
    with pytest.raises(EOFError):
        read(data, "gzip")


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(ValueError, match="not asked for"):
        read(b"x", encoding)


def test_a_body_beyond_the_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="larger"):
        read(b"x" * 5000, limit=4096)


def test_a_bomb_is_stopped_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(bytes(200 * 1024 * 1024), compresslevel=6)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="packed more than"):
            read(bomb, "gzip", size=65536)
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_good_data_of_some_size_is_not_taken_for_a_bomb() -> None:
    rows = orjson.dumps([{"id": number, "phone": f"57300{number:07}", "status": "READY"} for number in range(50_000)])
    assert read(gzip.compress(rows, mtime=0), "gzip", size=65536) == rows


def test_deep_nesting_costs_no_time() -> None:
    began = time.perf_counter()
    decode(200, {}, b'{"a":' * 1000 + b"1" + b"}" * 1000)
    assert time.perf_counter() - began < 1.0
