"""Where the values of a YAML file stand, worked out when somebody asks.

A manifest of ten thousand lines has twenty thousand places, of which a run without mistakes looks at one for each
campaign or list. So while reading only the four numbers of each are kept.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from syncengine.diagnostics import Location

Path = tuple[str | int, ...]
# Line and column of the first character and of the one after the last, from 0.
Extent = tuple[int, int, int, int]


class Position(NamedTuple):
    """Where one value stands, and its key if it has one. Widths are in characters on the first line."""

    key: Location | None
    value: Location
    width: int
    key_width: int = 1
    # Last line of the value.
    end_line: int = 0
    end_column: int = 0


class Positions(Mapping[Path, Position]):
    """Path -> position, for every value of a file."""

    __slots__ = ("_extents", "_label")

    def __init__(self, label: str, extents: Mapping[Path, tuple[Extent | None, Extent]]) -> None:
        self._label = label
        self._extents = extents

    def __getitem__(self, path: Path) -> Position:
        key, value = self._extents[path]
        return position(self._label, key, value)

    def get(self, path: Path, default: Any = None) -> Any:
        """Return a position; what stands nowhere is asked for often, and is no exception."""
        found = self._extents.get(path)
        return default if found is None else position(self._label, *found)

    def __contains__(self, path: object) -> bool:
        return path in self._extents

    def __iter__(self) -> Iterator[Path]:
        return iter(self._extents)

    def __len__(self) -> int:
        return len(self._extents)


def position(label: str, key: Extent | None, value: Extent) -> Position:
    """Return a position from the extents of a value and of its key."""
    at = location(label, value)
    if key is None:
        return Position(None, at, width(value), 1, value[2] + 1, value[3] + 1)
    return Position(location(label, key), at, width(value), width(key), value[2] + 1, value[3] + 1)


def location(label: str, extent: Extent) -> Location:
    """Return where something begins, counted from 1."""
    return Location(label, extent[0] + 1, extent[1] + 1)


def width(extent: Extent) -> int:
    """Return how much of its first line something takes; 1 where it goes on in the next."""
    line, column, end_line, end_column = extent
    return max(1, end_column - column) if end_line == line else 1
