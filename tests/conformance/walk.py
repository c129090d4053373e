"""One campaign with its people and a do-not-call list at a sandbox dialer, and the judge of every step."""

from pathlib import Path

from syncengine.model.plan import Plan
from syncengine.sandbox.server import Sandbox
from tests.conformance import by_hand
from tests.conformance.project import Project
from tests.conformance.variants import Variant

# People of nobody's campaign, so that the list is long enough to lose a line without counting as damaged.
FILLERS = range(900, 910)
_THEIR_ROW, OUR_GUEST, _THEIR_BLOCK = 700, 701, 702


class Walk:
    """One campaign, its people and a do-not-call list; the judge of every step."""

    def __init__(self, root: Path, sandbox: Sandbox, variant: Variant) -> None:
        self.variant = variant
        self.sandbox = sandbox
        for name, value in variant.switches.items():
            setattr(sandbox.dialers[variant.vendor].switches, name, value)
        self.project = Project(root=root, sandbox=sandbox, vendor=variant.vendor, settings=variant.dialer_settings)
        self.status: str | None = None if variant.reference else "stopped"
        self.settings = dict(variant.campaign_settings)
        self.people: dict[int, dict[str, str]] = {}
        # Lines of the do-not-call file, and those that are taken off by name.
        self.lines: list[int] = list(FILLERS)
        self.release: list[int] = []
        # Those whom the dialer must ring when the campaign runs, and those whom it must not.
        self.wanted: set[int] = set()
        self.listed: set[int] = set(FILLERS)
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
