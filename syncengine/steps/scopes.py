"""What a do-not-call list has once covered it covers on: a narrower scope in a manifest releases nobody (D4).

Which campaigns and dialers a list covers is kept in the ledger with its first reading. A manifest that leaves one of
them out later, be it under ``scope:`` or because a campaign no longer names the list, is told so, and the numbers stay
in force there. The only way off is the one that there is for every number: ``release:``, by name.
"""

from collections.abc import Sequence
from dataclasses import replace

from syncengine.model.desired import Desired, DndList
from syncengine.steps.run import Run


def stated_cover(desired: Desired, dnd_list: DndList) -> tuple[str, ...]:
    """Return what a manifest says that a list covers: "all", dialers, and campaigns by key."""
    naming = (key for key, campaign in desired.campaigns.items() if dnd_list.name in campaign.dnd)
    return tuple(sorted({*dnd_list.scope, *naming}))


def with_kept_scopes(run: Run) -> tuple[Run, Sequence[str]]:
    """Return the run with every list covering what it has ever covered, and a sentence for each that states less."""
    kept = run.ledger.covers()
    desired = run.loaded.desired
    lists, notes = dict(desired.dnd), []
    for name, stated in desired.dnd.items():
        widened = replace(stated, scope=tuple(sorted({*stated.scope, *kept.get(name, ())})))
        lists[name] = widened
        left_out = sorted({*desired.dnd_scopes(widened)} - {*desired.dnd_scopes(stated)})
        if left_out:
            notes.append(
                f"do-not-call list {name} leaves out {', '.join(left_out)}, which it has covered before; its numbers"
                " stay in force there until they are released by name"
            )
    widened_run = replace(run, loaded=replace(run.loaded, desired=replace(desired, dnd=lists)))
    return widened_run, notes
