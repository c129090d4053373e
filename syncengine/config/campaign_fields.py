"""The settings of a campaign, checked against the vendor's mapping before anything is compared or sent."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache

from syncengine.config.document import Document
from syncengine.config.manifest import CampaignFile
from syncengine.config.places import Complaints
from syncengine.config.yaml_places import Path
from syncengine.diagnostics import did_you_mean
from syncengine.model.desired import FieldValue
from syncengine.model.vendor import CampaignField, FieldKind, Vendor

# Keys of a campaign that are fields of the vendor too, and so must not be written a second time under settings.
_BESIDE = ("name", "type")


def stated_fields(key: str, written: CampaignFile, vendor: Vendor) -> dict[str, FieldValue]:
    """Return our fields that a campaign states. One that is to be created is called by its key unless it says more."""
    fields: dict[str, FieldValue] = {name: _frozen(value) for name, value in written.settings.items()}
    if written.type is not None:
        fields["type"] = written.type
    if written.name is not None:
        fields["name"] = written.name
    elif written.id is None and "name" in vendor.campaigns.fields:
        fields["name"] = key
    return fields


def check_fields(key: str, written: CampaignFile, vendor: Vendor, complaints: Complaints) -> None:
    """Complain about fields that the vendor does not have, values it does not take, and required ones not stated."""
    for name, path in _places(key, written).items():
        value: object = getattr(written, name) if len(path) == 3 else written.settings[name]
        field = vendor.campaigns.fields.get(name)
        if len(path) > 3 and name in _BESIDE:
            complaints.error(
                path, f'"{name}" stands beside dialer, not under settings', key=True, hint="Move it one level up."
            )
        elif field is not None:
            _check_value(field, value, path, complaints)
        elif len(path) > 3 or (name == "type" and name not in choosing(vendor)):
            _unknown_field(name, path, vendor, complaints)
    if written.id is None:
        _check_required(key, written, vendor, complaints)


def _places(key: str, written: CampaignFile) -> dict[str, tuple[str, ...]]:
    places: dict[str, tuple[str, ...]] = {
        name: ("campaigns", key, name) for name in _BESIDE if getattr(written, name) is not None
    }
    return places | {name: ("campaigns", key, "settings", name) for name in written.settings}


def choosing(vendor: Vendor) -> set[str]:
    """Return the fields that decide which rows and calls a campaign has, whether or not they are sent."""
    return {name for collection in vendor.collections for name in collection.when} | set(
        vendor.campaigns.start_only_when
    )


def _unknown_field(name: str, path: Path, vendor: Vendor, complaints: Complaints) -> None:
    known = sorted(set(vendor.campaigns.fields) - set(_BESIDE))
    complaints.error(
        path,
        f'a campaign of {vendor.title} has no "{name}"',
        key=True,
        expected=f"one of: {', '.join(known)}" if known else "no settings at all",
        hint=did_you_mean(name, known),
    )


def _check_required(key: str, written: CampaignFile, vendor: Vendor, complaints: Complaints) -> None:
    stated = stated_fields(key, written, vendor)
    for name, field in vendor.campaigns.fields.items():
        if field.required and field.default is None and name not in stated:
            place = "" if name in _BESIDE else " under settings"
            complaints.error(
                ("campaigns", key),
                f'"{name}" is missing: {vendor.title} does not create a campaign without it',
                key=True,
                expected=_expected(field),
                hint=f"Write it{place}, or give the id of a campaign that exists.",
            )


def _check_value(field: CampaignField, value: object, path: Path, complaints: Complaints) -> None:
    elements = value if field.kind == "list" and isinstance(value, list) else [value]
    for index, element in enumerate(elements):
        if fits_field(field, element):
            continue
        place = (*path, index) if elements is value else path
        complaints.error(
            place,
            f"{_shown(element, place, complaints.document)} is no value for {field.name}",
            expected=_expected(field),
            hint=_hint(field, element, place, complaints.document),
        )


def fits_field(field: CampaignField, value: object) -> bool:
    """Whether a manifest may state a value for a field; of a list, for one of its elements."""
    if field.values:
        return _as_word(value) in field.values
    match field.kind:
        case "text" | "list":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "yes_no" | "boolean":
            return isinstance(value, bool)
        case "epoch_ms" | "datetime":
            return isinstance(value, str) and _is_moment(value, field.kind, field.form)
        case "json":
            return True


@lru_cache(1_024)
def _is_moment(text: str, kind: FieldKind, form: str) -> bool:
    has_date, has_time = _parts(kind, form)
    try:
        if not has_time:
            date.fromisoformat(text)
            return True
        moment = datetime.fromisoformat(text) if has_date else time.fromisoformat(text)
    except ValueError:
        return False
    if kind == "epoch_ms":
        # Of an epoch nothing tells the zone: without one, a campaign could begin to ring at night.
        return isinstance(moment, datetime) and moment.tzinfo is not None and moment.year >= 1970
    # Other vendors take a moment as their own clock shows it.
    return moment.tzinfo is None


def _parts(kind: FieldKind, form: str) -> tuple[bool, bool]:
    """Return whether a moment at the vendor has a date, and whether it has a time of day."""
    if kind == "epoch_ms":
        return True, True
    directives = set(re.findall(r"%-?([A-Za-z])", form))
    return bool(directives & set("YymdjbB")), bool(directives & set("HIMS"))


def _expected(field: CampaignField) -> str:
    if field.values:
        return f"one of: {', '.join(field.values)}"
    words = {
        "text": "text",
        "list": "a list of texts",
        "integer": "a whole number",
        "number": "a number",
        "yes_no": "true or false",
        "boolean": "true or false",
        "json": "anything",
    }
    if field.kind in words:
        return words[field.kind]
    if field.kind == "epoch_ms":
        return "a moment such as 2026-03-01T08:00:00Z"
    has_date, has_time = _parts(field.kind, field.form)
    if has_date and has_time:
        return "a moment such as 2026-03-01T08:00:00, as the vendor's clock shows it"
    return "a time such as 08:00:00" if has_time else "a date such as 2026-03-01"


def _hint(field: CampaignField, value: object, path: Path, document: Document) -> str:
    if field.values:
        return did_you_mean(str(value), list(field.values))
    if field.kind in {"text", "list"} and isinstance(value, bool | int | float):
        return f'Write it in quotes: "{document.written(path)}".'
    if field.kind in {"yes_no", "boolean"} and isinstance(value, str) and value.lower() in {"yes", "no", "on", "off"}:
        return f"Write {'true' if value.lower() in {'yes', 'on'} else 'false'}."
    if field.kind in {"integer", "number"} and isinstance(value, str) and value.isdigit():
        return "Write it without quotes."
    return ""


def _shown(value: object, path: Path, document: Document) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return document.written(path) or str(value)


def _as_word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _frozen(value: object) -> FieldValue:
    """Return a value that cannot be changed behind a plan's back."""
    if isinstance(value, list):
        return tuple(_frozen(element) for element in value)
    if isinstance(value, dict):
        return {name: _frozen(element) for name, element in value.items()}
    assert value is None or isinstance(value, str | int | float | bool)
    # Null occurs only inside a structure, where it is the vendor's own word.
    return value  # type: ignore[return-value]
