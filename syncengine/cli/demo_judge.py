"""What the demo claims, judged by the fake dialers' own records and never by what the tool says of itself.

The listed numbers are read from the do-not-call files by a rule of our own (digits, compared from the right), so that a
mistake in the tool's reading of phones cannot hide itself.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from syncengine.model.desired import Desired

if TYPE_CHECKING:
    from syncengine.sandbox.server import Sandbox

# Fewer digits than any national number of the example has.
_SHORTEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one campaign holds."""

    dialer: str
    campaign: str
    records: int
    running: bool
    # Numbers that could be rung now.
    callable: int
    # Those of them that stand on a do-not-call list of this dialer.
    listed: int


def held(sandbox: "Sandbox", desired: Desired, ids: Mapping[str, str]) -> list[Held]:
    """Ask every fake dialer what its campaigns hold; ``ids`` are the vendors' ids by the campaigns' keys."""
    found = []
    for key, campaign in desired.campaigns.items():
        judge = sandbox.dialers[desired.dialers[campaign.dialer].vendor]
        dialling = judge.dialling()
        there = ids.get(key, "")
        listed = listed_digits(Path(path) for each in desired.dnd_of(campaign) for path in each.source.paths)
        found.append(
            Held(
                dialer=campaign.dialer,
                campaign=key,
                records=len(judge.records(there)),
                running=there in dialling,
                callable=len(dialling.get(there, ())),
                listed=sum(1 for number in dialling.get(there, ()) if is_listed(number, listed)),
            )
        )
    return found


def dialling_at(sandbox: "Sandbox", desired: Desired, dialer: str) -> set[str]:
    """Return every number that a fake dialer could ring now."""
    return set().union(*sandbox.dialers[desired.dialers[dialer].vendor].dialling().values())


def doubled(sandbox: "Sandbox") -> int:
    """Return how many people or records any fake dialer holds more than once."""
    return sum(len(dialer.doubled()) for dialer in sandbox.dialers.values())


def written(sandbox: "Sandbox") -> int:
    """Return how many requests have changed what a fake dialer holds."""
    return sum(len(dialer.record.entries(applied=True)) for dialer in sandbox.dialers.values())


def listed_digits(files: Iterable[Path]) -> set[str]:
    """Return the digits of every number in some do-not-call files, without blanks, plus and trunk zero."""
    found: set[str] = set()
    for path in files:
        for cells in csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter=_delimiter(path)):
            digits = re.sub(r"[^0-9]", "", cells[0] if cells else "").lstrip("0")
            if len(digits) >= _SHORTEST:
                found.add(digits)
    return found


def _delimiter(path: Path) -> str:
    head = path.read_text(encoding="utf-8").partition("\n")[0]
    return ";" if ";" in head else ","


def is_listed(number: str, listed: set[str]) -> bool:
    """Whether a dialer's number is listed with or without its country code."""
    digits = re.sub(r"[^0-9]", "", number)
    return any(digits[start:] in listed for start in range(len(digits) - _SHORTEST + 1))


def is_callable(sandbox: "Sandbox", number: str) -> bool:
    """Whether any running campaign of any fake dialer could ring a number."""
    digits = re.sub(r"[^0-9]", "", number)
    every = (numbers for dialer in sandbox.dialers.values() for numbers in dialer.dialling().values())
    return any(re.sub(r"[^0-9]", "", one).endswith(digits[-9:]) for numbers in every for one in numbers)
