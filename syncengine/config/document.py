"""One YAML file as plain data that remembers where everything stood.

The common loaders either forget positions or turn ``007`` into 7. So the parser's events are read directly: a position
is kept for every key and value, and a plain scalar becomes a number only when it is spelled in the one way in which
nothing is lost. What other tools would read differently (anchors, tags, merge keys, ``+57…``, ``1e5``) is refused.
"""

import gc
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from syncengine.config import yaml_places
from syncengine.config.yaml_builder import Tree, Withhold
from syncengine.config.yaml_places import Position, Positions
from syncengine.config.yaml_syntax import explain
from syncengine.diagnostics import Diagnostics, Location
from syncengine.model.phone import mask_phone
from syncengine.opening import NotOpenedError, read_whole

MAX_BYTES = 5_000_000

# The parser counts these as line ends, so the lines we show must be cut at the same places.
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_NOT_ALLOWED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What may be a phone wherever it was written by mistake.
_DIGITS = re.compile(r"\+?[0-9]{10,}")


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: its data and where each part stands.

    ``lines`` are meant to be shown: what must not be (credentials, people) is already dots in them, of the same width.
    """

    label: str
    data: Any
    lines: tuple[str, ...]
    positions: Mapping[yaml_places.Path, Position]
    withheld: frozenset[yaml_places.Path] = frozenset()
    # SHA-256 of the bytes of the file, in hex.
    digest: str = ""
    # Places about which something was said while reading; a second complaint there would only repeat it.
    reported: frozenset[Location] = field(default=frozenset())

    def locate(self, path: yaml_places.Path, *, key: bool = False) -> tuple[Location, str, int]:
        """Return place, line and width of the value at a path (or its key); of the nearest parent if there is none."""
        for length in range(len(path), -1, -1):
            position = self.positions.get(path[:length])
            if position is None:
                continue
            # A parent stands for something missing in it: its key says which one it is, its value may be long.
            wants_key = key or length < len(path)
            if wants_key and position.key is not None:
                return self._shown(position.key, position.key_width)
            return self._shown(position.value, position.width)
        return Location(self.label), "", 1

    def written(self, path: yaml_places.Path) -> str:
        """Return a scalar as it is spelled in the file, in its first line; dots where it must not be shown."""
        position = self.positions.get(path)
        if position is None or not 0 < position.value.line <= len(self.lines):
            return ""
        start = position.value.column - 1
        return self.lines[position.value.line - 1][start : start + position.width]

    def _shown(self, location: Location, width: int) -> tuple[Location, str, int]:
        line = self.lines[location.line - 1] if location.line <= len(self.lines) else ""
        return location, line, width


def read_document(
    path: Path, *, label: str, diagnostics: Diagnostics, withhold: Withhold | None = None
) -> Document | None:
    """Read a file; None when nothing can be made of it. Every mistake goes to ``diagnostics``.

    Args:
        path: The file, without a link on the way.
        label: What people call it, for messages.
        diagnostics: Takes the mistakes.
        withhold: Tells which texts must not be shown in any message.
    """
    raw = read_bytes(path, label, diagnostics)
    if raw is None:
        return None
    return parse_document(raw, label=label, diagnostics=diagnostics, withhold=withhold)


def parse_document(
    raw: bytes, *, label: str, diagnostics: Diagnostics, withhold: Withhold | None = None
) -> Document | None:
    """As :func:`read_document`, from bytes."""
    text = _decode(raw, label, diagnostics)
    if text is None:
        return None
    lines = _LINE_END.split(text)
    tree = Tree(label, withhold or _show_all)
    with _without_gc():
        syntax = _fill(tree, text)
    shown = _masked(lines if _DIGITS.search(text) is None else [_DIGITS.sub(_dots, line) for line in lines], tree)
    for mistake in tree.mistakes:
        line = shown[mistake.location.line - 1] if mistake.location.line <= len(shown) else ""
        diagnostics.error(
            mistake.message,
            mistake.location,
            source_line=line,
            width=mistake.width,
            expected=mistake.expected,
            hint=mistake.hint,
        )
    if syntax is not None:
        _report_syntax(syntax, shown, label, diagnostics, personal=withhold is not None)
    if syntax is not None or any(mistake.fatal for mistake in tree.mistakes):
        return None
    if not tree.documents:
        diagnostics.error("the file is empty", Location(label), expected="a mapping of keys and values")
        return None
    return Document(
        label,
        tree.data,
        tuple(shown),
        Positions(label, tree.extents),
        frozenset(tree.withheld),
        hashlib.sha256(raw).hexdigest(),
        frozenset(mistake.location for mistake in tree.mistakes),
    )


def _show_all(_path: yaml_places.Path, _text: str) -> bool:
    return False


def read_bytes(path: Path, label: str, diagnostics: Diagnostics) -> bytes | None:
    """Return the bytes of a regular file of reasonable size; None, with the reason in ``diagnostics``, otherwise."""
    try:
        # Vendor files may have come with an installer that makes hard links; those of a project are looked at earlier.
        return read_whole(path, limit=MAX_BYTES, sole=False)
    except FileNotFoundError:
        diagnostics.error("there is no such file", Location(label), expected="a YAML file")
    except NotOpenedError as error:
        hint = "Keep rows in a data file and name it under source." if "larger" in error.why else ""
        diagnostics.error(error.why, Location(label), expected="a YAML file", hint=hint)
    except OSError as error:
        diagnostics.error(f"cannot be read: {error.strerror}", Location(label), expected="a YAML file")
    return None


def _decode(raw: bytes, label: str, diagnostics: Diagnostics) -> str | None:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        diagnostics.error("the file is UTF-16", Location(label, 1, 1), expected="UTF-8", hint="Save it again as UTF-8.")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", errors="replace")
        diagnostics.error(
            f"byte 0x{raw[error.start]:02x} is not UTF-8",
            _place_after(before, label),
            expected="UTF-8",
            hint="Save the file again as UTF-8.",
        )
        return None
    found = _NOT_ALLOWED.search(text)
    if found is None:
        return text
    diagnostics.error(
        f"the control character U+{ord(found.group()):04X} cannot stand in YAML",
        _place_after(text[: found.start()], label),
        hint="Remove it, or write it as an escape in double quotes.",
    )
    return None


def _place_after(before: str, label: str) -> Location:
    lines = _LINE_END.split(before)
    return Location(label, len(lines), len(lines[-1]) + 1)


def _dots(found: re.Match[str]) -> str:
    return mask_phone(found.group())


@contextmanager
def _without_gc() -> Iterator[None]:
    """Tens of thousands of small containers and no cycles: collecting meanwhile only costs time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _fill(tree: Tree, text: str) -> Any:
    try:
        tree.fill(YAML(typ="safe", pure=False).parse(text))
    except YAMLError as error:
        return error
    return None


