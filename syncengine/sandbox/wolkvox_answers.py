"""Wolkvox's envelope: one shape for success and failure, on every call (document 001; facts 2.1, 2.3).

`code` is a text in add_record and a number elsewhere. Which HTTP status goes with it is not documented: success is 200
here and a failure carries its code, or everything is 200 by a switch. Four different things answer 403, and only the
message tells them apart.
"""

from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call, json_answer

ERRORS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}
REQUIRED = "SOME PARAMETERS ARE REQUIRED"
MAINTENANCE = "THE SERVER IS UNDER MAINTENANCE, TRY AGAIN LATER"
CONCURRENCY = "THE TOKEN HAS MORE THAN THE ALLOWED SIMULTANEOUS REQUESTS"
BUDGET = "THE DAILY LIMIT OF TOKENS HAS BEEN EXCEEDED"
INVALID_TOKEN = "THE TOKEN IS INVALID"
NO_TOKEN = "THE HEADER WOLKVOX-TOKEN IS REQUIRED"


@dataclass(slots=True)
class WolkvoxSwitches:
    """What a test may want different."""

    # Calls per token and day: licences times 1,000.
    daily_budget: int = 100_000
    # Two pages differ (one at a time; two at a time): the stricter one.
    most_simultaneous: int = 1
    # Every call takes this long, so that an overlap is one.
    service_seconds: float = 0.002
    maintenance: bool = False
    # The document's sample answers a blank where the total belongs.
    blank_totals: bool = False
    always_http_200: bool = False
    # The expiring list is written with the dial-out prefix of the sample, the account's list without.
    dial_prefix: str = "9"
    # Record fields are loaded as they are; a national number belongs to this country.
    country_code: str = "57"
    national_length: int = 10


@dataclass(slots=True)
class Answers:
    """Builds the envelopes, as the switches want them."""

    switches: WolkvoxSwitches = field(default_factory=WolkvoxSwitches)

    def success(self, code: int | str, message: str, data: list[dict[str, Any]] | None = None) -> Response:
        """Answer success; without data where the samples show none."""
        envelope: dict[str, Any] = {"code": code, "error": None, "msg": message}
        return json_answer(envelope if data is None else envelope | {"data": data})

    def refuse(self, code: int, message: str) -> Response:
        """Answer a failure."""
        envelope = {"code": code, "error": ERRORS[code], "msg": message, "data": []}
        return json_answer(envelope, 200 if self.switches.always_http_200 else code)

    def missing(self) -> Response:
        """Answer that a parameter is missing or not of its type."""
        return self.refuse(400, REQUIRED)


def all_text(values: Any) -> bool:
    """Whether this is a list of texts, at least one."""
    return isinstance(values, list) and bool(values) and all(isinstance(one, str) and one for one in values)


def body_of_texts(call: Call, allowed: frozenset[str], required: tuple[str, ...]) -> dict[str, str] | None:
    """Return the body when it is an object of texts with only allowed and all required fields."""
    body = call.json_object()
    if body is None or not set(body) <= allowed or not all(isinstance(value, str) for value in body.values()):
        return None
    return body if all(body.get(name) for name in required) else None
