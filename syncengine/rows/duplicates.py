# ruff: noqa: S608  # SQL is put together from table names of our own; texts go in through quoted()
"""Which rows of a normalised list are set aside: unusable ones, and whoever stands there a second time.

Of rows with one phone, and of rows with one id, the first usable one is kept: calling twice is the harm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from syncengine.rows.workspace import Workspace

SECONDARY_LEFT_OUT = "secondary phone left out"


class Look(NamedTuple):
    """One look through a whole list: most have nothing wrong with them."""

    unread: int
    unusable: int
    phones: int
    different_phones: int
    ids: int
    different_ids: int
    dropped: int


def look_through(workspace: Workspace, known: str) -> Look:
    """Look through a list once, before anything is looked for."""
    return Look(
        *workspace.one(
            "SELECT sum(unread), count(*) FILTER (reason <> ''),"
            " count(*) FILTER (phone <> ''), count(DISTINCT phone) FILTER (phone <> ''),"
            " count(*) FILTER (own_id <> ''), count(DISTINCT own_id) FILTER (own_id <> ''), sum(dropped)"
            f" FROM {known}"
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is wrong with the rows of a list."""

    # Table of place, reason, own_id, phone; empty when all rows are sound.
    bad: str = ""
    set_aside: int = 0
    duplicates: int = 0
    reasons: Mapping[str, int]


def checked(workspace: Workspace, known: str, look: Look) -> Checked:
    """Find the rows to set aside."""
    if not look.unusable and look.phones == look.different_phones and look.ids == look.different_ids:
        return Checked(reasons={SECONDARY_LEFT_OUT: look.dropped} if look.dropped else {})
    bad = workspace.table("bad", _bad(known))
    double = "reason LIKE 'same phone as row %' OR reason LIKE 'same id as row %'"
    set_aside, duplicates = workspace.one(f"SELECT count(*), count(*) FILTER ({double}) FROM {bad}")
    reasons = dict(
        workspace.run(
            "SELECT regexp_replace(reason, '^same (phone|id) as row .*$', 'same \\1 as an earlier row') AS why,"
            f" count(*) FROM {bad} GROUP BY why ORDER BY count(*) DESC, why"
        ).fetchall()
    )
    (dropped,) = workspace.one(f"SELECT sum(dropped) FROM {known} ANTI JOIN {bad} USING (place)")
    if dropped:
        reasons[SECONDARY_LEFT_OUT] = dropped
    return Checked(bad=bad, set_aside=set_aside, duplicates=duplicates, reasons=reasons)


def _bad(known: str) -> str:
    """SQL for the rows that are set aside: place, reason, own_id, phone.

    Of rows with one phone, and of rows with one id, the first usable one is kept: calling twice is the harm.
    """
    return (
        f"WITH usable AS (SELECT place, row, phone, own_id FROM {known} WHERE reason = ''),"
        f" by_phone AS (SELECT phone, arg_min(row, place) AS first_row, min(place) AS first_place"
        f" FROM usable WHERE phone <> '' GROUP BY phone HAVING count(*) > 1),"
        f" same_phone AS (SELECT u.place, 'same phone as row ' || b.first_row AS reason, own_id, phone FROM usable u"
        f" JOIN by_phone b USING (phone) WHERE u.place > b.first_place),"
        f" by_id AS (SELECT own_id, arg_min(row, place) AS first_row, min(place) AS first_place"
        f" FROM usable ANTI JOIN same_phone USING (place) WHERE own_id <> '' GROUP BY own_id HAVING count(*) > 1)"
        f" SELECT place, reason, own_id, phone FROM {known} WHERE reason <> '' UNION ALL SELECT * FROM same_phone"
        f" UNION ALL SELECT u.place, 'same id as row ' || b.first_row, own_id, phone FROM usable u"
        f" ANTI JOIN same_phone USING (place) JOIN by_id b USING (own_id) WHERE u.place > b.first_place"
    )
