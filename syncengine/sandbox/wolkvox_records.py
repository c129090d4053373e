"""Wolkvox's campaign records: added by the thousand without a per-record result (document 001; facts 2.1 to 2.3).

Nothing de-duplicates: the same customer_id again is a second record, and will be called again. `campaign_status` is
described as the current status but taken as an order: "start" starts the campaign. Removing a record also erases its
attempts from the reports, unless the result was ANSWER.
"""

import re
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call
from syncengine.sandbox.dialer import Clock
from syncengine.sandbox.wolkvox_answers import Answers, body_of_texts
from syncengine.sandbox.wolkvox_campaigns import Campaign, Campaigns

TELEPHONES = (*(f"tel{n}" for n in range(1, 11)), "tel_extra", "recall_telephone")
PERSON = "customer_name customer_last_name id_type customer_id age gender country state city zone address email"
FIELDS = frozenset((*PERSON.split(), *(f"opt{n}" for n in range(1, 13)), *TELEPHONES, "recall_date"))
# Preview records may name their agent.
PREVIEW_FIELDS = FIELDS | {"agent_id"}
MOST_RECORDS = 10_000
MOST_DAYS = 31
DATE = re.compile(r"[0-9]{14}")
RESULTS = frozenset(
    (
        "no-answer",
        "answer-machine",
        "abandon",
        "busy",
        "congestion",
        "unknown",
        "failed",
        "do-not-call",
        "chanunavail",
        "answer",
    )
)
RECALL_FIELDS = ("customer_id", "recall_date", "recall_telephone")


