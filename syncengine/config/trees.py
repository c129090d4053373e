"""A YAML tree whose text leaves are templates, as one expression.

Objects and lists of the tree become literals around the expressions of the leaves, so that a tree with any values in
it is always well formed. ``$each`` becomes a loop that is evaluated before the rest, ``$json`` a filter around its
subtree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

from syncengine.config.template_rules import Finding, Names
from syncengine.config.templates import Leaf, Loop, filtered, read_leaf, settings_read
from syncengine.diagnostics import did_you_mean

Path = tuple[str | int, ...]
Place = Callable[[Path, Finding], None]

MAX_DEPTH = 20
EACH = "$each"
JSON = "$json"


@dataclass(slots=True)
class TreeReader:
    """Reads the trees of one operation and remembers what they need: loops over rows, and settings."""

    names: Names
    # Within $each; None where the operation has no rows.
    row_names: Names | None
    place: Place
    loops: list[Loop] = field(default_factory=list)
    settings: set[str] = field(default_factory=set)

    def value(self, tree: object, path: Path, *, depth: int = 0) -> nodes.Expr:
        """Return a tree as an expression whose leaves keep their types."""
        if depth > MAX_DEPTH:
            self.place(path, Finding("the tree is nested too deeply", expected=f"at most {MAX_DEPTH} levels"))
            return _NOTHING
        if isinstance(tree, str):
            return self._leaf_value(tree, path)
        if isinstance(tree, Mapping):
            return self._object(tree, path, depth)
        if isinstance(tree, list | tuple):
            return _pruned(nodes.List([self.value(item, (*path, at), depth=depth + 1) for at, item in enumerate(tree)]))
        return nodes.Const(tree)

    def leaf(self, template: str, path: Path) -> Leaf:
        """Read one template; after a mistake, which is reported, an empty one."""
        found = read_leaf(template, self.names, lambda finding: self.place(path, finding))
        if found is None:
            return Leaf(("",))
        for part in found.parts:
            if isinstance(part, nodes.Expr):
                self.settings |= settings_read(part)
        return found

    def each(self, tree: object, path: Path, *, beside: tuple[nodes.Expr, ...] = ()) -> nodes.Expr:
        """Return the list of a tree evaluated for each row; with ``beside``, of lists that begin with the tree."""
        if self.row_names is None or self.names is self.row_names:
            inside = "there is no second loop within a row" if self.row_names else "this call is not about rows"
            self.place(path, Finding(f"{EACH} cannot stand here: {inside}", word=EACH))
            return _NOTHING
        outer, self.names = self.names, self.row_names
        element = self.value(tree, path)
        self.names = outer
        loop = Loop(
            f"_each{len(self.loops)}", nodes.List([element, *beside]) if beside else element, may_be_omitted(element)
        )
        self.loops.append(loop)
        return nodes.Name(loop.name, "load")

    def _leaf_value(self, template: str, path: Path) -> nodes.Expr:
        leaf = self.leaf(template, path)
        if leaf.single is not None:
            return leaf.single
        if all(isinstance(part, str) for part in leaf.parts):
            return nodes.Const("".join(str(part) for part in leaf.parts))
        return filtered(nodes.List([_expression(part) for part in leaf.parts]), "_joined")

    def _object(self, tree: Mapping[str, object], path: Path, depth: int) -> nodes.Expr:
        directives = [key for key in tree if isinstance(key, str) and key.startswith("$")]
        if directives:
            return self._directive(directives[0], tree, path, depth)
        pairs = [
            nodes.Pair(nodes.Const(self._key(key, path)), self.value(item, (*path, key), depth=depth + 1))
            for key, item in tree.items()
        ]
        literal = nodes.Dict(pairs)
        return filtered(literal, "_without_omitted") if any(may_be_omitted(pair.value) for pair in pairs) else literal

    def _directive(self, key: str, tree: Mapping[str, object], path: Path, depth: int) -> nodes.Expr:
        if key not in {EACH, JSON}:
            hint = did_you_mean(key, (EACH, JSON))
            self.place(
                (*path, key), Finding(f"there is no directive {key}", word=key, expected=f"{EACH}, {JSON}", hint=hint)
            )
            return _NOTHING
        if len(tree) > 1:
            self.place((*path, key), Finding(f"{key} stands alone in its object", word=key))
            return _NOTHING
        if key == EACH:
            return self.each(tree[key], (*path, key))
        return filtered(self.value(tree[key], (*path, key), depth=depth + 1), "_embedded")

    def _key(self, key: object, path: Path) -> str:
        if "{{" in str(key):
            self.place((*path, str(key)), Finding("keys are no templates; only values are", word="{{"))
        return str(key)


# Stands in after a mistake, so that reading goes on and finds the others.
_NOTHING = nodes.Const(None)


def _expression(part: str | nodes.Expr) -> nodes.Expr:
    return nodes.Const(part) if isinstance(part, str) else part


def _pruned(literal: nodes.List) -> nodes.Expr:
    return filtered(literal, "_without_omitted") if any(map(may_be_omitted, literal.items)) else literal


def may_be_omitted(expression: nodes.Expr) -> bool:
    """Whether the value of an expression can be "left out"."""
    if isinstance(expression, nodes.Filter):
        inner = isinstance(expression.node, nodes.Expr) and may_be_omitted(expression.node)
        return expression.name == "omit_empty" or (expression.name == "_embedded" and inner)
    if isinstance(expression, nodes.CondExpr):
        return any(may_be_omitted(branch) for branch in (expression.expr1, expression.expr2) if branch is not None)
    return False
