"""What the last gate looks at: every byte of a request in which a number could be read, also inside a packed file."""

import io
import zipfile
from collections.abc import Sequence

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
