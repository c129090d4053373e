"""Switches of a vendor that are off unless a request turns them on: a check of its do-not-call list, of duplicates.

Some dialers look numbers up in their own do-not-call list only where a call says so. A vendor file that names such a
field states its safe value in every request, as a constant that no row, setting or option can change.
"""

from collections.abc import Iterator, Mapping

from syncengine.config.places import Complaints, Path
from syncengine.config.vendor_spec import BodySpec, OperationSpec

_Safe = str | int | bool


def check_unsafe_defaults(spec: OperationSpec, name: str, path: Path, complaints: Complaints) -> None:
    """Report fields that are known to be unsafe when left out and are not stated, or stated otherwise."""
    stated = list(_stated(spec))
    for field, safe in spec.unsafe_defaults.items():
        found = [value for key, value in stated if key == field]
        if found and all(_is_just(value, safe) for value in found):
            continue
        what = "leaves it out" if not found else "may send something else"
        complaints.error(
            (*path, "unsafe_defaults", field),
            f"without {field} the vendor lets through what it should keep out, and {name} {what}",
            expected=f"{field}: {_written(safe)}, as a constant in the query or the body",
            hint="In a list of rows it stands in each of them.",
            key=True,
        )


def _stated(spec: OperationSpec) -> Iterator[tuple[str, object]]:
    """Walk the fields of a request with what is written as their values."""
    yield from spec.query.items()
    if spec.body is not None:
        yield from _in_body(spec.body)


def _in_body(body: BodySpec) -> Iterator[tuple[str, object]]:
    yield from _in_tree(body.json_)
    yield from _in_tree(body.form)
    for name, part in (body.multipart or {}).items():
        if part.text is not None:
            yield name, part.text
        yield from _in_tree(part.json_)


def _in_tree(tree: object) -> Iterator[tuple[str, object]]:
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield str(key), value
            yield from _in_tree(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _in_tree(value)


def _is_just(value: object, safe: _Safe) -> bool:
    return type(value) is type(safe) and value == safe


def _written(safe: _Safe) -> str:
    return f'"{safe}"' if isinstance(safe, str) else str(safe).lower()
