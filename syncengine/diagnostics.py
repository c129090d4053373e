"""What is wrong in people's files, and where: collected, never raised one by one.

Whoever reads a file appends to a :class:`Diagnostics`; only the orchestration decides to stop. So one run reports
every mistake of every file. This module imports nothing of ours.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]

# A line of a hostile file may be megabytes long; of it only the surroundings of the mistake are shown.
MAX_SHOWN = 200
_MAX_WORDS = 1_000


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file. Lines and columns count from 1; 0 means "the file as a whole"."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: what is wrong, where, what was expected, what to do."""

    severity: Severity
    message: str
    location: Location | None = None
    # The line of the file as it stands, without its line end; empty where there is none to show.
    source_line: str = ""
    # How many characters from the column are meant; at least 1.
    width: int = 1
    expected: str = ""
    hint: str = ""

    def render(self) -> str:
        """Return the message with the line it is about and a caret under the place."""
        place = f"{self.location}: " if self.location else ""
        lines = [f"{_visible(place)}{self.severity}: {_visible(_short(self.message))}"]
        if self.location and self.location.line and self.source_line:
            number = str(self.location.line)
            gutter = " " * len(number)
            # One sign for one character, so that the caret stays where it belongs.
            shown, before = _surroundings("".join(map(_one_sign, self.source_line)), max(self.location.column, 1) - 1)
            # Tabs stay tabs, so that the caret stands where a terminal shows the character.
            lead = "".join("\t" if c == "\t" else " " for c in before)
            carets = "^" * max(1, min(self.width, len(shown) - len(before)))
            lines += [f"  {number} | {shown}", f"  {gutter} | {lead}{carets}"]
        if self.expected:
            lines.append(f"    expected: {_visible(_short(self.expected))}")
        if self.hint:
            lines.append(f"    hint: {_visible(_short(self.hint))}")
        return "\n".join(lines)


def _surroundings(line: str, at: int) -> tuple[str, str]:
    """Return what is shown of a line, and the part of that which stands before a place."""
    if len(line) <= MAX_SHOWN:
        return line, line[:at]
    start = max(0, min(at - MAX_SHOWN // 2, len(line) - MAX_SHOWN))
    lead, end = "…" if start else "", start + MAX_SHOWN
    return f"{lead}{line[start:end]}{'…' if end < len(line) else ''}", lead + line[start:at]


def _visible(words: str) -> str:
    """Return words whose control, direction and line characters are shown and not obeyed."""
    if words.isprintable():
        return words
    return "".join(f"\\u{ord(c):04x}" if _rearranges(c) else c for c in words)


def _one_sign(character: str) -> str:
    return "\ufffd" if character != "\t" and _rearranges(character) else character


def _rearranges(character: str) -> bool:
    # Blanks of all widths rearrange nothing; line and paragraph separators do.
    return not character.isprintable() and unicodedata.category(character) != "Zs"


def _short(words: str) -> str:
    return words if len(words) <= _MAX_WORDS else f"{words[:_MAX_WORDS]}…"


@dataclass(slots=True)
class Diagnostics:
    """An append-only list of mistakes."""

    items: list[Diagnostic] = field(default_factory=list)

    def add(self, diagnostic: Diagnostic) -> None:
        """Append one mistake."""
        self.items.append(diagnostic)

    def error(
        self,
        message: str,
        location: Location | None = None,
        *,
        source_line: str = "",
        width: int = 1,
        expected: str = "",
        hint: str = "",
    ) -> None:
        """Append one error."""
        self.add(Diagnostic("error", message, location, source_line, width, expected, hint))

    def warning(self, message: str, location: Location | None = None, *, hint: str = "") -> None:
        """Append one warning: the run goes on."""
        self.add(Diagnostic("warning", message, location, hint=hint))

    @property
    def failed(self) -> bool:
        """Whether any of the mistakes is an error."""
        return any(item.severity == "error" for item in self.items)

    def __iter__(self) -> Iterator[Diagnostic]:
        """Walk the mistakes in the order of their files and lines, those without a place last."""
        return iter(sorted(self.items, key=lambda d: (d.location is None, d.location or Location(""), d.message)))

    def __len__(self) -> int:
        return len(self.items)


def did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    """Return ``Did you mean "x"?`` for the nearest known word, or an empty text."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else ""
