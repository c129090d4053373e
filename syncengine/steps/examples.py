"""Execute the examples of a vendor file: the vendor's own samples are the only proof that we say what it understands.

A sample request is rendered as for a real call and compared with what the document prints; a sample answer is judged by
the same functions that judge real answers. Nothing is sent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import orjson

from syncengine.config.example_scope import example_scope
from syncengine.config.operation_lookup import find_operation
from syncengine.config.vendor_files import LoadedVendor
from syncengine.config.vendor_spec import Example, ExampleAnswer, ExampleRequest
from syncengine.diagnostics import Diagnostics
from syncengine.errors import RenderError
from syncengine.model.exchange import Answer, Request, RowItem
from syncengine.model.phone import mask_numbers_in
from syncengine.model.vendor import Operation, Vendor
from syncengine.remote.decode import decode
from syncengine.remote.ids import TASK_ID, handed_out_id
from syncengine.remote.items import item_results
from syncengine.remote.judge import judge
from syncengine.remote.paths import as_list, find

_LONGEST_SHOWN = 120

# Where something stands inside an example, by keys and places in lists.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Difference:
    """What an example states and what came out; ``part`` is its place inside the example."""

    part: Path
    message: str
    expected: str


def check_examples(loaded: LoadedVendor, diagnostics: Diagnostics) -> int:
    """Execute all examples of a vendor file; what differs goes to ``diagnostics``. Return how many there are."""
    for index in range(len(loaded.examples)):
        check_example(loaded, index, diagnostics)
    return len(loaded.examples)


def check_example(loaded: LoadedVendor, index: int, diagnostics: Diagnostics) -> None:
    """Execute one example; every difference goes to ``diagnostics`` with its place in the vendor file."""
    for found in _differences(loaded.vendor, loaded.examples[index]):
        location, line, width = loaded.document.locate(("examples", index, *found.part))
        diagnostics.error(
            mask_numbers_in(found.message),
            location,
            source_line=line,
            width=width,
            expected=mask_numbers_in(found.expected),
        )


def _differences(vendor: Vendor, example: Example) -> Iterator[_Difference]:
    operation = find_operation(vendor, example.operation)
    if example.request is not None:
        yield from _request_differences(vendor, operation, example, example.request)
    if example.answer is not None:
        yield from _answer_differences(vendor, operation, example, _answer(example.answer))


# ------------------------------------------------------------------------------------------------------ the request


def _request_differences(
    vendor: Vendor, operation: Operation, example: Example, stated: ExampleRequest
) -> Iterator[_Difference]:
    try:
        request = operation.render(example_scope(vendor, example))
    except RenderError as problem:
        yield _Difference(("scope",), f"{operation.name}: no request can be made: {problem}", "a scope that renders")
        return
    for whole, sent, stands in _compared(request, stated):
        for part, found, wanted in _leaves(whole, sent, stands):
            what = f"{operation.name}: the request's {'.'.join(map(str, part))} is"
            yield _different(("request", *part), what, found, wanted)


def _compared(request: Request, stated: ExampleRequest) -> Iterator[tuple[Path, object, object]]:
    """Walk what an example states of a request, beside what was rendered."""
    if stated.method:
        yield ("method",), request.method, stated.method
    if stated.path:
        yield ("path",), request.path, stated.path
    for name, value in stated.query.items():
        values = [found for key, found in request.query if key == name]
        yield ("query", name), values, [value] if isinstance(value, str) else list(value)
    headers = {name.lower(): value for name, value in request.headers}
    for name, value in stated.headers.items():
        yield ("headers", name), headers.get(name.lower(), ""), value
    if stated.json_ is not None:
        yield ("json",), _decoded(request.body), stated.json_
    if stated.parts is not None:
        sent = _parts(request)
        for name, wanted in stated.parts.items():
            text = sent.get(name, "")
            yield ("parts", name), text if isinstance(wanted, str) else _decoded(text.encode()), wanted


def _leaves(part: Path, found: object, wanted: object) -> Iterator[tuple[Path, object, object]]:
    """Walk the innermost places at which two values differ."""
    if _canonical(found) == _canonical(wanted):
        return
    if isinstance(found, dict) and isinstance(wanted, Mapping) and found.keys() == wanted.keys():
        for key, inner in wanted.items():
            yield from _leaves((*part, key), found[key], inner)
    elif isinstance(found, list) and isinstance(wanted, list | tuple) and len(found) == len(wanted):
        for place, inner in enumerate(wanted):
            yield from _leaves((*part, place), found[place], inner)
    else:
        yield part, found, wanted


def _decoded(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode("utf-8", errors="replace")


def _parts(request: Request) -> dict[str, str]:
    """Return the parts of a multipart body by name, as text."""
    from email import message_from_bytes, policy

    head = b"Content-Type: " + request.content_type.encode() + b"\r\n\r\n"
    message = message_from_bytes(head + request.body, policy=policy.HTTP)
    found: dict[str, str] = {}
    for part in message.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            found[str(part.get_param("name", header="content-disposition"))] = content.decode("utf-8", errors="replace")
    return found


def _canonical(value: object) -> bytes:
    """Return a spelling in which true, 1, 1.0 and "1" are four different things."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


