"""Plan and report as JSON, with a ``format_version`` that changes when a field changes its meaning."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from syncengine.diagnostics import Diagnostics, Location
from syncengine.model.address import Address
from syncengine.model.plan import FORMAT_VERSION, Plan
from syncengine.model.report import ApplyReport


def plan_json(plan: Plan) -> dict[str, object]:
    """Return the plan; ``applicable`` is false while a guard stops it."""
    value = jsonable(plan)
    assert isinstance(value, dict)
    return {**value, "applicable": plan.applicable, "empty": plan.empty}


def report_json(report: ApplyReport) -> dict[str, object]:
    """Return the report."""
    value = jsonable(report)
    assert isinstance(value, dict)
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
    """Return a JSON document for standard output."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
