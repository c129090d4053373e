"""Thulium's CRM-fed campaigns: a record stands for a customer (document 004; facts 5.1).

Batch answers are objects keyed by customer_id, with an HTTP-like status per item inside an overall 200. A record that
exists already is an item-level 400 and names the record.
"""

from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.dialer import Clock
from syncengine.sandbox.thulium_answers import as_id, empty, not_found, refuse, written_minute
from syncengine.sandbox.thulium_customers import Customers
from syncengine.sandbox.thulium_outbounds import Outbound, Outbounds
from syncengine.sandbox.thulium_records import CHANGEABLE, Invalid, Rules, listed, set_status
from syncengine.sandbox.thulium_rows import Row

FIELDS = CHANGEABLE | {"customer_id"}


class CrmRecords:
    """The handlers of /crm_outbounds and /batch/crm_outbounds."""

    def __init__(self, outbounds: Outbounds, customers: Customers, rules: Rules, clock: Clock) -> None:
        self._outbounds = outbounds
        self._customers = customers
        self._rules = rules
        self._clock = clock

    def list_all(self, call: Call) -> Response:
        """GET records."""
        outbound = self._outbounds.held.get(call.params["id"])
        return listed(call, list(outbound.crm.values())) if outbound else not_found("Outbound")

    def read(self, call: Call) -> Response:
        """GET one record."""
        found = self._found(call)
        return json_answer(found[1].as_row()) if found else not_found("Record")

    def update(self, call: Call) -> Response:
        """PUT one record."""
        found = self._found(call)
        return self._rules.update(call, found[0], found[1], CHANGEABLE) if found else not_found("Record")

    def delete(self, call: Call) -> Response:
        """DELETE one record; one in a call is silently kept."""
        found = self._found(call)
        if not found:
            return not_found("Record")
        if not found[1].in_call:
            del found[0].crm[call.params["key"]]
            call.applied()
        return empty()

    def add(self, call: Call) -> Response:
        """POST one record: its number comes as text here."""
        outbound = self._outbounds.held.get(call.params["id"])
        body = call.json_object()
        if not outbound:
            return not_found("Outbound")
        if body is None or "customer_id" not in body:
            return refuse("The customer_id is required.")
        outcome = self._add_one(call, outbound, body)
        if outcome["status"] == "ADDED":
            return json_answer({"record_id": str(outcome["record_id"])}, 201)
        return refuse(outcome.get("message", "Record already exists."))

    def add_batch(self, call: Call) -> Response:
        """POST records: ADDED, ALREADY_EXISTS or FAILED by customer_id."""
        outbound = self._outbounds.held.get(call.params["id"])
        items = (call.json_object() or {}).get("records")
        if not outbound:
            return not_found("Outbound")
        if not isinstance(items, list) or not items:
            return refuse("The records are required.")
        if not all(isinstance(item, dict) and "customer_id" in item for item in items):
            return refuse("The customer_id is required.")
        return json_answer({str(item["customer_id"]): self._add_one(call, outbound, item) for item in items})

    def delete_batch(self, call: Call) -> Response:
        """DELETE records: REMOVED, NOT_EXIST or CALL_IN_PROGRESS by customer_id."""
        outbound = self._outbounds.held.get(call.params["id"])
        keys = call.values("customer_id[]")
        if not outbound:
            return not_found("Outbound")
        if not keys:
            return refuse("The customer_id is required.")
        return json_answer({key: self._delete_one(call, outbound, key) for key in keys})

    def _found(self, call: Call) -> tuple[Outbound, Row] | None:
        outbound = self._outbounds.held.get(call.params["id"])
        row = outbound.crm.get(call.params["key"]) if outbound else None
        return (outbound, row) if outbound and row else None

    def _add_one(self, call: Call, outbound: Outbound, item: dict[str, Any]) -> dict[str, Any]:
        customer_id = as_id(item["customer_id"])
        customer = self._customers.held.get(customer_id) if customer_id is not None else None
        if not customer:
            return _failed("Customer not found.")
        known = outbound.crm.get(str(customer.id))
        if known:
            return {"http_status": 400, "record_id": known.record_id, "status": "ALREADY_EXISTS"}
        if not set(item) <= FIELDS:
            return _failed(f"Unknown field: {', '.join(sorted(set(item) - FIELDS))}.")
        date = written_minute(self._clock.now())
        row = Row(0, "crm", customer.numbers, "", "", 0, date, customer_id=customer.id)
        set_status(row, outbound.statuses[0])
        try:
            self._rules.change(outbound, row, item)
        except Invalid as reason:
            return _failed(str(reason))
        row.record_id = self._rules.next_id()
        outbound.crm[str(customer.id)] = row
        call.applied()
        return {"http_status": 201, "record_id": row.record_id, "status": "ADDED"}

    def _delete_one(self, call: Call, outbound: Outbound, key: str) -> dict[str, Any]:
        row = outbound.crm.get(key)
        if not row:
            return {"http_status": 404, "status": "NOT_EXIST"}
        if row.in_call:
            return {"http_status": 400, "record_id": row.record_id, "status": "CALL_IN_PROGRESS"}
        del outbound.crm[key]
        call.applied()
        return {"http_status": 200, "record_id": row.record_id, "status": "REMOVED"}


def _failed(message: str) -> dict[str, Any]:
    return {"http_status": 400, "status": "FAILED", "message": message}
