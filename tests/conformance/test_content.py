"""Changes of content that a vendor can take only in part, and refusals: no plan wants the same thing for ever."""

from pathlib import Path

from syncengine.sandbox.server import Sandbox
from tests.conformance.project import Project
from tests.conformance.variants import VARIANTS

_CSV = next(variant for variant in VARIANTS if variant.name == "thulium-csv")


def _project(sandbox: Sandbox, root: Path) -> Project:
    project = Project(root=root, sandbox=sandbox, vendor="thulium", settings=_CSV.dialer_settings)
    campaign = {"type": "preview", "settings": {"feed": "csv"}}
    project.campaign("spring", name="Spring", status="stopped", contacts=["leads"], **campaign)
    _state(project)
    return project


def _state(project: Project, **changed: str) -> None:
    rows = [{"id": f"A{number}", "phone": "+" + _CSV.phone(number), "agent": "j.doe"} for number in (1, 2, 3)]
    rows[0] |= changed
    project.contacts("leads", rows, region="PL")


def test_an_identifier_that_changes_alone_is_taken_without_a_complaint(sandbox: Sandbox, tmp_path: Path) -> None:
    project = _project(sandbox, tmp_path)
    project.carry_out()
    _state(project, id="B1")
    project.carry_out()
    project.nothing_left()

    # The record is still found, by the identifier that the dialer has for it.
    project.dnd("opt-outs", ["+" + _CSV.phone(1)])
    project.carry_out()
    (campaign_id,) = sandbox.thulium.outbounds.held
    assert [row["system_status"] for row in project.dialer.records(campaign_id)] == ["NO_CALL", "TO_CALL", "TO_CALL"]


def test_a_change_that_the_vendor_refuses_is_not_offered_again_until_it_changes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    project = _project(sandbox, tmp_path)
    project.carry_out()
    _state(project, agent="nobody")

    _, report = project.apply()
    assert report is not None
    assert not report.complete
    plan = project.nothing_left()
    assert any("refused by the vendor before" in note for note in plan.notes)

    _state(project, agent="a.nowak")
    project.carry_out()
    project.nothing_left()


def test_an_addition_that_the_vendor_refuses_is_not_offered_again_until_it_changes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    project = _project(sandbox, tmp_path)
    _state(project, agent="nobody")

    _, report = project.apply()
    assert report is not None
    assert not report.complete
    plan = project.nothing_left()
    assert any("refused by the vendor before" in note for note in plan.notes)

    _state(project, agent="a.nowak")
    project.carry_out()
    project.nothing_left()


def test_a_listed_record_that_others_have_taken_out_is_no_danger_for_ever(sandbox: Sandbox, tmp_path: Path) -> None:
    project = _project(sandbox, tmp_path)
    project.carry_out()
    (campaign_id,) = sandbox.thulium.outbounds.held
    outbound = sandbox.thulium.outbounds.held[campaign_id]
    gone = outbound.csv.pop(_CSV.phone(1))
    del outbound.by_identifier[gone.identifier]
    # Nothing that was written just now counts as gone because a listing lacks it.
    sandbox.clock.advance(600)
    project.dnd("opt-outs", ["+" + _CSV.phone(1)])

    project.apply()
    project.nothing_left()
