"""Thulium's customers (facts 5.1, [T17] and [T18]).

Nothing de-duplicates: the same identifier twice makes two customers, so whoever creates must look first. Reading gives
the main number and all numbers, writing takes one field for one or many. Batch answers were cut in the document; here
they are lists in the order of the request.
"""

from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.thulium_answers import (
    PHONE_FORMAT,
    as_id,
    e164,
    empty,
    is_phone,
    not_found,
    page,
    refuse,
)

TEXTS = ("surname", "name", "email", "identifier", "nip", "type", "group", "company_id")
FIELDS = frozenset((*TEXTS, "phone_number", "custom_fields", "address"))
FILTERS = ("identifier", "email", "nip", "company_id", "type", "group")
MOST_PER_PAGE = 1000
FIRST_ID = 441


@dataclass(slots=True)
class Customer:
    """A customer."""

    id: int
    fields: dict[str, Any]
    numbers: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the customer as reads show it."""
        texts = {name: self.fields.get(name, "") for name in TEXTS}
        phones = {"phone_number": self.numbers[0] if self.numbers else "", "phone_numbers": self.numbers}
        inner = {"custom_fields": self.fields.get("custom_fields", {}), "address": self.fields.get("address", {})}
        return {"customer_id": self.id} | texts | phones | inner


class Customers:
    """The customers of the system, found by id, and fast by identifier and by main number."""

    def __init__(self) -> None:
        self.held: dict[int, Customer] = {}
        self.by_main: dict[str, set[int]] = {}
        self.by_identifier: dict[str, set[int]] = {}
        self._next = FIRST_ID

    def clear(self) -> None:
        """Forget every customer."""
        for held in (self.held, self.by_main, self.by_identifier):
            held.clear()
        self._next = FIRST_ID

    def add(self, fields: dict[str, Any], customer_id: int | None = None) -> Customer:
        """Add a customer, under a chosen id when a test needs one."""
        customer = Customer(customer_id or self._next, {})
        self._next = max(self._next, customer.id) + 1
        self.held[customer.id] = customer
        self._set(customer, fields)
        return customer

    def list_all(self, call: Call) -> Response:
        """GET /customers: an empty value of a filter means "has none"."""
        asked = {name: call.value(name) for name in FILTERS if call.values(name)}
        shown = self._narrowed(call)
        for name, value in asked.items():
            shown = [customer for customer in shown if str(customer.fields.get(name, "")) == value]
        return page(call, shown, Customer.as_json, MOST_PER_PAGE)

    def read(self, call: Call) -> Response:
        """GET /customers/{id}."""
        customer = self._named(call.params["id"])
        return json_answer(customer.as_json()) if customer else not_found("Customer")

    def create(self, call: Call) -> Response:
        """POST /customers."""
        fault = _wrong(call.json_object(), creating=True)
        if fault:
            return refuse(fault, code=PHONE_FORMAT)
        call.applied()
        return json_answer({"customer_id": self.add(call.body).id}, 201)

    def update(self, call: Call) -> Response:
        """PUT /customers/{id}: the fields sent change."""
        customer = self._named(call.params["id"])
        fault = _wrong(call.json_object(), creating=False)
        if not customer:
            return not_found("Customer")
        if fault:
            return refuse(fault, code=PHONE_FORMAT)
        self._set(customer, call.body)
        call.applied()
        return empty()

    def delete(self, call: Call) -> Response:
        """DELETE /customers/{id}."""
        customer = self._named(call.params["id"])
        if not customer:
            return not_found("Customer")
        del self.held[customer.id]
        self._unindex(customer)
        call.applied()
        return empty()

    def create_batch(self, call: Call) -> Response:
        """POST /batch/customers."""
        items = (call.json_object() or {}).get("customers")
        if not isinstance(items, list) or not items:
            return refuse("The customers are required.")
        return json_answer([self._create_one(call, item) for item in items])

    def update_batch(self, call: Call) -> Response:
        """PUT /batch/customers: each item names its customer_id."""
        items = (call.json_object() or {}).get("customers")
        if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
            return refuse("The customers are required.")
        return json_answer([self._update_one(call, item) for item in items])

    def _create_one(self, call: Call, item: Any) -> dict[str, Any]:
        fault = _wrong(item, creating=True)
        if fault:
            return {"http_status": 400, "status": "FAILED", "message": fault}
        call.applied()
        return {"http_status": 201, "customer_id": self.add(item).id, "status": "ADDED"}

    def _update_one(self, call: Call, item: dict[str, Any]) -> dict[str, Any]:
        fields = {name: value for name, value in item.items() if name != "customer_id"}
        customer = self._named(item.get("customer_id"))
        fault = _wrong(fields, creating=False)
        if not customer:
            return {"http_status": 404, "customer_id": item.get("customer_id"), "status": "NOT_EXIST"}
        if fault:
            return {"http_status": 400, "customer_id": customer.id, "status": "FAILED", "message": fault}
        self._set(customer, fields)
        call.applied()
        return {"http_status": 200, "customer_id": customer.id, "status": "UPDATED"}

    def _named(self, value: Any) -> Customer | None:
        customer_id = as_id(value)
        return self.held.get(customer_id) if customer_id is not None else None

    def _narrowed(self, call: Call) -> list[Customer]:
        if call.value("identifier"):
            return [self.held[key] for key in sorted(self.by_identifier.get(call.value("identifier"), ()))]
        if not call.values("phone_number"):
            return list(self.held.values())
        number = e164(call.value("phone_number"))
        if not number:
            return [customer for customer in self.held.values() if not customer.numbers]
        return [c for c in self.held.values() if number in (e164(one) for one in c.numbers)]

    def _set(self, customer: Customer, fields: dict[str, Any]) -> None:
        self._unindex(customer)
        customer.fields |= {name: value for name, value in fields.items() if name != "phone_number"}
        if "phone_number" in fields:
            phone = fields["phone_number"]
            customer.numbers[:] = phone if isinstance(phone, list) else [phone] if phone else []
        for index, key in self._keys(customer):
            index.setdefault(key, set()).add(customer.id)

    def _unindex(self, customer: Customer) -> None:
        for index, key in self._keys(customer):
            index.get(key, set()).discard(customer.id)

    def _keys(self, customer: Customer) -> list[tuple[dict[str, set[int]], str]]:
        keys = [(self.by_main, e164(customer.numbers[0]))] if customer.numbers else []
        identifier = customer.fields.get("identifier", "")
        return [*keys, (self.by_identifier, identifier)] if identifier else keys


def _wrong(body: Any, *, creating: bool) -> str:
    if not isinstance(body, dict):
        return "The customer must be an object."
    strangers = sorted(set(body) - FIELDS)
    if strangers:
        return f"Unknown field: {', '.join(strangers)}."
    if body.get("surname", "" if creating else "-") == "":
        return "The surname is required."
    phone = body.get("phone_number", "")
    numbers = phone if isinstance(phone, list) else [phone] if phone else []
    if not all(is_phone(one) for one in numbers):
        return "Wrong format of phone number."
    if not all(isinstance(body.get(name, {}), dict) for name in ("custom_fields", "address")):
        return "The custom_fields and the address are objects."
    return ""
