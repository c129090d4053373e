"""The walk through the life of a campaign, at every vendor and in every way in which rows get there.

After every step: all of it was done, the next plan has nothing to do, nobody is there twice, nobody listed can be rung,
exactly the others can, and what other people put into the dialer is as it was.
"""

import json
from pathlib import Path

import pytest

from syncengine.sandbox.server import Sandbox
from tests.conformance import by_hand
from tests.conformance.variants import VARIANTS, Variant
from tests.conformance.walk import OUR_GUEST, Walk


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_campaign_lives_as_its_files_say(variant: Variant, sandbox: Sandbox, tmp_path: Path) -> None:
    walk = Walk(tmp_path, sandbox, variant)

    _begin(walk)
    _change_a_setting(walk)
    walk.add(*range(1, 9))
    walk.step()
    _change_content(walk)
    _guest_of_others(walk)

    # Somebody who is in the campaign asks not to be called.
    walk.list_number(2)
    walk.step()

    _start(walk)
    walk.add(9, 10)
    walk.step()
    walk.list_number(9)
    walk.step()
    # A listed number is new in the source: it never gets there.
    walk.list_number(11)
    walk.add(11)
    if variant.blocks_numbers:
        walk.step()
    else:
        walk.quiet_step()
    _stop(walk)
    _drop_people(walk)
    _drop_a_line(walk)
    _release(walk)
    _end(walk)


def _begin(walk: Walk) -> None:
    if walk.variant.reference:
        return
    plan = walk.step()
    assert plan.headline.campaigns_created == 1


def _change_a_setting(walk: Walk) -> None:
    if walk.variant.fixed:
        name, value = walk.variant.fixed
        before, walk.settings[name] = walk.settings[name], value
        walk.state()
        refused = walk.project.plan()
        assert [violation.rule for violation in refused.violations] == ["not_possible"]
        walk.settings[name] = before
        walk.quiet_step()
    if walk.variant.changes:
        name, value = walk.variant.changes
        walk.settings[name] = value
        plan = walk.step()
        assert plan.headline.campaigns_updated == 1


def _change_content(walk: Walk) -> None:
    walk.people[1]["first_name"] = "Renamed"
    walk.people[1]["note"] = "another note"
    if not walk.variant.updates:
        walk.quiet_step()
        return
    plan = walk.step()
    assert plan.headline.rows_updated == 1 or walk.variant.name == "thulium-crm"
    held = json.dumps(walk.project.dialer.state(), default=str)
    assert "Renamed" in held or "another note" in held


def _guest_of_others(walk: Walk) -> None:
    """Somebody else puts a row into our campaign: it is not ours, so it stays."""
    by_hand.put_row(walk.sandbox, walk.variant.vendor, walk.campaign_id, walk.variant.phone(OUR_GUEST))
    walk.wanted.add(OUR_GUEST)
    walk.quiet_step()


def _start(walk: Walk) -> None:
    if walk.status:
        walk.status = "started"
        assert walk.step().headline.starts == 1


def _stop(walk: Walk) -> None:
    if walk.status:
        walk.status = "stopped"
        assert walk.step().headline.stops == 1


def _drop_people(walk: Walk) -> None:
    """The source no longer names two of them; one of those is listed by now."""
    for number in (3, 9):
        del walk.people[number]
    if not walk.variant.removes:
        walk.quiet_step()
        return
    walk.wanted.discard(3)
    plan = walk.step()
    assert plan.headline.no_longer_callable == 1


def _drop_a_line(walk: Walk) -> None:
    """A line that is gone from the do-not-call file releases nobody."""
    walk.lines.remove(2)
    walk.quiet_step()


def _release(walk: Walk) -> None:
    walk.release.append(2)
    walk.state()
    refused = walk.project.plan()
    assert [violation.rule for violation in refused.violations] == ["dnd_removal"]
    allowed = walk.project.plan(dnd_remove=1)
    assert allowed.applicable
    walk.listed.discard(2)
    if walk.variant.releases:
        walk.wanted.add(2)
    walk.step(expect=allowed.plan_id, dnd_remove=1)
    if walk.status:
        walk.status = "started"
        walk.step()


def _end(walk: Walk) -> None:
    if walk.variant.reference:
        return
    del walk.project.manifest["campaigns"]["spring"]
    walk.prune = True
    plan = walk.step()
    assert plan.headline.campaigns_deleted == 1
