"""What is alike becomes one line: ten thousand equal changes are a count and a few names, not ten thousand lines."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from syncengine.model.address import Address
from syncengine.model.change import CampaignChange, Change, FieldChange, RowChange
from syncengine.model.plan import Hold
from syncengine.model.report import ChangeReport, Outcome

# A group is named one by one up to here, and counted beyond.
NAMED = 3

Item = TypeVar("Item")


def gathered(items: Iterable[Item], likeness: Callable[[Item], object]) -> list[list[Item]]:
    """Put items of one likeness together, each group where its first one stands."""
    groups: dict[object, list[Item]] = {}
    for item in items:
        groups.setdefault(likeness(item), []).append(item)
    return list(groups.values())


def grouped(changes: Sequence[Change]) -> list[list[Change]]:
    """Put changes that differ only in which campaign of a dialer they are about into one group.

    A set of rows is a line of its own, with its own count and sample, until more than a few are alike.
    """
    alike = Counter(_of_rows(change) for change in changes if isinstance(change, RowChange))
    return gathered(changes, lambda change: _of_change(change, alike))


def rows_of(group: Sequence[Change]) -> int:
    """Return how many rows the changes of a group are about; 0 where they are about campaigns."""
    return sum(change.count for change in group if isinstance(change, RowChange))


def calls_of(group: Sequence[Change]) -> int:
    """Return the calls that the changes of a group take."""
    return sum(change.calls if isinstance(change, RowChange) else 1 for change in group)


def named(addresses: Sequence[object]) -> str:
    """Return ``a, b, c and 9,997 more alike``."""
    more = f" and {len(addresses) - NAMED:,} more alike" if len(addresses) > NAMED else ""
    return ", ".join(str(address) for address in addresses[:NAMED]) + more


def fields_of(group: Sequence[Change]) -> tuple[FieldChange, ...]:
    """Return the fields that the changes of a group share; names differ in a group of several."""
    first = group[0]
    if not isinstance(first, CampaignChange):
        return ()
    return tuple(field for field in first.fields if len(group) == 1 or field.name != "name")


def grouped_holds(holds: Sequence[Hold]) -> list[list[Hold]]:
    """Put holds of one dialer that say the same together."""
    return gathered(holds, lambda hold: (hold.address.dialer, hold.what, hold.why))


def grouped_notes(notes: Sequence[str]) -> list[str]:
    """Return notes with those that say the same of several campaigns made one; dangers first."""
    pairs = [_parted(note) for note in notes]
    groups = gathered(pairs, lambda pair: (pair[0].dialer, pair[0].kind, pair[1]) if pair[0] else pair[1])
    lines = [
        f"{named([address for address, _ in group])}: {group[0][1]}" if group[0][0] else group[0][1] for group in groups
    ]
    return sorted(lines, key=lambda line: not is_danger(line))


def is_danger(note: str) -> bool:
    """Whether a note must not be overlooked."""
    return note.startswith("DANGER")


def grouped_reports(reports: Sequence[ChangeReport]) -> list[list[ChangeReport]]:
    """Put campaigns with which the same happened together."""
    return gathered(reports, _of_report)


def together(group: Sequence[ChangeReport]) -> tuple[Counter[Outcome], Counter[str]]:
    """Return the outcomes and the messages of all changes that are shown as one line."""
    outcomes: Counter[Outcome] = Counter()
    messages: Counter[str] = Counter()
    for report in group:
        outcomes.update(report.outcomes)
        messages.update(report.messages)
    return outcomes, messages


def _of_change(change: Change, alike: Mapping[object, int]) -> object:
    if isinstance(change, CampaignChange):
        fields = tuple((f.name, repr(f.before), repr(f.after)) for f in change.fields if f.name != "name")
        how = (change.action, change.operation, change.reason, change.confidence, change.warns)
        return (change.address.dialer, how, fields)
    likeness = _of_rows(change)
    return likeness if alike[likeness] > NAMED else id(change)


def _of_rows(change: RowChange) -> object:
    how = (change.action, change.collection, change.reason, change.confidence, change.effect, change.warns)
    return (change.address.dialer, change.address.kind, how)


def _of_report(report: ChangeReport) -> object:
    if report.address.kind != "campaign":
        return id(report)
    happened = (tuple(sorted(report.outcomes.items())), tuple(sorted(report.messages.items())))
    return (report.level, report.address.dialer, report.action, happened)


def _parted(note: str) -> tuple[Address | None, str]:
    place, colon, sentence = note.partition(": ")
    try:
        return (Address.parse(place), sentence) if colon else (None, note)
    except ValueError:
        return None, note
