"""A declared policy for duplicates: of the rows that share a number, the first one is kept."""

from pathlib import Path

import pytest

from syncengine.sandbox.server import Sandbox
from tests.conformance.project import Project
from tests.conformance.variants import VARIANTS

_CONTACTS = next(variant for variant in VARIANTS if variant.name == "stringee-contacts")


@pytest.mark.parametrize("shape", ["icc", "proxy", "indexed"])
def test_rows_that_share_a_number_are_reduced_to_the_first(shape: str, sandbox: Sandbox, tmp_path: Path) -> None:
    variant = _CONTACTS
    sandbox.stringee.switches.list_shape = shape  # type: ignore[assignment]
    project = Project(root=tmp_path, sandbox=sandbox, vendor=variant.vendor)
    policy = {"duplicates": "keep_first", "settings": dict(variant.campaign_settings)}
    project.campaign("spring", name="Spring", status="started", contacts=["leads"], **policy)
    project.contacts("leads", [variant.row(number) for number in range(1, 4)], region=variant.region)
    project.carry_out()
    project.nothing_left()
    (campaign_id,) = sandbox.stringee.campaigns.held
    ours = {row["id"] for row in project.dialer.records(campaign_id)}

    # Two contacts of the portal that have the number of one of ours.
    for name in ("CTX1", "CTX2"):
        contact = {"id": name, "name": "Theirs", "phones": [variant.phone(2)]}
        put = sandbox.stringee.contacts.put
        from syncengine.sandbox.stringee_contacts import FROM_CONTACTS, Contact

        put(campaign_id, [(Contact(**contact), FROM_CONTACTS)])
    assert project.dialer.doubled()

    plan = project.carry_out()
    assert [change.action for change in plan.campaign_changes] == ["deduplicate"]
    assert project.dialer.doubled() == []
    assert {row["id"] for row in project.dialer.records(campaign_id)} == ours
    project.nothing_left()
