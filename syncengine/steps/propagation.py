"""How far do-not-call entries have got: for each dialer, what is wanted there and what is known to stand there."""

from syncengine.model.watching import Propagation
from syncengine.steps.planned import Planned


def propagation_of(made: Planned) -> tuple[Propagation, ...]:
    """Return the state of every do-not-call list at a dialer; one that holds none tells how listed people are kept out.

    The words are those of the plan, which says for each dialer how do-not-call holds there.
    """
    sentences = {found.dialer: found.sentence for found in made.plan.enforcement}
    found = []
    for dialer in made.differences.dialers:
        name = dialer.dialer.name
        lists = [rows for rows in dialer.rows if rows.collection.holds == "dnd"]
        suppressed = sum(rows.suppressed for rows in dialer.rows if rows.collection.holds == "contacts")
        stuck = sum(rows.listed_stuck for rows in dialer.rows)
        found.append(
            Propagation(
                dialer=name,
                how=sentences.get(name, ""),
                has_list=bool(lists),
                wanted=sum(rows.desired for rows in lists),
                there=sum(rows.unchanged for rows in lists),
                waiting=sum(rows.waiting for rows in lists),
                kept_out=suppressed,
                stuck=stuck,
            )
        )
    return tuple(sorted(found, key=lambda part: part.dialer))