def _report_syntax(error: Any, lines: list[str], label: str, diagnostics: Diagnostics, *, personal: bool) -> None:
    mark = getattr(error, "problem_mark", None)
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    explained = explain(error, line, mark.column if mark is not None else 0)
    start = getattr(error, "context_mark", None)
    if explained.at_start and start is not None:
        mark = start
        line = lines[mark.line] if mark.line < len(lines) else ""
    location = Location(label, mark.line + 1, mark.column + 1) if mark is not None else Location(label)
    # A broken file has no paths to tell credentials and people by.
    shown = "" if personal and _may_be_private(lines, location.line) else line
    diagnostics.error(explained.message, location, source_line=shown, hint=explained.hint)


_PRIVATE_BLOCK = re.compile(r"""["']?\b(?:secrets|rows|release|ledger|base_url)\b["']?\s*:""")


def _may_be_private(lines: list[str], number: int) -> bool:
    """Whether a line of a broken file stands in a block that may hold credentials or people."""
    if not 0 < number <= len(lines):
        return False
    line = lines[number - 1]
    if _PRIVATE_BLOCK.search(line):
        return True
    indent = len(line) - len(line.lstrip())
    for above in reversed(lines[: number - 1]):
        depth = len(above) - len(above.lstrip())
        if not above.strip() or depth > indent or (depth == indent and not line.lstrip().startswith("-")):
            continue
        if _PRIVATE_BLOCK.search(above):
            return True
        indent = min(indent, depth)
        if indent == 0:
            return False
    return False


def _masked(lines: list[str], tree: Tree) -> list[str]:
    """Return the lines with everything that is withheld turned into dots, character by character."""
    shown = list(lines)
    for at in tree.withheld_at:
        last = min(at.end_line or at.value.line, len(shown))
        for number in range(at.value.line, last + 1):
            line = shown[number - 1]
            start = at.value.column - 1 if number == at.value.line else 0
            end = at.end_column - 1 if number == at.end_line else len(line)
            shown[number - 1] = f"{line[:start]}{'•' * (end - start)}{line[end:]}"
    return shown
