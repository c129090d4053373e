import re
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from syncengine.config.manifest import ManifestFile
from syncengine.config.project import ProjectFile
from syncengine.config.schema import Kind, json_schema


def objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in (schema, *schema.get("$defs", {}).values()) if "properties" in part]


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_schema_says_what_it_is_and_refuses_unknown_keys(kind: Kind) -> None:
    schema = json_schema(kind)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:syncengine:schema:{kind}:1"
    assert schema["title"]
    assert all(part["additionalProperties"] is False for part in objects(schema))


@pytest.mark.parametrize("kind", ["project", "manifest"])
def test_every_key_that_people_write_is_described(kind: Kind) -> None:
    bare = [
        f"{part['title']}.{name}"
        for part in objects(json_schema(kind))
        for name, field in part["properties"].items()
        if not field.get("description")
    ]
    assert not bare


@pytest.mark.parametrize(("kind", "model"), [("project", ProjectFile), ("manifest", ManifestFile)])
def test_defaults_are_shown_as_people_write_them(kind: Kind, model: type) -> None:
    for part in objects(json_schema(kind)):
        for name, field in part["properties"].items():
            default, pattern = field.get("default"), field.get("pattern")
            if isinstance(pattern, str) and default is not None:
                assert isinstance(default, str), name
                assert re.fullmatch(pattern, default), name
    assert TypeAdapter(model).json_schema()["properties"].keys() == json_schema(kind)["properties"].keys()
