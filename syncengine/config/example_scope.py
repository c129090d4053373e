"""The scope of an example: what the vendor's sample was rendered from, filled up to what a call is always given."""

from typing import Any, cast

from syncengine.config.vendor_spec import Example
from syncengine.model.vendor import Vendor

_PAGE = {"number": 1, "limit": 100, "offset": 0, "cursor": ""}
_ROW = {"key": "", "phone": "", "phones": (), "remote_id": ""}


def example_scope(vendor: Vendor, example: Example) -> dict[str, object]:
    """Return the template scope of an example.

    Settings that it does not state have their defaults, or the samples in the vendor file; rows that are written flat
    get the form in which calls are given them.
    """
    stated = cast("dict[str, Any]", example.scope)
    rows = [_row(written) for written in stated.get("rows", ())]
    settings = {
        name: setting.example if setting.default is None else setting.default
        for name, setting in vendor.settings.items()
    }
    scope: dict[str, object] = {
        "campaign": {},
        "fields": {},
        "task": {},
        "duplicates": {},
        **stated,
        "settings": settings | stated.get("settings", {}),
        "options": dict.fromkeys(vendor.options, "") | stated.get("options", {}),
        "page": _PAGE | stated.get("page", {}),
        "list": {"name": "", "lasts_days": ""} | stated.get("list", {}),
        "rows": rows,
    }
    return scope | rows[0] if len(rows) == 1 else scope


def _row(written: dict[str, Any]) -> dict[str, object]:
    row = _ROW | {key: value for key, value in written.items() if key != "record"}
    if not row["phones"] and row["phone"]:
        row["phones"] = [row["phone"]]
    return {"row": row, "record": dict(written.get("record", {}))}
