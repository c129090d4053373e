"""YAML events into plain data, positions and mistakes.

One pass without recursion, so that a hostile file meets a limit and not the interpreter's stack. Mistakes are kept and
handed over at the end, because only then is it known which parts of a line must not be shown.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import events as yaml

from syncengine.config.scalars import MAYBE_NOT_TEXT, is_ambiguous, resolve
from syncengine.config.yaml_places import Extent, Path, Position, location, position, width
from syncengine.diagnostics import Location
from syncengine.model.phone import mask_numbers_in

# Whether the text at a path is nobody's business: a credential or a person.
Withhold = Callable[[Path, str], bool]

MAX_DEPTH = 40
MAX_NODES = 100_000
# More than anybody reads; a file of nothing else would fill the screen for minutes.
MAX_MISTAKES = 100
# An escape in double quotes can write what may not stand in the file itself, and end a text for whoever reads it in C.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with the YAML itself."""

    message: str
    location: Location
    width: int = 1
    expected: str = ""
    hint: str = ""
    # Nothing after it can be trusted.
    fatal: bool = False


class _Stop(Exception):  # noqa: N818 - it ends the walk and never leaves this module
    """The walk cannot go on."""


@dataclass(slots=True)
class _Frame:
    container: dict[str, Any] | list[Any]
    path: Path
    # For a mapping whose key was read and whose value comes next: the key and where it stands.
    key: str | None = None
    key_at: Extent | None = None
    # The value of a key that was refused is read, checked and dropped.
    dropped: bool = False
    # All of it stands below a refused key.
    ghost: bool = False
    count: int = 0


