"""JSON Schemas of the files that people write, for editors: made from the models that check the files."""

from typing import Any, Literal

from pydantic import TypeAdapter

from syncengine.config.manifest import ManifestFile
from syncengine.config.project import ProjectFile
from syncengine.config.vendor_spec import MappingSpec, VendorSpec

Kind = Literal["project", "manifest", "vendor", "mapping"]

_MODELS: dict[Kind, tuple[type[Any], str]] = {
    "project": (ProjectFile, "syncengine project"),
    "manifest": (ManifestFile, "syncengine manifest"),
    "vendor": (VendorSpec, "syncengine vendor file"),
    "mapping": (MappingSpec, "syncengine mapping file"),
}


def json_schema(kind: Kind) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one kind of file."""
    model, title = _MODELS[kind]
    schema = TypeAdapter(model).json_schema(by_alias=True)
    for definition in schema.get("$defs", {}).values():
        # Plain dataclasses refuse unknown keys as models do, but do not say so by themselves.
        if definition.get("type") == "object" and "properties" in definition:
            definition["additionalProperties"] = False
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:syncengine:schema:{kind}:1",
        "title": title,
    }
    return head | {key: value for key, value in schema.items() if key not in head}
