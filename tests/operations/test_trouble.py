"""What vendors and networks do on a bad day, through the vendor files and against the sandbox."""

from pathlib import Path

import pytest

from syncengine.ledger.opening import open_ledger
from syncengine.model.report import ApplyReport
from syncengine.sandbox.lynn_tasks import Ending
from syncengine.sandbox.server import Sandbox
from tests.conformance.project import Project
from tests.conformance.variants import VARIANTS, Variant
from tests.operations.calling import NAMES, call, loaded_project
from tests.operations.tables import CALLS
from tests.remote.dialing import Clockwork

# One call that writes, of each vendor.
_WRITING = {
    "lynn": "campaign_data.add",
    "wolkvox": "records.add",
    "comunik8": "leads.add",
    "stringee": "phones.add",
    "thulium": "csv_records.add",
}


def _variant(name: str) -> Variant:
    return next(variant for variant in VARIANTS if variant.name == name)


def _project(sandbox: Sandbox, root: Path, name: str, *, people: int = 4) -> Project:
    variant = _variant(name)
    project = Project(root=root, sandbox=sandbox, vendor=variant.vendor, settings=variant.dialer_settings)
    project.campaign(
        "spring",
        id=variant.reference or None,
        name=None if variant.reference else "Spring",
        status=None if variant.reference else "started",
        contacts=["leads"],
        settings=dict(variant.campaign_settings) or None,
        **variant.campaign,
    )
    _state_people(project, variant, range(1, people + 1))
    return project


def _state_people(project: Project, variant: Variant, numbers: range) -> None:
    rows = [variant.row(number) for number in numbers]
    project.contacts("leads", rows, region=variant.region, columns=variant.columns, on_absent="remove")


def _outcomes(report: ApplyReport | None, action: str) -> dict[str, int]:
    assert report is not None
    found = [dict(change.outcomes) for change in report.changes if change.action == action]
    assert len(found) == 1, report
    return {str(outcome): count for outcome, count in found[0].items()}


def _states(project: Project, key: str = "contacts/spring") -> list[str]:
    from syncengine.model.address import Address

    with open_ledger(f"sqlite:///{project.root}/.syncengine/ledger.db", "tests") as ledger:
        return sorted(ledger.rows_table(Address.parse(f"here/{key}")).column("state").to_pylist())


# ------------------------------------------------------------------------------------------------------- every vendor


@pytest.mark.parametrize("vendor", NAMES)
def test_a_dialer_that_asks_to_slow_down_is_obeyed(vendor: str, sandbox: Sandbox, tmp_path: Path) -> None:
    name = _WRITING[vendor]
    wanted = CALLS[vendor][name]
    project = loaded_project(sandbox, tmp_path, vendor)
    wanted.prepare(sandbox)
    faults = sandbox.dialers[vendor].faults
    faults.add("too_many", method="POST", path={"lynn": "AddCampaing"}.get(vendor, ""), retry_after="7")
    time = Clockwork()

    _, result = call(project, name, wanted, time)

    assert (result.judgement.outcome, result.attempts) == ("applied", 2)
    assert sum(time.slept) == pytest.approx(7)
    assert wanted.then(sandbox)


