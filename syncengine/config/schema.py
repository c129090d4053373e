"""JSON Schemas of the files that people write, for editors: made from the models that check the files.

What a field means stands under it as a docstring. pydantic can collect these, but does so whenever a program starts,
for a tenth of a second; here they are read from the source when a schema is asked for.
"""

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from pydantic import TypeAdapter

from syncengine.config.manifest import ManifestFile
from syncengine.config.project import ProjectFile
from syncengine.config.vendor_spec import MappingSpec, VendorSpec

Kind = Literal["project", "manifest", "vendor", "mapping"]

_PACKAGE = __name__.partition(".")[0]
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
    for name, part in ((model.__name__, schema), *schema.get("$defs", {}).items()):
        _describe(name, part)
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


def _describe(class_name: str, part: dict[str, Any]) -> None:
    """Put the docstrings of a class's fields, its own and inherited ones, into its part of a schema."""
    written = _classes().get(class_name)
    properties = part.get("properties", {})
    for base in reversed(written.__mro__ if written else ()):
        for field, text in _field_docstrings(base.__module__).get(base.__name__, {}).items():
            # A trailing underscore keeps a field clear of a name that pydantic has taken.
            shown = properties.get(field) or properties.get(field.removesuffix("_"))
            if shown is not None:
                shown["description"] = text


def _classes() -> dict[str, type[Any]]:
    """Return the classes that a vendor file or a manifest can be made of, by name."""
    rooms = (f"{_PACKAGE}.config.", f"{_PACKAGE}.model.")
    modules = [module for name, module in list(sys.modules.items()) if name.startswith(rooms)]
    return {name: found for module in modules for name, found in vars(module).items() if isinstance(found, type)}


@cache
def _field_docstrings(module: str) -> dict[str, dict[str, str]]:
    """Return class -> field -> docstring of a module."""
    if not module.startswith(_PACKAGE):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {
        node.name: {
            before.target.id: inspect.cleandoc(after.value.value)
            for before, after in pairwise(node.body)
            if isinstance(before, ast.AnnAssign)
            and isinstance(before.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        }
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
