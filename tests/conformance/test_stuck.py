"""A dialer that can neither take a listed row out nor block it: no start, and a campaign that dials is stopped."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from syncengine.sandbox.server import Sandbox
from tests.conformance.project import Project
from tests.conformance.variants import VARIANTS

_V = next(variant for variant in VARIANTS if variant.name == "stringee-phones")
_SHIPPED = Path(__file__).parents[2]


@pytest.fixture
def project(sandbox: Sandbox, tmp_path: Path) -> Project:
    """A project whose own vendor file knows no call that removes a row."""
    for folder in ("vendors", "mappings"):
        (tmp_path / folder).mkdir()
        text = YAML(typ="safe").load(_SHIPPED / folder / "stringee.yaml")
        for collection in text["collections"].values() if folder == "vendors" else ():
            del collection["operations"]["remove"]
        text.pop("examples", None)
        YAML(typ="safe").dump(text, tmp_path / folder / "stringee.yaml")
    project = Project(root=tmp_path, sandbox=sandbox, vendor="stringee")
    _state(project, status="stopped")
    project.contacts("leads", [_V.row(number) for number in (1, 2, 3)], region=_V.region)
    project.carry_out()
    project.dnd("opt-outs", ["+" + _V.phone(2)])
    return project


def _state(project: Project, *, status: str) -> None:
    project.campaign("spring", name="Spring", status=status, contacts=["leads"], settings=dict(_V.campaign_settings))


def test_a_campaign_with_a_listed_row_that_nothing_removes_is_not_started(project: Project) -> None:
    _state(project, status="started")
    plan = project.nothing_left()
    assert [(hold.what, "cannot be removed" in hold.why) for hold in plan.holds] == [("start", True)]
    assert project.dialer.dialling() == {}


def test_a_campaign_that_dials_with_such_a_row_is_stopped(project: Project) -> None:
    (campaign,) = project.sandbox.stringee.campaigns.held.values()
    campaign.status = "running"
    _state(project, status="started")

    plan = project.carry_out()

    assert [(change.action, change.reason) for change in plan.campaign_changes] == [("stop", "suppression_failed")]
    assert any(note.startswith("DANGER") for note in plan.notes)
    assert project.dialer.dialling() == {}
    assert [hold.what for hold in project.nothing_left().holds] == ["start"]
