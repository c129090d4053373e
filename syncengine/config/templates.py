"""Templates: read, checked, and compiled into one function for a whole tree.

A leaf is parsed into Jinja's syntax tree, never rendered by itself: ``bodies.py`` joins the leaves of an operation into
one expression, and a ``for`` around the part that repeats for each row, which is compiled once. That is tens of times
faster than an expression for each leaf, and values keep their types on the way, so nothing is ever guessed from text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NoReturn

from jinja2 import StrictUndefined, Template, TemplateError, Undefined, UndefinedError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.sandbox import ImmutableSandboxedEnvironment

from syncengine.config.template_filters import FILTERS, INTERNAL, begin_call
from syncengine.config.template_rules import Finding, Names, breaches, member_key, refused_statement
from syncengine.errors import RenderError

MAX_TEXT = 10_000

Report = Callable[[Finding], None]
Scope = Mapping[str, object]

_RESULT = "_result"
_ROWS = "_rows"


# What a loop over rows binds: dictionaries, always.
_ROW_NAMES = frozenset({"row", "record"})


class _Generator(CodeGenerator):
    """Writes the members of a loop's row as direct look-ups: a batch of 10,000 rows comes by 330,000 times."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's name for it
        if isinstance(node.node, nodes.Name) and node.node.name in _ROW_NAMES:
            reference = frame.symbols.ref(node.node.name)
            if reference == f"l_1_{node.node.name}":
                # The first level is a loop's; above it the same name is whatever the call was given.
                self.write(f"{reference}.get({node.attr!r}, '')")
                return
        super().visit_Getattr(node, frame)


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which members are keys of dictionaries, so that no attribute of a Python object can be reached."""

    code_generator_class = _Generator

    def getattr(self, obj: Any, attribute: str) -> Any:
        return obj.get(attribute, "") if obj.__class__ is dict else _member(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return _member(obj, argument)

    def call(*_arguments: object, **_named: object) -> NoReturn:
        raise RenderError("templates call nothing")


def _member(obj: Any, key: str | int) -> Any:
    """Return a member, or empty text where a name that was declared has no value this time."""
    try:
        return obj[key] if isinstance(obj, dict) else _member_of_other(obj, key)
    except LookupError:
        return ""


def _member_of_other(obj: Any, key: str | int) -> Any:
    if isinstance(obj, Undefined):
        raise UndefinedError(obj._undefined_message)  # noqa: SLF001 - the one place where Jinja keeps the name
    if obj is None or obj == "":
        return ""
    if isinstance(obj, Mapping):
        return obj[key]
    if isinstance(obj, list | tuple) and isinstance(key, int):
        return obj[key]
    raise TypeError("only objects and lists have members")


def _environment() -> _Environment:
    # Not optimized: constants are few, and folding would run filters while a file is being loaded.
    environment = _Environment(undefined=StrictUndefined, optimized=False, keep_trailing_newline=True, autoescape=False)
    environment.globals.clear()
    environment.filters.clear()
    environment.filters |= FILTERS | INTERNAL
    environment.tests = {"none": lambda value: value is None}
    return environment


ENVIRONMENT = _environment()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A template that was read and found harmless: text and expressions in turn."""

    parts: tuple[str | nodes.Expr, ...]

    @property
    def single(self) -> nodes.Expr | None:
        """The expression that is the whole leaf, whose value keeps its type."""
        return self.parts[0] if len(self.parts) == 1 and isinstance(self.parts[0], nodes.Expr) else None


def read_leaf(text: str, names: Names, report: Report) -> Leaf | None:
    """Read one template; None when something is wrong with it, which is reported."""
    if not any(mark in text for mark in ("{{", "{%", "{#")):
        return Leaf((text,))
    if len(text) > MAX_TEXT:
        report(Finding("the template is too long", expected=f"at most {MAX_TEXT:,} characters"))
        return None
    tree = _parse(text, report)
    if tree is None:
        return None
    findings = [refused_statement(node) for node in tree.body if not isinstance(node, nodes.Output)]
    parts = [part for node in tree.body if isinstance(node, nodes.Output) for part in node.nodes]
    findings += [
        finding for part in parts if not isinstance(part, nodes.TemplateData) for finding in breaches(part, names)
    ]
    for finding in findings:
        report(finding)
    if findings:
        return None
    return Leaf(tuple(part.data if isinstance(part, nodes.TemplateData) else _normal(part) for part in parts))


