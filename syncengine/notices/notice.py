"""What a notice says: counts, names that people gave to their own files, and never a person.

It leaves the machine for a chat or a pager, so it is made of numbers and not of sentences that somebody else wrote.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from syncengine.model.phone import mask_numbers_in
from syncengine.model.plan import Plan
from syncengine.model.report import DONE, ApplyReport
from syncengine.model.watching import Drift

FORMAT_VERSION = 1
# Places that a notice of drift names.
_MOST_DRIFT = 10
Event = Literal["approval", "guard", "partial", "drift", "dnd_deadline"]

TITLES: dict[Event, str] = {
    "approval": "a plan waits for approval",
    "guard": "a guard stops the plan",
    "partial": "applied in part",
    "drift": "the dialers differ from what was applied",
    "dnd_deadline": "opt-outs are not yet everywhere",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that people should know."""

    event: Event
    project: str
    plan_id: str
    # What it is about, in words of ours: guards, do-not-call lists, dialers.
    about: Sequence[str] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    # What tells it from others of its event, where that is not its plan and its counts. It is not sent.
    subject: str = ""

    @property
    def digest(self) -> str:
        """Return what is the same for the same news, so that nobody is told twice."""
        told = self.subject or [self.plan_id, list(self.about), dict(self.counts)]
        return hashlib.sha256(json.dumps([self.event, self.project, told], sort_keys=True).encode()).hexdigest()[:16]

    @property
    def text(self) -> str:
        """Return it as a few lines for a chat."""
        counts = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in self.counts.items() if count)
        lines = [f"{self.project}: {TITLES[self.event]}", counts, ", ".join(self.about), f"plan {self.plan_id}"]
        return "\n".join(filter(None, lines))

    def document(self, now: float) -> dict[str, object]:
        """Return it as plain JSON values."""
        said = asdict(self)
        del said["subject"]
        return {"format_version": FORMAT_VERSION, "sent_at": int(now), "title": TITLES[self.event], **said}


def notice_of_plan(plan: Plan, event: Event) -> Notice | None:
    """Return what to say of a plan: that a guard stops it, or what was asked for; None when there is nothing to do."""
    rules = sorted({violation.rule for violation in plan.violations})
    about = [*rules, *(f"{name} is not sound" for name in plan.held_sources)]
    if about:
        event = "guard"
    elif plan.empty:
        return None
    return Notice(event=event, project=plan.project, plan_id=plan.plan_id, about=about, counts=asdict(plan.headline))


def notice_of_drift(project: str, plan_id: str, drift: Sequence[Drift]) -> Notice | None:
    """Return what to say of what others changed at the dialers; None where there is none.

    The plan changes whenever a file does; what others did stays the same news.
    """
    if not drift:
        return None
    about = [mask_numbers_in(f"{found.address}: {found.what}") for found in drift[:_MOST_DRIFT]]
    if len(drift) > _MOST_DRIFT:
        about.append(f"and {len(drift) - _MOST_DRIFT:,} more")
    counts = {
        "campaigns": sum(1 for found in drift if found.address.kind == "campaign"),
        "rows": sum(found.count for found in drift if found.address.kind != "campaign"),
    }
    subject = json.dumps([[str(found.address), found.what, found.count] for found in drift])
    return Notice(event="drift", project=project, plan_id=plan_id, about=about, counts=counts, subject=subject)


def notice_of_report(project: str, report: ApplyReport) -> Notice | None:
    """Return what to say of an apply; None when all of it was done."""
    if report.complete:
        return None
    counts: dict[str, int] = {}
    for change in report.changes:
        for outcome, count in change.outcomes.items():
            counts[outcome] = counts.get(outcome, 0) + count
    dialers = sorted({change.address.dialer for change in report.changes if not change.done})
    return Notice(
        event="partial",
        project=project,
        plan_id=report.plan_id,
        about=dialers,
        counts={name: count for name, count in counts.items() if name not in DONE or count},
    )
