"""Templates that want out of their sandbox, and templates that never end."""

import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from syncengine.errors import RenderError
from syncengine.model.exchange import Request
from tests.config.vendor_samples import bent, compiled, row
from tests.hostile.case import Case, Verdict, demand, written

FAMILY = "templates"

_LEAF = 'name: "{{ record.name | omit_empty }}"'
_LONGEST_CELL = 131_072
_CANARY = "canary-of-the-environment"
_CELLS = {
    "": "Ana",
    "long": "x" * _LONGEST_CELL,
    "template": "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "quotes": '"' * _LONGEST_CELL,
}
# What an accepted template may give out for one row, in bytes.
_MOST_OUTPUT = 16_000_000


def cases() -> list[Case]:
    readable = [
        Case(FAMILY, found.name, found.verdict, partial(_judged, found.text, found.words.get("cell", "")))
        for found in written(FAMILY)
    ]
    return readable + [Case(FAMILY, name, verdict, attempt) for name, (verdict, attempt) in _MADE.items()]


def _judged(template: str, cell: str, folder: Path) -> str:
    del folder
    return _rendered(bent(_LEAF, f"name: {json.dumps(template)}"), _CELLS[cell])


def _rendered(spec: str, cell: str, *, rows: int = 1) -> str:
    """Compile a vendor file, and render its request if it is taken."""
    os.environ["HOSTILE_CANARY"] = _CANARY
    vendor, diagnostics = compiled(spec)
    if vendor is None:
        places = [item.location for item in diagnostics if item.severity == "error"]
        demand(all(at and at.file == "vendors/sample.yaml" and at.line and at.column for at in places), "no place")
        return "refused"
    scope: Mapping[str, Any] = {
        "settings": {"server": "one"},
        "options": {"delay": ""},
        "campaign": {"id": "7", "name": "Spring"},
        "rows": [row(tel="573001234567", name=cell) for _ in range(rows)],
    }
    try:
        request: Request = vendor.collections[0].operations["add"].render(scope)
    except RenderError:
        return "refused"
    demand(len(request.body) <= _MOST_OUTPUT, f"{len(request.body):,} bytes of output")
    sent = request.body.decode()
    demand(_CANARY not in sent and "root:" not in sent and "49" not in sent, "something was reached")
    names = {str(item.get("name", "")) for item in json.loads(sent)}
    demand(names <= {cell, "a"}, "a cell was not taken as it stands")
    return "harmless"


def _leaf(template: str, cell: str = "") -> Callable[[Path], str]:
    return partial(_judged, template, cell)


def _many_leaves(folder: Path) -> str:
    del folder
    leaves = ", ".join(f'f{n}: "{{{{ record.name }}}}"' for n in range(4_000))
    return _rendered(bent(_LEAF, leaves), _CELLS["long"])


def _many_rows(folder: Path) -> str:
    del folder
    joined = " ~ ".join(["record.name"] * 7)
    return _rendered(bent(_LEAF, f'name: "{{{{ {joined} }}}}"'), _CELLS["long"], rows=1_000)


def _long_header(folder: Path) -> str:
    del folder
    spec = bent(
        'path: "/campaigns/{{ campaign.id }}/leads"\n        body:',
        'path: "/campaigns/{{ campaign.id }}/leads"\n'
        '        headers: {X-Name: "{{ campaign.name }}{% raw %}\\r\\nX-Other: 1{% endraw %}"}\n        body:',
    )
    return _rendered(spec, "Ana")


_MADE: dict[str, tuple[Verdict, Callable[[Path], str]]] = {
    "a thousand brackets around a name": ("refused", _leaf("{{ " + "(" * 1_000 + "record.name" + ")" * 1_000 + " }}")),
    "three thousand nots": ("refused", _leaf("{{ " + "not " * 3_000 + "record.name }}")),
    "a template of a megabyte": ("refused", _leaf("{{ record.name }}" * 60_000)),
    "a number of five thousand digits": ("refused", _leaf("{{ " + "9" * 5_000 + " }}")),
    "a chain of two hundred filters": ("refused", _leaf("{{ record.name" + " | upper" * 200 + " }}")),
    "eight long cells joined": ("refused", _leaf("{{ " + " ~ ".join(["record.name"] * 8) + " }}", "long")),
    "quotes encoded as JSON again and again": ("refused", _leaf("{{ record.name" + " | json" * 20 + " }}", "quotes")),
    "four thousand leaves of one long cell": ("refused", _many_leaves),
    "a thousand rows of seven long cells": ("refused", _many_rows),
    "a line end in a header": ("refused", _long_header),
}
