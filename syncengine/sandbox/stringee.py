"""Stringee, outbound campaign API of icc-api (document 003; facts chapter 4)."""

import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from starlette.applications import Starlette
from starlette.responses import Response

from syncengine.sandbox.application import Endpoint, build
from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.dialer import Clock, Doubled, restore
from syncengine.sandbox.faults import Faults
from syncengine.sandbox.record import Record
from syncengine.sandbox.stringee_answers import UNAUTHORIZED, Answers, StringeeSwitches
from syncengine.sandbox.stringee_blacklist import Blacklist
from syncengine.sandbox.stringee_campaigns import Campaigns
from syncengine.sandbox.stringee_contacts import DO_NOT_CALL, Contact, Contacts, normalise
from syncengine.sandbox.stringee_token import token_of, wrong


class Stringee:
    """The fake Stringee dialer of one project."""

    name = "stringee"

    def __init__(self, clock: Clock | None = None, switches: StringeeSwitches | None = None) -> None:
        self.faults = Faults()
        self.record = Record()
        self.lock = threading.RLock()
        self.clock = clock or Clock()
        self._initial = switches or StringeeSwitches()
        self.switches = replace(self._initial)
        answers = Answers(self.switches)
        self.contacts = Contacts(answers, self.clock)
        self.campaigns = Campaigns(answers, self.contacts)
        self.blacklist = Blacklist(answers)

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            restore(self.switches, self._initial)
            for held in (self.faults, self.record, self.contacts, self.campaigns, self.blacklist):
                held.clear()

    def credentials(self) -> dict[str, str]:
        """Return the key's SID and the secret to sign with."""
        return {"key_sid": "SKsandbox0001", "key_secret": "c3RyaW5nZWUtc2FuZGJveC1zZWNyZXQta2V5LTAwMDE="}

    def app(self) -> Starlette:
        """Return the HTTP application."""
        return build(self, self._endpoints(), self._guard)

    def add_contact(self, contact_id: str, name: str, phones: Sequence[str]) -> None:
        """Put a contact into the portal's directory, for filters to find."""
        with self.lock:
            self.contacts.directory[contact_id] = Contact(contact_id, name, [normalise(phone) for phone in phones])

    def add_filter(self, filter_id: str, contact_ids: Sequence[str]) -> None:
        """Make a filter known, with the directory's contacts that it selects."""
        with self.lock:
            self.contacts.filters[filter_id] = list(contact_ids)

    def set_do_not_call(self, row_id: int) -> None:
        """Let an agent set a row to "do not call"; no API does."""
        with self.lock:
            row = self.contacts.rows[row_id]
            row.status, row.do_not_call = DO_NOT_CALL, 1

    def block(self, phone: str) -> None:
        """Put a number on the console's outbound block list; no API does."""
        with self.lock:
            self.contacts.blocked.add(normalise(phone))

    def state(self) -> dict[str, Any]:
        """Return everything held, counts first."""
        with self.lock:
            counts = {"campaigns": len(self.campaigns.held), "rows": len(self.contacts.rows)}
            counts |= {"directory": len(self.contacts.directory), "doubled": len(self.doubled())}
            return {
                "summary": counts | {"requests": self.record.total},
                "campaigns": list(self.campaigns.held.values()),
                "rows": [asdict(row) for row in self.contacts.rows.values()],
                "directory": list(self.contacts.directory.values()),
                "filters": self.contacts.filters,
                "blocked": sorted(self.contacts.blocked),
                "blacklist": list(self.blacklist.held.values()),
            }

    def records(self, campaign_id: str) -> list[dict[str, Any]]:
        """Return the rows of a campaign."""
        with self.lock:
            campaign = self.campaigns.held.get(campaign_id)
            return [row.as_json(campaign.settings["name"]) for row in self.contacts.of(campaign_id)] if campaign else []

    def callable_numbers(self, campaign_id: str) -> set[str]:
        """Return the phones of a running campaign's rows, without those not to call."""
        with self.lock:
            campaign = self.campaigns.held.get(campaign_id)
            if not campaign or campaign.status != "running":
                return set()
            rows = (row for row in self.contacts.of(campaign_id) if not row.do_not_call)
            return {phone for row in rows for phone in row.contact.phones} - self.contacts.blocked

    def dialling(self) -> dict[str, set[str]]:
        """Return the callable numbers of every running campaign."""
        with self.lock:
            running = [campaign.id for campaign in self.campaigns.held.values() if campaign.status == "running"]
            return {campaign_id: self.callable_numbers(campaign_id) for campaign_id in running}

    def doubled(self) -> list[Doubled]:
        """Return the phones that more than one row of a campaign has."""
        with self.lock:
            found = {campaign_id: self.contacts.duplicates(campaign_id) for campaign_id in self.campaigns.held}
            return [Doubled(key, phone, len(rows)) for key, phones in found.items() for phone, rows in phones.items()]

    def _endpoints(self) -> list[Endpoint]:
        campaigns = self.campaigns
        return [
            ("POST", "/v1/customcampaign", campaigns.add_contacts),
            ("GET", "/v1/customcampaign", campaigns.list_contacts),
            ("POST", "/v1/customcampaign/add-by-phones", campaigns.add_phones),
            ("POST", "/v1/customcampaign/duplicate", campaigns.duplicate),
            ("POST", "/v1/customcampaign/keepduplicate", campaigns.keep_duplicate),
            ("DELETE", "/v1/customcampaign/{id}", self.contacts.remove),
            ("POST", "/v1/campaign", campaigns.create),
            ("GET", "/v1/campaign", campaigns.list_all),
            ("PUT", "/v1/campaign/{id}", campaigns.update),
            ("DELETE", "/v1/campaign/{id}", campaigns.delete),
            ("POST", "/v1/blacklistnumber", self.blacklist.create),
            ("GET", "/v1/blacklistnumber", self.blacklist.list_all),
            ("DELETE", "/v1/blacklistnumber/{id}", self.blacklist.delete),
        ]

    def _guard(self, call: Call) -> Response | None:
        known = self.credentials()
        reason = wrong(token_of(call), known["key_sid"], known["key_secret"], self.clock)
        if not reason:
            return None
        return json_answer({"r": UNAUTHORIZED, "msg": reason}, self.switches.unauthorized_status)
