"""Lynn's campaigns: kept, started and stopped (document 000; facts 1.1 and 1.3).

The document names the operations only, so paths and verbs are the inferred ones of facts table 1.1, and the field names
are those of the campaign form (division, name, type, execution mode, start, stop, category).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.dialer import Clock

FIELDS = ("name", "category", "division", "type", "executionMode", "start", "stop")
MODES = ("Manual", "Scheduled", "AlwaysOn")
TYPES = ("Single Message", "Multiple Message")
DEFAULTS = {"executionMode": MODES[0], "type": TYPES[0]}
FIRST_ID = 101


@dataclass(slots=True)
class Campaign:
    """A campaign. `started` is what Start and Stop set on a Manual one."""

    id: str
    fields: dict[str, str]
    started: bool = False

    @property
    def mode(self) -> str:
        """The execution mode."""
        return self.fields["executionMode"]

    def runs(self, now: float) -> bool:
        """Whether the campaign sends or calls at this time."""
        if self.mode == "AlwaysOn":
            return True
        if self.mode == "Manual":
            return self.started
        start, stop = self.fields["start"], self.fields["stop"]
        return bool(start) and _seconds(start) <= now and (not stop or now <= _seconds(stop))

    def as_json(self, now: float) -> dict[str, Any]:
        """Return the campaign as GetCampaigns shows it."""
        return {"id": self.id} | self.fields | {"status": "Running" if self.runs(now) else "Stopped"}


class Campaigns:
    """The campaigns of the tenant."""

    def __init__(self, clock: Clock, most: int) -> None:
        self.held: dict[str, Campaign] = {}
        self._clock = clock
        self._most = most
        self._next = FIRST_ID

    def clear(self) -> None:
        """Forget every campaign."""
        self.held.clear()
        self._next = FIRST_ID

    def list_all(self, _: Call) -> Response:
        """GetCampaigns: a plain list; the document mentions no paging."""
        return json_answer([campaign.as_json(self._clock.now()) for campaign in self.held.values()])

    def get(self, call: Call) -> Response:
        """GetCampaign."""
        campaign = self.held.get(call.params["id"])
        return json_answer(campaign.as_json(self._clock.now())) if campaign else no_such("campaign")

    def post(self, call: Call) -> Response:
        """PostCampaign: at most 15 per tenant. A name may repeat; the document does not forbid it."""
        fault = _wrong(call, required=("name",))
        if fault:
            return refuse(fault)
        if len(self.held) >= self._most:
            return refuse(f"The tenant already has {self._most} campaigns.")
        campaign = Campaign(str(self._next), dict.fromkeys(FIELDS, "") | DEFAULTS | call.body)
        self._next += 1
        self.held[campaign.id] = campaign
        call.applied()
        return json_answer(campaign.as_json(self._clock.now()))

    def put(self, call: Call) -> Response:
        """PutCampaign: the fields sent change, the others stay."""
        campaign = self.held.get(call.params["id"])
        if not campaign:
            return no_such("campaign")
        fault = _wrong(call)
        if fault:
            return refuse(fault)
        campaign.fields |= call.body
        campaign.started = campaign.started and campaign.mode == "Manual"
        call.applied()
        return json_answer(campaign.as_json(self._clock.now()))

    def delete(self, call: Call) -> Response:
        """DeleteCampaign: with everything that hangs on it, running or not."""
        campaign = self.held.pop(call.params["id"], None)
        if not campaign:
            return no_such("campaign")
        call.applied()
        return json_answer({"id": campaign.id})

    def start(self, call: Call) -> Response:
        """StartCampaignExecution: for campaigns whose execution mode is Manual."""
        return self._execute(call, started=True)

    def stop(self, call: Call) -> Response:
        """StopCampaignExecution: for campaigns whose execution mode is Manual."""
        return self._execute(call, started=False)

    def _execute(self, call: Call, *, started: bool) -> Response:
        campaign = self.held.get(call.params["id"])
        if not campaign:
            return no_such("campaign")
        if campaign.mode != "Manual":
            return refuse(f"Only Manual campaigns can be started or stopped, this one is {campaign.mode}.")
        campaign.started = started
        call.applied()
        return json_answer(campaign.as_json(self._clock.now()))


def refuse(message: str, status: int = 400) -> Response:
    """Answer a refusal; the document shows no error body, so the plainest one."""
    return json_answer({"message": message}, status)


def no_such(what: str) -> Response:
    """Answer that an id is unknown."""
    return refuse(f"The {what} does not exist.", 404)


def _wrong(call: Call, required: tuple[str, ...] = ()) -> str:
    body = call.json_object()
    if body is None:
        return "The body must be a JSON object."
    strangers = sorted(set(body) - set(FIELDS))
    if strangers:
        return f"Unknown field: {', '.join(strangers)}."
    if any(not isinstance(value, str) for value in body.values()):
        return "Every field of a campaign is a string."
    if any(not body.get(name) for name in required) or body.get("name") == "":
        return "The name is required."
    if body.get("executionMode", MODES[0]) not in MODES:
        return f"The executionMode must be one of {', '.join(MODES)}."
    if body.get("type", TYPES[0]) not in TYPES:
        return f"The type must be one of {', '.join(TYPES)}."
    return _wrong_times(body)


def _wrong_times(body: dict[str, Any]) -> str:
    for name in ("start", "stop"):
        try:
            _seconds(body.get(name) or "2024-01-01T00:00:00")
        except ValueError:
            return f"The {name} must be a date and time like 2024-05-03T09:00:00."
    return ""


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
