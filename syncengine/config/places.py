"""Where in a file something is wrong: mistakes in templates and in what parts of a vendor file say about each other.

A template's own line numbers count from the start of its text, which in a block stands below the key; so the word that
is meant is looked for in the lines of the leaf, from the likely one on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from syncengine.config.document import Document
from syncengine.config.template_rules import Finding
from syncengine.diagnostics import Diagnostics, Location

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Complaints:
    """Takes what is wrong with one file, by the path of the value concerned."""

    document: Document
    diagnostics: Diagnostics

    def error(self, path: Path, message: str, *, expected: str = "", hint: str = "", key: bool = False) -> None:
        """Report an error at a value, or at its key."""
        location, line, width = self.document.locate(path, key=key)
        self.diagnostics.error(message, location, source_line=line, width=width, expected=expected, hint=hint)

    def finding(self, path: Path, finding: Finding) -> None:
        """Report what is wrong with a template, at the word that is meant."""
        location, line, width = self._place(path, finding)
        self.diagnostics.error(
            finding.message, location, source_line=line, width=width, expected=finding.expected, hint=finding.hint
        )

    def _place(self, path: Path, finding: Finding) -> tuple[Location, str, int]:
        location, line, width = self.document.locate(path)
        position = self.document.positions.get(path)
        if position is None or not finding.word:
            return location, line, width
        last = max(position.end_line, location.line)
        in_block = self.document.written(path)[:1] in {"|", ">"}
        likely = location.line + finding.line - (0 if in_block else 1)
        pattern = _whole_word(finding.word)
        for number in _from_likely(likely, location.line, last):
            text = self.document.lines[number - 1] if number <= len(self.document.lines) else ""
            found = pattern.search(text, location.column - 1 if number == location.line else 0)
            if found is not None:
                return Location(location.file, number, found.start() + 1), text, len(finding.word)
        return location, line, width


def _whole_word(word: str) -> re.Pattern[str]:
    before = r"(?<!\w)" if word[0].isalnum() else ""
    after = r"(?!\w)" if word[-1].isalnum() else ""
    return re.compile(before + re.escape(word) + after)


def _from_likely(likely: int, first: int, last: int) -> Iterator[int]:
    yield from range(max(likely, first), last + 1)
    yield from range(first, min(likely, last + 1))
