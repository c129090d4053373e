"""Lynn's contacts and blacklist (document 000; facts 1.1 and 1.2).

The blacklist hangs on the contact: it is asked for per contact, set for one campaign or for every campaign of a
category, or in bulk by a task. Body names are not documented; `contactId`, `campaignId`, `category` and `state` are
ours. Deleting a contact takes its blacklist entries along, the worse of the two readings.
"""

import re
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.lynn_campaigns import Campaign, Campaigns, no_such, refuse
from syncengine.sandbox.lynn_tasks import Tasks

FIELDS = ("name", "phone", "correlationIds")
# Country code, no plus.
PHONE = re.compile(r"[1-9][0-9]{7,14}")
FIRST_ID = 5001
MOST_CORRELATION_IDS = 3


@dataclass(slots=True)
class Contact:
    """A contact."""

    id: str
    name: str
    phone: str
    correlation_ids: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return the contact as GetContacts shows it."""
        return {"id": self.id, "name": self.name, "phone": self.phone, "correlationIds": self.correlation_ids}


class Contacts:
    """The contacts of the tenant and the campaigns in which they are blacklisted."""

    def __init__(self, campaigns: Campaigns, tasks: Tasks) -> None:
        self.held: dict[str, Contact] = {}
        self.blacklisted: dict[str, set[str]] = {}
        self._campaigns = campaigns
        self._tasks = tasks
        self._next = FIRST_ID

    def clear(self) -> None:
        """Forget every contact."""
        self.held.clear()
        self.blacklisted.clear()
        self._next = FIRST_ID

    def list_all(self, _: Call) -> Response:
        """GetContacts."""
        return json_answer([contact.as_json() for contact in self.held.values()])

    def get(self, call: Call) -> Response:
        """GetContact."""
        contact = self.held.get(call.params["id"])
        return json_answer(contact.as_json()) if contact else no_such("contact")

    def post(self, call: Call) -> Response:
        """PostContact: the same phone twice makes two contacts."""
        fault = _wrong(call, required=("name", "phone"))
        if fault:
            return refuse(fault)
        call.applied()
        return json_answer(self._add(call.body).as_json())

    def put(self, call: Call) -> Response:
        """PutContact: the fields sent change, the others stay."""
        contact = self.held.get(call.params["id"])
        if not contact:
            return no_such("contact")
        fault = _wrong(call)
        if fault:
            return refuse(fault)
        contact.name = call.body.get("name", contact.name)
        contact.phone = call.body.get("phone", contact.phone)
        contact.correlation_ids = call.body.get("correlationIds", contact.correlation_ids)
        call.applied()
        return json_answer(contact.as_json())

    def delete(self, call: Call) -> Response:
        """DeleteContact."""
        contact = self.held.pop(call.params["id"], None)
        if not contact:
            return no_such("contact")
        for blacklist in self.blacklisted.values():
            blacklist.discard(contact.id)
        call.applied()
        return json_answer({"id": contact.id})

    def get_dnd(self, call: Call) -> Response:
        """GetDnDContact: the campaigns in which the contact is blacklisted."""
        if call.params["id"] not in self.held:
            return no_such("contact")
        listing = (c for c in self._campaigns.held.values() if call.params["id"] in self.blacklisted.get(c.id, ()))
        return json_answer([_dnd_item(campaign) for campaign in listing])

    def set_dnd_by_campaign(self, call: Call) -> Response:
        """SetDnDContactByCampaign: adds only."""
        body = call.json_object() or {}
        if not _has_texts(body, "contactId", "campaignId"):
            return refuse("Expected contactId and campaignId, as strings.")
        if body["campaignId"] not in self._campaigns.held:
            return no_such("campaign")
        return self._blacklist(call, body["contactId"], [body["campaignId"]])

    def set_dnd_by_category(self, call: Call) -> Response:
        """SetDnDContactByCategory: fans out to every campaign that is of the category now."""
        body = call.json_object() or {}
        if not _has_texts(body, "contactId", "category"):
            return refuse("Expected contactId and category, as strings.")
        fan = [c.id for c in self._campaigns.held.values() if c.fields["category"] == body["category"]]
        if not fan:
            return no_such("category")
        return self._blacklist(call, body["contactId"], fan)

    def manage_dnd(self, call: Call) -> Response:
        """ManageDnDByCampaign: adds contacts and sets their state in one campaign, as a task."""
        body = call.json_object() or {}
        if set(body) != {"campaignId", "contacts"} or not isinstance(body["contacts"], list) or not body["contacts"]:
            return refuse("Expected campaignId and a list of contacts.")
        if not isinstance(body["campaignId"], str) or not all(_is_dnd_item(item) for item in body["contacts"]):
            return refuse("The campaignId is a string; a contact has a contactId or a phone, and a boolean state.")
        items = body["contacts"] if body["campaignId"] in self._campaigns.held else []
        task = self._tasks.begin("dnd", len(body["contacts"]), accepted=len(items))
        for item in items[: task.done]:
            self._set_state(body["campaignId"], item)
        call.outcome.applied = task.done > 0
        return json_answer({"taskId": task.id})

    def blocked_phones(self, campaign_id: str) -> set[str]:
        """Return the phones that the campaign must not ring."""
        return {self.held[contact].phone for contact in self.blacklisted.get(campaign_id, ())}

    def _blacklist(self, call: Call, contact_id: str, campaign_ids: list[str]) -> Response:
        if contact_id not in self.held:
            return no_such("contact")
        for campaign_id in campaign_ids:
            self.blacklisted.setdefault(campaign_id, set()).add(contact_id)
        call.applied()
        return json_answer({"contactId": contact_id, "campaigns": campaign_ids})

    def _set_state(self, campaign_id: str, item: dict[str, Any]) -> None:
        blacklist = self.blacklisted.setdefault(campaign_id, set())
        for contact_id in self._meant(item):
            (blacklist.add if item["state"] else blacklist.discard)(contact_id)

    def _meant(self, item: dict[str, Any]) -> list[str]:
        if "contactId" in item:
            return [item["contactId"]] if item["contactId"] in self.held else []
        known = [contact.id for contact in self.held.values() if contact.phone == item["phone"]]
        return known or [self._add({"phone": item["phone"]}).id]

    def _add(self, body: dict[str, Any]) -> Contact:
        contact = Contact(str(self._next), body.get("name", ""), body["phone"], body.get("correlationIds", []))
        self._next += 1
        self.held[contact.id] = contact
        return contact


def _has_texts(body: dict[str, Any], *names: str) -> bool:
    return set(body) == set(names) and all(isinstance(value, str) for value in body.values())


def _dnd_item(campaign: Campaign) -> dict[str, str]:
    named = {"campaignId": campaign.id, "campaignName": campaign.fields["name"]}
    return named | {"category": campaign.fields["category"]}


def _is_dnd_item(item: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("state"), bool):
        return False
    if set(item) == {"contactId", "state"}:
        return isinstance(item["contactId"], str)
    return set(item) == {"phone", "state"} and isinstance(item["phone"], str) and bool(PHONE.fullmatch(item["phone"]))


def _wrong(call: Call, required: tuple[str, ...] = ()) -> str:
    body = call.json_object()
    if body is None:
        return "The body must be a JSON object."
    strangers = sorted(set(body) - set(FIELDS))
    if strangers:
        return f"Unknown field: {', '.join(strangers)}."
    missing = [name for name in required if not body.get(name)]
    if missing:
        return f"Missing field: {', '.join(missing)}."
    if not isinstance(body.get("name", ""), str):
        return "The name is a string."
    phone, ids = body.get("phone", "56966666666"), body.get("correlationIds", [])
    if not isinstance(phone, str) or not PHONE.fullmatch(phone):
        return "The phone is a string of digits with country code and without plus."
    if not isinstance(ids, list) or len(ids) > MOST_CORRELATION_IDS or not all(isinstance(one, str) for one in ids):
        return f"At most {MOST_CORRELATION_IDS} correlationIds, each a string."
    return ""