@dataclass(slots=True)
class Tree:
    """What a file holds."""

    label: str
    withhold: Withhold
    data: Any = None
    # Of each value, its key's if it has one, and its own.
    extents: dict[Path, tuple[Extent | None, Extent]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    withheld: set[Path] = field(default_factory=set)
    # Where withheld texts stand, those below refused keys too.
    withheld_at: list[Position] = field(default_factory=list)
    documents: int = 0
    nodes: int = 0
    _stack: list[_Frame] = field(default_factory=list)

    def fill(self, events: Iterable[Any]) -> None:
        """Walk the events of one file."""
        try:
            for event in events:
                if type(event) is yaml.ScalarEvent:
                    self._scalar(event)
                else:
                    self._take(event)
        except _Stop:
            return

    def _take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.MappingStartEvent:
            self._open(event, {})
        elif kind is yaml.SequenceStartEvent:
            self._open(event, [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._stack.pop()
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self._document(event)

    # ------------------------------------------------------------------------------------------------- events

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._mistake(
                "a second YAML document begins here", event, hint="Keep one document per file; remove the line ---."
            )
            raise _Stop

    def _scalar(self, event: Any) -> None:
        self._check_node(event)
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and type(frame.container) is dict:
            self._key(frame, event)
            return
        text: str = event.value
        path, extent = self._place(event)
        hidden = self.withhold(path, text)
        if hidden:
            self.withheld.add(path)
            self.withheld_at.append(self._position(extent))
        value: Any = text
        # Most texts tell by their first character that they are no number and no word of YAML.
        if event.style == "" and event.ctag is None and (not text or text[0] in MAYBE_NOT_TEXT):
            if is_ambiguous(text):
                self._ambiguous(text, event, hidden=hidden)
            else:
                value = resolve(text)
        self._put(value)

    def _key(self, frame: _Frame, event: Any) -> None:
        key: str = event.value
        if key == "<<" and event.style == "":
            self._mistake(
                "merge keys (<<) are not read",
                event,
                expected="every key written out",
                hint="Copy the keys here, so that a reader of the file sees what applies.",
            )
        frame.dropped = key in frame.container
        if frame.dropped:
            first, _ = self.extents.get((*frame.path, key), (None, None))
            line = f"; the first one is in line {first[0] + 1}" if first is not None else ""
            self._mistake(
                f'"{key}" is written twice{line}',
                event,
                expected="each key once",
                hint="Remove one of the two, or join them.",
            )
        frame.key = key
        frame.key_at = _extent(event)

    def _open(self, event: Any, container: dict[str, Any] | list[Any]) -> None:
        frame = self._stack[-1] if self._stack else None
        if frame is not None and type(frame.container) is dict and frame.key is None:
            self._mistake(
                "a mapping or a list cannot be a key",
                event,
                expected="text as the key",
                hint='If this is a template, put the whole value in quotes: "{{ … }}".',
                fatal=True,
            )
            raise _Stop
        self._check_node(event)
        if len(self._stack) >= MAX_DEPTH:
            self._mistake(f"more than {MAX_DEPTH} levels inside each other", event, fatal=True)
            raise _Stop
        path, _ = self._place(event)
        ghost = frame is not None and (frame.ghost or frame.dropped)
        self._put(container)
        self._stack.append(_Frame(container, path, ghost=ghost))

    def _alias(self, event: Any) -> None:
        self._mistake(
            f"*{event.anchor}: aliases are not read",
            event,
            expected="the value written out",
            hint="Write the value again here. A * at the start of a text must be in quotes.",
            fatal=True,
        )
        raise _Stop

    # ------------------------------------------------------------------------------------------------ placing

    def _place(self, event: Any) -> tuple[Path, Extent]:
        """Return the path and the extent of the value that begins here, and remember them if it counts."""
        extent = _extent(event)
        if not self._stack:
            self.extents[()] = (None, extent)
            return (), extent
        frame = self._stack[-1]
        path: Path = (*frame.path, frame.count if frame.key is None else frame.key)
        if not (frame.ghost or frame.dropped):
            self.extents[path] = (frame.key_at, extent)
        return path, extent

    def _position(self, extent: Extent) -> Position:
        return position(self.label, self._stack[-1].key_at if self._stack else None, extent)

    def _put(self, value: Any) -> None:
        if not self._stack:
            self.data = value
            return
        frame = self._stack[-1]
        if isinstance(frame.container, list):
            frame.container.append(value)
            frame.count += 1
            return
        assert frame.key is not None
        if frame.dropped:
            frame.dropped = False
        else:
            frame.container[frame.key] = value
        frame.key = frame.key_at = None

    # ---------------------------------------------------------------------------------------------- mistakes

    def _check_node(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._mistake(
                f"more than {MAX_NODES:,} values in one file",
                event,
                hint="Keep rows in a data file and name it under source.",
                fatal=True,
            )
            raise _Stop
        if event.anchor is not None:
            self._mistake(
                f"&{event.anchor}: anchors are not read",
                event,
                expected="the value written out where it is needed",
                hint="Remove the anchor. An & at the start of a text must be in quotes.",
            )
        if event.ctag is not None:
            self._mistake(
                f"{str(event.ctag).replace('tag:yaml.org,2002:', '!!')}: tags are not read",
                event,
                expected="a plain value",
                hint="Remove the tag; put the value in quotes to make it text. A ! at the start of a text, too.",
            )
        if type(event) is yaml.ScalarEvent and (found := CONTROLS.search(event.value)) is not None:
            self._mistake(
                f"the control character U+{ord(found.group()):04X} cannot stand in a text, written as an escape either",
                event,
                hint="Remove it.",
            )

    def _ambiguous(self, text: str, event: Any, *, hidden: bool) -> None:
        shown = "…" if hidden else mask_numbers_in(text)
        plain = text.replace("_", "").lstrip("+")
        or_number = (
            f" Write {plain.lstrip('0') or '0'} if a number is meant." if plain.isdigit() and len(plain) < 7 else ""
        )
        self._mistake(
            "a number without quotes" if hidden else f"{shown} without quotes is read as a number",
            event,
            expected="text in quotes: a number would lose its plus, its zeros or its form",
            hint=f'Write "{shown}" in quotes.{"" if hidden else or_number}',
        )

    def _mistake(self, message: str, event: Any, *, expected: str = "", hint: str = "", fatal: bool = False) -> None:
        extent = _extent(event)
        at = location(self.label, extent)
        self.mistakes.append(Mistake(message, at, width(extent), expected, hint, fatal))
        if len(self.mistakes) >= MAX_MISTAKES:
            last = f"{MAX_MISTAKES} mistakes so far; the rest of the file was not read"
            self.mistakes.append(Mistake(last, at, fatal=True))
            raise _Stop


def _extent(event: Any) -> Extent:
    start, end = event.start_mark, event.end_mark
    return start.line, start.column, end.line, end.column
