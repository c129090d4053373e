"""Thulium's campaigns: listed, created, switched, queued for removal, their statuses and agents (facts 5.1 and 5.3).

Ids are five characters with leading zeros. A status has a number of its own in every campaign beside its number in the
dictionary. A removal is only queued: the campaign stays listed, a second removal says ALREADY_QUEUED. `active` starts
and stops a campaign. The list does not show parity, order and parameters.
"""

from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.thulium_answers import as_id, empty, is_day, not_found, refuse
from syncengine.sandbox.thulium_rows import Row

# In the order of their numbers: NO_CALL is 5 in the first campaign, as in the sample of the CSV list.
SYSTEM_STATUSES = (
    "TO_CALL",
    "IN_PROGRESS",
    "CALL",
    "MY_RECORD",
    "NO_CALL",
    "ABANDONED_AFTER_N_TRIES",
    "CALL_NO_SOONER_THAN",
    "CALL_PROGRESSIVE",
)
DICTIONARY_OFFSET = 20
DIALERS = ("predictive", "progressive", "preview")
FEEDS = ("crm", "csv")
SHOWN = ("name", "dialer", "active", "start_date", "end_date", "group_id", "type")
FIELDS = frozenset((*SHOWN, "order", "parity", "parameters"))
PARAMETERS = frozenset(("caller_id", "preview_timeout", "predictive_max_calls", "predictive_min_calls"))


@dataclass(frozen=True, slots=True)
class Status:
    """One status of one campaign."""

    system_status: str
    status_id: int
    dictionary_status_id: int

    @property
    def name(self) -> str:
        """The name that a person reads."""
        return self.system_status.replace("_", " ").capitalize()

    def as_json(self) -> dict[str, str]:
        """Return the status as the list shows it: the numbers are texts here and ints in records."""
        numbers = {"status_id": str(self.status_id), "dictionary_status_id": str(self.dictionary_status_id)}
        return {"system_status": self.system_status} | numbers | {"name": self.name}


@dataclass(slots=True)
class Outbound:
    """A campaign with its records of both kinds, which do not know each other."""

    id: str
    statuses: tuple[Status, ...]
    settings: dict[str, Any]
    crm: dict[str, Row] = field(default_factory=dict)
    csv: dict[str, Row] = field(default_factory=dict)
    by_identifier: dict[str, Row] = field(default_factory=dict)
    agents: list[str] = field(default_factory=list)
    removal_queued: bool = False
    # The names that record_fields may have; nothing means any.
    record_fields: frozenset[str] = frozenset()

    def status(self, name: str, value: Any) -> Status | None:
        """Return the status whose `name` (status_id, dictionary_status_id) has this value."""
        return next((one for one in self.statuses if getattr(one, name) == as_id(value)), None)

    def rows(self) -> list[Row]:
        """Return the records of both kinds."""
        return [*self.crm.values(), *self.csv.values()]

    def as_json(self) -> dict[str, Any]:
        """Return the campaign as the list shows it."""
        return {"id": self.id} | {name: self.settings[name] for name in SHOWN if name in self.settings}

    def everything(self) -> dict[str, Any]:
        """Return the campaign for the judge."""
        counts = {"crm_records": len(self.crm), "csv_records": len(self.csv)}
        told = {"agents": self.agents, "removal_queued": self.removal_queued}
        return {"id": self.id} | self.settings | counts | told | {"records": [row.as_json() for row in self.rows()]}


