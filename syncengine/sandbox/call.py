"""One request as the dialers read it: decoded once, then shared by the record, the faults and the handlers.

The body counts as JSON only when its Content-Type says so: all five documents ask for the header, and an engine that
forgets it must find out here.
"""

from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope

BodyKind = Literal["empty", "json", "form", "text", "unreadable"]

# The text parts of a multipart body carry whole contact lists as JSON.
LARGEST_PART = 64 * 1024 * 1024


@dataclass(slots=True)
class Outcome:
    """What became of a request. Kept apart from the call so that the record does not hold on to bodies."""

    status: int | None = None
    applied: bool = False
    fault: str = ""


@dataclass(slots=True)
class Upload:
    """A file part of a multipart body."""

    filename: str
    content: bytes


@dataclass(slots=True)
class Call:
    """A request with its body decoded."""

    method: str
    path: str
    query_string: str
    headers: Headers
    raw: bytes
    kind: BodyKind
    body: Any
    outcome: Outcome = field(default_factory=Outcome)
    params: dict[str, str] = field(default_factory=dict)
    query: list[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.query = parse_qsl(self.query_string, keep_blank_values=True)

    @property
    def target(self) -> str:
        """The path with its query, as faults match it."""
        return f"{self.path}?{self.query_string}" if self.query_string else self.path

    def value(self, name: str) -> str:
        """Return the last query value of that name, or an empty text."""
        return next((value for key, value in reversed(self.query) if key == name), "")

    def values(self, name: str) -> list[str]:
        """Return every query value of that name."""
        return [value for key, value in self.query if key == name]

    def json_object(self) -> dict[str, Any] | None:
        """Return the body when it is a JSON object."""
        return self.body if self.kind == "json" and isinstance(self.body, dict) else None

    def json_array(self) -> list[Any] | None:
        """Return the body when it is a JSON array."""
        return self.body if self.kind == "json" and isinstance(self.body, list) else None

    def form(self) -> dict[str, str | Upload] | None:
        """Return the parts when the body is multipart."""
        return self.body if self.kind == "form" else None

    def applied(self) -> None:
        """Note that this request changed the dialer's state."""
        self.outcome.applied = True


def json_answer(content: Any, status: int = 200) -> Response:
    """Answer JSON."""
    return Response(orjson.dumps(content), status, media_type="application/json")


async def read_body(receive: Receive) -> bytes | None:
    """Return the whole body, or nothing when the client went away first."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def decode(scope: Scope, raw: bytes) -> Call:
    """Return the request as a call."""
    headers = Headers(scope=scope)
    kind, body = await _decode_body(scope, headers.get("content-type", "").lower(), raw)
    query_string = scope["query_string"].decode("latin-1")
    return Call(scope["method"], scope["path"], query_string, headers, raw, kind, body)


async def _decode_body(scope: Scope, content_type: str, raw: bytes) -> tuple[BodyKind, Any]:
    if content_type.startswith("multipart/form-data"):
        return await _decode_form(scope, raw)
    if not raw:
        return "empty", None
    if content_type.split(";", maxsplit=1)[0].strip() == "application/json":
        return _decode_json(raw)
    return "text", raw.decode("utf-8", "replace")


def _decode_json(raw: bytes) -> tuple[BodyKind, Any]:
    try:
        return "json", orjson.loads(raw)
    except orjson.JSONDecodeError:
        return "unreadable", raw.decode("utf-8", "replace")


async def _decode_form(scope: Scope, raw: bytes) -> tuple[BodyKind, Any]:
    async def replay() -> Message:
        return {"type": "http.request", "body": raw, "more_body": False}

    parts: dict[str, str | Upload] = {}
    try:
        async with Request(scope, replay).form(max_part_size=LARGEST_PART) as form:
            for name, part in form.multi_items():
                if isinstance(part, UploadFile):
                    parts[name] = Upload(part.filename or "", await part.read())
                else:
                    parts[name] = part
    except HTTPException as error:
        return "unreadable", error.detail
    return "form", parts
