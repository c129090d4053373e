"""What the last gate looks at: every byte of a request in which a number could be read, also inside a packed file.

And whether a request about a do-not-call list means everybody: at some vendors one word takes all numbers off it.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl

import orjson

from syncengine.model.exchange import Request, RowItem

_ZIP = b"PK\x03\x04"


def searchable_bytes(request: Request, rows: Sequence[RowItem]) -> bytes:
    """Return path, query, headers and body of a request as one piece.

    A generated spreadsheet is packed, so its numbers are not in the body's bytes: then what is packed is searched
    beside the body, and so are the rows that it was made from, should it not open.
    """
    head = "\n".join(
        [request.path, *(f"{name}={value}" for name, value in (*request.query, *request.headers))]
    ).encode()
    parts = [head, request.body]
    if _ZIP in request.body:
        parts += [_unpacked(request.body), rows_bytes(rows)]
    return b"\n".join(parts)


def _unpacked(body: bytes) -> bytes:
    """Return all files of an archive that stands somewhere in a body, as a part of a form does."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return b""


def rows_bytes(rows: Sequence[RowItem]) -> bytes:
    """Return everything that rows hold, as JSON."""
    return orjson.dumps([[row.key, row.phones, dict(row.record)] for row in rows], default=str)


# What vendors take for every entry of a list; one of them empties a whole account's list on the word "All".
_EVERYBODY = frozenset({"all", "*", "%", "any", "everyone", "everybody", "todos", "todas"})


def means_everybody(request: Request) -> bool:
    """Whether some value of a request about a do-not-call list is a word for all of its entries."""
    values = [*request.path.split("/"), *(value for _, value in request.query), *_values(request)]
    return any(value.strip().casefold() in _EVERYBODY for value in values)


def _values(request: Request) -> Iterator[str]:
    """Walk the texts of a body, as JSON or as a form."""
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        yield from (value for _, value in parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        return
    waiting: list[object] = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