class Outbounds:
    """The campaigns of the system."""

    def __init__(self, logins: tuple[str, ...]) -> None:
        self.held: dict[str, Outbound] = {}
        self.logins = logins
        self._made = 0

    def clear(self) -> None:
        """Forget every campaign."""
        self.held.clear()
        self._made = 0

    def list_all(self, _: Call) -> Response:
        """GET /outbounds: every campaign, those queued for removal too."""
        return json_answer([outbound.as_json() for outbound in self.held.values()])

    def create(self, call: Call) -> Response:
        """POST /outbounds; answers the id alone."""
        fault = _wrong(call)
        if fault or not call.body.get("name"):
            return refuse(fault or "The name is required.")
        first = self._made * len(SYSTEM_STATUSES) + 1
        statuses = tuple(Status(s, first + n, DICTIONARY_OFFSET + n + 1) for n, s in enumerate(SYSTEM_STATUSES))
        self._made += 1
        defaults = {"dialer": DIALERS[2], "active": True, "order": 50, "parity": 50}
        outbound = Outbound(f"{self._made:05d}", statuses, defaults | call.body)
        self.held[outbound.id] = outbound
        call.applied()
        return json_answer({"id": outbound.id}, 201)

    def update(self, call: Call) -> Response:
        """PUT /outbounds/{id}: any of the fields."""
        outbound = self.held.get(call.params["id"])
        fault = _wrong(call)
        if not outbound:
            return not_found("Outbound")
        if fault or call.body.get("name", "-") == "":
            return refuse(fault or "The name is required.")
        outbound.settings |= call.body
        call.applied()
        return empty()

    def delete(self, call: Call) -> Response:
        """DELETE /outbounds/{id}: queued like the batch, so a second one is refused."""
        outcome = self._queue(call, call.params["id"])
        if outcome["http_status"] == 200:
            return empty()
        return not_found("Outbound") if outcome["http_status"] == 404 else refuse("Removal already queued.")

    def delete_batch(self, call: Call) -> Response:
        """DELETE /batch/outbounds?id[]=…: a plain list of results."""
        ids = call.values("id[]")
        if not ids:
            return refuse("The parameter id is required.")
        return json_answer([self._queue(call, outbound_id) for outbound_id in ids])

    def run_queued_removals(self) -> None:
        """Let the hours pass: what is queued goes."""
        self.held = {key: outbound for key, outbound in self.held.items() if not outbound.removal_queued}

    def stats(self, _: Call) -> Response:
        """GET /outbounds/stats: active campaigns only."""
        active = (outbound for outbound in self.held.values() if outbound.settings["active"])
        return json_answer(
            [
                {"id": outbound.id, "records_count": len(outbound.crm) + len(outbound.csv), "completion_percent": 0}
                for outbound in active
            ]
        )

    def statuses(self, call: Call) -> Response:
        """GET /outbounds/{id}/statuses."""
        outbound = self.held.get(call.params["id"])
        return json_answer([one.as_json() for one in outbound.statuses]) if outbound else not_found("Outbound")

    def agents(self, call: Call) -> Response:
        """GET /outbounds/{id}/agents."""
        outbound = self.held.get(call.params["id"])
        return json_answer([{"login": login} for login in outbound.agents]) if outbound else not_found("Outbound")

    def add_agents(self, call: Call) -> Response:
        """POST /outbounds/{id}/add_agents."""
        return self._set_agents(call, adding=True)

    def remove_agents(self, call: Call) -> Response:
        """POST /outbounds/{id}/remove_agents."""
        return self._set_agents(call, adding=False)

    def _set_agents(self, call: Call, *, adding: bool) -> Response:
        outbound = self.held.get(call.params["id"])
        logins = (call.json_object() or {}).get("logins")
        if not outbound:
            return not_found("Outbound")
        if not isinstance(logins, list) or not logins or not all(login in self.logins for login in logins):
            return refuse("The logins must be a list of known agents.")
        kept = [login for login in outbound.agents if login not in logins]
        outbound.agents = sorted({*kept, *logins}) if adding else kept
        call.applied()
        return empty()

    def _queue(self, call: Call, outbound_id: str) -> dict[str, Any]:
        outbound = self.held.get(outbound_id)
        if not outbound:
            return {"http_status": 404, "id": outbound_id, "status": "NOT_EXIST"}
        if outbound.removal_queued:
            return {"http_status": 400, "id": outbound_id, "status": "ALREADY_QUEUED"}
        outbound.removal_queued = True
        call.applied()
        return {"http_status": 200, "id": outbound_id, "status": "REMOVAL_QUEUED"}


def _wrong(call: Call) -> str:
    body = call.json_object()
    if body is None:
        return "The body must be a JSON object."
    strangers = sorted(set(body) - FIELDS)
    if strangers:
        return f"Unknown field: {', '.join(strangers)}."
    if body.get("dialer", DIALERS[0]) not in DIALERS or body.get("type", FEEDS[0]) not in FEEDS:
        return f"The dialer must be one of {', '.join(DIALERS)}, the type one of {', '.join(FEEDS)}."
    if not isinstance(body.get("active", True), bool):
        return "The active flag is a boolean."
    if not all(is_day(body[name]) for name in ("start_date", "end_date") if body.get(name)):
        return "The start_date and end_date are dates, YYYY-MM-DD."
    return _wrong_numbers(body)


def _wrong_numbers(body: dict[str, Any]) -> str:
    if not 1 <= (as_id(body.get("order", 50)) or 0) <= 99_999:
        return "The order is a number between 1 and 99999."
    if not 1 <= (as_id(body.get("parity", 50)) or 0) <= 100:
        return "The parity is a number between 1 and 100."
    parameters = body.get("parameters", {})
    if not isinstance(parameters, dict) or not set(parameters) <= PARAMETERS:
        return f"The parameters may be {', '.join(sorted(PARAMETERS))}."
    return ""
