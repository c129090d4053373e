"""Lynn Proactive, Outbound API (document 000; facts chapter 1).

Verb in the path, tenant in the path, bearer token in the header. Two URLs are documented; the other paths are the
inferred ones of facts table 1.1. CreateToken is served under LynnService (inferred) and LynnReporting (documented).
"""

import threading
from collections import Counter
from dataclasses import replace
from typing import Any

from starlette.applications import Starlette
from starlette.responses import Response

from syncengine.sandbox.application import Endpoint, build
from syncengine.sandbox.call import Call, json_answer
from syncengine.sandbox.dialer import Clock, Doubled, restore
from syncengine.sandbox.faults import Faults
from syncengine.sandbox.lynn_campaigns import Campaigns, refuse
from syncengine.sandbox.lynn_contacts import Contacts
from syncengine.sandbox.lynn_records import Records, Template
from syncengine.sandbox.lynn_tasks import Ending, LynnSwitches, Tasks
from syncengine.sandbox.record import Record

BASE = "/api/LynnService"
MOST_CAMPAIGNS = 15


class Lynn:
    """The fake Lynn dialer of one tenant."""

    name = "lynn"

    def __init__(self, clock: Clock | None = None, switches: LynnSwitches | None = None, tenant: int = 42) -> None:
        self.faults = Faults()
        self.record = Record()
        self.lock = threading.RLock()
        self.clock = clock or Clock()
        self.tenant = tenant
        self.campaigns = Campaigns(self.clock, MOST_CAMPAIGNS)
        self._initial = switches or LynnSwitches()
        self.switches = replace(self._initial)
        self.tasks = Tasks(self.switches)
        self.contacts = Contacts(self.campaigns, self.tasks)
        self.loads = Records(self.campaigns, self.tasks, self.switches)
        self.tokens: dict[str, int] = {}
        self._issued = 0

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            restore(self.switches, self._initial)
            for held in (self.faults, self.record, self.campaigns, self.tasks, self.contacts, self.loads):
                held.clear()
            self.tokens.clear()
            self._issued = 0

    def credentials(self) -> dict[str, str]:
        """Return the pair to exchange, the tenant, and a token that an administrator made (it never expires)."""
        pair = {"access_token": "lynn-access-token", "access_token_secret": "lynn-access-secret"}
        return pair | {"tenant": str(self.tenant), "token": "lynn-administrator-token"}

    def app(self) -> Starlette:
        """Return the HTTP application."""
        return build(self, self._endpoints(), self._guard)

    def expire_tokens(self) -> None:
        """Make every exchanged token invalid from now on."""
        with self.lock:
            self.tokens.clear()

    def end_next_task(self, ending: Ending, times: int = 1) -> None:
        """Decide how the next tasks end."""
        with self.lock:
            self.tasks.end_next(ending, times)

    def add_template(self, template_id: str, campaign_id: str = "", columns: frozenset[str] = frozenset()) -> None:
        """Make a template known, with the campaign it carries and the columns it allows."""
        with self.lock:
            self.loads.templates[template_id] = Template(campaign_id, columns)

    def state(self) -> dict[str, Any]:
        """Return everything held, counts first."""
        with self.lock:
            now = self.clock.now()
            counts = {"campaigns": len(self.campaigns.held), "contacts": len(self.contacts.held)}
            counts["records"] = sum(len(rows) for rows in self.loads.held.values())
            counts |= {"doubled": len(self.doubled()), "tasks": len(self.tasks.held), "requests": self.record.total}
            return {
                "summary": counts,
                "campaigns": [campaign.as_json(now) for campaign in self.campaigns.held.values()],
                "contacts": [contact.as_json() for contact in self.contacts.held.values()],
                "blacklisted": {key: sorted(value) for key, value in self.contacts.blacklisted.items()},
                "records": self.loads.held,
                "tasks": self.tasks.as_json(),
            }

    def records(self, campaign_id: str) -> list[dict[str, Any]]:
        """Return the rows loaded into a campaign."""
        with self.lock:
            return [dict(row["data"]) for row in self.loads.held.get(campaign_id, ())]

    def callable_numbers(self, campaign_id: str) -> set[str]:
        """Return the phones of the campaign's records that are not blacklisted, when it runs."""
        with self.lock:
            campaign = self.campaigns.held.get(campaign_id)
            if not campaign or not campaign.runs(self.clock.now()):
                return set()
            phones = {row[self.switches.phone_column] for row in self.records(campaign_id)}
            return phones - self.contacts.blocked_phones(campaign_id)

    def dialling(self) -> dict[str, set[str]]:
        """Return the callable numbers of every running campaign."""
        with self.lock:
            running = [c.id for c in self.campaigns.held.values() if c.runs(self.clock.now())]
            return {campaign_id: self.callable_numbers(campaign_id) for campaign_id in running}

    def doubled(self) -> list[Doubled]:
        """Return phones loaded more than once into a campaign from one template, and contacts that share a phone."""
        with self.lock:
            column = self.switches.phone_column
            keys: Counter[tuple[str, str]] = Counter()
            for campaign_id, rows in self.loads.held.items():
                keys.update((campaign_id, f"{row['templateId']} {row['data'][column]}".strip()) for row in rows)
            keys.update(("", f"contact {contact.phone}") for contact in self.contacts.held.values())
            return [Doubled(campaign_id, key, count) for (campaign_id, key), count in keys.items() if count > 1]

    def _endpoints(self) -> list[Endpoint]:
        return [
            ("POST", f"{BASE}/CreateToken", self._create_token),
            ("POST", "/api/LynnReporting/CreateToken", self._create_token),
            *((verb, f"{BASE}/{path}", handler) for verb, path, handler in self._operations()),
        ]

    def _operations(self) -> list[Endpoint]:
        campaigns, contacts = self.campaigns, self.contacts
        return [
            ("GET", "GetCampaigns/{tenant}", campaigns.list_all),
            ("GET", "GetCampaign/{tenant}/{id}", campaigns.get),
            ("POST", "PostCampaign/{tenant}", campaigns.post),
            ("PUT", "PutCampaign/{tenant}/{id}", campaigns.put),
            ("DELETE", "DeleteCampaign/{tenant}/{id}", self._delete_campaign),
            ("POST", "StartCampaignExecution/{tenant}/{id}", campaigns.start),
            ("PUT", "StartCampaignExecution/{tenant}/{id}", campaigns.start),
            ("POST", "StopCampaignExecution/{tenant}/{id}", campaigns.stop),
            ("PUT", "StopCampaignExecution/{tenant}/{id}", campaigns.stop),
            ("GET", "GetContacts/{tenant}", contacts.list_all),
            ("GET", "GetContact/{tenant}/{id}", contacts.get),
            ("POST", "PostContact/{tenant}", contacts.post),
            ("PUT", "PutContact/{tenant}/{id}", contacts.put),
            ("DELETE", "DeleteContact/{tenant}/{id}", contacts.delete),
            ("GET", "GetDnDContact/{tenant}/{id}", contacts.get_dnd),
            ("POST", "SetDnDContactByCampaign/{tenant}", contacts.set_dnd_by_campaign),
            ("PUT", "SetDnDContactByCampaign/{tenant}", contacts.set_dnd_by_campaign),
            ("POST", "SetDnDContactByCategory/{tenant}", contacts.set_dnd_by_category),
            ("PUT", "SetDnDContactByCategory/{tenant}", contacts.set_dnd_by_category),
            ("POST", "ManageDnDByCampaign/{tenant}", contacts.manage_dnd),
            ("GET", "GetDndTaskStatus/{tenant}/{id}", self.tasks.dnd_status),
            ("POST", "AddCampaingData/{tenant}", self.loads.add_data),
            ("POST", "UploadCampaignDataByTenant/{tenant}", self.loads.upload),
            ("GET", "GetTaskStatus/{tenant}/{id}", self.tasks.load_status),
        ]

    def _guard(self, call: Call) -> Response | None:
        if call.path.endswith("/CreateToken"):
            return None
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self._is_valid(token):
            return Response(status_code=401)
        if call.params["tenant"] != str(self.tenant):
            return refuse("The token belongs to another tenant.", 403)
        return None

    def _is_valid(self, token: str) -> bool:
        if token == self.credentials()["token"]:
            return True
        if token not in self.tokens:
            return False
        self.tokens[token] += 1
        limit = self.switches.token_requests
        return limit is None or self.tokens[token] <= limit

    def _create_token(self, call: Call) -> Response:
        known = self.credentials()
        expected = {
            "accessToken": known["access_token"],
            "accessTokenSecret": known["access_token_secret"],
            "tenant": self.tenant,
        }
        # The tenant is an int in the document; as text it is another value.
        if call.json_object() != expected:
            return Response(status_code=401)
        self._issued += 1
        token = f"lynn-token-{self._issued}"
        self.tokens[token] = 0
        return json_answer({"token": token})

    def _delete_campaign(self, call: Call) -> Response:
        answer = self.campaigns.delete(call)
        if call.outcome.applied:
            self.loads.held.pop(call.params["id"], None)
            self.contacts.blacklisted.pop(call.params["id"], None)
        return answer
