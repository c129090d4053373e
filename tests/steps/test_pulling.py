"""Pull reads campaigns and nothing else, and what it writes plans to nothing."""

from pathlib import Path

import pytest

from syncengine.steps.pulling import pull
from tests.steps.acme import VENDOR, bent
from tests.steps.projects import Made


def test_campaigns_that_nobody_looks_after_are_adopted_and_change_nothing(made: Made) -> None:
    made.acme.campaign("18", "Summer sale", "running", kind="fast")
    made.acme.campaign("19", "Summer: sale", "odd")
    pulled = pull(made.load(), made.options())
    (found,) = pulled.dialers
    assert [(each.key, each.campaign.id, each.status) for each in found.campaigns] == [
        ("summer-sale", "18", "started"),
        ("summer-sale-19", "19", ""),
    ]
    assert (found.known, found.problem) == (1, "")
    made.write()
    (made.root / "manifests" / "pulled.yaml").write_text(pulled.manifest, encoding="utf-8")
    plan = made.plan()
    assert "summer-sale" in plan_names(made)
    assert [str(change.address) for change in plan.campaign_changes] == []


def plan_names(made: Made) -> set[str]:
    return set(made.load().desired.campaigns)


def test_no_person_is_asked_for_and_nothing_is_written(made: Made) -> None:
    pull(made.load(), made.options())
    assert made.acme.asked == ["GET /campaigns"]
    assert [path.name for path in (made.root / "manifests").iterdir()] == ["all.yaml"]


def test_what_is_ours_already_is_left_out(made: Made) -> None:
    made.campaigns["spring"] |= {"name": "Ours"}
    made.campaigns["spring"].pop("id")
    made.carry_out()
    (found,) = pull(made.load(), made.options()).dialers
    assert [each.campaign.id for each in found.campaigns] == ["17"]
    assert found.known == 1


def test_a_dialer_that_cannot_be_read_is_told_and_the_others_are_pulled(made: Made) -> None:
    made.dialers["other"] = made.dialer()
    made.acme.troubles["GET /campaigns"] = 500
    pulled = pull(made.load(), made.options())
    assert all(found.problem for found in pulled.dialers)
    assert pulled.manifest.endswith("campaigns: {}\n")
    assert [found.dialer for found in pull(made.load(), made.options(dialers=("other",))).dialers] == ["other"]


@pytest.mark.parametrize("ability", ["absent", "unverified"])
def test_a_listing_that_is_not_documented_is_not_tried_by_itself(made: Made, ability: str, tmp_path: Path) -> None:
    made.vendor = bent(VENDOR, ("      path: /campaigns\n      success: {status: [200]}\n      records: found\n    create:",
                               f"      path: /campaigns\n      ability: {ability}\n      check: Look at it.\n      success: {{status: [200]}}\n      records: found\n    create:"))  # fmt: skip
    (found,) = pull(made.load(), made.options()).dialers
    assert ("has no call" if ability == "absent" else "--allow-unverified") in found.problem
    assert made.acme.asked == []
