"""Plan and report as JSON, with a ``format_version`` that changes when a field changes its meaning."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import cast

from syncengine.diagnostics import Diagnostics, Location
from syncengine.model.address import Address
from syncengine.model.change import Change, RowChange
from syncengine.model.phone import mask_numbers_in
from syncengine.model.plan import FORMAT_VERSION, Plan
from syncengine.model.report import ApplyReport
from syncengine.views.wording import masked_sample, rearranges

# Line ends stand between values only: inside a text they are escaped already.
_SUSPECT = re.compile(r"[^\n\x20-\x7e]")


def plan_json(plan: Plan) -> dict[str, object]:
    """Return the plan; ``applicable`` is false while a guard stops it."""
    levels = tuple(replace(level, changes=tuple(_masked(change) for change in level.changes)) for level in plan.levels)
    value = cast("dict[str, object]", jsonable(replace(plan, levels=levels)))
    return {**value, "applicable": plan.applicable, "empty": plan.empty}


def report_json(report: ApplyReport) -> dict[str, object]:
    """Return the report."""
    changes = []
    for change in report.changes:
        messages: dict[str, int] = {}
        for message, count in change.messages.items():
            masked = mask_numbers_in(message)
            messages[masked] = messages.get(masked, 0) + count
        changes.append(replace(change, messages=messages))
    value = cast("dict[str, object]", jsonable(replace(report, changes=tuple(changes))))
    return {"format_version": FORMAT_VERSION, **value, "complete": report.complete}


def diagnostics_json(diagnostics: Diagnostics) -> list[object]:
    """Return the mistakes of people's files."""
    return [jsonable(diagnostic) for diagnostic in diagnostics]


def jsonable(value: object) -> object:
    """Return a value of the model as plain JSON values; addresses and places become their text."""
    if isinstance(value, Address | Location):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [jsonable(inner) for inner in value]
    return value


def as_text(value: object) -> str:
    """Return a JSON document for standard output, in which nothing can rearrange a terminal that shows it."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return _SUSPECT.sub(lambda found: json.dumps(found[0])[1:-1] if rearranges(found[0]) else found[0], text)


def _masked(change: Change) -> Change:
    return replace(change, sample=masked_sample(change)) if isinstance(change, RowChange) else change
