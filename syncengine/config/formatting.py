"""Files of a project in one layout, with every comment kept: so that a difference in Git is a difference in meaning.

The layout comes from a round trip that takes every unquoted word as text, so that none can change its spelling. What
comes out counts only when it reads as exactly the same values with exactly the same comments, and when laying it out
again changes nothing; otherwise the file stays as it is and the reason is told.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from syncengine.config import manifest, project
from syncengine.config.document import Document, parse_document
from syncengine.config.yaml_comments import with_comments, without_comments
from syncengine.config.yaml_places import Path
from syncengine.diagnostics import Diagnostics, Location

# A list or mapping in brackets that would reach further is written in lines.
_WIDTH = 120
# Layouts after which the next one must be the same.
_ROUNDS = 5
_NOTHING = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """A file and its layout."""

    data: bytes
    changed: bool
    # Lines to be shown, without credentials and people: as they are, and as they would be.
    before: tuple[str, ...]
    after: tuple[str, ...]


class _Words(VersionedResolver):
    """Takes every unquoted word as text, but for the empty one."""

    @property
    def versioned_resolver(self) -> Any:
        return {"": [(_NOTHING, re.compile("^$"))]}


def formatted(raw: bytes, *, label: str, diagnostics: Diagnostics) -> Formatted | None:
    """Return a file in the one layout; None, with the reason in ``diagnostics``, when it is to be left alone."""
    document = parse_document(raw, label=label, diagnostics=diagnostics, withhold=_withhold)
    if document is None or document.reported:
        return None
    ends = "\r\n" if b"\r\n" in raw else "\n"
    text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    laid_out = _laid_out(text)
    after = _same(document, text, laid_out) if laid_out is not None else None
    if laid_out is None or after is None:
        diagnostics.error(
            "this file cannot be laid out anew without a change of its values or comments",
            Location(label),
            hint="Keep it as it is, and leave it out of fmt.",
        )
        return None
    data = laid_out.replace("\n", ends).encode()
    return Formatted(data=data, changed=data != raw, before=document.lines, after=after.lines)


def _withhold(path: Path, text: str) -> bool:
    return manifest.withhold(path, text) or project.withhold(path, text)


def _same(document: Document, written: str, text: str) -> Document | None:
    """Return the document that a text is, if it holds the same values of the same types in the same order."""
    if _hidden(text) - _hidden(written):
        # An escape became the character itself, and that one cannot be seen.
        return None
    found = parse_document(text.encode(), label=document.label, diagnostics=Diagnostics(), withhold=_withhold)
    return found if found is not None and repr(found.data) == repr(document.data) else None


def _hidden(text: str) -> Counter[str]:
    return Counter(character for character in text if not character.isprintable() and character != "\n")


def _laid_out(text: str) -> str | None:
    for _ in range(_ROUNDS):
        try:
            again = _once(text)
        except YAMLError:
            return None
        if again is None or again == text:
            return again
        text = again
    return None


def _once(text: str) -> str | None:
    commented = without_comments(text)
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _Words
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(commented.bare)
    numbers = count()
    _settle(data, numbers, commented.bracketed, room=_WIDTH, within=False)
    out = io.StringIO()
    yaml.dump(data, out)
    found = with_comments(out.getvalue(), commented)
    return found if without_comments(found).texts == commented.texts else None


def _settle(node: Any, numbers: Iterator[int], bracketed: frozenset[int], *, room: int, within: bool) -> None:
    """Write brackets in lines where they are long or hold comments, and texts in double quotes where none is escaped.

    Args:
        node: a mapping or a list.
        numbers: counts mappings and lists in order.
        bracketed: those whose brackets hold comments.
        room: characters right of where it begins.
        within: whether it stands in brackets that stay, and so must stay in brackets itself.
    """
    number = next(numbers)
    if not within and node.fa.flow_style() and len(node) and (_width(node) > room or number in bracketed):
        node.fa.set_block_style()
    within = bool(node.fa.flow_style())
    for step in list(node) if isinstance(node, CommentedMap) else range(len(node)):
        value = node[step]
        if isinstance(value, CommentedMap | CommentedSeq):
            lead = _width(step) + 2 if isinstance(node, CommentedMap) else 2
            _settle(value, numbers, bracketed, room=room - lead if within else room - 2 - lead, within=within)
        elif type(value) is SingleQuotedScalarString and value.isprintable() and not set(value) & {'"', "\\"}:
            node[step] = DoubleQuotedScalarString(value)


def _width(node: Any) -> int:
    """Return how many characters a node takes in brackets."""
    if isinstance(node, CommentedMap):
        return sum(_width(key) + _width(value) + 4 for key, value in node.items())
    if isinstance(node, CommentedSeq):
        return sum(_width(value) + 2 for value in node)
    return len(str(node)) + (2 if isinstance(node, SingleQuotedScalarString | DoubleQuotedScalarString) else 0)
