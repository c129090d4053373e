"""Plain data into checked models; every complaint of the validator becomes a diagnostic with its place.

Validation runs over JSON in strict mode: a number never becomes text or text a number, while lists still fill tuples
and mappings still fill dataclasses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from syncengine.config.document import Document
from syncengine.config.expectations import Expectations
from syncengine.config.yaml_places import Path
from syncengine.diagnostics import Diagnostics, did_you_mean

T = TypeVar("T")

_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}

_UNKNOWN_KEY = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
# A limit's name in the validator -> how people say it; the limit's value stands in ctx under the second word.
_LIMITS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
_LENGTHS = {
    "too_short": ("at least", "min_length", "entries"),
    "too_long": ("at most", "max_length", "entries"),
    "string_too_short": ("at least", "min_length", "characters"),
    "string_too_long": ("at most", "max_length", "characters"),
}


@dataclass(frozen=True, slots=True)
class _Fault:
    """One complaint of the validator, with the path that it means in the data."""

    kind: str
    path: Path
    # Parts of the validator's own path that the data does not have: a missing key, the name of a union's member.
    rest: tuple[str | int, ...]
    ctx: Mapping[str, Any]
    message: str

    @property
    def is_wrong_kind(self) -> bool:
        """Whether the value as a whole is not what is expected, which each member of a union says for itself."""
        return self.kind.endswith("_type") or self.kind in {"literal_error", "none_required", "int_from_float"}


def bind(model: type[T], document: Document, diagnostics: Diagnostics) -> T | None:
    """Return the document as a model, or None after every mistake went to ``diagnostics``."""
    adapter = _adapter(model)
    try:
        return adapter.validate_json(orjson.dumps(document.data), strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    expectations = Expectations(adapter.json_schema(by_alias=True), document.data)
    faults = [_fault(item, expectations) for item in found]
    for fault in _telling(faults):
        _report(fault, document, expectations, diagnostics)
    return None


def fits(model: type[T], data: object) -> T | None:
    """Return a part of a document as a model, or None without a word: for parts whose whole was bound already."""
    try:
        return _adapter(model).validate_json(orjson.dumps(data), strict=True)
    except ValidationError:
        return None


def _adapter(model: type[T]) -> TypeAdapter[T]:
    # A handful of models, each costly to prepare.
    if model not in _ADAPTERS:
        _ADAPTERS[model] = TypeAdapter(model)
    return _ADAPTERS[model]


def _fault(item: Mapping[str, Any], expectations: Expectations) -> _Fault:
    path, rest = expectations.follow(tuple(item["loc"]))
    return _Fault(item["type"], path, rest, item.get("ctx") or {}, item["msg"])


def _telling(faults: list[_Fault]) -> list[_Fault]:
    """Leave out what only says that a value is not the *other* member of a union, and say the rest once."""
    telling: dict[tuple[object, ...], _Fault] = {}
    specific = {fault.path[:length] for fault in faults for length in range(len(fault.path))}
    specific |= {fault.path for fault in faults if not fault.is_wrong_kind}
    for fault in faults:
        if fault.is_wrong_kind and fault.path in specific:
            continue
        what: object = "wrong kind" if fault.is_wrong_kind else (fault.kind, fault.rest, fault.message)
        telling.setdefault((fault.path, what), fault)
    return list(telling.values())


def _report(fault: _Fault, document: Document, expectations: Expectations, diagnostics: Diagnostics) -> None:
    path = (*fault.path, _tag_name(fault)) if fault.kind == "union_tag_invalid" else fault.path
    # A rule over a whole mapping is shown at its key: the value may be long.
    whole = not fault.is_wrong_kind and isinstance(_value(path, document.data)[0], dict | list)
    key = whole or fault.kind in _UNKNOWN_KEY or fault.rest[-1:] == ("[key]",)
    location, line, width = document.locate(_placed(fault, path), key=key)
    # A secret is refused here, whatever the reader said about its spelling.
    if location in document.reported and fault.kind != "secret":
        return
    message, expected, hint = _words(fault, path, document, expectations)
    diagnostics.error(message, location, source_line=line, width=width, expected=expected, hint=hint)


def _placed(fault: _Fault, path: Path) -> Path:
    """Return the path to show: for what is missing, a path that is not there, so that its parent is shown."""
    if fault.kind in {"missing", "union_tag_not_found"}:
        return (*path, str(fault.rest[-1]) if fault.rest else _tag_name(fault))
    return path


def _words(fault: _Fault, path: Path, document: Document, expectations: Expectations) -> tuple[str, str, str]:
    """Return message, expectation and hint."""
    if fault.kind in _UNKNOWN_KEY:
        return _unknown_key(path, document, expectations)
    if fault.kind in {"missing", "union_tag_not_found"}:
        name = str(fault.rest[-1]) if fault.kind == "missing" and fault.rest else _tag_name(fault)
        return f'"{name}" is missing{_inside(path)}', expectations.words((*path, name)), ""
    if fault.rest[-1:] == ("[key]",):
        return f'"{path[-1]}" cannot be a name here', _own_words(fault), str(fault.ctx.get("hint", ""))
    if fault.ctx.get("whole"):
        return f"{_name(path)}: {fault.message}", _own_words(fault), str(fault.ctx.get("hint", ""))
    if fault.kind in _LENGTHS:
        said, limit, what = _LENGTHS[fault.kind]
        few = "few" if said == "at least" else "many"
        return f"{_name(path)} has too {few} {what}", f"{said} {fault.ctx[limit]}", ""
    value, _ = _value(path, document.data)
    message = (
        f"{_name(path)} has no value" if value is None else f"{_name(path)} cannot be {_found(value, path, document)}"
    )
    if fault.is_wrong_kind or fault.kind == "union_tag_invalid":
        return message, expectations.words(path), _kind_hint(value, path, document, expectations)
    return message, _own_words(fault), str(fault.ctx.get("hint", ""))


def _unknown_key(path: Path, document: Document, expectations: Expectations) -> tuple[str, str, str]:
    known = expectations.keys(path[:-1])
    parent, _ = _value(path[:-1], document.data)
    free = [key for key in known if not isinstance(parent, dict) or key not in parent]
    expected = f"one of: {', '.join(free)}" if free else "no further keys"
    return f'unknown key "{path[-1]}"{_inside(path[:-1])}', expected, did_you_mean(str(path[-1]), free)


def _own_words(fault: _Fault) -> str:
    """Return what the rule itself expects, for values of the right kind that break it."""
    ctx = fault.ctx
    if "expected" in ctx:
        return str(ctx["expected"])
    if fault.kind == "string_pattern_mismatch":
        return f"text that matches {ctx['pattern']}"
    if fault.kind in _LIMITS:
        said, name = _LIMITS[fault.kind]
        return f"{said} {ctx[name]}"
    return str(ctx.get("error") or fault.message)


def _kind_hint(value: object, path: Path, document: Document, expectations: Expectations) -> str:
    values = expectations.values(path)
    if isinstance(value, str) and value in values:
        return "Write it without quotes."
    if values and isinstance(value, str):
        same = [known for known in values if known.casefold() == value.casefold()]
        return did_you_mean(same[0] if same else value, values)
    if isinstance(value, bool | int | float) and expectations.takes(path, "string"):
        shown = "" if path in document.withheld else f': "{document.written(path)}"'
        return f"Write it in quotes{shown}."
    if isinstance(value, str) and expectations.takes(path, "array") and path not in document.withheld:
        return f"Write it as a list: [{value}]."
    is_number = isinstance(value, str) and value.replace(".", "", 1).isdigit()
    if is_number and (expectations.takes(path, "integer") or expectations.takes(path, "number")):
        return "Write it without quotes."
    return ""


def _found(value: object, path: Path, document: Document) -> str:
    """Return what stands in the file, in few words."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if path in document.withheld:
        return "what stands here (it is not shown)"
    if isinstance(value, bool):
        return document.written(path) or str(value).lower()
    if isinstance(value, int | float):
        return f"the number {document.written(path) or value}"
    text = str(value)
    return f'"{text}"' if len(text) <= 60 and "\n" not in text else "this text"


def _name(path: Path) -> str:
    if not path:
        return "the file"
    last = path[-1]
    if isinstance(last, str):
        return f'"{last}"'
    return f"item {last + 1}{_inside(path[:-1]).replace(' in ', ' of ')}"


def _inside(path: Path) -> str:
    names = [part for part in path if isinstance(part, str)]
    return f' in "{names[-1]}"' if names else ""


def _tag_name(fault: _Fault) -> str:
    return str(fault.ctx.get("discriminator", "")).strip("'")


def _value(path: Path, data: Any) -> tuple[Any, bool]:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None, False
    return data, True
