"""Stringee's blacklist of incoming numbers (facts 4.1 and 4.3): it stops callers, not calls.

Served so that an engine can be caught using it as a do-not-call list. Takes 84…, returns +84….
"""

from dataclasses import dataclass

from starlette.responses import Response

from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.stringee_answers import MISSING, MOST_PER_PAGE, NOT_FOUND, Answers, number
from syncengine.sandbox.stringee_contacts import normalise

FLAGS = ("ivr_blocked", "queue_blocked")
PROJECT = 24


@dataclass(slots=True)
class Blacklisted:
    """A number that may not call in."""

    id: str
    number: str
    ivr_blocked: int
    queue_blocked: int


class Blacklist:
    """The numbers that may not call in."""

    def __init__(self, answers: Answers) -> None:
        self.held: dict[str, Blacklisted] = {}
        self._answers = answers
        self._made = 0

    def clear(self) -> None:
        """Forget every number."""
        self.held.clear()
        self._made = 0

    def create(self, call: Call) -> Response:
        """POST /v1/blacklistnumber: the id comes at the root, the text as `message`."""
        body = call.json_object() or {}
        phone = normalise(body.get("number"))
        if not phone or any(body.get(flag, 0) not in (0, 1) for flag in FLAGS):
            return self._answers.refuse(MISSING, "number is required, flags are 0 or 1")
        self._made += 1
        flags = [body.get(flag, 0) for flag in FLAGS]
        made = Blacklisted(f"BNSB{self._made:04d}", f"+{phone}", *flags)
        self.held[made.id] = made
        call.applied()
        return json_answer({"r": 0, "project": PROJECT, "blacklistNumberID": made.id, "message": "Success"})

    def list_all(self, call: Call) -> Response:
        """GET /v1/blacklistnumber: 50 per page unless told, at most 100."""
        page, limit = number(call.value("page") or 1), number(call.value("limit") or 50)
        if not page or not limit or limit > MOST_PER_PAGE:
            return self._answers.refuse(MISSING, f"limit must be at most {MOST_PER_PAGE}")
        rows = list(self.held.values())
        told = {"totalCount": str(len(rows)), "totalPages": -(-len(rows) // limit), "currentPage": page, "limit": limit}
        return self._answers.success(told | {"blacklistNumbers": rows[(page - 1) * limit : page * limit]})

    def delete(self, call: Call) -> Response:
        """DELETE /v1/blacklistnumber/{id} (inferred)."""
        if self.held.pop(call.params["id"], None) is None:
            return self._answers.refuse(NOT_FOUND, "Blacklist number not found")
        call.applied()
        return self._answers.success()
