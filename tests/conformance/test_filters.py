"""Saved filters: a row is a filter, and the people whom it brings are seen only in the next reading."""

from pathlib import Path

import pytest

from syncengine.sandbox.server import Sandbox
from tests.conformance.project import Project
from tests.conformance.variants import VARIANTS

_V = next(variant for variant in VARIANTS if variant.name == "stringee-phones")
_FILTERS = [
    {"id": "FT1", "query": 'name:"linh"', "portal": "pt_1"},
    {"id": "FT2", "query": "created:[1564592400 TO *]", "portal": "pt_1"},
]


@pytest.fixture
def project(sandbox: Sandbox, tmp_path: Path) -> Project:
    for number in range(1, 6):
        sandbox.stringee.add_contact(f"CTX{number}", f"Person {number}", [_V.phone(number)])
    sandbox.stringee.add_filter("FT1", ["CTX1", "CTX2"])
    sandbox.stringee.add_filter("FT2", ["CTX3", "CTX4", "CTX5"])
    project = Project(root=tmp_path, sandbox=sandbox, vendor="stringee")
    project.campaign("spring", name="Spring", status="started", contacts=["saved"], settings={"load": "filters"})
    project.contacts("saved", _FILTERS, columns={"query": "query", "portal": "portal"}, on_absent="remove")
    project.dnd("opt-outs", ["+" + _V.phone(number) for number in (2, 900, 901)])
    return project


def test_a_campaign_starts_only_after_its_people_were_seen(project: Project) -> None:
    first = project.carry_out()
    assert [(change.action, change.count) for change in first.row_changes] == [("add", 2)]
    assert [hold.what for hold in first.holds] == ["start"]
    assert project.dialer.dialling() == {}
    (campaign_id,) = project.sandbox.stringee.campaigns.held
    assert len(project.dialer.records(campaign_id)) == 5

    second = project.carry_out()
    assert [(change.action, change.reason, change.count) for change in second.row_changes] == [("remove", "listed", 1)]
    assert [change.action for change in second.campaign_changes] == ["start"]
    assert project.dialer.callable_numbers(campaign_id) == {_V.phone(number) for number in (1, 3, 4, 5)}
    project.nothing_left()


def test_people_that_a_filter_brought_are_not_ours_to_remove(project: Project) -> None:
    project.carry_out()
    project.carry_out()
    (campaign_id,) = project.sandbox.stringee.campaigns.held
    there = project.dialer.records(campaign_id)

    project.contacts("saved", _FILTERS[:1], columns={"query": "query", "portal": "portal"}, on_absent="remove")
    project.nothing_left()
    assert project.dialer.records(campaign_id) == there


def test_somebody_listed_later_is_taken_out_of_a_running_campaign(project: Project) -> None:
    project.carry_out()
    project.carry_out()
    project.dnd("opt-outs", ["+" + _V.phone(number) for number in (2, 4, 900, 901)])
    project.carry_out()
    (campaign_id,) = project.sandbox.stringee.campaigns.held
    assert project.dialer.callable_numbers(campaign_id) == {_V.phone(number) for number in (1, 3, 5)}
    project.nothing_left()


def test_nobody_unseen_is_brought_into_a_campaign_that_dials(project: Project) -> None:
    project.carry_out()
    project.carry_out()
    (campaign_id,) = project.sandbox.stringee.campaigns.held
    there = project.dialer.records(campaign_id)
    project.sandbox.stringee.add_contact("CTX9", "Person 9", [_V.phone(900)])
    project.sandbox.stringee.add_filter("FT3", ["CTX9"])
    filters = [*_FILTERS, {"id": "FT3", "query": "x", "portal": "pt_1"}]
    project.contacts("saved", filters, columns={"query": "query", "portal": "portal"})

    held = project.nothing_left()
    assert [hold.what for hold in held.holds] == ["add 1 row"]
    assert project.dialer.records(campaign_id) == there

    project.campaign("spring", name="Spring", status="stopped", contacts=["saved"], settings={"load": "filters"})
    project.carry_out()
    project.campaign("spring", name="Spring", status="started", contacts=["saved"], settings={"load": "filters"})
    project.carry_out()
    assert _V.phone(900) not in project.dialer.callable_numbers(campaign_id)
    project.nothing_left()
