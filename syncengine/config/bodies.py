"""The bodies of requests: from what a vendor file writes to an expression, and from its value to bytes.

Each form is a pair: the expression, which is evaluated with the rest of the request, and a function that encodes the
value. Encoding is left to encoders (JSON, form, multipart) and never done by joining text, so no value can end a string
or add a field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

import orjson
from jinja2 import nodes

from syncengine.config.generated_files import CONTENT_TYPES, custom_headings, file_bytes
from syncengine.config.multipart import Part, encode_parts
from syncengine.config.template_filters import OMITTED, text
from syncengine.config.templates import filtered
from syncengine.config.trees import Path, TreeReader
from syncengine.config.vendor_spec import BodySpec, FilePart, MultipartPart
from syncengine.errors import RenderError

MAX_BYTES = 64_000_000

# From the value of a body's expression to bytes and content type.
Encode = Callable[[Any], tuple[bytes, str]]


@dataclass(frozen=True, slots=True)
class Body:
    """A body, compiled."""

    expression: nodes.Expr
    encode: Encode


NO_BODY = Body(nodes.Const(None), lambda _value: (b"", ""))


def read_body(spec: BodySpec | None, reader: TreeReader, path: Path, *, mapped: frozenset[str]) -> Body:
    """Return the body that a vendor file describes.

    Args:
        spec: What is written; None for calls without a body.
        reader: Takes the templates and what is wrong with them.
        path: Where the body stands in the file.
        mapped: The vendor fields of the mapping; what a record holds beyond them are custom columns.
    """
    if spec is None:
        return NO_BODY
    if spec.form is not None:
        return _form(spec, reader, (*path, "form"))
    if spec.multipart is not None:
        return _multipart(spec.multipart, reader, (*path, "multipart"), mapped)
    if spec.text is not None:
        return _text(spec, reader, (*path, "text"))
    expression = reader.value(spec.json_, (*path, "json"))
    return Body(expression, _json_encoder(spec.content_type or "application/json"))


def json_bytes(value: object) -> bytes:
    """Return compact JSON.

    Raises:
        RenderError: the value is none that JSON knows, or far too large.
    """
    _check_size(value)
    try:
        return orjson.dumps(value)
    except (TypeError, ValueError) as error:
        raise RenderError("the body holds a value that cannot be written as JSON") from error


def flat_pairs(values: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return names and texts in order: a list repeats its name, what is omitted is left out.

    Raises:
        RenderError: a value is an object, or all of them are far too large.
    """
    _check_size(values)
    return tuple(
        (name, text(item))
        for name, value in values.items()
        if value is not OMITTED
        for item in (value if isinstance(value, list | tuple) else (value,))
    )


def _json_encoder(content_type: str) -> Encode:
    def encode(value: Any) -> tuple[bytes, str]:
        return (b"", "") if value is OMITTED else (_bounded(json_bytes(value)), content_type)

    return encode


def _form(spec: BodySpec, reader: TreeReader, path: Path) -> Body:
    content_type = spec.content_type or "application/x-www-form-urlencoded"
    return Body(
        reader.value(spec.form, path), lambda value: (_bounded(urlencode(flat_pairs(value)).encode()), content_type)
    )


def _text(spec: BodySpec, reader: TreeReader, path: Path) -> Body:
    content_type = spec.content_type or "text/plain; charset=utf-8"
    return Body(reader.value(spec.text, path), lambda value: (_bounded(text(value).encode()), content_type))


def _multipart(parts: Mapping[str, MultipartPart], reader: TreeReader, path: Path, mapped: frozenset[str]) -> Body:
    values = [
        nodes.Pair(nodes.Const(name), _part_expression(part, reader, (*path, name))) for name, part in parts.items()
    ]
    encoders = {name: _part_encoder(name, part, mapped) for name, part in parts.items()}

    def encode(value: Any) -> tuple[bytes, str]:
        body, content_type = encode_parts([encoders[name](item) for name, item in value.items()])
        return _bounded(body), content_type

    return Body(filtered(nodes.Dict(values), "_without_omitted"), encode)


def _part_expression(part: MultipartPart, reader: TreeReader, path: Path) -> nodes.Expr:
    if part.file is None:
        return reader.value(
            part.json_ if part.text is None else part.text, (*path, "json" if part.text is None else "text")
        )
    record: tuple[nodes.Expr, ...] = (nodes.Name("record", "load"),) if part.file.custom_columns else ()
    return reader.each(part.file.columns, (*path, "file", "columns"), beside=record)


def _part_encoder(name: str, part: MultipartPart, mapped: frozenset[str]) -> Callable[[Any], Part]:
    file = part.file
    if file is not None:
        return lambda rows: Part(name, _file(file, rows, mapped), file.filename, CONTENT_TYPES[file.format])
    if part.text is not None:
        return lambda value: Part(name, text(value).encode())
    return lambda value: Part(name, json_bytes(value))


def _file(file: FilePart, rows: list[Any], mapped: frozenset[str]) -> bytes:
    _check_size(rows)
    if not file.custom_columns:
        cells = [_cells(row) for row in rows]
        return file_bytes(form=file.format, delimiter=file.delimiter, headings=list(file.columns), rows=cells)
    customs = [_cells({key: value for key, value in record.items() if key not in mapped}) for _, record in rows]
    headings = [*file.columns, *custom_headings(list(file.columns), customs)]
    cells = [_cells(row) | custom for (row, _), custom in zip(rows, customs, strict=True)]
    return file_bytes(form=file.format, delimiter=file.delimiter, headings=headings, rows=cells)


def _cells(values: Mapping[str, object]) -> dict[str, str]:
    return {name: text(value) for name, value in values.items()}


def _check_size(value: object) -> None:
    """Refuse a tree whose texts alone are too large, before it is written out: many leaves may share one long text."""
    room = MAX_BYTES
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            room -= len(item)
        elif isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            flat = _size_of_flat(item)
            room -= flat or 0
            pending.extend(item if flat is None else ())
        if room < 0:
            raise _too_large()


def _size_of_flat(items: list[Any]) -> int | None:
    """Return the size of the texts of a list of objects that hold nothing but texts, as most batches are; else None.

    Nothing is done here for a single value by Python itself: a batch holds hundreds of thousands.
    """
    try:
        return sum(map(str.__len__, chain.from_iterable(map(dict.values, items))))
    except TypeError:
        return None


def _too_large() -> RenderError:
    return RenderError(f"the body is larger than {MAX_BYTES // 1_000_000} MB; a smaller batch is needed")


def _bounded(body: bytes) -> bytes:
    if len(body) > MAX_BYTES:
        raise _too_large()
    return body
