"""What an apply writes down beside the calls: evidence, adopted campaigns, releases, how it ended."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from syncengine import sync
from syncengine.errors import LockedError
from syncengine.ledger.records import CallLine
from syncengine.model.plan import Plan
from syncengine.model.report import ApplyReport
from syncengine.sandbox.server import Sandbox
from syncengine.sandbox.wolkvox_campaigns import Campaign
from tests.steps.at_the_sandbox import HERE, Project, ledger_of, project_at, variant

_WAY = variant("wolkvox-predictive")
_LISTED = "+" + _WAY.phone(900)


@pytest.fixture
def project(tmp_path: Path, sandbox: Sandbox) -> Project:
    return project_at("wolkvox-predictive", tmp_path, sandbox, listed=range(900, 910))


def _calls(project: Project) -> list[CallLine]:
    with ledger_of(project) as ledger:
        return list(ledger.calls_of_run(ledger.history(1)[0].run_id))


def _in_force(project: Project) -> set[str]:
    with ledger_of(project) as ledger:
        return ledger.all_numbers(["opt-outs"])


def _apply(project: Project, *, interrupted: Callable[[], bool] = lambda: False) -> ApplyReport:
    applying = sync.Applying(interrupted=interrupted)
    _, report = sync.apply(project.load(), project.options(), applying)
    assert report is not None
    return report


# ---------------------------------------------------------------------------------------------------------- evidence


def test_every_dialable_call_has_its_evidence_and_no_other(project: Project) -> None:
    project.campaign("spring", name="Spring", type="predictive", status="started", contacts=["leads"])
    plan = project.carry_out()
    calls = _calls(project)
    dialable = [call for call in calls if call.effect == "dialable"]
    assert [call.operation for call in dialable] == ["records.add", "campaigns.start"]
    assert len(calls) > len(dialable)
    assert [call.operation for call in calls if call.effect != "dialable" and call.evidence] == []
    for call in dialable:
        found = json.loads(call.evidence)
        assert found["decision"] == "no listed number"
        assert found["orphans"] == []
        assert found["lists"].keys() == {"opt-outs"}
        # The whole digest of the very reading on which the plan stands.
        (source,) = [source for source in plan.sources if source.kind == "dnd"]
        assert found["lists"]["opt-outs"]["numbers"] == source.accepted == 10
        assert found["lists"]["opt-outs"]["age"] == pytest.approx(source.age, abs=60)
        assert len(found["lists"]["opt-outs"]["digest"]) == 64


def test_evidence_tells_two_readings_apart_whichever_file_of_a_list_has_moved(project: Project) -> None:
    found = []
    for last in (900, 901):
        for name, number in (("a", 950), ("b", last)):
            project.tables[f"out-{name}.csv"] = [{"phone": "+" + _WAY.phone(number)}]
        project.manifest["dnd"]["opt-outs"] = {"source": "data/out-*.csv"}
        project.tables["leads.csv"].append(_WAY.row(10 + len(found)))
        project.carry_out()
        (call,) = [call for call in _calls(project) if call.effect == "dialable"]
        found.append(json.loads(call.evidence)["lists"]["opt-outs"]["digest"])
    assert found[0] != found[1]


def test_evidence_names_lists_that_only_the_ledger_still_knows(project: Project) -> None:
    with ledger_of(project) as ledger:
        ledger.record_statements("gone", ["+573001234999"], source_digest="d", now=project.now())
    project.carry_out()
    (evidence,) = [json.loads(call.evidence) for call in _calls(project) if call.effect == "dialable"]
    assert evidence["orphans"] == ["gone"]


def test_evidence_holds_nobodys_number(project: Project) -> None:
    project.carry_out()
    written = " ".join(call.evidence for call in _calls(project))
    assert written
    assert [number for number in (1, 2, 3, *range(900, 910)) if _WAY.phone(number)[-8:] in written] == []


# ------------------------------------------------------------------------------------------------- adopted campaigns


def _adopted(project: Project) -> None:
    held = project.sandbox.wolkvox.campaigns.held
    held["20001"] = Campaign("20001", "predictive", {"campaign_name": "Theirs"}, started=True)
    project.campaign("spring", id="20001", contacts=["leads"], type="predictive", settings={"skill": "120"})


def test_an_adopted_campaign_is_remembered_as_not_made_by_us(project: Project) -> None:
    _adopted(project)
    project.carry_out()
    with ledger_of(project) as ledger:
        known = ledger.campaigns(HERE)["spring"]
    assert (known.remote_id, known.name, known.status) == ("20001", "Theirs", "started")
    assert known.adopted
    # What no reading tells is believed as it was stated.
    assert known.fields["skill"] == "120"


def test_an_adopted_campaign_is_never_deleted(project: Project) -> None:
    _adopted(project)
    project.carry_out()
    del project.manifest["campaigns"]["spring"]
    project.apply(prune=True)
    assert list(project.sandbox.wolkvox.campaigns.held) == ["20001"]


def test_a_campaign_of_our_own_is_not_adopted(project: Project) -> None:
    project.carry_out()
    project.contacts("leads", [_WAY.row(4)], region=_WAY.region, on_absent="keep", columns=dict(_WAY.columns))
    project.carry_out()
    with ledger_of(project) as ledger:
        assert not ledger.campaigns(HERE)["spring"].adopted


# ---------------------------------------------------------------------------------------------------------- releases


def _release(project: Project) -> Plan:
    """Plan to take a number off the list, its line being gone; return the plan that may."""
    lines = ["+" + _WAY.phone(number) for number in range(901, 910)]
    project.dnd("opt-outs", lines, release=[_LISTED])
    return project.plan(dnd_remove=1)


def test_a_release_is_written_before_the_dialer_is_asked_to_let_go(project: Project) -> None:
    project.carry_out()
    allowed = _release(project)
    assert _LISTED in _in_force(project)
    project.dialer.faults.add("error_before", path="api=remove_dnc", times=9)
    _, report = project.apply(expect=allowed.plan_id, dnd_remove=1)
    assert report is not None
    assert not report.complete
    assert ("outbound", _LISTED[1:]) in project.sandbox.wolkvox.do_not_call.account
    assert _LISTED not in _in_force(project)
    assert len(_in_force(project)) == 9


def test_a_release_that_no_dialer_must_be_asked_for_is_written(tmp_path: Path, sandbox: Sandbox) -> None:
    """The vendor keeps no list of its own."""
    project = project_at("comunik8", tmp_path, sandbox, listed=range(900, 910))
    project.carry_out()
    way = variant("comunik8")
    project.dnd("opt-outs", ["+" + way.phone(n) for n in range(901, 910)], release=["+" + way.phone(900)])
    allowed = project.plan(dnd_remove=1)
    assert list(allowed.changes) == []
    project.apply(expect=allowed.plan_id, dnd_remove=1)
    assert _in_force(project) == {"+" + way.phone(number) for number in range(901, 910)}


def test_a_run_that_was_stopped_before_has_released_nobody(project: Project) -> None:
    project.carry_out()
    allowed = _release(project)
    applying = sync.Applying(expect=allowed.plan_id, interrupted=lambda: True)
    _, report = sync.apply(project.load(), project.options(dnd_remove=1), applying)
    assert report is not None
    assert report.interrupted
    assert _LISTED in _in_force(project)


# ----------------------------------------------------------------------------------------------------- how it ended


def test_what_waits_for_a_person_is_in_the_report_with_the_way_on(project: Project) -> None:
    project.dialer.faults.add("drop_after", path="api=add_record")
    report = _apply(project)
    with ledger_of(project) as ledger:
        (call,) = ledger.parked()
    (said,) = report.parked
    assert said == (
        "here/contacts/spring: add of 3 rows: nothing can prove whether it arrived;"
        f" settle it with: syncengine state resolve {call.call_id} --assume-sent | --resend"
    )
    assert not report.complete


def test_where_all_is_known_nothing_is_parked(project: Project) -> None:
    assert _apply(project).parked == ()


@pytest.mark.parametrize(("fault", "outcome"), [("", "done"), ("drop_after", "in part")])
def test_the_ledger_keeps_how_a_run_ended(project: Project, fault: str, outcome: str) -> None:
    if fault:
        project.dialer.faults.add(fault, path="api=add_record")
    report = _apply(project)
    with ledger_of(project) as ledger:
        (run,) = ledger.history(5)
    assert (run.kind, run.outcome, run.plan_id) == ("apply", outcome, report.plan_id)
    assert run.ended_at is not None
    assert json.loads(run.summary) == ({"applied": 14} if not fault else {"applied": 11, "unknown": 3})


def test_a_run_that_loses_its_lock_sends_nothing_more_and_is_written_down_as_failed(project: Project) -> None:
    def break_lock() -> bool:
        with ledger_of(project) as other:
            holder = other.lock_holder()
            if holder is not None:
                other.break_lock(holder.fence)
        return False

    with pytest.raises(LockedError):
        _apply(project, interrupted=break_lock)
    assert project.dialer.record.entries(applied=True) == []
    with ledger_of(project) as ledger:
        (run,) = ledger.history(5)
    assert (run.outcome, run.ended_at is not None) == ("failed", True)
