"""Wolkvox's campaigns: listed, created, started, stopped, sped up, deleted (facts table 2.1 and 2.2).

The list does not show start_time, end_time, skill_id, the opt titles and enable_edition: they are write-only. No page
changes a campaign except for its speed. A name may repeat.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call
from syncengine.sandbox.wolkvox_answers import Answers, body_of_texts

KINDS = ("predictive", "preview")
TITLES = frozenset(f"opt{n}" for n in range(1, 13))
FIELDS = TITLES | {"campaign_name", "campaign_description", "skill_id", "enable_edition"}
TIMES = frozenset(("start_time", "end_time"))
# hhiiss on one page, YYYYmmddhhiiss on its twins.
TIME = re.compile(r"[0-9]{6}([0-9]{8})?")
FIRST_ID = 10001


@dataclass(slots=True)
class Campaign:
    """A campaign with its records."""

    id: str
    kind: str
    settings: dict[str, str]
    started: bool = False
    speed: str = "1"
    records: list[dict[str, str]] = field(default_factory=list)

    def as_row(self) -> dict[str, Any]:
        """Return the campaign as the list shows it."""
        named = {"campaign_id": self.id, "campaign_name": self.settings["campaign_name"]}
        named |= {"campaign_description": self.settings.get("campaign_description", "")}
        status = "Started" if self.started else "Stopped"
        counted = {"type_campaign": self.kind, "status": status, "records": str(len(self.records))}
        return named | counted | {"speed": self.speed, "dial_mode": self.kind, "last_use": "", "recycled": "0"}


class Campaigns:
    """The campaigns of the operation."""

    def __init__(self, answers: Answers) -> None:
        self.held: dict[str, Campaign] = {}
        self._answers = answers
        self._next = FIRST_ID

    def clear(self) -> None:
        """Forget every campaign."""
        self.held.clear()
        self._next = FIRST_ID

    def find(self, call: Call, *, kind_required: bool = True) -> Campaign | Response:
        """Return the campaign that the query names, or the refusal."""
        campaign_id, kind = call.value("campaign_id"), call.value("type_campaign")
        if not campaign_id or (kind_required and kind not in KINDS):
            return self._answers.missing()
        campaign = self.held.get(campaign_id)
        if not campaign or (kind and kind != campaign.kind):
            return self._answers.refuse(404, f"THE {kind} CAMPAIGN_ID {campaign_id} DOES NOT EXIST")
        return campaign

    def list_all(self, _: Call) -> Response:
        """information.php?api=campaigns."""
        rows = [campaign.as_row() for campaign in self.held.values()]
        return self._answers.success(200, f"{len(rows)} records were found", rows)

    def create(self, call: Call) -> Response:
        """create_campaign: times belong to predictive ones. The new id comes under its misspelt name."""
        kind = call.value("type_campaign")
        allowed = FIELDS | TIMES if kind == "predictive" else FIELDS
        body = body_of_texts(call, allowed, ("campaign_name",))
        if kind not in KINDS or body is None:
            return self._answers.missing()
        if any(not TIME.fullmatch(body[name]) for name in TIMES & set(body)):
            return self._answers.refuse(400, "THE PARAMETERS start_time AND end_time MUST BE HHIISS")
        if body.get("enable_edition", "no") not in ("yes", "no"):
            return self._answers.refuse(400, "THE PARAMETER enable_edition MUST BE yes OR no")
        campaign = Campaign(str(self._next), kind, body)
        self._next += 1
        self.held[campaign.id] = campaign
        call.applied()
        made = {"id_campaing": campaign.id, "name_campaing": body["campaign_name"]}
        return self._answers.success(201, "The campaign has been created successfully", [made])

    def start(self, call: Call) -> Response:
        """PUT start."""
        return self._switch(call, started=True)

    def stop(self, call: Call) -> Response:
        """PUT stop."""
        return self._switch(call, started=False)

    def speed(self, call: Call) -> Response:
        """PUT speed: the only partial update there is."""
        campaign = self.find(call)
        if isinstance(campaign, Response):
            return campaign
        body = body_of_texts(call, frozenset(("speed",)), ("speed",))
        if body is None:
            return self._answers.missing()
        campaign.speed = body["speed"]
        call.applied()
        return self._answers.success(202, f"The speed of the {campaign.id} campaign_id has been changed successfully")

    def delete(self, call: Call) -> Response:
        """DELETE delete_campaign: irreversible."""
        campaign = self.find(call)
        if isinstance(campaign, Response):
            return campaign
        del self.held[campaign.id]
        call.applied()
        return self._answers.success(202, f"The {campaign.id} campaign_id has been deleted successfully")

    def _switch(self, call: Call, *, started: bool) -> Response:
        # Public clients leave type_campaign out here.
        campaign = self.find(call, kind_required=False)
        if isinstance(campaign, Response):
            return campaign
        campaign.started = started
        call.applied()
        done = "started" if started else "stopped"
        return self._answers.success(202, f"The {campaign.id} campaign_id has been {done} successfully")
