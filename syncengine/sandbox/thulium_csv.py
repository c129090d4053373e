"""Thulium's CSV-fed campaigns: a record stands for a number (facts 5.1, [T9] to [T13]).

Duplicate numbers are refused, and so is an identifier used before. The batch removal answers a list of results per
number; the container of the batch addition was not seen and is an object keyed by number here.
"""

from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.dialer import Clock
from syncengine.sandbox.thulium_answers import (
    PHONE_FORMAT,
    e164,
    empty,
    is_phone,
    not_found,
    refuse,
    written_minute,
)
from syncengine.sandbox.thulium_customers import Customers
from syncengine.sandbox.thulium_outbounds import Outbound, Outbounds
from syncengine.sandbox.thulium_records import CHANGEABLE, Invalid, Rules, checked_fields, listed, set_status
from syncengine.sandbox.thulium_rows import Row

FIELDS = CHANGEABLE | {"phone_number", "identifier", "record_fields"}
CHANGEABLE_CSV = CHANGEABLE - {"order"} | {"record_fields"}
WRONG_PHONE = "Wrong format of phone number."


class CsvRecords:
    """The handlers of the records under /outbounds and /batch/outbounds."""

    def __init__(self, outbounds: Outbounds, customers: Customers, rules: Rules, clock: Clock) -> None:
        self._outbounds = outbounds
        self._customers = customers
        self._rules = rules
        self._clock = clock

    def list_all(self, call: Call) -> Response:
        """GET records."""
        outbound = self._outbounds.held.get(call.params["id"])
        return listed(call, list(outbound.csv.values())) if outbound else not_found("Outbound")

    def add(self, call: Call) -> Response:
        """POST one record: its number comes as text here."""
        outbound = self._outbounds.held.get(call.params["id"])
        body = call.json_object()
        if not outbound:
            return not_found("Outbound")
        if body is None or not is_phone(body.get("phone_number")):
            return refuse(WRONG_PHONE, code=PHONE_FORMAT)
        outcome = self._add_one(call, outbound, body)
        if outcome["status"] == "ADDED":
            return json_answer({"record_id": str(outcome["record_id"])}, 201)
        return refuse(outcome.get("message", "Record already exists."))

    def add_batch(self, call: Call) -> Response:
        """POST records: ADDED, ALREADY_EXISTS or FAILED by number."""
        outbound = self._outbounds.held.get(call.params["id"])
        items = (call.json_object() or {}).get("records")
        if not outbound:
            return not_found("Outbound")
        if not isinstance(items, list) or not items:
            return refuse("The records are required.")
        if not all(isinstance(item, dict) and isinstance(item.get("phone_number"), str) for item in items):
            return refuse("The phone_number is required.")
        return json_answer({item["phone_number"]: self._add_one(call, outbound, item) for item in items})

    def update_by_phone(self, call: Call) -> Response:
        """PUT by number (inferred)."""
        return self._update(call, *self._by_phone(call))

    def update_by_identifier(self, call: Call) -> Response:
        """PUT by identifier."""
        return self._update(call, *self._by_identifier(call))

    def delete_by_phone(self, call: Call) -> Response:
        """DELETE by number; a record in a call is silently kept."""
        return self._delete(call, *self._by_phone(call))

    def delete_by_identifier(self, call: Call) -> Response:
        """DELETE by identifier; a record in a call is silently kept."""
        return self._delete(call, *self._by_identifier(call))

    def delete_batch(self, call: Call) -> Response:
        """DELETE records: a list of results by number."""
        outbound = self._outbounds.held.get(call.params["id"])
        numbers = call.values("phone_number[]")
        if not outbound:
            return not_found("Outbound")
        if not numbers:
            return refuse("The phone_number is required.")
        return json_answer({number: [self._delete_one(call, outbound, number)] for number in numbers})

    def status_by_phone(self, call: Call) -> Response:
        """POST /outbound_status_by_phone_number: main numbers, every campaign; `status_id` is the dictionary's."""
        body = call.json_object() or {}
        if set(body) != {"phone_number", "status_id"}:
            return refuse("The phone_number and the status_id are required.")
        if not is_phone(body["phone_number"]):
            return refuse(WRONG_PHONE, code=PHONE_FORMAT)
        number, changed = e164(body["phone_number"]), []
        for outbound in self._outbounds.held.values():
            status = outbound.status("dictionary_status_id", body["status_id"])
            if not status:
                return refuse("Status not found.")
            rows = self._with_main(outbound, number)
            for row in rows:
                set_status(row, status)
            changed += [outbound.id] if rows else []
        call.outcome.applied = bool(changed)
        return json_answer({"outbound_id": changed})

    def _with_main(self, outbound: Outbound, number: str) -> list[Row]:
        csv = [outbound.csv[number]] if number in outbound.csv else []
        customers = (str(customer_id) for customer_id in self._customers.by_main.get(number, ()))
        return csv + [outbound.crm[key] for key in customers if key in outbound.crm]

    def _by_phone(self, call: Call) -> tuple[Outbound | None, Row | None]:
        outbound = self._outbounds.held.get(call.params["id"])
        return outbound, outbound.csv.get(e164(call.params["key"])) if outbound else None

    def _by_identifier(self, call: Call) -> tuple[Outbound | None, Row | None]:
        outbound = self._outbounds.held.get(call.params["id"])
        return outbound, outbound.by_identifier.get(call.params["key"]) if outbound else None

    def _update(self, call: Call, outbound: Outbound | None, row: Row | None) -> Response:
        if not outbound or not row:
            return not_found("Record")
        return self._rules.update(call, outbound, row, CHANGEABLE_CSV)

    def _delete(self, call: Call, outbound: Outbound | None, row: Row | None) -> Response:
        if not outbound or not row:
            return not_found("Record")
        if not row.in_call:
            _forget(outbound, row)
            call.applied()
        return empty()

    def _add_one(self, call: Call, outbound: Outbound, item: dict[str, Any]) -> dict[str, Any]:
        if not is_phone(item["phone_number"]):
            return _failed(WRONG_PHONE)
        number = e164(item["phone_number"])
        known = outbound.csv.get(number)
        if known:
            return {"http_status": 400, "record_id": known.record_id, "status": "ALREADY_EXISTS"}
        if not set(item) <= FIELDS:
            return _failed(f"Unknown field: {', '.join(sorted(set(item) - FIELDS))}.")
        identifier = str(item.get("identifier", ""))
        if identifier and identifier in outbound.by_identifier:
            return _failed("The identifier is not unique.")
        date = written_minute(self._clock.now())
        row = Row(0, "csv", [item["phone_number"]], "", "", 0, date, identifier=identifier)
        set_status(row, outbound.statuses[0])
        try:
            row.record_fields = checked_fields(outbound, item)
            self._rules.change(outbound, row, item)
        except Invalid as reason:
            return _failed(str(reason))
        row.record_id = self._rules.next_id()
        outbound.csv[number] = row
        if identifier:
            outbound.by_identifier[identifier] = row
        call.applied()
        return {"http_status": 201, "record_id": row.record_id, "status": "ADDED"}

    def _delete_one(self, call: Call, outbound: Outbound, phone: str) -> dict[str, Any]:
        row = outbound.csv.get(e164(phone))
        if not row:
            return {"http_status": 404, "status": "NOT_EXIST"}
        if row.in_call:
            return {"http_status": 400, "record_id": row.record_id, "status": "CALL_IN_PROGRESS"}
        _forget(outbound, row)
        call.applied()
        return {"http_status": 200, "record_id": row.record_id, "status": "REMOVED"}


def _forget(outbound: Outbound, row: Row) -> None:
    del outbound.csv[e164(row.phone_number)]
    outbound.by_identifier.pop(row.identifier, None)


def _failed(message: str) -> dict[str, Any]:
    return {"http_status": 400, "status": "FAILED", "message": message}
