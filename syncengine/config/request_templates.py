"""One call: from what a vendor file writes to the function that renders its request.

Path, query, headers and body of an operation are compiled as one expression, so a call costs one evaluation. Whatever
enters a path is encoded as one segment, whatever enters a header cannot end it.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from jinja2 import nodes

from syncengine.config.bodies import Encode, flat_pairs, read_body
from syncengine.config.template_rules import Finding
from syncengine.config.templates import Scope, filtered, program
from syncengine.config.trees import Path, TreeReader
from syncengine.config.vendor_spec import OperationSpec
from syncengine.errors import RenderError
from syncengine.model.exchange import Request


def read_request(
    spec: OperationSpec, reader: TreeReader, path: Path, *, mapped: frozenset[str]
) -> Callable[[Scope], Request]:
    """Return the function from template scope to the request; what is wrong with the templates goes to the reader.

    The function raises RenderError where no request can be made of the values.
    """
    body = read_body(spec.body, reader, (*path, "body"), mapped=mapped)
    root = _object(
        {
            "path": read_path(spec.path, reader, (*path, "path")),
            "query": reader.value(dict(spec.query), (*path, "query")),
            "headers": _headers(spec.headers, reader, (*path, "headers")),
            "body": body.expression,
        }
    )
    return _renderer(spec.method, program(root, reader.loops), body.encode)


def _renderer(method: str, evaluate: Callable[[Scope], object], encode: Encode) -> Callable[[Scope], Request]:
    def render(scope: Scope) -> Request:
        value = cast("Mapping[str, Any]", evaluate(scope))
        try:
            body, content_type = encode(value["body"])
        except UnicodeEncodeError as error:
            raise RenderError("a value holds half a character, which cannot be written as UTF-8") from error
        headers = tuple(value["headers"].items())
        return Request(method, _climbs_nowhere(value["path"]), flat_pairs(value["query"]), headers, body, content_type)

    return render


def read_path(template: str, reader: TreeReader, path: Path) -> nodes.Expr:
    """Return a path template as an expression; each value in it is encoded as one segment."""
    leaf = reader.leaf(template, path)
    literal = "".join(part for part in leaf.parts if isinstance(part, str))
    if not template.startswith("/"):
        reader.place(path, Finding("a path starts with /", expected="a path below base_url, as /v1/campaigns"))
    if wrong := sorted(set(literal) & set("?#\\ \t\r\n")):
        hint = "Parameters are written under query." if wrong[0] in "?#" else ""
        reader.place(path, Finding(f"a path cannot hold {wrong[0]!r}", word=wrong[0], hint=hint))
    if {".", ".."} & set(literal.split("/")):
        reader.place(path, Finding('a path cannot climb: a segment is "." or ".."'))
    parts = [nodes.Const(part) if isinstance(part, str) else filtered(part, "_segment") for part in leaf.parts]
    return filtered(nodes.List(parts), "_joined")


def _headers(headers: Mapping[str, str], reader: TreeReader, path: Path) -> nodes.Expr:
    values = {name: filtered(reader.value(value, (*path, name)), "_header") for name, value in headers.items()}
    return filtered(_object(values), "_without_omitted")


def _object(values: Mapping[str, nodes.Expr]) -> nodes.Expr:
    return nodes.Dict([nodes.Pair(nodes.Const(name), value) for name, value in values.items()])


def _climbs_nowhere(path: str) -> str:
    if {".", ".."} & set(path.split("/")):
        raise RenderError('a segment of the path is "." or ".."')
    return path
