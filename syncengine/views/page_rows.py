"""Everything that a plan does, one line each, as compact data for the page's list: rows in columns, texts once.

The script takes in one block after the other, so that no single one keeps the page from answering.
"""

from collections.abc import Iterator, Mapping, Sequence

from syncengine.model.change import CampaignChange, Change, RowChange
from syncengine.model.plan import Plan
from syncengine.model.row_lines import MOST_LINES, RowLines
from syncengine.views.page_groups import CampaignGroup
from syncengine.views.page_text import Markup, data_block
from syncengine.views.wording import REASONS, SIGNS, shown_value

_BLOCK = 5_000


def row_blocks(plan: Plan, groups: Sequence[CampaignGroup], rows: Sequence[RowLines]) -> Iterator[Markup]:
    """Walk the data blocks of a page: the changes first, then the lines."""
    found = {lines.name: lines for lines in rows}
    changes = list(plan.changes)
    group_of = {position: number for number, group in enumerate(groups) for position in group.positions}
    shown: list[int] = []
    room = MOST_LINES
    for change in changes[:MOST_LINES]:
        lines = found.get(change.rows) if isinstance(change, RowChange) else None
        count = 1 if isinstance(change, CampaignChange) else len(lines.keys) if lines else 0
        count = min(count, room)
        room -= count
        shown.append(count)
    yield data_block(
        {
            "total": sum(shown),
            "leftOut": _lines_of(changes) - sum(shown),
            "changes": [_change(changes[n], group_of[n], count) for n, count in enumerate(shown)],
            "reasons": REASONS,
            "signs": SIGNS,
        },
        id="changes",
    )
    for position, count in enumerate(shown):
        change = changes[position]
        if isinstance(change, RowChange) and count:
            yield from _blocks(position, found[change.rows], count)


def _lines_of(changes: Sequence[Change]) -> int:
    return sum(change.count if isinstance(change, RowChange) else 1 for change in changes)


def _change(change: Change, group: int, lines: int) -> Sequence[object]:
    details: Mapping[str, str] = {}
    if isinstance(change, CampaignChange):
        before = "" if change.action == "create" else "{} → "
        details = {f.name: before.format(shown_value(f.before)) + shown_value(f.after) for f in change.fields}
    address = change.address
    return [
        change.action,
        address.dialer,
        address.kind,
        address.name,
        change.reason,
        change.confidence,
        change.warns,
        group,
        lines,
        details,
    ]


def _blocks(position: int, lines: RowLines, count: int) -> Iterator[Markup]:
    for start in range(0, count, _BLOCK):
        part = slice(start, min(start + _BLOCK, count))
        block: dict[str, object] = {"k": lines.keys[part], "p": lines.phones[part]}
        if lines.fields:
            block["f"] = {name: values[part] for name, values in lines.fields}
        yield data_block(block, class_="lines", data_change=str(position))
