"""What of a plan may land by itself: every change by its effect on dialling, and every reason that holds one.

A plan is what people wrote in one go, and a part of it chosen by kind may be a state that nobody wrote: a campaign
that is created and never filled. So either all of it lands, or its compliance changes alone. Those stand first in
every plan, and a crash after them leaves the same state, so landing only them is as safe as the order of a plan.
What somebody changed at a dialer by hand is the one exception: it is taken out together with all that could make
the campaign in question dial differently.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from syncengine.engine.planner import plan_id
from syncengine.engine.windows import closed
from syncengine.model.address import Address
from syncengine.model.change import CampaignChange, Change, RowChange
from syncengine.model.plan import Headline, Hold, Level, LevelName, Plan
from syncengine.model.policy import Attempt, Decision, Held, Kind, Policy, Rule, Standing

_DND_ADDITIONS: frozenset[LevelName] = frozenset({"dnd additions", "dnd additions to new campaigns"})
_RELEASES: frozenset[LevelName] = frozenset({"dnd removals", "contacts released from dnd"})
_BY_OTHERS = frozenset({"drift", "vanished"})


def kind_of(change: Change, level: LevelName) -> Kind:
    """Return what a change means for who is rung, and how.

    compliance: somebody listed, or everybody in a campaign, is rung no more. release: somebody listed may be rung
    again. pacing: how a campaign dials. audience: who is rung, and where. cosmetic: none of these.
    """
    if level in _RELEASES:
        return "release"
    if isinstance(change, CampaignChange):
        if change.action == "stop":
            # One that undoes what somebody started by hand is no such thing: the policy says whether that is undone.
            return "pacing" if change.reason in _BY_OTHERS else "compliance"
        if change.action == "update":
            return "cosmetic" if change.effect == "neutral" else "pacing"
        return "audience"
    if level in _DND_ADDITIONS or (change.reason == "listed" and change.action in {"remove", "block"}):
        return "compliance"
    return "cosmetic" if change.action in {"adopt", "forget"} else "audience"


def content_of(plan: Plan) -> str:
    """Return the digest of all files that a plan was made from."""
    basis = plan.basis
    parts = [basis.manifests, basis.vendors, basis.sources, basis.dnd]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def kinds_of(plan: Plan) -> set[Kind]:
    """Return what a plan means for who is rung, and how."""
    return {kind_of(change, level.name) for level in plan.levels for change in level.changes}


def decide(plan: Plan, policy: Policy, standing: Standing) -> Decision:
    """Return what lands now, and what is held by which rule."""
    if plan.empty:
        return Decision(lands=None)
    if standing.suspended:
        return Decision(lands=None, held=(_held("suspended", plan.changes, plan, standing.suspended),))
    if standing.leader:
        return Decision(lands=None, held=(_held("standby", plan.changes, plan, standing.leader),))
    if not standing.applies:
        why = "plans are shown and not applied; see: watch --apply"
        return Decision(lands=None, held=(_held("off", plan.changes, plan, why),))
    if reasons := tuple(_held_as_a_whole(plan, policy, standing)):
        return Decision(lands=_compliance_alone(plan, reasons), held=reasons)
    if policy.heal:
        return Decision(lands=plan)
    return _without_drift(plan)


def after(attempt: Attempt | None, plan: Plan, policy: Policy, *, now: float) -> Attempt:
    """Return what to keep before a plan is carried out: the same files are not tried again before a while."""
    content = content_of(plan)
    tries = attempt.tries + 1 if attempt is not None and attempt.content == content else 1
    pause = min(policy.retry_first * 2.0 ** min(tries - 1, 20), policy.retry_most)
    return Attempt(content=content, plan_id=plan.plan_id, tries=tries, not_before=now + pause)


def drifted(plan: Plan) -> tuple[Change, ...]:
    """Return the changes that undo what somebody did at a dialer, though the files did not change."""
    return tuple(change for change in plan.changes if change.reason in _BY_OTHERS)


def _held_as_a_whole(plan: Plan, policy: Policy, standing: Standing) -> Iterable[Held]:
    """Walk the reasons that hold everything but compliance."""
    rest = [change for level in plan.levels for change in level.changes if kind_of(change, level.name) != "compliance"]
    for violation in plan.violations:
        yield _held("guard", rest or plan.changes, plan, f"{violation.rule}: {violation.message}")
    if not rest and not plan.releases:
        return
    if standing.elsewhere:
        yield _held("locked", rest, plan, f"{standing.elsewhere}; opt-outs alone land at the other dialers meanwhile")
    kinds = kinds_of(plan)
    if "release" in kinds or plan.releases:
        why = "nobody is taken off a do-not-call list by itself; apply one plan by hand, with --expect PLAN_ID"
        yield _held("policy", rest, plan, why)
    refused = sorted(kinds - policy.may_land - {"compliance", "release"})
    if refused:
        named = [c for level in plan.levels for c in level.changes if kind_of(c, level.name) in refused]
        why = f"may_land in the project file does not have {' and '.join(refused)}"
        yield _held("policy", named, plan, why)
    if standing.clock_doubt:
        yield _held("window", rest, plan, standing.clock_doubt)
    else:
        why, until = closed(policy.windows, standing.now)
        if why:
            yield _held("window", rest, plan, why, until)
    if (until := _tried_until(plan, standing)) is not None:
        tries = standing.attempt.tries if standing.attempt else 0
        yield _held("tried", rest, plan, f"these files were tried {tries} times and not all of it landed", until)


def _tried_until(plan: Plan, standing: Standing) -> float | None:
    """Return when the same files may be tried again; None: now.

    A watcher that died in an apply goes on at once when it had got somewhere: what is left is then another plan.
    """
    last = standing.attempt
    if last is None or last.content != content_of(plan) or standing.now >= last.not_before:
        return None
    if not last.ended and last.plan_id != plan.plan_id:
        return None
    return last.not_before


def _compliance_alone(plan: Plan, reasons: tuple[Held, ...]) -> Plan | None:
    """Return the compliance changes as a plan of their own; no guard stands before them but the one on doubtful calls.

    A do-not-call list of a campaign that this plan creates waits with the campaign, which holds nobody until then.
    """
    doubtful = {v.address.dialer for v in plan.violations if v.rule == "unverified" and v.address is not None}
    created = {c.address for c in plan.campaign_changes if c.action == "create"}

    def lands(change: Change, level: LevelName) -> bool:
        campaign = _campaign_of(change)
        return (
            kind_of(change, level) == "compliance" and change.address.dialer not in doubtful and campaign not in created
        )

    return _narrowed(plan, lands, "; ".join(dict.fromkeys(held.why for held in reasons)))


def _without_drift(plan: Plan) -> Decision:
    """Take out what undoes other people's doing; a campaign that they changed gets nothing dialable meanwhile."""
    mine = [
        change
        for level in plan.levels
        for change in level.changes
        if change.reason in _BY_OTHERS and kind_of(change, level.name) != "compliance"
    ]
    if not mine:
        return Decision(lands=plan)
    theirs = {id(change) for change in mine}
    gone = {_campaign_of(change) for change in mine if isinstance(change, CampaignChange) and change.action == "create"}
    changed = {_campaign_of(c) for c in mine if isinstance(c, CampaignChange) and c.action != "start"}

    def lands(change: Change, level: LevelName) -> bool:
        campaign = _campaign_of(change)
        return kind_of(change, level) == "compliance" or not (
            id(change) in theirs or campaign in gone or (campaign in changed and change.effect == "dialable")
        )

    why = "changed at the dialer by someone else, and the policy does not heal (heal: true would)"
    held = _held("drift", [c for level in plan.levels for c in level.changes if not lands(c, level.name)], plan, why)
    return Decision(lands=_narrowed(plan, lands, why), held=(held,))


