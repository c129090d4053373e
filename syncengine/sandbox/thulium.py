"""Thulium, REST API (document 004; facts chapter 5).

HTTP Basic. CRM-fed campaigns (`crm_outbounds`) and CSV-fed ones (`outbounds`) share one space of ids.
"""

import base64
import threading
from collections import Counter
from typing import Any

from starlette.applications import Starlette
from starlette.responses import Response

from syncengine.sandbox.application import Endpoint, build
from syncengine.sandbox.call import Call
from syncengine.sandbox.dialer import Clock, Doubled
from syncengine.sandbox.faults import Faults
from syncengine.sandbox.record import Record
from syncengine.sandbox.thulium_answers import LONGEST_URL, TOO_LONG, UNAUTHORIZED, e164, is_phone, refuse
from syncengine.sandbox.thulium_crm import CrmRecords
from syncengine.sandbox.thulium_csv import CsvRecords
from syncengine.sandbox.thulium_customers import Customers
from syncengine.sandbox.thulium_outbounds import Outbound, Outbounds
from syncengine.sandbox.thulium_records import Rules
from syncengine.sandbox.thulium_rows import SILENT, Row

LOGINS = ("j.doe", "a.nowak")


class Thulium:
    """The fake Thulium dialer of one system."""

    name = "thulium"

    def __init__(self, clock: Clock | None = None, logins: tuple[str, ...] = LOGINS) -> None:
        self.faults = Faults()
        self.record = Record()
        self.lock = threading.RLock()
        self.clock = clock or Clock()
        self.outbounds = Outbounds(logins)
        self.customers = Customers()
        self._rules = Rules(logins)
        self._crm = CrmRecords(self.outbounds, self.customers, self._rules, self.clock)
        self._csv = CsvRecords(self.outbounds, self.customers, self._rules, self.clock)

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            for held in (self.faults, self.record, self.outbounds, self.customers, self._rules):
                held.clear()

    def credentials(self) -> dict[str, str]:
        """Return the API user and its password."""
        return {"user": "api_user", "password": "api_pass"}

    def app(self) -> Starlette:
        """Return the HTTP application."""
        endpoints = self._campaign_endpoints() + self._record_endpoints() + self._customer_endpoints()
        return build(self, [(verb, f"/api{path}", handler) for verb, path, handler in endpoints], self._guard)

    def add_customer(self, customer_id: int, surname: str, *numbers: str, identifier: str = "") -> None:
        """Put a customer into the CRM under a chosen id."""
        with self.lock:
            fields = {"surname": surname, "phone_number": list(numbers), "identifier": identifier}
            self.customers.add(fields, customer_id)

    def start_call(self, campaign_id: str, key: str) -> None:
        """Let a record be in a call; the key is a customer_id or a number."""
        self._set_in_call(campaign_id, key, in_call=True)

    def end_call(self, campaign_id: str, key: str) -> None:
        """Let the call end."""
        self._set_in_call(campaign_id, key, in_call=False)

    def define_fields(self, campaign_id: str, *names: str) -> None:
        """Say which record_fields a campaign has; until then any name is taken."""
        with self.lock:
            self.outbounds.held[campaign_id].record_fields = frozenset(names)

    def run_queued_removals(self) -> None:
        """Let the hours pass: campaigns queued for removal go."""
        with self.lock:
            self.outbounds.run_queued_removals()

    def state(self) -> dict[str, Any]:
        """Return everything held, counts first."""
        with self.lock:
            held = self.outbounds.held.values()
            counts = {"campaigns": len(held), "crm_records": sum(len(one.crm) for one in held)}
            counts |= {"csv_records": sum(len(one.csv) for one in held), "customers": len(self.customers.held)}
            return {
                "summary": counts | {"doubled": len(self.doubled()), "requests": self.record.total},
                "campaigns": [outbound.everything() for outbound in held],
                "customers": [customer.as_json() for customer in self.customers.held.values()],
            }

    def records(self, campaign_id: str) -> list[dict[str, Any]]:
        """Return the records of a campaign, of both kinds; `feed` says which."""
        with self.lock:
            outbound = self.outbounds.held.get(campaign_id)
            return [row.as_json() for row in outbound.rows()] if outbound else []

    def callable_numbers(self, campaign_id: str) -> set[str]:
        """Return the numbers of an active campaign whose record is not NO_CALL (or given up)."""
        with self.lock:
            outbound = self.outbounds.held.get(campaign_id)
            return self._callable(outbound) if outbound and outbound.settings["active"] else set()

    def dialling(self) -> dict[str, set[str]]:
        """Return the callable numbers of every active campaign."""
        with self.lock:
            return {one.id: self._callable(one) for one in self.outbounds.held.values() if one.settings["active"]}

    def doubled(self) -> list[Doubled]:
        """Return numbers that more than one record of a campaign has, and identifiers of more than one customer."""
        with self.lock:
            keys = Counter(
                (outbound.id, number)
                for outbound in self.outbounds.held.values()
                for row in outbound.rows()
                for number in _numbers(row)
            )
            keys.update(("", f"customer {key}") for key, ids in self.customers.by_identifier.items() for _ in ids)
            return [Doubled(campaign_id, key, times) for (campaign_id, key), times in keys.items() if times > 1]

    def _callable(self, outbound: Outbound) -> set[str]:
        return {number for row in outbound.rows() if row.system_status not in SILENT for number in _numbers(row)}

    def _set_in_call(self, campaign_id: str, key: str, *, in_call: bool) -> None:
        with self.lock:
            outbound = self.outbounds.held[campaign_id]
            row = outbound.crm.get(key) or outbound.csv[e164(key)]
            row.in_call = in_call

    def _guard(self, call: Call) -> Response | None:
        known = self.credentials()
        expected = base64.b64encode(f"{known['user']}:{known['password']}".encode()).decode()
        scheme, _, given = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic" or given != expected:
            return refuse("Unauthorized.", 401, UNAUTHORIZED)
        if len(call.target) > LONGEST_URL:
            return refuse("The URL is too long.", 414, TOO_LONG)
        if call.kind in {"unreadable", "text"}:
            return refuse("The body must be JSON with its Content-Type.")
        return None

    def _campaign_endpoints(self) -> list[Endpoint]:
        outbounds = self.outbounds
        return [
            ("GET", "/outbounds", outbounds.list_all),
            ("POST", "/outbounds", outbounds.create),
            ("GET", "/outbounds/stats", outbounds.stats),
            ("PUT", "/outbounds/{id}", outbounds.update),
            ("DELETE", "/outbounds/{id}", outbounds.delete),
            ("DELETE", "/batch/outbounds", outbounds.delete_batch),
            ("GET", "/outbounds/{id}/statuses", outbounds.statuses),
            ("GET", "/outbounds/{id}/agents", outbounds.agents),
            ("POST", "/outbounds/{id}/add_agents", outbounds.add_agents),
            ("POST", "/outbounds/{id}/remove_agents", outbounds.remove_agents),
        ]

    def _record_endpoints(self) -> list[Endpoint]:
        crm, csv = self._crm, self._csv
        return [
            ("POST", "/batch/crm_outbounds/{id}/records", crm.add_batch),
            ("DELETE", "/batch/crm_outbounds/{id}/records", crm.delete_batch),
            ("GET", "/crm_outbounds/{id}/records", crm.list_all),
            ("POST", "/crm_outbounds/{id}/records", crm.add),
            ("GET", "/crm_outbounds/{id}/records/{key}", crm.read),
            ("PUT", "/crm_outbounds/{id}/records/{key}", crm.update),
            ("DELETE", "/crm_outbounds/{id}/records/{key}", crm.delete),
            ("POST", "/batch/outbounds/{id}/records", csv.add_batch),
            ("DELETE", "/batch/outbounds/{id}/records", csv.delete_batch),
            ("GET", "/outbounds/{id}/records", csv.list_all),
            ("POST", "/outbounds/{id}/records", csv.add),
            ("PUT", "/outbounds/{id}/records/{key}", csv.update_by_phone),
            ("DELETE", "/outbounds/{id}/records/{key}", csv.delete_by_phone),
            ("PUT", "/outbounds/{id}/records_by_identifier/{key}", csv.update_by_identifier),
            ("DELETE", "/outbounds/{id}/records_by_identifier/{key}", csv.delete_by_identifier),
            ("POST", "/outbound_status_by_phone_number", csv.status_by_phone),
        ]

    def _customer_endpoints(self) -> list[Endpoint]:
        customers = self.customers
        return [
            ("GET", "/customers", customers.list_all),
            ("POST", "/customers", customers.create),
            ("GET", "/customers/{id}", customers.read),
            ("PUT", "/customers/{id}", customers.update),
            ("DELETE", "/customers/{id}", self._delete_customer),
            ("POST", "/batch/customers", customers.create_batch),
            ("PUT", "/batch/customers", customers.update_batch),
        ]

    def _delete_customer(self, call: Call) -> Response:
        """Remove a customer together with the records that stand for it."""
        answer = self.customers.delete(call)
        if call.outcome.applied:
            for outbound in self.outbounds.held.values():
                outbound.crm.pop(call.params["id"], None)
        return answer


def _numbers(row: Row) -> set[str]:
    return {e164(number) for number in row.numbers if is_phone(number)}
