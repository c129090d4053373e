"""Wolkvox, API v2 (document 001; facts chapter 2).

Four `.php` files; the operation is chosen by `api=` in the query, and the verb must match it too. An api that does not
exist answers 400.
"""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response

from syncengine.sandbox.application import Endpoint, Handler, build
from syncengine.sandbox.call import Call
from syncengine.sandbox.dialer import Clock, Doubled, restore
from syncengine.sandbox.faults import Faults
from syncengine.sandbox.record import Record
from syncengine.sandbox.wolkvox_answers import Answers, WolkvoxSwitches
from syncengine.sandbox.wolkvox_campaigns import Campaign, Campaigns
from syncengine.sandbox.wolkvox_dnc import DoNotCall
from syncengine.sandbox.wolkvox_gate import GateMiddleware, Limits
from syncengine.sandbox.wolkvox_records import TELEPHONES, Records

BASE = "/api/v2"
VERBS = ("GET", "POST", "PUT", "DELETE")
Operations = dict[str, tuple[str, Handler]]


class Wolkvox:
    """The fake Wolkvox dialer of one operation."""

    name = "wolkvox"

    def __init__(self, clock: Clock | None = None, switches: WolkvoxSwitches | None = None) -> None:
        self.faults = Faults()
        self.record = Record()
        self.lock = threading.RLock()
        self.clock = clock or Clock()
        self._initial = switches or WolkvoxSwitches()
        self.switches = replace(self._initial)
        answers = Answers(self.switches)
        self._answers = answers
        self.campaigns = Campaigns(answers)
        self.loads = Records(self.campaigns, answers, self.clock)
        self.do_not_call = DoNotCall(answers, self.clock)
        self.limits = Limits(answers, self.clock, (self.credentials()["token"],))

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            restore(self.switches, self._initial)
            for held in (self.faults, self.record, self.campaigns, self.loads, self.do_not_call, self.limits):
                held.clear()

    def credentials(self) -> dict[str, str]:
        """Return the token, and the server whose name the samples send in a header."""
        return {"token": "wolkvox-token-0016", "server": "0016"}

    def app(self) -> Starlette:
        """Return the HTTP application."""
        return build(self, self._endpoints(), gates=[Middleware(GateMiddleware, limits=self.limits)])

    def mark_dialled(self, campaign_id: str, customer_id: str, result: str) -> None:
        """Let the dialer have rung a record."""
        with self.lock:
            self.loads.mark_dialled(campaign_id, customer_id, result)

    def state(self) -> dict[str, Any]:
        """Return everything held, counts first. `dnc_wipes` counts the uses of the sentinel "All"."""
        with self.lock:
            held = self.campaigns.held.values()
            counts = {"campaigns": len(held), "records": sum(len(campaign.records) for campaign in held)}
            counts |= {"doubled": len(self.doubled()), "dnc": len(self.do_not_call.account)}
            counts |= {"dnc_expiring": len(self.do_not_call.expiring), "dnc_wipes": self.do_not_call.wipes}
            counts |= {"overlaps": self.limits.overlaps, "requests": self.record.total}
            used = {f"{token} on day {day}": count for (token, day), count in self.limits.used.items()}
            dnc = [{"type": side, "telephone": telephone} for side, telephone in self.do_not_call.account]
            return {
                "summary": counts,
                "budget_used": used,
                "campaigns": [c.as_row() | {"settings": c.settings, "loaded": c.records} for c in held],
                "history": self.loads.history,
                "dnc": dnc,
                "dnc_expiring": self.do_not_call.expiring,
            }

    def records(self, campaign_id: str) -> list[dict[str, Any]]:
        """Return the records of a campaign."""
        with self.lock:
            campaign = self.campaigns.held.get(campaign_id)
            return [dict(record) for record in campaign.records] if campaign else []

    def callable_numbers(self, campaign_id: str) -> set[str]:
        """Return the numbers of a started campaign that are on neither list."""
        with self.lock:
            campaign = self.campaigns.held.get(campaign_id)
            return self._callable(campaign) if campaign and campaign.started else set()

    def dialling(self) -> dict[str, set[str]]:
        """Return the callable numbers of every started campaign."""
        with self.lock:
            return {c.id: self._callable(c) for c in self.campaigns.held.values() if c.started}

    def doubled(self) -> list[Doubled]:
        """Return the customer_ids that a campaign holds more than once."""
        with self.lock:
            keys = Counter((c.id, r.get("customer_id", "")) for c in self.campaigns.held.values() for r in c.records)
            return [Doubled(campaign_id, key, times) for (campaign_id, key), times in keys.items() if times > 1]

    def _callable(self, campaign: Campaign) -> set[str]:
        blocked = {self._e164(number) for number in self.do_not_call.blocked(self.switches.dial_prefix)}
        numbers = {record.get(name, "") for record in campaign.records for name in TELEPHONES}
        # A number with a plus or a blank is loaded like any other, but cannot be rung.
        return {self._e164(number) for number in numbers if number.isdecimal()} - blocked

    def _e164(self, number: str) -> str:
        return self.switches.country_code + number if len(number) == self.switches.national_length else number

    def _endpoints(self) -> list[Endpoint]:
        campaigns, loads, dnc = self.campaigns, self.loads, self.do_not_call
        campaign: Operations = {
            "add_record": ("POST", loads.add),
            "create_campaign": ("POST", campaigns.create),
            "start": ("PUT", campaigns.start),
            "stop": ("PUT", campaigns.stop),
            "speed": ("PUT", campaigns.speed),
            "recall": ("PUT", loads.recall),
            "detail": ("GET", loads.detail),
            "delete_campaign": ("DELETE", campaigns.delete),
            "clear_campaign": ("DELETE", loads.empty),
            "remove_record": ("DELETE", loads.remove),
            "add_dnc": ("POST", dnc.add_expiring),
        }
        files: dict[str, Operations] = {
            "campaign.php": campaign,
            "information.php": {
                "campaigns": ("GET", campaigns.list_all),
                "get_dnc": ("GET", dnc.get),
                "token_info": ("GET", self._token_info),
            },
            "configuration.php": {"add_dnc": ("POST", dnc.add), "remove_dnc": ("DELETE", dnc.remove)},
            "reports_manager.php": {"campaign_3": ("GET", loads.report)},
        }
        return [
            (verb, f"{BASE}/{file}", self._chooser(operations)) for file, operations in files.items() for verb in VERBS
        ]

    def _token_info(self, call: Call) -> Response:
        """token_info: what a token may use in a day, and has used."""
        used = str(self.limits.used_today(call.headers.get("wolkvox-token", "")))
        limit = str(self.switches.daily_budget)
        counts = {"token_limit": limit, "token_use_today": used, "all_token_today": used}
        return self._answers.success(200, "1 records were found", [{"description": "sandbox"} | counts])

    def _chooser(self, operations: Operations) -> Callable[[Call], Response]:
        def choose(call: Call) -> Response:
            api = call.value("api")
            if api not in operations:
                return self._answers.refuse(400, f"THE API {api} DOES NOT EXIST")
            verb, handler = operations[api]
            if call.method != verb:
                return self._answers.refuse(405, f"THE API {api} IS CONSUMED BY {verb}")
            return handler(call)

        return choose
