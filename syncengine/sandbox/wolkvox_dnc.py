"""Wolkvox's do-not-call lists: the account's two, readable, and the expiring one, write-only (facts 2.1 and 2.3).

The sentinel is real: `"telephones": "All"` where a list belongs wipes everything, with a `type` one side. It is
counted, so that a judge can ask for none. `date_delete` in the list is the date of adding.
"""

import re
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from syncengine.sandbox.call import Call
from syncengine.sandbox.dialer import Clock
from syncengine.sandbox.wolkvox_answers import Answers, all_text

SIDES = ("inbound", "outbound")
DAY = 86_400
TELEPHONE = re.compile(r"[0-9]{4,18}")
DAYS = re.compile(r"[0-9]{1,5}")


class DoNotCall:
    """The numbers that must not be called."""

    def __init__(self, answers: Answers, clock: Clock) -> None:
        self.account: dict[tuple[str, str], str] = {}
        # Number to the moment when its block ends.
        self.expiring: dict[str, float] = {}
        self.wipes = 0
        self._answers = answers
        self._clock = clock

    def clear(self) -> None:
        """Forget every number."""
        self.account.clear()
        self.expiring.clear()
        self.wipes = 0

    def get(self, call: Call) -> Response:
        """get_dnc: the whole list, no paging."""
        side = call.value("type")
        if side not in (*SIDES, "all"):
            return self._answers.missing()
        listed = [(key, added) for key, added in self.account.items() if side in ("all", key[0])]
        rows = [{"phone_number": key[1], "type": key[0], "date_delete": added} for key, added in listed]
        return self._answers.success(200, f"{len(rows)} records were found", rows)

    def add(self, call: Call) -> Response:
        """configuration.php add_dnc: the count comes in prose only."""
        body = call.json_object() or {}
        if set(body) != {"type_call", "telephones"} or body["type_call"] not in SIDES:
            return self._answers.missing()
        if not all_text(body["telephones"]) or not all(TELEPHONE.fullmatch(one) for one in body["telephones"]):
            return self._answers.missing()
        added = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y-%m-%d %H:%M:%S")
        before = len(self.account)
        for telephone in body["telephones"]:
            self.account.setdefault((body["type_call"], telephone), added)
        call.applied()
        return self._answers.success(201, f"{len(self.account) - before} telephones were added")

    def remove(self, call: Call) -> Response:
        """remove_dnc: a DELETE with a JSON body; numbers leave both sides unless a type is given."""
        body = call.json_object() or {}
        if "telephones" not in body or not set(body) <= {"telephones", "type"}:
            return self._answers.missing()
        sides = (body["type"],) if "type" in body else SIDES
        if any(side not in SIDES for side in sides):
            return self._answers.missing()
        telephones = body["telephones"]
        if isinstance(telephones, str) and telephones.lower() == "all":
            self.wipes += 1
            return self._forget(call, {key for key in self.account if key[0] in sides})
        if not all_text(telephones):
            return self._answers.missing()
        return self._forget(call, {(side, telephone) for side in sides for telephone in telephones})

    def add_expiring(self, call: Call) -> Response:
        """campaign.php add_dnc: blocks for a number of days; nothing lists or removes it."""
        items = call.json_array()
        if not items or not all(isinstance(item, dict) for item in items):
            return self._answers.missing()
        good = [item for item in items if _is_expiring(item)]
        for item in good:
            self.expiring[item["telephone"]] = self._clock.now() + int(item["days_block"]) * DAY
        call.outcome.applied = bool(good)
        total = {"total_added": len(good), "total_rejected": len(items) - len(good), "total_sent": len(items)}
        return self._answers.success(201, "The records were added", [{name: str(n) for name, n in total.items()}])

    def blocked(self, prefix: str) -> set[str]:
        """Return every number that must not be called out to now; the expiring ones with and without the prefix."""
        now = self._clock.now()
        expiring = {number for number, ends in self.expiring.items() if ends > now}
        bare = {number.removeprefix(prefix) for number in expiring} if prefix else set()
        return {number for side, number in self.account if side == "outbound"} | expiring | bare

    def _forget(self, call: Call, meant: set[tuple[str, str]]) -> Response:
        known = {key for key in meant if key in self.account}
        for key in known:
            del self.account[key]
        call.outcome.applied = bool(known)
        count = len({telephone for _, telephone in known})
        return self._answers.success(202, f"{count} telephones were deleted")


def _is_expiring(item: dict[str, Any]) -> bool:
    if set(item) != {"telephone", "days_block"} or not all(isinstance(value, str) for value in item.values()):
        return False
    return bool(TELEPHONE.fullmatch(item["telephone"]) and DAYS.fullmatch(item["days_block"]))
