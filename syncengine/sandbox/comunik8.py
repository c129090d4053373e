"""Comunik8, Leads API (document 002; facts chapter 3).

Two calls, both POST, key in the query. `processed` and not `saved` says whether a lead was taken. The warning about an
unknown call group is printed in the document as a body that is not JSON, and comes like that here. The status of
business refusals is not documented: 200, by a switch another. Every lead type is a campaign that always runs.
"""

import threading
from dataclasses import dataclass, replace
from typing import Any

from starlette.applications import Starlette
from starlette.responses import Response

from syncengine.sandbox.application import build
from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.comunik8_leads import Lead, add_errors, cancel_errors, normalise
from syncengine.sandbox.dialer import Clock, Doubled, restore
from syncengine.sandbox.faults import Faults
from syncengine.sandbox.record import Record

TYPES = ("motor-trade", "spring", "renewals", "landlord", "breakdown")
MALFORMED = '{\n    "cancelled": false,\n    "warning": server error (call group)\n}'


@dataclass(slots=True)
class Comunik8Switches:
    """What a test may want different."""

    types: tuple[str, ...] = TYPES
    refusal_status: int = 200
    # How many cancels to come answer "server error (save)".
    failing_cancels: int = 0


class Comunik8:
    """The fake Comunik8 dialer of one partner."""

    name = "comunik8"

    def __init__(self, clock: Clock | None = None, switches: Comunik8Switches | None = None) -> None:
        self.faults = Faults()
        self.record = Record()
        self.lock = threading.RLock()
        self.clock = clock or Clock()
        self._initial = switches or Comunik8Switches()
        self.switches = replace(self._initial)
        self.leads: dict[tuple[str, str], Lead] = {}
        self.cancelled = 0
        self.refused = 0
        self._scheduled: set[str] = set()

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            restore(self.switches, self._initial)
            self.faults.clear()
            self.record.clear()
            self.leads.clear()
            self._scheduled.clear()
            self.cancelled = self.refused = 0

    def credentials(self) -> dict[str, str]:
        """Return the key that goes into the query."""
        return {"key": "comunik8-key"}

    def app(self) -> Starlette:
        """Return the HTTP application."""
        endpoints = [("POST", "/lead/add", self._add), ("POST", "/lead/cancel", self._cancel)]
        return build(self, endpoints, self._guard)

    def mark_dialled(self, lead_type: str, mobile: str) -> None:
        """Let the dialer have rung a lead: it cannot be cancelled any more."""
        with self.lock:
            self.leads[(lead_type, normalise(mobile))].dialled = True

    def schedule_call(self, mobile: str) -> None:
        """Let a call to this number be scheduled by somebody else: adding it is refused."""
        with self.lock:
            self._scheduled.add(normalise(mobile))

    def state(self) -> dict[str, Any]:
        """Return everything held, counts first."""
        with self.lock:
            counts = {"leads": len(self.leads), "cancelled": self.cancelled, "refused": self.refused}
            counts |= {"dialled": sum(lead.dialled for lead in self.leads.values()), "requests": self.record.total}
            return {"summary": counts, "leads": list(self.leads.values()), "scheduled": sorted(self._scheduled)}

    def records(self, campaign_id: str) -> list[dict[str, Any]]:
        """Return the leads of a type."""
        with self.lock:
            held = (lead for (lead_type, _), lead in self.leads.items() if lead_type == campaign_id)
            return [lead.body | {"number": lead.number, "due": lead.due, "dialled": lead.dialled} for lead in held]

    def callable_numbers(self, campaign_id: str) -> set[str]:
        """Return the numbers of the leads of a type that were not rung yet, other phones included."""
        with self.lock:
            held = (lead for (lead_type, _), lead in self.leads.items() if lead_type == campaign_id)
            return {number for lead in held if not lead.dialled for number in lead.numbers()}

    def dialling(self) -> dict[str, set[str]]:
        """Return the callable numbers of every type."""
        with self.lock:
            return {lead_type: self.callable_numbers(lead_type) for lead_type in self.switches.types}

    def doubled(self) -> list[Doubled]:
        """Return nothing: a second lead of the same type and mobile is refused."""
        return []

    def _guard(self, call: Call) -> Response | None:
        if call.values("key") != [self.credentials()["key"]]:
            return json_answer({"error": "Invalid API key"}, 401)
        if call.json_object() is None:
            return json_answer({"body": {"0": "Body must be a valid JSON object."}}, 400)
        return None

    def _add(self, call: Call) -> Response:
        errors = add_errors(call.body)
        if errors:
            return json_answer(errors, 400)
        if "test" in call.body:
            return json_answer({"test": "ok"})
        key = (call.body["type"], normalise(call.body["mobile"]))
        refusal = self._refusal(key)
        if refusal:
            self.refused += 1
            answer = {"saved": True, "processed": False, "error": refusal}
            return json_answer(answer, self.switches.refusal_status)
        self.leads[key] = Lead(call.body, key[1], self.clock.now() + call.body.get("delays", 0))
        call.applied()
        return json_answer({"saved": True, "processed": True})

    def _refusal(self, key: tuple[str, str]) -> str:
        if key[0] not in self.switches.types:
            return "Unknown Type"
        if key in self.leads:
            return "Existing Contact"
        return "Another call is already scheduled" if key[1] in self._scheduled else ""

    def _cancel(self, call: Call) -> Response:
        errors = cancel_errors(call.body)
        if errors:
            return json_answer(errors, 400)
        if call.body["type"] not in self.switches.types:
            return Response(MALFORMED, self.switches.refusal_status, media_type="application/json")
        key = (call.body["type"], normalise(call.body["mobile"]))
        warning = self._warning(self.leads.get(key))
        if warning:
            return json_answer({"cancelled": False, "warning": warning}, self.switches.refusal_status)
        del self.leads[key]
        self.cancelled += 1
        call.applied()
        return json_answer({"cancelled": True})

    def _warning(self, lead: Lead | None) -> str:
        if not lead:
            return "not found"
        if lead.dialled:
            return "already processed"
        if self.switches.failing_cancels > 0:
            self.switches.failing_cancels -= 1
            return "server error (save)"
        return ""
