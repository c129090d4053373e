"""The walk through the life of a campaign, at every vendor and in every way in which rows get there.

After every step: all of it was done, the next plan has nothing to do, nobody is there twice, nobody listed can be rung,
exactly the others can, and what other people put into the dialer is as it was.
"""

import json
from pathlib import Path

import pytest

from syncengine.model.plan import Plan
from syncengine.sandbox.server import Sandbox
from tests.conformance import by_hand
from tests.conformance.project import Project
from tests.conformance.variants import VARIANTS, Variant

# People of nobody's campaign, so that the list is long enough to lose a line without counting as damaged.
_FILLERS = range(900, 910)
_THEIR_ROW, _OUR_GUEST, _THEIR_BLOCK = 700, 701, 702


class Walk:
    """One campaign, its people and a do-not-call list; the judge of every step."""

    def __init__(self, root: Path, sandbox: Sandbox, variant: Variant) -> None:
        self.variant = variant
        self.sandbox = sandbox
        self.project = Project(root=root, sandbox=sandbox, vendor=variant.vendor, settings=variant.dialer_settings)
        self.status: str | None = None if variant.reference else "stopped"
        self.settings = dict(variant.campaign_settings)
        self.people: dict[int, dict[str, str]] = {}
        # Lines of the do-not-call file, and those that are taken off by name.
        self.lines: list[int] = list(_FILLERS)
        self.release: list[int] = []
        # Those whom the dialer must ring when the campaign runs, and those whom it must not.
        self.wanted: set[int] = set()
        self.listed: set[int] = set(_FILLERS)
        self.prune = False
        self.theirs = by_hand.put_campaign(sandbox, variant.vendor, variant.phone(_THEIR_ROW))
        by_hand.block(sandbox, variant.vendor, variant.phone(_THEIR_BLOCK))
        self._others_before = self._seen_of_others()

    # ---------------------------------------------------------------------------------------------------- the files

    def state(self) -> None:
        """Bring the files to what the walk wants now."""
        if not self.prune:
            self.project.campaign(
                "spring",
                id=self.variant.reference or None,
                name=None if self.variant.reference else "Spring",
                status=self.status,
                contacts=["leads"],
                settings=self.settings or None,
                **self.variant.campaign,
            )
        columns = self.variant.columns
        self.project.contacts(
            "leads", list(self.people.values()), region=self.variant.region, on_absent="remove", columns=columns
        )
        self.project.dnd(
            "opt-outs",
            ["+" + self.variant.phone(number) for number in self.lines],
            release=["+" + self.variant.phone(number) for number in self.release] or None,
            lasts_days=self.variant.lasts_days,
        )

    def add(self, *numbers: int) -> None:
        """Add people to the source."""
        self.people |= {number: self.variant.row(number) for number in numbers}
        self.wanted |= set(numbers) - self.listed

    def list_number(self, number: int) -> None:
        """Add a line to the do-not-call file."""
        self.lines.append(number)
        self.listed.add(number)
        self.wanted.discard(number)

    # ----------------------------------------------------------------------------------------------------- judging

    def step(self, **allowances: object) -> Plan:
        """Apply, and judge what came of it."""
        self.state()
        plan = self.project.carry_out(prune=self.prune, **allowances)
        self.judge()
        return plan

    def quiet_step(self) -> Plan:
        """See that the files want nothing, and judge what is there."""
        self.state()
        return self.judge()

    def judge(self) -> Plan:
        """See that nothing is left to do, and that the dialer holds what it must and nothing else."""
        plan = self.project.nothing_left(prune=self.prune)
        assert plan.holds == ()
        assert not [note for note in plan.notes if "not whole" in note]
        self.judge_dialer()
        return plan

    def judge_dialer(self) -> None:
        """See that the dialer holds what it must and nothing else."""
        dialer = self.project.dialer
        assert dialer.doubled() == []
        ringing = set().union(*dialer.dialling().values())
        assert not ringing & {self.variant.phone(number) for number in self.listed}
        if self.runs:
            assert dialer.callable_numbers(self.campaign_id) == {self.variant.phone(n) for n in self.wanted}
        assert self._seen_of_others() == self._others_before

    def _seen_of_others(self) -> object:
        vendor = self.variant.vendor
        return by_hand.seen(self.sandbox, vendor, self.theirs), by_hand.blocked(self.sandbox, vendor)

    @property
    def runs(self) -> bool:
        return not self.prune and self.status in {None, "started"}

    @property
    def campaign_id(self) -> str:
        """The campaign's id at the dialer."""
        if self.variant.reference:
            return self.variant.reference
        campaigns = self.project.dialer.state()["campaigns"]
        found = [_id(campaign) for campaign in campaigns if _id(campaign) != self.theirs]
        assert len(found) == 1, campaigns
        return found[0]


def _id(campaign: object) -> str:
    shown = campaign if isinstance(campaign, dict) else {"id": campaign.id}  # type: ignore[attr-defined]
    return str(shown.get("campaign_id", shown.get("id")))


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_campaign_lives_as_its_files_say(variant: Variant, sandbox: Sandbox, tmp_path: Path) -> None:
    for name, value in variant.switches.items():
        setattr(sandbox.dialers[variant.vendor].switches, name, value)
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
    by_hand.put_row(walk.sandbox, walk.variant.vendor, walk.campaign_id, walk.variant.phone(_OUR_GUEST))
    walk.wanted.add(_OUR_GUEST)
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
