"""What the templates of each operation may read, from the vendor file's and the mapping's own words.

This is the other side of what a call is given when it is made: a name that is allowed here is in the scope of every
such call, though its value may be empty.
"""

from dataclasses import dataclass

from syncengine.config.template_rules import Names
from syncengine.config.vendor_spec import MappingSpec, OperationSpec, VendorSpec

CUSTOM = "*"

_CAMPAIGN = frozenset({"id", "key", "name", "status"})
_ROW = frozenset({"key", "phone", "phones", "remote_id"})
_PAGE = frozenset({"number", "limit", "offset", "cursor"})
_TASK = frozenset({"id"})
_LIST = frozenset({"name", "lasts_days"})

# Roles of campaigns that write no field of the mapping.
_WITHOUT_FIELDS = frozenset({"list", "read", "delete", "start", "stop", "find_duplicates", "keep_duplicates"})
_PAGED = frozenset({"list", "find_duplicates"})

Members = dict[str, frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class ScopeNames:
    """Names outside and inside of ``$each``; no rows, no inside."""

    names: Names
    row_names: Names | None = None


def campaign_scope(spec: VendorSpec, mapping: MappingSpec, role: str) -> ScopeNames:
    """Return the scope of one of the operations on campaigns."""
    members = _anywhere(spec)
    if role != "list":
        members["campaign"] = _campaign(mapping) - ({"id"} if role == "create" else set())
    if role not in _WITHOUT_FIELDS:
        members["fields"] = _fields(mapping)
    if role in _PAGED:
        members["page"] = _PAGE
    if role == "keep_duplicates":
        members["duplicates"] = None
    return ScopeNames(_names(members))


def collection_scope(
    spec: VendorSpec, mapping: MappingSpec, *, name: str, role: str, operation: OperationSpec
) -> ScopeNames:
    """Return the scope of one of the operations on a collection."""
    collection = spec.collections[name]
    members = _anywhere(spec)
    if collection.scope == "campaign":
        members["campaign"] = _campaign(mapping)
    if collection.holds == "dnd":
        members["list"] = _LIST
    if role in {"list", "lookup"}:
        members["page"] = _PAGE
    if role == "list":
        return ScopeNames(_names(members))
    rows: Members = {"row": _ROW, "record": _columns(mapping, name)}
    inside = _names(members | rows)
    # With many rows in one call there is no such thing as "the row" outside of $each.
    return ScopeNames(inside if operation.batch == 1 else _names(members), inside)


def call_scope(spec: VendorSpec, mapping: MappingSpec, operation: OperationSpec) -> ScopeNames:
    """Return the scope of a call that others refer to, or that only describes what there is."""
    members = _anywhere(spec) | {
        "campaign": _campaign(mapping),
        "fields": _fields(mapping),
        "page": _PAGE,
        "task": _TASK,
        "list": _LIST,
        "duplicates": None,
    }
    inside = _names(members | {"row": _ROW, "record": None})
    return ScopeNames(inside if operation.batch == 1 else _names(members), inside)


def settings_scope(spec: VendorSpec) -> Names:
    """Return what the base URL may read."""
    return _names({"settings": frozenset(spec.settings)})


def mapped_fields(mapping: MappingSpec, collection: str) -> frozenset[str]:
    """Return the vendor fields that the mapping names for a collection, without the custom columns."""
    return frozenset(mapping.collections.get(collection, {})) - {CUSTOM}


def _anywhere(spec: VendorSpec) -> Members:
    return {"settings": frozenset(spec.settings), "options": frozenset(spec.options)}


def _campaign(mapping: MappingSpec) -> frozenset[str]:
    return _CAMPAIGN | _fields(mapping)


def _fields(mapping: MappingSpec) -> frozenset[str]:
    return frozenset(field.to for field in mapping.campaigns.values())


def _columns(mapping: MappingSpec, collection: str) -> frozenset[str] | None:
    columns = mapping.collections.get(collection)
    # A collection that the mapping lacks is one mistake, and not one for each field that its templates read.
    return None if columns is None or CUSTOM in columns else frozenset(columns)


def _names(members: Members) -> Names:
    return Names(members, frozenset({"record", "fields", "duplicates"}) & frozenset(members))
