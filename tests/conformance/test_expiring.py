"""Do-not-call entries that lapse at the dialer are renewed in time, and nobody listed is rung in between."""

from pathlib import Path

import pytest

from syncengine.sandbox.server import Sandbox
from tests.conformance.project import DAY, Project
from tests.conformance.variants import VARIANTS

_EXPIRING = next(variant for variant in VARIANTS if variant.name == "wolkvox-expiring")


@pytest.fixture
def project(sandbox: Sandbox, tmp_path: Path) -> Project:
    variant = _EXPIRING
    project = Project(root=tmp_path, sandbox=sandbox, vendor=variant.vendor, settings=variant.dialer_settings)
    project.campaign("spring", name="Spring", status="started", contacts=["leads"], **variant.campaign)
    people = [variant.row(number) for number in range(1, 5)]
    project.contacts("leads", people, region=variant.region, columns=variant.columns)
    project.dnd("registry", ["+" + variant.phone(2), "+" + variant.phone(900)], lasts_days=30, max_age="31d")
    return project


def test_entries_are_renewed_before_they_lapse(project: Project) -> None:
    project.carry_out()
    # Somebody else loads the listed number, so that only the entry keeps it from being rung.
    campaign = next(iter(project.sandbox.wolkvox.campaigns.held.values()))
    campaign.records.append({"customer_id": "theirs", "tel1": _EXPIRING.phone(2)})
    entries = project.sandbox.wolkvox.do_not_call.expiring
    first = dict(entries)

    project.sandbox.clock.advance(23 * DAY)
    project.nothing_left()
    assert entries == first

    project.sandbox.clock.advance(2 * DAY)
    renewed = project.carry_out()
    assert [(change.action, change.reason, change.count) for change in renewed.row_changes] == [("add", "lapsing", 2)]
    project.nothing_left()

    # The day on which the first entries would have lapsed.
    project.sandbox.clock.advance(6 * DAY)
    project.nothing_left()
    ringing = project.dialer.callable_numbers(campaign.id)
    assert ringing == {_EXPIRING.phone(number) for number in (1, 3, 4)}


def test_entries_that_have_lapsed_are_put_back_at_once(project: Project) -> None:
    project.carry_out()
    project.sandbox.clock.advance(60 * DAY)
    renewed = project.carry_out()
    assert [(change.action, change.reason) for change in renewed.row_changes] == [("add", "lapsing")]
    project.nothing_left()
