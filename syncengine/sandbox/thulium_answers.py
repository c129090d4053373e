"""Thulium's answers and the small formats inside them (document 004; facts 5.1 and 5.3).

An error is a list of messages with codes. Updates and removals answer an empty body. Dates have minutes and no zone,
empty means "" and not null, arrays in the query carry brackets, and a URL has a longest length.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from starlette.responses import Response

from syncengine.sandbox.call import Call, json_answer

Item = TypeVar("Item")

LONGEST_URL = 8190
PHONE = re.compile(r"\+?[0-9]{3,15}")
COUNTRY_CODE = "48"
NATIONAL_LENGTH = 9

INVALID, NOT_FOUND, UNAUTHORIZED, TOO_LONG, PHONE_FORMAT = 100001, 100004, 100003, 100014, 111111

_requests = count(1)


def refuse(message: str, status: int = 400, code: int = INVALID) -> Response:
    """Answer an error."""
    request_id = f"{next(_requests):013x}"
    return json_answer({"request_id": request_id, "errors": [{"message": message, "code": code}]}, status)


def not_found(what: str) -> Response:
    """Answer that an id is unknown."""
    return refuse(f"{what} not found.", 404, NOT_FOUND)


def empty() -> Response:
    """Answer success with nothing in the body, as updates and removals do."""
    return Response(status_code=200)


def as_id(value: Any) -> int | None:
    """Return an id that comes as a number or as its digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value) else None


def e164(phone: str) -> str:
    """Return the digits of a number with its country; nine digits are a Polish one."""
    digits = phone.lstrip("+").removeprefix("00")
    return COUNTRY_CODE + digits if len(digits) == NATIONAL_LENGTH else digits


def is_phone(value: Any) -> bool:
    """Whether a value has the format of a phone number."""
    return isinstance(value, str) and bool(PHONE.fullmatch(value))


def is_minute(value: Any) -> bool:
    """Whether a value is a date with minutes, YYYY-MM-DD hh:mm."""
    return _parses(value, "%Y-%m-%d %H:%M", 16)


def is_day(value: Any) -> bool:
    """Whether a value is a date, YYYY-MM-DD."""
    return _parses(value, "%Y-%m-%d", 10)


def written_minute(now: float) -> str:
    """Return a moment as records show it."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M")


def page(call: Call, items: Sequence[Item], show: Callable[[Item], dict[str, Any]], most: int) -> Response:
    """Answer the part of a list that limit (100 unless told) and offset choose, beside the whole count."""
    limit, offset = as_id(call.value("limit") or 100), as_id(call.value("offset") or 0)
    if not limit or limit > most or offset is None:
        return refuse(f"The limit must be between 1 and {most}, the offset not negative.")
    return json_answer({"count": len(items), "result": [show(item) for item in items[offset : offset + limit]]})


def _parses(value: Any, form: str, length: int) -> bool:
    if not isinstance(value, str) or len(value) != length:
        return False
    try:
        datetime.strptime(value, form).replace(tzinfo=UTC)
    except ValueError:
        return False
    return True
