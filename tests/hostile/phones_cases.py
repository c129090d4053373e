"""Spellings that dodge a do-not-call list, and texts that are no number that anybody may ring.

Each line of the file states a number as it may stand in either list. As a do-not-call list it must bring the true
number into force or hold; as a contact it must be that number, which is then found to be listed, or be set aside. What
must never happen is that the two lists disagree and neither says so.
"""

from functools import partial
from pathlib import Path

from syncengine.rows.gate import ListedIndex
from syncengine.rows.phones import canonical, plausible
from tests.hostile.case import Case, both, demand, table

FAMILY = "phones"


def cases() -> list[Case]:
    found = []
    for name, spelling, region, true, verdict, as_dnd in table(FAMILY):
        attempt = partial(_attempt, spelling, region, "" if true == "none" else true)
        found.append(Case(FAMILY, name, verdict, attempt, as_dnd=as_dnd))  # type: ignore[arg-type]  # a word of the file
    return found


def _attempt(spelling: str, region: str, true: str, folder: Path) -> str:
    del folder
    region = "" if region == "any" else region
    contact = canonical(spelling, region)
    listed = plausible(spelling, [region] if region else ["CO", "GB", "US"])
    demand(contact.number or contact.problem, "set aside without a reason")
    demand(contact.number is None or contact.number == true, f"as a contact it is {contact.number}")
    if listed:
        demand(not true or true in listed, f"as a do-not-call entry it is {sorted(listed)}")
        demand(true or not contact.number, "a number that nobody has")
    # The last look: what is sent holds the spelling or the number, and both must be found.
    index = ListedIndex([true] if true else [])
    demand(not contact.number or index.hits(f'{{"tel": "{contact.number}"}}'.encode()), "the gate passes it")
    return both("harmless" if contact.number else "quarantined", "harmless" if listed else "held")
