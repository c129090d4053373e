"""Every call that writes loses its answer once, after or before it was carried out, and nothing is doubled or lost.

Each phase changes what the files say, and the first request of every kind that it takes is cut off. It is applied again
and again, with the settle times between, until a plan has nothing to do. What nothing can prove is parked and shown; a
person who has looked at the dialer settles it.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from syncengine.ledger.opening import open_ledger
from syncengine.model.plan import Plan
from syncengine.remote.retries import ATTEMPTS
from syncengine.sandbox.faults import Fault, FaultKind
from syncengine.sandbox.server import Sandbox
from tests.conformance.project import shown
from tests.conformance.test_walk import Walk
from tests.conformance.variants import VARIANTS

# Longer than any settle time of the vendor files.
_SETTLED = 400.0
_MOST_APPLIES = 10
_ID = re.compile(r"/(?!v1\b|v2\b)[^/?]*[0-9][^/?]*")

# What each variant's phases must have lost: every call by which the engine writes there.
_WOLKVOX = {
    "POST api=create_campaign",
    "PUT api=start",
    "PUT api=stop",
    "PUT api=speed",
    "DELETE api=delete_campaign",
    "POST api=add_record",
    "DELETE api=remove_record",
}
_STRINGEE = {
    "POST /v1/campaign",
    # Start, stop and update.
    "PUT /v1/campaign/{id}",
    "DELETE /v1/campaign/{id}",
    "DELETE /v1/customcampaign/{id}",
}
_LYNN = {
    "POST /PostCampaign/{id}",
    "PUT /PutCampaign/{id}/{id}",
    "DELETE /DeleteCampaign/{id}/{id}",
    "POST /StartCampaignExecution/{id}/{id}",
    "POST /StopCampaignExecution/{id}/{id}",
    "POST /ManageDnDByCampaign/{id}",
}
_THULIUM = {
    "POST /api/outbounds",
    # Start, stop, update and set_parameters.
    "PUT /api/outbounds/{id}",
    "DELETE /api/batch/outbounds",
    "POST /api/outbound_status_by_phone_number",
}
_LOST = {
    "wolkvox-predictive": _WOLKVOX | {"POST configuration api=add_dnc", "DELETE configuration api=remove_dnc"},
    "wolkvox-expiring": {"POST api=create_campaign", "PUT api=start", "POST api=add_record", "POST api=add_dnc"},
    "comunik8": {"POST /lead/add", "POST /lead/cancel"},
    "stringee-phones": _STRINGEE | {"POST /v1/customcampaign/add-by-phones"},
    "stringee-contacts": {"POST /v1/campaign", "PUT /v1/campaign/{id}", "POST /v1/customcampaign"},
    "stringee-file": {"POST /v1/campaign", "PUT /v1/campaign/{id}", "POST /v1/customcampaign"},
    "lynn-data": _LYNN | {"POST /AddCampaingData/{id}"},
    "lynn-file": {
        "POST /PostCampaign/{id}",
        "POST /ManageDnDByCampaign/{id}",
        "POST /StartCampaignExecution/{id}/{id}",
        "POST /UploadCampaignDataByTenant/{id}",
    },
    "thulium-crm": _THULIUM
    | {
        "POST /api/customers",
        "PUT /api/customers/{id}",
        "POST /api/batch/crm_outbounds/{id}/records",
        # Update, block and unblock.
        "PUT /api/crm_outbounds/{id}/records/{id}",
        "DELETE /api/batch/crm_outbounds/{id}/records",
    },
    "thulium-csv": _THULIUM
    | {
        "POST /api/batch/outbounds/{id}/records",
        # Update, block and unblock.
        "PUT /api/outbounds/{id}/records_by_identifier/{id}",
        "DELETE /api/batch/outbounds/{id}/records",
    },
}


@dataclass(slots=True)
class FirstOfEachKind(Fault):
    """Hits the first writing request of every kind."""

    seen: set[str] = field(default_factory=set)

    def takes(self, method: str, target: str) -> bool:
        kind = _kind(method, target)
        if method == "GET" or "CreateToken" in target or kind in self.seen:
            return False
        self.seen.add(kind)
        return True


def _kind(method: str, target: str) -> str:
    api = re.search(r"(\w+)\.php\?.*?(api=\w+)", target)
    if api:
        return " ".join([method, *([api[1]] if api[1] != "campaign" else []), api[2]])
    path = target.partition("?")[0].removeprefix("/api/LynnService")
    return f"{method} {_ID.sub('/{id}', path)}"


# -------------------------------------------------------------------------------------------------------- the phases


def _build(walk: Walk) -> None:
    walk.status = walk.status and "started"
    walk.add(*range(1, 6))


def _change(walk: Walk) -> None:
    if walk.variant.changes:
        name, value = walk.variant.changes
        walk.settings[name] = value
    walk.people[1] |= {"first_name": "Renamed", "note": "another note"}
    if walk.variant.vendor == "thulium":
        walk.people[1]["agent"] = "j.doe"
    walk.list_number(2)


def _change_parameters(walk: Walk) -> None:
    if walk.variant.vendor == "thulium":
        walk.settings["caller_id"] = "1234"
    walk.list_number(4)


def _release(walk: Walk) -> None:
    walk.lines.remove(2)
    walk.release.append(2)
    walk.listed.discard(2)
    if walk.variant.releases:
        walk.wanted.add(2)
    del walk.people[3]
    if walk.variant.removes:
        walk.wanted.discard(3)


def _end(walk: Walk) -> None:
    if not walk.variant.reference:
        del walk.project.manifest["campaigns"]["spring"]
        walk.prune = True


_Phase = Callable[[Walk], None]
# These differ from another variant of their vendor in how rows, or entries, get there, and in nothing else.
_ONLY_BUILT = {"wolkvox-expiring", "stringee-contacts", "stringee-file", "lynn-file"}


def _phases(name: str) -> tuple[_Phase, ...]:
    if name in _ONLY_BUILT:
        return (_build,)
    return (_build, _change, *([_change_parameters] if name.startswith("thulium") else []), _release, _end)


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
@pytest.mark.parametrize("name", sorted(_LOST))
def test_a_lost_answer_doubles_nothing_and_loses_nothing(
    name: str, kind: FaultKind, sandbox: Sandbox, tmp_path: Path
) -> None:
    variant = next(found for found in VARIANTS if found.name == name)
    walk = Walk(tmp_path, sandbox, variant)
    lost: set[str] = set()
    for phase in _phases(name):
        phase(walk)
        walk.state()
        fault = FirstOfEachKind(kind, times=100)
        walk.project.dialer.faults._waiting.append(fault)
        _apply_until_done(walk, landed=kind == "drop_after")
        walk.project.dialer.faults.clear()
        lost |= fault.seen
        walk.judge_dialer()
        if phase is _change and variant.updates:
            held = json.dumps(walk.project.dialer.state(), default=str)
            assert "Renamed" in held or "another note" in held
    assert lost == _LOST[name]


# Calls that may be made again, lost as often as the client tries: a later run must make them again.
_STAY_LOST = [
    ("comunik8", _build, "POST", "/lead/add", "drop_after"),
    ("comunik8", _build, "POST", "/lead/add", "drop_before"),
    ("comunik8", _change, "POST", "/lead/cancel", "drop_after"),
    ("thulium-csv", _build, "POST", "/api/batch/outbounds/", "drop_before"),
    ("thulium-csv", _change, "PUT", "/records_by_identifier/", "drop_after"),
    ("thulium-crm", _release, "PUT", "/api/crm_outbounds/", "drop_before"),
    ("wolkvox-predictive", _build, "POST", "configuration.php", "drop_after"),
    ("wolkvox-predictive", _change, "DELETE", "api=remove_record", "drop_after"),
    ("wolkvox-predictive", _change, "DELETE", "api=remove_record", "drop_before"),
]


@pytest.mark.parametrize(("name", "phase", "method", "path", "kind"), _STAY_LOST)
def test_a_call_that_stays_lost_is_made_again_by_a_later_run(
    name: str, phase: _Phase, method: str, path: str, kind: FaultKind, sandbox: Sandbox, tmp_path: Path
) -> None:
    variant = next(found for found in VARIANTS if found.name == name)
    walk = Walk(tmp_path, sandbox, variant)
    phases = _phases(name)
    for before in phases[: phases.index(phase)]:
        before(walk)
        walk.state()
        _apply_until_done(walk, landed=False)
    phase(walk)
    walk.state()
    fault = walk.project.dialer.faults.add(kind, times=ATTEMPTS, method=method, path=path)

    _apply_until_done(walk, landed=False)

    assert fault.times == 0
    walk.judge()


def _apply_until_done(walk: Walk, *, landed: bool) -> None:
    """Apply until nothing is left; a person settles what is parked, knowing whether it has landed."""
    told = []
    for _ in range(_MOST_APPLIES):
        plan = _apply(walk)
        told.append(shown(plan))
        assert walk.project.dialer.doubled() == []
        done = plan.empty and not plan.holds and not _settle_parked(walk, landed=landed)
        if done and not _open_calls(walk):
            return
        walk.sandbox.clock.advance(_SETTLED)
    raise AssertionError("it never ends:\n" + "\n---\n".join(told[-3:]))


def _apply(walk: Walk) -> Plan:
    if not walk.release:
        return walk.project.apply(prune=walk.prune)[0]
    allowed = walk.project.plan(prune=walk.prune, dnd_remove=5)
    return walk.project.apply(prune=walk.prune, dnd_remove=5, expect=allowed.plan_id)[0]


def _settle_parked(walk: Walk, *, landed: bool) -> int:
    """Settle what is parked, after seeing that the plan names it with the command that does so."""
    with open_ledger(f"sqlite:///{walk.project.root}/.syncengine/ledger.db", "tests") as ledger:
        parked = ledger.parked()
        if not parked:
            return 0
        notes = "\n".join(walk.project.plan(prune=walk.prune).notes)
        with ledger.lock("resolve", now=walk.project.now()):
            for call in parked:
                assert f"syncengine state resolve {call.call_id}" in notes
                ledger.resolve_call(call.call_id, "sent" if landed else "not_sent", now=walk.project.now())
    return len(parked)


def _open_calls(walk: Walk) -> bool:
    with open_ledger(f"sqlite:///{walk.project.root}/.syncengine/ledger.db", "tests") as ledger:
        return bool(ledger.unfinished_calls())
