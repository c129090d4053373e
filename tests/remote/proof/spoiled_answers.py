"""Answers that are no answers: cut, empty, of some proxy, in another shape, or saying no in the form of a yes."""

from functools import cache

import orjson

from syncengine.config.operation_lookup import find_operation
from syncengine.config.vendor_files import LoadedVendor, load_vendor, shipped_vendors
from syncengine.diagnostics import Diagnostics
from syncengine.model.vendor import Operation, Vendor
from syncengine.remote.decode import decode
from syncengine.remote.judge import judge
from tests.operations.calling import operations_of
from tests.remote.proof.figures import Figures, expect

_DONE = {"applied", "already_present", "already_absent"}
_WORDS = ("Log in", "Be right back", "Access denied", "Too busy", "Checking your browser", "OK", "success", "true")
_FRAMES = (
    "<!DOCTYPE html><html><body><h1>{}</h1></body></html>",
    "<html><head><title>{}</title></head></html>",
    "\n\n<!-- proxy --><html><body>{}</body></html>",
    '<?xml version="1.0"?><error>{}</error>',
    "<body>{}</body>",
)
# Forty pages that some proxy, firewall or log-in may put in the place of an answer.
PAGES = tuple(frame.format(word) for frame in _FRAMES for word in _WORDS)
# Twenty ways of saying no with a status that says yes.
REFUSALS = (
    b"ERROR: not added",
    b"error",
    b"FAIL",
    b"0",
    b"null",
    b"false",
    b"[]",
    b"{}",
    b'""',
    b'{"error": true}',
    b'{"error": {"message": "no"}}',
    b'{"status": "error"}',
    b'{"code": 500, "message": "no"}',
    b'{"code": "400"}',
    b'{"r": 1, "msg": "no"}',
    b'{"ok": false}',
    b'{"success": false}',
    b'{"saved": true, "processed": false}',
    b'{"errors": [{"message": "no"}]}',
    b'{"data": null}',
)
GARBAGE = (
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"\xff\xfe\x00",
    b'\xef\xbb\xbf{"a": 1} trailing',
    b'{"a": 1}{"a": 1}',
    b'{"a": "\xed\xa0\x80"}',
    b"\x00" * 64,
    b'{"a": 1,}',
)
# These say nothing at all, so that they prove nothing, whatever an operation takes for success.
_SUCCESSFUL = (200, 201, 202, 204)


@cache
def vendors() -> tuple[LoadedVendor, ...]:
    """Return the shipped vendors, loaded."""
    found = [load_vendor(name, Diagnostics()) for name in shipped_vendors()]
    assert all(found)
    return tuple(loaded for loaded in found if loaded is not None)


def run(count: int, seed: int) -> Figures:
    """Judge every prefix of every example answer, in steps so that about ``count`` are tried; all the rest always."""
    answers = [(loaded.vendor, *found) for loaded in vendors() for found in _examples(loaded)]
    total = sum(len(raw) for *_, raw in answers)
    step = max(1, total // max(1, count))
    prefixes = sum(_cut(vendor, operation, status, raw, step, seed) for vendor, operation, status, raw in answers)
    others = sum(
        _spoiled(loaded.vendor, operation)
        for loaded in vendors()
        for operation in operations_of(loaded.vendor).values()
    )
    return Figures({"examples": len(answers), "prefixes": prefixes, "other answers": others, "taken for done": 0})


def _examples(loaded: LoadedVendor) -> list[tuple[Operation, int, bytes]]:
    found = []
    for example in loaded.examples:
        if example.answer is None:
            continue
        stated = example.answer
        raw = (stated.text or "").encode() if stated.json_ is None else orjson.dumps(stated.json_)
        found.append((find_operation(loaded.vendor, example.operation), stated.status, raw))
    return found


def _cut(vendor: Vendor, operation: Operation, status: int, raw: bytes, step: int, seed: int) -> int:
    whole = raw.strip()
    lengths = range(seed % step, len(whole), step)
    for length in lengths:
        part = whole[:length]
        outcome = judge(operation, vendor.responses, decode(status, {}, part)).outcome
        # Cut to nothing it is an empty answer, which some calls document as their success.
        expect(
            outcome not in _DONE or not part or _is_documented_empty(operation, part),
            f"{vendor.name} {operation.name}: {part[-40:]!r}, cut at {length}, is taken for {outcome}",
        )
    return len(lengths)


def _is_documented_empty(operation: Operation, part: bytes) -> bool:
    return operation.success.empty is True and not part.strip()


def _spoiled(vendor: Vendor, operation: Operation) -> int:
    tried = 0
    for status in _SUCCESSFUL:
        for raw in (*(page.encode() for page in PAGES), *GARBAGE, *_refusals(operation)):
            outcome = judge(operation, vendor.responses, decode(status, {}, raw)).outcome
            tried += 1
            expect(
                outcome not in _DONE or _states_only_a_status(operation),
                f"{vendor.name} {operation.name}: {status} {raw[:60]!r} is taken for {outcome}",
            )
    return tried


def _refusals(operation: Operation) -> tuple[bytes, ...]:
    return REFUSALS if operation.writes else ()


def _states_only_a_status(operation: Operation) -> bool:
    success = operation.success
    return not (success.body or success.present or success.text or success.empty is not None)
