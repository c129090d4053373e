"""What a template may say: an allow-list over its syntax tree, checked before anything runs.

A sandbox stops most escapes and hardly any bomb, so neither is left to it: a node that is not listed here is refused
with its line. What remains reads named values of plain data, compares them, joins them and passes them through our own
filters, each of which ends quickly. Names are checked against what the operation will be given, so a misspelt field is
found when the file is loaded and not when the call is made.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from jinja2 import nodes

from syncengine.config.template_filters import ARGUMENTS, FILTERS, MAX_TRUNCATE
from syncengine.diagnostics import did_you_mean

MAX_DEPTH = 25
# Larger whole numbers lose digits in JSON readers that use floats.
_LARGEST_INTEGER = 2**53

_COMPARISONS = frozenset({"eq", "ne", "in", "notin"})
_TESTS = frozenset({"none"})

_STATEMENTS: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.For: ("{% for %}", "A list with one element for each row is written as {$each: ...} in the YAML tree."),
    nodes.If: ("{% if %}", 'Write {{ "this" if condition else "that" }}.'),
}
_EXPRESSIONS: dict[type[nodes.Node], str] = {
    nodes.Call: "a call",
    nodes.Add: "arithmetic (+)",
    nodes.Sub: "arithmetic (-)",
    nodes.Mul: "arithmetic (*)",
    nodes.Div: "arithmetic (/)",
    nodes.FloorDiv: "arithmetic (//)",
    nodes.Mod: "arithmetic (%)",
    nodes.Pow: "arithmetic (**)",
    nodes.Neg: "arithmetic (-)",
    nodes.Pos: "arithmetic (+)",
    nodes.Slice: "a slice",
    nodes.Dict: "an object",
    nodes.List: "a list",
    nodes.Tuple: "a list",
}
_HINTS: dict[type[nodes.Node], str] = {
    nodes.Add: "Texts are joined with ~.",
    nodes.Dict: "Objects are written as YAML, with a template in each leaf.",
    nodes.List: "Lists are written as YAML; in a template a list stands only after `in`.",
    nodes.Slice: "Use the filter truncate.",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the templates of one operation may read."""

    # Name -> its members; None: any member.
    members: Mapping[str, frozenset[str] | None]
    # Names that may also stand alone, as a whole object.
    whole: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a template. ``line`` counts from 1 within the template's own text."""

    message: str
    line: int = 1
    # What to point at in that line.
    word: str = ""
    expected: str = ""
    hint: str = ""


def refused_statement(node: nodes.Node) -> Finding:
    """Say why a statement is refused."""
    shown, hint = _STATEMENTS.get(type(node), (f"{{% {type(node).__name__.lower()} %}}", ""))
    # Jinja gives the nodes of some extensions no line.
    line = node.lineno or 1
    return Finding(f"templates have no statements: {shown} is refused", line, "{%", "text and {{ expressions }}", hint)


def breaches(expression: nodes.Expr, names: Names) -> Iterator[Finding]:
    """Yield what an expression does that it may not."""
    yield from _check(expression, names, depth=0, last=True)


def _check(node: nodes.Node, names: Names, *, depth: int, last: bool = False) -> Iterator[Finding]:
    """Check one node. ``last`` tells that its value is the value of the whole leaf."""
    if depth > MAX_DEPTH:
        yield Finding("the template is nested too deeply", node.lineno, expected=f"at most {MAX_DEPTH} levels")
        return
    if isinstance(node, nodes.Filter):
        yield from _check_filter(node, names, depth=depth, last=last)
        return
    if isinstance(node, nodes.CondExpr):
        yield from _check(node.test, names, depth=depth + 1)
        for branch in filter(None, (node.expr1, node.expr2)):
            yield from _check(branch, names, depth=depth + 1, last=last)
        return
    check = _CHECKS.get(type(node))
    if check is None:
        what = _EXPRESSIONS.get(type(node), f"{type(node).__name__.lower()}")
        yield Finding(f"{what} is refused in a template", node.lineno, hint=_HINTS.get(type(node), ""))
        return
    yield from check(node, names, depth)


def _check_children(node: nodes.Node, names: Names, depth: int) -> Iterator[Finding]:
    for child in node.iter_child_nodes():
        yield from _check(child, names, depth=depth + 1)


def _check_constant(node: nodes.Const, _names: Names, _depth: int) -> Iterator[Finding]:
    value = node.value
    too_large = (isinstance(value, int) and abs(value) >= _LARGEST_INTEGER) or (
        isinstance(value, float) and not math.isfinite(value)
    )
    if too_large:
        yield Finding("the number is too large to travel as a number", node.lineno, hint="Put it in quotes.")


def _check_name(node: nodes.Name, names: Names, _depth: int) -> Iterator[Finding]:
    if node.name not in names.members:
        yield _unknown_name(node, names)
    elif node.name not in names.whole:
        yield Finding(
            f"{node.name} is an object; a template reads one of its values",
            node.lineno,
            node.name,
            _list_of(names.members[node.name], prefix=f"{node.name}."),
        )