@pytest.mark.parametrize("vendor", NAMES)
def test_a_dialer_that_keeps_asking_to_slow_down_is_left_for_the_next_run(
    vendor: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    wanted = CALLS[vendor][_WRITING[vendor]]
    project = loaded_project(sandbox, tmp_path, vendor)
    wanted.prepare(sandbox)
    sandbox.dialers[vendor].faults.add("too_many", times=50, path={"lynn": "AddCampaing"}.get(vendor, ""))

    _, result = call(project, _WRITING[vendor], wanted)

    assert result.judgement.outcome == "deferred"
    assert not any(entry.applied for entry in sandbox.dialers[vendor].record.entries())


# ------------------------------------------------------------------------------------------------------------ wolkvox


@pytest.mark.parametrize(
    ("switch", "outcome", "waits"),
    [
        ({"maintenance": True}, "deferred", 120),
        ({"most_simultaneous": 0}, "deferred", 5),
        ({"daily_budget": 0}, "budget_exhausted", 0),
    ],
    ids=["maintenance", "too many at once", "budget used up"],
)
@pytest.mark.parametrize("always_http_200", [False, True])
def test_the_meanings_of_a_wolkvox_403_are_told_apart(
    switch: dict[str, object], outcome: str, waits: float, always_http_200: bool, sandbox: Sandbox, tmp_path: Path
) -> None:
    project = loaded_project(sandbox, tmp_path, "wolkvox")
    for name, value in {**switch, "always_http_200": always_http_200}.items():
        setattr(sandbox.wolkvox.switches, name, value)
    time = Clockwork()

    _, result = call(project, "records.add", CALLS["wolkvox"]["records.add"], time)

    assert result.judgement.outcome == outcome
    # Waited for before each of three repeats.
    assert sum(time.slept) == pytest.approx(3 * waits)


def test_an_invalid_wolkvox_token_stops_everything_at_once(sandbox: Sandbox, tmp_path: Path) -> None:
    project = _project(sandbox, tmp_path, "wolkvox-predictive")
    project.carry_out()
    _state_people(project, _variant("wolkvox-predictive"), range(1, 9))
    before = sandbox.wolkvox.record.total
    sandbox.wolkvox.limits._tokens = ()
    try:
        plan, report = project.apply()
    finally:
        sandbox.wolkvox.limits._tokens = (sandbox.credentials("wolkvox")["token"],)
    assert report is None or not report.complete
    assert not [entry for entry in sandbox.wolkvox.record.entries()[before:] if entry.applied], plan
    assert sandbox.wolkvox.record.total - before <= 3


# --------------------------------------------------------------------------------------------------------------- lynn


def test_a_lynn_token_that_expires_within_a_run_is_renewed_once(sandbox: Sandbox, tmp_path: Path) -> None:
    project = _project(sandbox, tmp_path, "lynn-data")
    sandbox.lynn.faults.add("unauthorized", path="AddCampaing")
    sandbox.lynn.record.clear()

    project.carry_out()

    # One for reading, one for applying, and the renewal.
    assert len(sandbox.lynn.record.entries("POST", "CreateToken")) == 3
    assert sandbox.lynn.record.rows("POST", "AddCampaing", applied=True) == 4
    assert sandbox.lynn.doubled() == []
    project.nothing_left()


def test_a_lynn_token_that_is_never_accepted_is_renewed_once_and_no_more(sandbox: Sandbox, tmp_path: Path) -> None:
    project = _project(sandbox, tmp_path, "lynn-data")
    sandbox.lynn.faults.add("unauthorized", times=50, path="AddCampaing")

    _, report = project.apply()

    assert report is not None
    assert not report.complete
    assert len(sandbox.lynn.record.entries("POST", "AddCampaing")) == 2
    assert sandbox.lynn.dialling() == {}


@pytest.mark.parametrize("ending", ["failed", "partly", "never"])
def test_rows_of_a_lynn_task_that_does_not_succeed_are_unknown_and_never_sent_again(
    ending: Ending, sandbox: Sandbox, tmp_path: Path
) -> None:
    project = _project(sandbox, tmp_path, "lynn-data")
    sandbox.lynn.end_next_task(ending)

    _, report = project.apply()

    assert _outcomes(report, "add") == {"unknown": 4}
    assert _states(project) == ["unknown_add"] * 4
    loaded = sandbox.lynn.record.rows("POST", "AddCampaing")
    for _ in range(2):
        sandbox.clock.advance(3_600)
        project.apply()
    assert sandbox.lynn.record.rows("POST", "AddCampaing") == loaded
    assert _states(project) == ["parked_add"] * 4
    assert "is parked" in "\n".join(project.plan().notes)


def test_a_listed_number_in_a_lynn_task_of_unknown_outcome_is_blocked_all_the_same(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    project = _project(sandbox, tmp_path, "lynn-data")
    sandbox.lynn.end_next_task("partly")
    project.apply()
    listed = _variant("lynn-data").phone(1)
    project.dnd("opt-outs", ["+" + listed])
    project.apply()
    (campaign_id,) = sandbox.lynn.campaigns.held
    assert listed in sandbox.lynn.contacts.blocked_phones(campaign_id)
    assert listed not in sandbox.lynn.callable_numbers(campaign_id)


# ------------------------------------------------------------------------------------------------------------ thulium


@pytest.mark.parametrize("name", ["thulium-crm", "thulium-csv"])
def test_a_thulium_record_that_is_in_a_call_is_removed_after_it(name: str, sandbox: Sandbox, tmp_path: Path) -> None:
    variant = _variant(name)
    project = _project(sandbox, tmp_path, name)
    project.carry_out()
    (campaign_id,) = sandbox.thulium.outbounds.held
    key = "441" if name == "thulium-crm" else variant.phone(1)
    sandbox.thulium.start_call(campaign_id, key)
    _state_people(project, variant, range(2, 5))

    _, report = project.apply()
    assert _outcomes(report, "remove") == {"deferred": 1}
    assert len(sandbox.thulium.records(campaign_id)) == 4

    sandbox.thulium.end_call(campaign_id, key)
    project.carry_out()
    assert len(sandbox.thulium.records(campaign_id)) == 3
    project.nothing_left()


# ----------------------------------------------------------------------------------------------------------- comunik8


def test_a_comunik8_cancellation_that_could_not_be_saved_is_tried_again(sandbox: Sandbox, tmp_path: Path) -> None:
    project = _project(sandbox, tmp_path, "comunik8")
    project.carry_out()
    sandbox.comunik8.switches.failing_cancels = 1
    project.dnd("opt-outs", ["+" + _variant("comunik8").phone(1)])

    _, report = project.apply()
    assert _outcomes(report, "remove") == {"deferred": 1}
    project.carry_out()
    assert _variant("comunik8").phone(1) not in sandbox.comunik8.callable_numbers("motor-trade")
    project.nothing_left()


def test_a_comunik8_lead_whose_call_is_scheduled_elsewhere_is_added_later(sandbox: Sandbox, tmp_path: Path) -> None:
    project = _project(sandbox, tmp_path, "comunik8")
    sandbox.comunik8.schedule_call("0" + _variant("comunik8").phone(2).removeprefix("44"))

    _, report = project.apply()
    assert _outcomes(report, "add") == {"applied": 3, "deferred": 1}
    sandbox.comunik8._scheduled.clear()
    project.carry_out()
    assert len(sandbox.comunik8.records("motor-trade")) == 4
    project.nothing_left()