def _parse(text: str, report: Report) -> nodes.Template | None:
    try:
        return ENVIRONMENT.parse(text)
    except TemplateError as error:
        line = getattr(error, "lineno", 1) or 1
        report(
            Finding(
                f"the template cannot be read: {error.message}", line, hint="A template looks like {{ campaign.id }}."
            )
        )
    except (RecursionError, ValueError, OverflowError):
        report(Finding("the template cannot be read: it is nested too deeply, or holds a number that is too long"))
    return None


def _normal(node: Any) -> Any:
    """Bring an expression to the forms that never fail on plain values: bounded joins, conditions with two branches."""
    for name in node.fields:
        value = getattr(node, name)
        if isinstance(value, nodes.Node):
            setattr(node, name, _normal(value))
        elif isinstance(value, list):
            setattr(node, name, [_normal(item) if isinstance(item, nodes.Node) else item for item in value])
    if isinstance(node, nodes.Concat):
        return filtered(nodes.List(node.nodes), "_joined")
    if isinstance(node, nodes.CondExpr) and node.expr2 is None:
        node.expr2 = nodes.Const("")
    return node


def filtered(node: nodes.Expr, name: str, *arguments: nodes.Expr) -> nodes.Expr:
    """Return an expression passed through one of the filters, ours or those that people may write."""
    return nodes.Filter(node, name, list(arguments), [], None, None)


def settings_read(expression: nodes.Node) -> set[str]:
    """Return the names of the settings that an expression reads."""
    members: list[nodes.Getattr | nodes.Getitem] = [
        *expression.find_all(nodes.Getattr),
        *expression.find_all(nodes.Getitem),
    ]
    if isinstance(expression, nodes.Getattr | nodes.Getitem):
        members.append(expression)
    return {
        str(member_key(node)) for node in members if isinstance(node.node, nodes.Name) and node.node.name == "settings"
    }


@dataclass(frozen=True, slots=True)
class Loop:
    """A part that is evaluated once for each row, into a list of its own name."""

    name: str
    element: nodes.Expr
    # Whether an element can be left out.
    may_omit: bool = False


def program(root: nodes.Expr, loops: Sequence[Loop] = ()) -> Callable[[Scope], object]:
    """Return the function from template scope to the value of an expression; it is compiled when first used.

    The function raises RenderError where the values do not allow what the template does.
    """
    compiled = cache(partial(_compiled, root, tuple(loops)))

    def evaluate(scope: Scope) -> object:
        template = compiled()
        begin_call()
        result: list[object] = []
        variables: dict[str, Any] = {**scope, **{loop.name: [] for loop in loops}, _RESULT: result}
        if loops:
            variables[_ROWS] = [(_plain(pair["row"]), _plain(pair["record"])) for pair in variables.get("rows", ())]
        try:
            for _ in template.root_render_func(template.new_context(variables)):
                pass
        except TemplateError as error:
            raise RenderError(f"a template reads what this call is not given: {error.message}") from error
        except (TypeError, ValueError, LookupError) as error:
            raise RenderError("a template compares or reads values of the wrong kind") from error
        return result[0]

    return evaluate


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return values if values.__class__ is dict else dict(values)


def _compiled(root: nodes.Expr, loops: tuple[Loop, ...]) -> Template:
    body: list[nodes.Node] = [_for_each_row(loop) for loop in loops]
    body.append(_into(root, _RESULT, "_keep"))
    tree = nodes.Template(body, lineno=1)
    tree.set_environment(ENVIRONMENT)
    tree.set_lineno(1)
    return ENVIRONMENT.from_string(tree)


def _for_each_row(loop: Loop) -> nodes.Node:
    target = nodes.Tuple([nodes.Name("row", "store"), nodes.Name("record", "store")], "store")
    keep = _into(loop.element, loop.name, "_keep_unless_omitted" if loop.may_omit else "_keep")
    return nodes.For(target, nodes.Name(_ROWS, "load"), [keep], [], None, False)


def _into(value: nodes.Expr, sink: str, name: str) -> nodes.Node:
    return nodes.ExprStmt(filtered(value, name, nodes.Name(sink, "load")))
