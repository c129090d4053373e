"""States of a watcher, so that a test states only what it is about."""

from typing import Any

from syncengine.model.address import Address
from syncengine.model.policy import Held
from syncengine.model.report import ApplyReport, ChangeReport
from syncengine.model.watching import Drift, Happening, Propagation, WatchState
from tests.views.plans import everyday

NOW = 1_795_500_000.0
SPRING = Address("wolkvox-co", "contacts", "spring")


def report(**more: Any) -> ApplyReport:
    change = ChangeReport(
        level="contact additions and updates",
        address=SPRING,
        action="add",
        outcomes={"applied": 1200, "rejected": 4},
        messages={"no such number +573001234567": 4},
        calls=2,
    )
    return ApplyReport(**({"plan_id": "1234567890123456", "changes": (change,), "seconds": 1.5} | more))


def state(**more: Any) -> WatchState:
    stated: dict[str, Any] = {
        "project": "acme <b>",
        "started_at": NOW - 3600,
        "applies": True,
        "policy": ("lands by itself: compliance",),
        "files": ("manifests/spring.yaml", "data/leads.csv"),
        "plan": everyday(),
        "headline": ("1,200 people become callable",),
        "held": (Held(rule="window", what="2 changes (2 audience)", why="outside the allow window", until=NOW + 600),),
        "drift": (Drift(address=Address("wolkvox-co", "campaign", "spring"), what="speed changed there", count=1),),
        "propagation": (
            Propagation(dialer="wolkvox-co", how="the account's list", has_list=True, wanted=100, there=90, waiting=2),
            Propagation(dialer="comunik8-uk", how="kept out", has_list=False, kept_out=7, stuck=1),
        ),
        "report": report(),
        "happenings": (
            Happening(at=NOW, cause="files changed", result="in part", said=("1 campaign started",), plan_id="9"),
        ),
        "last_success": NOW,
    }
    return WatchState(**(stated | more))