def _check_member(node: nodes.Getattr | nodes.Getitem, names: Names, depth: int) -> Iterator[Finding]:
    key = member_key(node)
    if key is None:
        yield Finding("only a constant can stand in [ ]", node.lineno, "[", hint='Write ["name"] or [0].')
        return
    if isinstance(key, str) and key.startswith("_"):
        yield Finding(f'"{key}" is refused: names that begin with _ are not data', node.lineno, key)
        return
    owner = node.node
    if isinstance(owner, nodes.Name):
        yield from _check_owned(owner, key, names, node.lineno)
    elif isinstance(owner, nodes.Getattr | nodes.Getitem):
        yield from _check(owner, names, depth=depth + 1)
    else:
        yield Finding("only named values have members", node.lineno, str(key))


def _check_owned(owner: nodes.Name, key: str | int, names: Names, line: int) -> Iterator[Finding]:
    if owner.name not in names.members:
        yield _unknown_name(owner, names)
        return
    known = names.members[owner.name]
    if known is None or key in known:
        return
    yield Finding(
        f"{owner.name} has no {key}",
        line,
        str(key),
        _list_of(known, prefix=f"{owner.name}."),
        did_you_mean(str(key), sorted(known)),
    )


def member_key(node: nodes.Getattr | nodes.Getitem) -> str | int | None:
    """Return the key of a member; None where it is no constant."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    value = node.arg.value if isinstance(node.arg, nodes.Const) else None
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _check_filter(node: nodes.Filter, names: Names, *, depth: int, last: bool) -> Iterator[Finding]:
    if node.node is not None:
        yield from _check(node.node, names, depth=depth + 1)
    if node.name not in FILTERS:
        known = ", ".join(sorted(FILTERS))
        yield Finding(
            f"there is no filter {node.name}", node.lineno, node.name, f"one of {known}", _near_filter(node.name)
        )
        return
    if node.name == "omit_empty" and not last:
        yield Finding(
            "omit_empty decides about the whole leaf, so it stands last",
            node.lineno,
            "omit_empty",
            "{{ x | omit_empty }}",
        )
    if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) != ARGUMENTS.get(node.name, 0):
        count = ARGUMENTS.get(node.name, 0)
        yield Finding(
            f"the filter {node.name} takes {count or 'no'} argument{'s' * (count != 1)}", node.lineno, node.name
        )
        return
    for argument in node.args:
        yield from _check(argument, names, depth=depth + 1)
    if node.name == "truncate":
        yield from _check_length(node)


def _near_filter(name: str) -> str:
    ours = {"string": "text", "tojson": "json", "int": "integer", "float": "number", "d": "default"}.get(name)
    return f'Did you mean "{ours}"?' if ours else did_you_mean(name, sorted(FILTERS))


def _check_length(node: nodes.Filter) -> Iterator[Finding]:
    length = node.args[0].value if isinstance(node.args[0], nodes.Const) else None
    if type(length) is not int or not 1 <= length <= MAX_TRUNCATE:
        yield Finding(
            "truncate needs the greatest number of characters",
            node.lineno,
            "truncate",
            f"a whole number from 1 to {MAX_TRUNCATE}",
        )


def _check_comparison(node: nodes.Compare, names: Names, depth: int) -> Iterator[Finding]:
    yield from _check(node.expr, names, depth=depth + 1)
    for operand in node.ops:
        if operand.op not in _COMPARISONS:
            yield Finding(
                "this comparison is refused: values are text as a rule, and text has no size",
                node.lineno,
                expected="==, !=, in, not in",
            )
        elif operand.op in {"in", "notin"} and isinstance(operand.expr, nodes.List | nodes.Tuple):
            # Constants only: a list of long values, written out a thousand times, would be a bomb.
            yield from _check_constants(operand.expr)
        else:
            yield from _check(operand.expr, names, depth=depth + 1)


def _check_constants(node: nodes.List | nodes.Tuple) -> Iterator[Finding]:
    if not all(isinstance(item, nodes.Const) for item in node.items):
        yield Finding("only constants can stand in this list", node.lineno, expected='in ["this", "that"]')


def _check_test(node: nodes.Test, names: Names, depth: int) -> Iterator[Finding]:
    yield from _check(node.node, names, depth=depth + 1)
    if node.name not in _TESTS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
        yield Finding(
            f"the test {node.name} is refused",
            node.lineno,
            node.name,
            "is none, is not none",
            "A value that is not there is empty text: write {{ ... if campaign.x else ... }}.",
        )


def _unknown_name(node: nodes.Name, names: Names) -> Finding:
    return Finding(
        f"there is no {node.name} here",
        node.lineno,
        node.name,
        _list_of(frozenset(names.members)),
        did_you_mean(node.name, sorted(names.members)),
    )


def _list_of(known: frozenset[str] | None, prefix: str = "") -> str:
    if known is None:
        return f"{prefix}<column>"
    if not known:
        return f"nothing: no {prefix.removesuffix('.')} are declared" if prefix else ""
    shown = [f"{prefix}{name}" for name in sorted(known)]
    return ", ".join(shown[:12]) + (", ..." if len(shown) > 12 else "")


_CHECKS: dict[type[nodes.Node], Callable[..., Iterator[Finding]]] = {
    nodes.Const: _check_constant,
    nodes.Name: _check_name,
    nodes.Getattr: _check_member,
    nodes.Getitem: _check_member,
    nodes.Compare: _check_comparison,
    nodes.Test: _check_test,
    nodes.And: _check_children,
    nodes.Or: _check_children,
    nodes.Not: _check_children,
    nodes.Concat: _check_children,
}
