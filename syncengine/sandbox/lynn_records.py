"""Lynn's campaign records: rows loaded as JSON or as a `.cpg` file (document 000; facts 1.2 and 1.3).

The misspelling `campaingId` is real. It is empty in the sample beside a filled `templateId`, so a template may carry
the campaign. A row loaded twice makes a second record: a record is a message to a contact, so it would be sent twice.
Records cannot be read back through the API, only here.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call, Upload, json_answer
from syncengine.sandbox.lynn_campaigns import Campaigns, refuse
from syncengine.sandbox.lynn_tasks import LynnSwitches, Tasks

FIELDS = {"campaingId", "templateId", "typeOfData", "data"}
# A uuid; the sample masks digits with X.
TEMPLATE = re.compile(r"[0-9A-Za-z]{8}(-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12}")


@dataclass(slots=True)
class Template:
    """A WhatsApp template: the campaign it carries, and its columns when they are known."""

    campaign_id: str = ""
    columns: frozenset[str] = frozenset()


@dataclass(slots=True)
class Records:
    """The records of every campaign."""

    campaigns: Campaigns
    tasks: Tasks
    switches: LynnSwitches
    templates: dict[str, Template] = field(default_factory=dict)
    held: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget every record and template."""
        self.templates.clear()
        self.held.clear()

    def add_data(self, call: Call) -> Response:
        """AddCampaingData."""
        fault = _wrong(call.json_object())
        if fault:
            return refuse(fault)
        body = call.body
        return self._load(call, body["campaingId"], body["templateId"], body["data"])

    def upload(self, call: Call) -> Response:
        """UploadCampaignDataByTenant: multipart with a `.cpg` file (a header line, then comma separated rows)."""
        parts = call.form() or {}
        files = [part for part in parts.values() if isinstance(part, Upload)]
        campaign_id = parts.get("campaingId", "")
        if set(parts) - {"campaingId", "templateId"} != {n for n, part in parts.items() if isinstance(part, Upload)}:
            return refuse("Expected the parts campaingId, templateId and one file.")
        if len(files) != 1 or not files[0].filename.endswith(".cpg") or not isinstance(campaign_id, str):
            return refuse("Expected one .cpg file and a text part campaingId.")
        try:
            rows = list(csv.DictReader(io.StringIO(files[0].content.decode("utf-8-sig")), strict=True))
        except (UnicodeDecodeError, csv.Error) as error:
            return refuse(f"The file cannot be read: {error}")
        if not rows or any(None in row or None in row.values() for row in rows):
            return refuse("The file needs a header line and rows with as many fields.")
        return self._load(call, campaign_id, str(parts.get("templateId", "")), rows)

    def _load(self, call: Call, campaign_id: str, template_id: str, rows: list[dict[str, Any]]) -> Response:
        template = self.templates.get(template_id, Template())
        meant = campaign_id or template.campaign_id
        fits = meant in self.campaigns.held and all(self._fits(row, template) for row in rows)
        task = self.tasks.begin("load", len(rows), accepted=len(rows) if fits else 0)
        if task.done:
            loaded = ({"templateId": template_id, "taskId": task.id, "data": row} for row in rows[: task.done])
            self.held.setdefault(meant, []).extend(loaded)
            call.applied()
        return json_answer({"taskId": task.id})

    def _fits(self, row: dict[str, Any], template: Template) -> bool:
        return bool(row.get(self.switches.phone_column)) and (not template.columns or set(row) <= template.columns)


def _wrong(body: dict[str, Any] | None) -> str:
    if body is None:
        return "The body must be a JSON object."
    if set(body) != FIELDS:
        return f"Expected exactly the fields {', '.join(sorted(FIELDS))}."
    if not isinstance(body["campaingId"], str):
        return "The campaingId is a string."
    if not isinstance(body["templateId"], str) or not TEMPLATE.fullmatch(body["templateId"]):
        return "The templateId is a uuid."
    if not isinstance(body["typeOfData"], int) or isinstance(body["typeOfData"], bool):
        return "The typeOfData is a number."
    return _wrong_rows(body["data"])


def _wrong_rows(rows: Any) -> str:
    if not isinstance(rows, list) or not rows:
        return "The data is a list with at least one row."
    if not all(isinstance(row, dict) and row for row in rows):
        return "Each row is an object."
    if not all(isinstance(value, str) for row in rows for value in row.values()):
        return "Every value of a row is a string."
    return ""
