"""Stringee's campaigns (facts 4.1, create; the rest is inferred).

Creating is multipart and documented field by field; the answer, the list, the update and the removal are not, so they
follow the shapes of the contacts' calls. The product knows more states; `running` and `paused` are the two served.
"""

from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call, Upload
from syncengine.sandbox.stringee_answers import INVALID, MISSING, NOT_FOUND, Answers
from syncengine.sandbox.stringee_contacts import SOURCES, Contacts, Refusal

SETTINGS = frozenset(
    "name desc1 start_time end_time max_call_retry time_between_two_call auto_dialer_type agent[] group[] agent group "  # noqa: SIM905
    "number businesshour type preview_time max_abandon_rate wait_greeting max_waiting_time quota_type quota_call_out "
    "time_do_not_call".split()
)
STATUSES = ("running", "paused")


@dataclass(slots=True)
class Campaign:
    """A campaign; a new one does not run."""

    id: str
    settings: dict[str, Any] = field(default_factory=dict)
    status: str = "new"

    def as_json(self, customers: int) -> dict[str, Any]:
        """Return the campaign as the list shows it: the settings are not seen in any read."""
        named = {"id": self.id, "name": self.settings["name"], "desc1": self.settings.get("desc1", "")}
        return named | {"status": self.status, "total_customer": customers}


class Campaigns:
    """The campaigns of the project."""

    def __init__(self, answers: Answers, contacts: Contacts) -> None:
        self.held: dict[str, Campaign] = {}
        self._answers = answers
        self._contacts = contacts
        self._made = 0

    def clear(self) -> None:
        """Forget every campaign."""
        self.held.clear()
        self._made = 0

    def create(self, call: Call) -> Response:
        """POST /v1/campaign: multipart, with contacts in the same three ways as /v1/customcampaign."""
        parts = call.form()
        if parts is None:
            return self._answers.refuse(MISSING, "Content-Type must be multipart/form-data")
        strangers = sorted(set(parts) - SETTINGS - SOURCES)
        if strangers or not parts.get("name"):
            return self._answers.refuse(MISSING, f"name is required; unknown: {', '.join(strangers) or 'none'}")
        try:
            wanted = self._contacts.read(parts)
        except Refusal as refusal:
            return self._answers.refuse(INVALID, str(refusal))
        self._made += 1
        campaign = Campaign(f"CASB{self._made:04d}", {k: v for k, v in parts.items() if k in SETTINGS})
        self.held[campaign.id] = campaign
        self._contacts.put(campaign.id, wanted)
        call.applied()
        return self._answers.success({"id": campaign.id})

    def list_all(self, call: Call) -> Response:
        """GET /v1/campaign, paged like the contacts."""
        held = list(self.held.values())
        return self._answers.page(call, held, lambda one: one.as_json(len(self._contacts.of(one.id))))

    def update(self, call: Call) -> Response:
        """PUT /v1/campaign/{id}: status, and any setting."""
        campaign = self.held.get(call.params["id"])
        if not campaign:
            return self.not_found()
        body = call.json_object()
        if not body or not set(body) <= SETTINGS | {"status"} or body.get("name", "-") == "":
            return self._answers.refuse(MISSING, "Expected an object of known fields")
        if body.get("status", STATUSES[0]) not in STATUSES:
            return self._answers.refuse(INVALID, f"status must be one of {', '.join(STATUSES)}")
        campaign.status = body.get("status", campaign.status)
        campaign.settings |= {name: value for name, value in body.items() if name != "status"}
        call.applied()
        return self._answers.success()

    def delete(self, call: Call) -> Response:
        """DELETE /v1/campaign/{id}: with its rows."""
        campaign = self.held.pop(call.params["id"], None)
        if not campaign:
            return self.not_found()
        for row in self._contacts.of(campaign.id):
            self._contacts.drop(row)
        call.applied()
        return self._answers.success()

    def add_contacts(self, call: Call) -> Response:
        """POST /v1/customcampaign: existing contacts come back behind a (misspelt) marker."""
        parts = call.form()
        if parts is None:
            return self._answers.refuse(MISSING, "Content-Type must be multipart/form-data")
        if set(parts) - SOURCES - {"campaign", "type"} or parts.get("type", "1") not in ("1", "2"):
            return self._answers.refuse(MISSING, "Unknown field, or a type other than 1 and 2")
        campaign = self._named(parts.get("campaign"))
        if not isinstance(campaign, Campaign):
            return campaign
        try:
            wanted = self._contacts.read(parts)
        except Refusal as refusal:
            return self._answers.refuse(INVALID, str(refusal))
        existing = self._contacts.put(campaign.id, wanted)
        call.outcome.applied = len(existing) < len(wanted)
        return self._answers.success(["contactexistis", *existing] if existing else [])

    def add_phones(self, call: Call) -> Response:
        """POST /v1/customcampaign/add-by-phones."""
        body = call.json_object() or {}
        if set(body) != {"campaign_id", "phones"} or not isinstance(body["phones"], list) or not body["phones"]:
            return self._answers.refuse(MISSING, "campaign_id and phones are required")
        campaign = self._named(body["campaign_id"])
        if not isinstance(campaign, Campaign):
            return campaign
        told = self._contacts.put_phones(campaign.id, body["phones"])
        call.outcome.applied = told["added"] > 0
        return self._answers.success(told)

    def list_contacts(self, call: Call) -> Response:
        """GET /v1/customcampaign: narrowed by campaign, name and status; empty texts narrow nothing."""
        wanted = {name: str(value) for name, value in self._answers.list_parameters(call).items()}
        campaign_id, status = wanted.get("campaign", ""), wanted.get("status", "")
        rows = self._contacts.of(campaign_id) if campaign_id else list(self._contacts.rows.values())
        if status:
            rows = [row for row in rows if str(row.status) == status]
        if wanted.get("name"):
            rows = [row for row in rows if wanted["name"].lower() in row.contact.name.lower()]
        return self._answers.page(call, rows, lambda row: row.as_json(self.held[row.campaign_id].settings["name"]))

    def duplicate(self, call: Call) -> Response:
        """POST /v1/customcampaign/duplicate."""
        campaign = self._named((call.json_object() or {}).get("campaign"))
        if not isinstance(campaign, Campaign):
            return campaign
        found = self._contacts.duplicates(campaign.id)
        return self._answers.success(
            {
                phone: [{"id": row.id, "name": row.contact.name, "phone_number": phone} for row in rows]
                for phone, rows in found.items()
            }
        )

    def keep_duplicate(self, call: Call) -> Response:
        """POST /v1/customcampaign/keepduplicate: the others are deleted for good."""
        body = call.json_object() or {}
        campaign = self._named(body.get("campaign"))
        if not isinstance(campaign, Campaign):
            return campaign
        return self._contacts.keep(call, campaign.id, body.get("listKeepCustomer"))

    def not_found(self) -> Response:
        """Answer that the campaign is unknown."""
        return self._answers.refuse(NOT_FOUND, "Campaign not found")

    def _named(self, campaign_id: str | Upload | None) -> Campaign | Response:
        if not campaign_id:
            return self._answers.refuse(MISSING, "campaign is required")
        return self.held.get(str(campaign_id)) or self.not_found()
