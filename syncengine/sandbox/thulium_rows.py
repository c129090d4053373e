"""One record of a Thulium campaign, as both kinds of campaign show it (facts 5.1, [T5] and [T9])."""

from dataclasses import dataclass, field
from typing import Any

# A record with one of these is not dialled; every other one is or will be.
SILENT = frozenset(("NO_CALL", "ABANDONED_AFTER_N_TRIES"))


@dataclass(slots=True)
class Row:
    """A record. A CRM one stands for a customer, a CSV one for a number."""

    record_id: int
    feed: str
    # Every number, the main one first. A CRM record shares the list of its customer, whose changes show at once.
    numbers: list[str]
    system_status: str
    status: str
    status_id: int
    create_date: str
    customer_id: int | None = None
    identifier: str = ""
    agent_login: str = ""
    next_call_date: str = ""
    order: Any = ""
    record_fields: dict[str, str] = field(default_factory=dict)
    in_call: bool = False

    @property
    def phone_number(self) -> str:
        """The main number."""
        return self.numbers[0] if self.numbers else ""

    def as_row(self) -> dict[str, Any]:
        """Return the record as lists show it: empty is "", record_fields are not shown."""
        head = {"record_id": self.record_id, "phone_number": self.phone_number, "system_status": self.system_status}
        head |= {"status": self.status, "status_id": self.status_id, "call_date": "", "create_date": self.create_date}
        head |= {"next_call_date": self.next_call_date, "agent_name": "", "agent_login": self.agent_login}
        own = {"customer_id": self.customer_id} if self.feed == "crm" else {"identifier": self.identifier}
        return head | own | {"last_note": "", "order": self.order}

    def as_json(self) -> dict[str, Any]:
        """Return the record for the judge."""
        return self.as_row() | {"feed": self.feed, "record_fields": self.record_fields, "in_call": self.in_call}
