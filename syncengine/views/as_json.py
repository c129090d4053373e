"""Plan and report as JSON, with a ``format_version`` that changes when a field changes its meaning."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from types import NoneType
from typing import Any, cast

import orjson

from syncengine.diagnostics import Diagnostics, Location
from syncengine.model.address import Address
from syncengine.model.change import Change, RowChange
from syncengine.model.phone import mask_numbers_in
from syncengine.model.plan import FORMAT_VERSION, Plan
from syncengine.model.report import ApplyReport
from syncengine.views.wording import masked_sample, rearranges

_PLAIN = frozenset({str, int, float, bool, NoneType})
# Kind of value -> the names of its fields; of tens of thousands of values there are a dozen kinds.
_NAMES: dict[type[Any], tuple[str, ...] | None] = {}
_AS_OURS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
_LAYOUT = orjson.OPT_INDENT_2 | _AS_OURS
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
    kind: type[Any] = type(value)
    if kind in _PLAIN:
        return value
    if kind is Address or kind is Location:
        return str(value)
    names = _names_of(kind)
    if names is not None:
        return {name: jsonable(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [jsonable(inner) for inner in value]
    return value


def as_bytes(value: object) -> bytes:
    """Return a value of the model as JSON without layout, as :func:`jsonable` has it."""
    try:
        return orjson.dumps(value, default=_one, option=_AS_OURS)
    except TypeError:
        return json.dumps(jsonable(value), ensure_ascii=False).encode()


def _one(value: object) -> object:
    """Return one value as JSON has it, what is inside as it is."""
    if isinstance(value, Address | Location):
        return str(value)
    names = _names_of(type(value))
    if names is not None:
        return {name: getattr(value, name) for name in names}
    if isinstance(value, Mapping):
        return {str(key): inner for key, inner in value.items()}
    if isinstance(value, frozenset | set):
        return list(value)
    raise TypeError


def _names_of(kind: type[Any]) -> tuple[str, ...] | None:
    """Return the names of the fields of a data class, and None of anything else."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None
    return _NAMES[kind]


def as_text(value: object) -> str:
    """Return a JSON document for standard output, in which nothing can rearrange a terminal that shows it."""
    try:
        text = orjson.dumps(value, default=str, option=_LAYOUT).decode()
    except TypeError:
        # Whole numbers of more than 64 bits, half of a surrogate pair, keys that are no texts.
        text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return _SUSPECT.sub(lambda found: json.dumps(found[0])[1:-1] if rearranges(found[0]) else found[0], text)


def _masked(change: Change) -> Change:
    return replace(change, sample=masked_sample(change)) if isinstance(change, RowChange) else change
