"""Stringee's answers: `r` says it all, and lists come in more than one shape (document 003; facts 4.1 and 4.3).

Known codes are 2 (missing parameters) and 3 (campaign not found or not yours); the others here are ours. The list
sample of the document is an answer of the StringeeX proxy, printed with index keys; a switch chooses the shape.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from starlette.responses import Response

from syncengine.sandbox.call import Call, json_answer

Item = TypeVar("Item")
ListShape = Literal["icc", "proxy", "indexed"]
UNAUTHORIZED, MISSING, NOT_FOUND, INVALID = 1, 2, 3, 4
MOST_PER_PAGE = 100


@dataclass(slots=True)
class StringeeSwitches:
    """What a test may want different."""

    list_shape: ListShape = "icc"
    # The document describes list parameters as a body; a proxied example has them in the query.
    list_from_body: bool = False
    unauthorized_status: int = 401


@dataclass(slots=True)
class Answers:
    """Builds the answers, as the switches want them."""

    switches: StringeeSwitches = field(default_factory=StringeeSwitches)

    def success(self, data: Any = None) -> Response:
        """Answer success, with data where there are any."""
        answer = {"r": 0, "msg": "Success"}
        return json_answer(answer if data is None else answer | {"data": data})

    def refuse(self, code: int, message: str) -> Response:
        """Answer a failure: HTTP 200, `r` not 0."""
        return json_answer({"r": code, "msg": message})

    def page(self, call: Call, rows: Sequence[Item], show: Callable[[Item], dict[str, Any]]) -> Response:
        """Answer one page of a list; `page` and `limit` are required."""
        wanted = self.list_parameters(call)
        page, limit = number(wanted.get("page")), number(wanted.get("limit"))
        if not page or not limit or limit > MOST_PER_PAGE:
            return self.refuse(MISSING, f"page and limit are required, limit at most {MOST_PER_PAGE}")
        shown = [show(row) for row in rows[(page - 1) * limit : page * limit]]
        pages = -(-len(rows) // limit)
        return self._shaped({"rows": shown, "totalCount": str(len(rows)), "totalPages": pages})

    def list_parameters(self, call: Call) -> dict[str, Any]:
        """Return the list's parameters from where this dialer reads them."""
        if self.switches.list_from_body:
            return call.json_object() or {}
        return dict(call.query)

    def _shaped(self, data: dict[str, Any]) -> Response:
        if self.switches.list_shape == "icc":
            return self.success(data)
        if self.switches.list_shape == "indexed":
            return self.success(data | {"rows": {str(n): _indexed(row) for n, row in enumerate(data["rows"])}})
        return json_answer({"message": "Call API success", "r": 0, "resFromPccApi": {"r": 0, "data": data}})


def _indexed(row: dict[str, Any]) -> dict[str, Any]:
    return {k: {str(n): one for n, one in enumerate(v)} if isinstance(v, list) else v for k, v in row.items()}


def number(value: Any) -> int:
    """Return a whole number that comes as one or as its digits, or 0."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() else 0