class Records:
    """The records of the campaigns, and the history of what was dialled."""

    def __init__(self, campaigns: Campaigns, answers: Answers, clock: Clock) -> None:
        self.history: list[dict[str, str]] = []
        self._campaigns = campaigns
        self._answers = answers
        self._clock = clock

    def clear(self) -> None:
        """Forget the history; the records go with their campaigns."""
        self.history.clear()

    def add(self, call: Call) -> Response:
        """add_record: all or nothing, one total for the batch, and a code as text."""
        campaign = self._campaigns.find(call)
        if isinstance(campaign, Response):
            return campaign
        status = call.value("campaign_status")
        # The newer preview page has no campaign_status.
        if status not in ("start", "stop") and (status or campaign.kind == "predictive"):
            return self._answers.missing()
        fault = wrong(call.json_array(), FIELDS if campaign.kind == "predictive" else PREVIEW_FIELDS)
        if fault:
            return self._answers.refuse(400, fault)
        campaign.records.extend(dict(record) for record in call.body)
        if status:
            campaign.started = status == "start"
        call.applied()
        total = " " if self._answers.switches.blank_totals else str(len(call.body))
        message = "All records has been added successfully"
        return self._answers.success("201", message, [{"total_registers": total}])

    def remove(self, call: Call) -> Response:
        """remove_record: a DELETE whose JSON body holds the customer_id."""
        campaign = self._campaigns.find(call)
        if isinstance(campaign, Response):
            return campaign
        body = body_of_texts(call, frozenset(("customer_id",)), ("customer_id",))
        if body is None:
            return self._answers.missing()
        kept = [record for record in campaign.records if record.get("customer_id") != body["customer_id"]]
        if len(kept) == len(campaign.records):
            return self._answers.refuse(404, f"THE CUSTOMER_ID {body['customer_id']} DOES NOT EXIST")
        campaign.records = kept
        self.history = [row for row in self.history if not _erased(row, campaign.id, body["customer_id"])]
        call.applied()
        return self._answers.success(202, f"The record has been deleted of campaign_id {campaign.id} successfully")

    def empty(self, call: Call) -> Response:
        """clear_campaign: every record, or those with one result."""
        campaign = self._campaigns.find(call)
        if isinstance(campaign, Response):
            return campaign
        result = call.value("result")
        if result and result not in RESULTS:
            return self._answers.missing()
        meant = {row["customer_id"] for row in self._of(campaign) if row["result"] == result.upper()}
        campaign.records = [r for r in campaign.records if r.get("customer_id", "") not in meant] if result else []
        call.applied()
        message = f"All records has been deleted of campaign_id {campaign.id} successfully"
        return self._answers.success(202, message)

    def recall(self, call: Call) -> Response:
        """Recall: another date and number for a record."""
        campaign = self._campaigns.find(call)
        if isinstance(campaign, Response):
            return campaign
        body = body_of_texts(call, frozenset(RECALL_FIELDS), RECALL_FIELDS)
        if body is None or not DATE.fullmatch(body["recall_date"]):
            return self._answers.missing()
        meant = [record for record in campaign.records if record.get("customer_id") == body["customer_id"]]
        if not meant:
            return self._answers.refuse(404, f"THE CUSTOMER_ID {body['customer_id']} DOES NOT EXIST")
        for record in meant:
            record.update(body)
        call.applied()
        return self._answers.success(202, f"The record has been rescheduled of campaign_id {campaign.id} successfully")

    def detail(self, call: Call) -> Response:
        """Detail: what was dialled in a window of at most 31 days. A record that was not dialled is invisible."""
        return self._window(call, kind_required=True)

    def report(self, call: Call) -> Response:
        """reports_manager.php?api=campaign_3: results by phone, in the same window."""
        return self._window(call, kind_required=False)

    def mark_dialled(self, campaign_id: str, customer_id: str, result: str) -> None:
        """Let the dialer have rung a record, with one of the results of clear_campaign."""
        campaign = self._campaigns.held[campaign_id]
        date = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y%m%d%H%M%S")
        for record in campaign.records:
            if record.get("customer_id") == customer_id:
                row = {"campaign_id": campaign_id, "customer_id": customer_id, "date": date}
                self.history.append(row | {"telephone": record.get("tel1", ""), "result": result.upper()})

    def _of(self, campaign: Campaign) -> list[dict[str, str]]:
        return [row for row in self.history if row["campaign_id"] == campaign.id]

    def _window(self, call: Call, *, kind_required: bool) -> Response:
        campaign = self._campaigns.find(call, kind_required=kind_required)
        if isinstance(campaign, Response):
            return campaign
        first, last = _moment(call.value("date_ini")), _moment(call.value("date_end"))
        if not first or not last:
            return self._answers.missing()
        if (last - first).days > MOST_DAYS:
            return self._answers.refuse(400, f"THE RANGE OF DATES MUST NOT EXCEED {MOST_DAYS} DAYS")
        rows = [row for row in self._of(campaign) if call.value("date_ini") <= row["date"] <= call.value("date_end")]
        return self._answers.success(200, f"{len(rows)} records were found", rows)


def wrong(batch: list[Any] | None, allowed: frozenset[str]) -> str:
    """Return why a batch of records is refused, or an empty text."""
    if batch is None:
        return "THE BODY MUST BE A JSON ARRAY"
    if not batch:
        return "SOME PARAMETERS ARE REQUIRED"
    if len(batch) > MOST_RECORDS:
        return f"THE LIMIT OF RECORDS PER REQUEST IS {MOST_RECORDS}"
    for number, record in enumerate(batch):
        if not isinstance(record, dict) or not record:
            return f"THE RECORD {number} IS NOT AN OBJECT"
        if not record.keys() <= allowed:
            return f"THE RECORD {number} HAS UNKNOWN FIELDS: {', '.join(sorted(record.keys() - allowed))}"
        if not all(type(value) is str for value in record.values()):
            return f"THE RECORD {number} HAS A VALUE THAT IS NOT A STRING"
        if record.get("recall_date") and not DATE.fullmatch(record["recall_date"]):
            return f"THE RECORD {number} HAS A recall_date THAT IS NOT yyyymmddhhmmss"
    return ""


def _erased(row: dict[str, str], campaign_id: str, customer_id: str) -> bool:
    return (row["campaign_id"], row["customer_id"]) == (campaign_id, customer_id) and row["result"] != "ANSWER"


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