# ------------------------------------------------------------------------------------------------------- the answer


def _answer(stated: ExampleAnswer) -> Answer:
    raw = (stated.text or "").encode() if stated.json_ is None else orjson.dumps(stated.json_)
    return decode(stated.status, {}, raw)


def _answer_differences(
    vendor: Vendor, operation: Operation, example: Example, answer: Answer
) -> Iterator[_Difference]:
    judgement = judge(operation, vendor.responses, answer)
    name = operation.name
    # What an answer holds is only looked for where the call counts as done.
    wanted = example.outcome or "applied"
    if judgement.outcome != wanted:
        part = ("outcome",) if example.outcome else ("answer",)
        yield _different(part, f"{name}: the answer is judged ({judgement.name}) as", judgement.outcome, wanted)
        return
    if example.message and judgement.message != example.message:
        yield _different(("message",), f"{name}: the message is", judgement.message, example.message)
    if example.items is not None:
        results, _ = item_results(operation, _rows(example), answer)
        outcomes = {key: result.outcome for key, result in results.items()}
        if outcomes != example.items:
            yield _different(("items",), f"{name}: the rows are judged as", outcomes, dict(example.items))
    if example.records is not None:
        records = as_list(find(answer.body, operation.records))
        found = None if records is None else len(records)
        if found != example.records:
            yield _different(("records",), f"{name}: the number of records is", found, example.records)
    if example.id and (found_id := _new_id(vendor, operation, answer)) != example.id:
        yield _different(("id",), f"{name}: the new id is", found_id, example.id)


def _rows(example: Example) -> list[RowItem]:
    """Return the rows of an example's scope as they are given to a call."""
    stated = cast("list[Mapping[str, Any]]", example.scope.get("rows", []))
    return [
        RowItem(
            key=str(row.get("key", "")),
            phones=tuple(row.get("phones", ())) or ((str(row["phone"]),) if row.get("phone") else ()),
            record=row.get("record", {}),
            remote_id=str(row.get("remote_id", "")),
        )
        for row in stated
    ]


def _new_id(vendor: Vendor, operation: Operation, answer: Answer) -> str:
    of_campaign = operation is vendor.campaigns.operations.get("create")
    pattern = operation.id_pattern or (vendor.campaigns.id_pattern if of_campaign else TASK_ID)
    return handed_out_id(answer, operation.id, pattern)


def _different(part: Path, what: str, found: object, wanted: object) -> _Difference:
    return _Difference(part, f"{what} {_shown(found)}", _shown(wanted))


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    text = text or "nothing"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
