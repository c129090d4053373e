"""schemas/ is what the models give, and every YAML file tells editors which of them is its own."""

import json
from pathlib import Path
from typing import get_args

import pytest

from syncengine.config.schema import Kind, json_schema

ROOT = Path(__file__).parent.parent
SCHEMAS = ROOT / "schemas"
MODELINE = "# yaml-language-server: $schema="


def kind_of(path: Path) -> Kind:
    folders: dict[str, Kind] = {"vendors": "vendor", "mappings": "mapping", "manifests": "manifest"}
    return folders.get(path.parent.name, "project")


YAML_FILES = sorted(
    path
    for folder in ("vendors", "mappings", "examples")
    for path in (ROOT / folder).rglob("*.yaml")
    if ".syncengine" not in path.parts
)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_committed_schema_is_the_one_of_the_models(kind: Kind) -> None:
    committed = json.loads((SCHEMAS / f"{kind}.json").read_text(encoding="utf-8"))
    assert committed == json_schema(kind), "write them anew: syncengine schema --write schemas"


def test_there_is_a_schema_for_each_kind_and_no_other_file() -> None:
    assert {path.name for path in SCHEMAS.iterdir()} == {f"{kind}.json" for kind in get_args(Kind)}


def test_what_the_words_of_a_vendor_file_mean_is_in_its_schema() -> None:
    definitions = json_schema("vendor")["$defs"]
    for word, field in (("Task", "interval"), ("OperationSpec", "proof"), ("BodySpec", "json"), ("Match", "status")):
        assert definitions[word]["properties"][field]["description"], f"{word}.{field}"


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_first_line_leads_an_editor_to_the_right_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    assert first.startswith(MODELINE)
    target = (path.parent / first.removeprefix(MODELINE)).resolve()
    assert target == SCHEMAS / f"{kind_of(path)}.json"
    assert target.is_file()


def test_every_kind_of_file_was_looked_at() -> None:
    assert {kind_of(path) for path in YAML_FILES} == set(get_args(Kind))
