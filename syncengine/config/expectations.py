"""What a model expects at a place of a document, in plain words.

Read from the model's JSON Schema, because that is the one description in which pydantic models, plain dataclasses,
unions and aliases look alike.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}


class Expectations:
    """The JSON Schema of one model, asked along the paths of one document."""

    def __init__(self, schema: Schema, data: object) -> None:
        self._schema = schema
        self._data = data

    def follow(self, loc: tuple[str | int, ...]) -> tuple[tuple[str | int, ...], tuple[str | int, ...]]:
        """Return the path in the data that an error's ``loc`` means, and the parts of it that the data does not have.

        Names of union members and of discriminator values are part of a ``loc`` but not of the data.
        """
        node, options = self._data, self._open([self._schema], self._data)
        path: list[str | int] = []
        rest: list[str | int] = []
        tag_seen = False
        for part in loc:
            if not tag_seen and part in _tags(options, node):
                tag_seen = True
            elif _has(node, part):
                node = node[part]  # type: ignore[index]  # _has has looked
                path.append(part)
                options = self._open(_children(options, part), node)
                tag_seen = False
            else:
                rest.append(part)
        return tuple(path), tuple(rest)

    def keys(self, path: tuple[str | int, ...]) -> list[str]:
        """Return the keys that may stand in the mapping at a path, sorted."""
        return sorted({key for option in self._at(path) for key in option.get("properties", {})})

    def words(self, path: tuple[str | int, ...]) -> str:
        """Return what is expected at a path, as "text or a list"; empty where anything is."""
        return _words(self._at(path))

    def values(self, path: tuple[str | int, ...]) -> list[str]:
        """Return the closed set of values at a path; empty where the set is open."""
        return _values(self._at(path))

    def takes(self, path: tuple[str | int, ...], kind: str) -> bool:
        """Whether a JSON type may stand at a path."""
        return any(option.get("type") == kind for option in self._at(path))

    def _at(self, path: tuple[str | int, ...]) -> list[Schema]:
        node, options = self._data, self._open([self._schema], self._data)
        for part in path:
            node = node[part] if _has(node, part) else None  # type: ignore[index]  # _has has looked
            options = self._open(_children(options, part), node)
        return options

    def _open(self, schemas: list[Schema], node: object) -> list[Schema]:
        """Resolve references and unions; a union with a discriminator is narrowed to the member the data names."""
        opened: list[Schema] = []
        for schema in schemas:
            opened += self._members(schema, node)
        return opened

    def _members(self, schema: Schema, node: object) -> Iterator[Schema]:
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[-1]
            yield from self._members(self._schema["$defs"][name], node)
            return
        members = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
        if not members:
            yield schema
            return
        discriminator = schema.get("discriminator")
        if discriminator is not None:
            members = _named(discriminator, node) or members
            # Kept, so that ``follow`` can tell a discriminator's value from a key of that name.
            yield {"discriminator": discriminator}
        for member in members:
            yield from self._members(member, node)


def _has(node: object, part: str | int) -> bool:
    if isinstance(node, dict):
        return part in node
    return isinstance(node, list) and isinstance(part, int) and 0 <= part < len(node)


def _named(discriminator: Schema, node: object) -> list[Schema]:
    if not isinstance(node, dict):
        return []
    word = node.get(discriminator["propertyName"])
    found = discriminator["mapping"].get(word) if isinstance(word, str) else None
    return [{"$ref": found}] if found else []


def _tags(options: list[Schema], node: object) -> set[str]:
    if not isinstance(node, dict):
        return set()
    named = (node.get(option["discriminator"]["propertyName"]) for option in options if "discriminator" in option)
    return {word for word in named if isinstance(word, str)}


def _children(options: list[Schema], part: str | int) -> list[Schema]:
    found: list[Schema] = []
    for option in options:
        found += [child for child in _under(option, part) if isinstance(child, dict)]
    return found


def _under(option: Schema, part: str | int) -> list[object]:
    if isinstance(part, int):
        return [option.get("items")]
    named = option.get("properties", {}).get(part)
    # Mappings whose keys are names have one pattern for all of their keys.
    return [named] if named else [option.get("additionalProperties"), *option.get("patternProperties", {}).values()]


def _values(options: list[Schema]) -> list[str]:
    values: list[str] = []
    for option in options:
        values += [str(value) for value in option.get("enum", [option["const"]] if "const" in option else [])]
    return values


def _words(options: list[Schema]) -> str:
    values = _values(options)
    said = [f"one of: {', '.join(values)}" if len(values) > 1 else values[0]] if values else []
    for option in options:
        if "enum" in option or "const" in option or option.get("type") not in _WORDS:
            continue
        word = _WORDS[option["type"]]
        if option.get("examples"):
            word += f' such as "{option["examples"][0]}"'
        if word not in said:
            said.append(word)
    return " or ".join(said)
