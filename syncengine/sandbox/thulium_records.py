"""What Thulium's two kinds of record have in common: their status rules, their list, and their update (document 004).

A record's status is named by the campaign's own number or by the dictionary's. MY_RECORD needs an agent and a date,
CALL_NO_SOONER_THAN a date. "Do not call" is the status NO_CALL of one campaign, and nothing more.
"""

from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call
from syncengine.sandbox.thulium_answers import as_id, empty, is_minute, page, refuse
from syncengine.sandbox.thulium_outbounds import Outbound, Status
from syncengine.sandbox.thulium_rows import Row

CHANGEABLE = frozenset(("status_id", "dictionary_status_id", "agent_login", "next_call_date", "order"))
MOST_PER_PAGE = 100


class Invalid(Exception):  # noqa: N818
    """Why a record is refused."""


class Rules:
    """Applies the fields of a request to a record, or says why not."""

    def __init__(self, logins: tuple[str, ...]) -> None:
        self._logins = logins
        self._made = 0

    def clear(self) -> None:
        """Begin to number records anew."""
        self._made = 0

    def next_id(self) -> int:
        """Return the number of the next record."""
        self._made += 1
        return self._made

    def change(self, outbound: Outbound, row: Row, fields: dict[str, Any]) -> None:
        """Set a record's fields all at once."""
        status = _status(outbound, fields) or outbound.status("status_id", row.status_id)
        login = fields.get("agent_login", row.agent_login)
        date = fields.get("next_call_date", row.next_call_date)
        if login and login not in self._logins:
            raise Invalid("Agent not found.")
        if date and not is_minute(date):
            raise Invalid("Wrong format of next_call_date, expected YYYY-MM-DD hh:mm.")
        if status is None:
            raise Invalid("Status not found.")
        if status.system_status == "MY_RECORD" and not (login and date):
            raise Invalid("MY_RECORD requires agent_login and next_call_date.")
        if status.system_status == "CALL_NO_SOONER_THAN" and not date:
            raise Invalid("CALL_NO_SOONER_THAN requires next_call_date.")
        row.agent_login, row.next_call_date = login or "", date or ""
        row.order = fields.get("order", row.order)
        set_status(row, status)

    def update(self, call: Call, outbound: Outbound, row: Row, allowed: frozenset[str]) -> Response:
        """Answer an update of one record: an empty body."""
        body = call.json_object()
        if not body or not set(body) <= allowed:
            return refuse(f"Expected an object with any of {', '.join(sorted(allowed))}.")
        try:
            record_fields = checked_fields(outbound, body)
            self.change(outbound, row, body)
        except Invalid as reason:
            return refuse(str(reason))
        # An empty value clears its field.
        merged = row.record_fields | record_fields
        row.record_fields = {name: value for name, value in merged.items() if value != ""}
        call.applied()
        return empty()


def set_status(row: Row, status: Status) -> None:
    """Set what a record shows of its status."""
    row.status_id, row.system_status, row.status = status.status_id, status.system_status, status.name


def checked_fields(outbound: Outbound, item: dict[str, Any]) -> dict[str, str]:
    """Return the record_fields of an item; a name that the campaign does not have is refused."""
    named = item.get("record_fields", {})
    if not isinstance(named, dict) or not all(isinstance(value, str) for value in named.values()):
        raise Invalid("The record_fields are an object of strings.")
    if outbound.record_fields and not set(named) <= outbound.record_fields:
        raise Invalid(f"Unknown field: {', '.join(sorted(set(named) - outbound.record_fields))}.")
    return named


def listed(call: Call, rows: list[Row]) -> Response:
    """Answer a list of records: filtered, ordered, one page of it."""
    statuses = {as_id(value) for value in call.values("status_id[]")}
    systems = set(call.values("system_status[]"))
    first, last = call.value("create_date_from"), call.value("create_date_to")
    shown = [
        row
        for row in rows
        if (not statuses or row.status_id in statuses)
        and (not systems or row.system_status in systems)
        and (not first or row.create_date >= first)
        and (not last or row.create_date <= last)
    ]
    order = call.value("order")
    if order.lstrip("-") == "next_call_date":
        shown.sort(key=lambda row: row.next_call_date, reverse=order.startswith("-"))
    return page(call, shown, Row.as_row, MOST_PER_PAGE)


def _status(outbound: Outbound, fields: dict[str, Any]) -> Status | None:
    for name in ("status_id", "dictionary_status_id"):
        if name in fields:
            status = outbound.status(name, fields[name])
            if not status:
                raise Invalid("Status not found.")
            return status
    return None