def _campaign_of(change: Change) -> Address:
    return Address(change.address.dialer, "campaign", change.address.name)


def _narrowed(plan: Plan, lands: Callable[[Change, LevelName], bool], why: str) -> Plan | None:
    """Return a plan with a part of the changes, the rest as holds; None when nothing is left."""
    levels = [Level(lv.name, tuple(c for c in lv.changes if lands(c, lv.name))) for lv in plan.levels]
    kept = tuple(level for level in levels if level.changes)
    if not kept:
        return None
    holds = [
        Hold(address=change.address, what=change.action, why=why)
        for level in plan.levels
        for change in level.changes
        if not lands(change, level.name)
    ]
    part = replace(
        plan,
        levels=kept,
        releases={},
        violations=(),
        holds=(*plan.holds, *holds),
        headline=_headline(plan.headline, kept),
        costs=tuple(replace(cost, calls=_calls(kept, cost.dialer), minutes=None) for cost in plan.costs),
    )
    return replace(part, plan_id=plan_id(part))


def remaining(plan: Plan, lands: Plan | None) -> Plan:
    """Return the plan that is to be expected next, once what lands has landed: what a person would have to approve."""
    if lands is None:
        return plan
    landed = {id(change) for change in lands.changes}
    levels = [Level(lv.name, tuple(c for c in lv.changes if id(c) not in landed)) for lv in plan.levels]
    kept = tuple(level for level in levels if level.changes)
    headline = replace(_headline(plan.headline, kept), dnd_removed=plan.headline.dnd_removed)
    rest = replace(plan, levels=kept, headline=headline)
    return replace(rest, plan_id=plan_id(rest))


def _headline(whole: Headline, kept: tuple[Level, ...]) -> Headline:
    """Count what a part of a plan does. It makes nobody callable that the whole would not."""
    campaigns = [c for level in kept for c in level.changes if isinstance(c, CampaignChange)]
    rows = [c for level in kept for c in level.changes if isinstance(c, RowChange)]
    contacts = [c for c in rows if c.address.kind == "contacts"]
    actions = Counter(c.action for c in campaigns)
    gone = sum(c.count for c in contacts if c.action in {"remove", "block"})
    adds = sum(c.count for c in contacts if c.action in {"add", "unblock"})
    return Headline(
        campaigns_created=actions["create"],
        campaigns_updated=len({c.address for c in campaigns if c.action == "update"}),
        campaigns_deleted=actions["delete"],
        starts=actions["start"],
        stops=actions["stop"],
        newly_callable=whole.newly_callable if actions["start"] else min(whole.newly_callable, adds),
        no_longer_callable=whole.no_longer_callable if actions["stop"] else min(whole.no_longer_callable, gone),
        rows_updated=sum(c.count for c in contacts if c.action == "update"),
        rows_unchanged=whole.rows_unchanged,
        dnd_added=sum(c.count for c in rows if c.address.kind == "dnd" and c.action in {"add", "block"}),
    )


def _calls(levels: tuple[Level, ...], dialer: str) -> int:
    mine = [c for level in levels for c in level.changes if c.address.dialer == dialer]
    return sum(c.calls if isinstance(c, RowChange) else 1 for c in mine)


def _held(rule: Rule, changes: Iterable[Change], plan: Plan, why: str, until: float | None = None) -> Held:
    chosen = {id(change) for change in changes}
    kinds = Counter(
        kind_of(change, level.name) for level in plan.levels for change in level.changes if id(change) in chosen
    )
    named = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    what = f"{len(chosen)} change{'' if len(chosen) == 1 else 's'}{f' ({named})' if named else ''}"
    return Held(rule=rule, what=what, why=why, until=until)
