"""Comments and empty lines of a YAML text: taken out before it is laid out anew, put back where they belong.

A round trip that carries comments along moves some of them into other blocks, or into texts of several lines. The
parser's events are the same before and after, so each comment is kept with the event that it stands before or beside.
One on a line of its own stands in the deepest block that begins at or left of its column, and is indented with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml import events as yaml

_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]*")
_TRAILING = re.compile(r"(?:\n[ \t]*)+\Z")
_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, or with an empty text an empty line."""

    text: str
    # Event before which it stands on lines of its own, or beside whose end it stands.
    event: int
    column: int
    beside: bool
    # On a line of its own: how many blocks it stands in.
    depth: int = 0
    # Beside a value: blanks between.
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Commented:
    """A text without its comments and empty lines, and those."""

    bare: str
    comments: tuple[Comment, ...]
    # Brackets that hold comments: numbers among all mappings and lists, in order.
    bracketed: frozenset[int]

    @property
    def texts(self) -> list[str]:
        """Return the comments, sorted."""
        return sorted(comment.text for comment in self.comments if comment.text)


@dataclass(frozen=True, slots=True)
class _Event:
    kind: type
    start: int
    end: int
    line: int
    end_line: int
    # Columns of the blocks around it: when what stands before it begins, and with itself.
    before: tuple[int, ...]
    after: tuple[int, ...]
    # Numbers of the brackets around it.
    brackets: tuple[int, ...]


def without_comments(text: str) -> Commented:
    """Take the comments and empty lines out of a sound YAML text."""
    events = _events(text)
    comments: list[Comment] = []
    bracketed: set[int] = set()
    parts, end = [], 0
    for number, event in enumerate(events):
        found = list(_in_gap(text, end, event.start, number, events))
        if any(comment.text for comment in found):
            bracketed.update(event.brackets)
        comments += found
        parts.append(_without(text[end : event.start]) if event.start > end else "")
        inside = text[max(end, event.start) : event.end]
        head, line_end, rest = inside.partition("\n")
        remark = _COMMENT.search(head, 1) if event.kind is yaml.ScalarEvent and head[:1] in {"|", ">"} else None
        if remark is not None:
            column = event.start + remark.start() - text.rfind("\n", 0, event.start) - 1
            gap = remark.start() - len(head[: remark.start()].rstrip())
            comments.append(Comment(remark.group().rstrip(), number, column, beside=True, gap=gap))
            inside = head[: remark.start()].rstrip() + line_end + rest
        parts.append(inside)
        end = max(end, event.end)
    return Commented("".join(parts).lstrip("\n"), tuple(comments), frozenset(bracketed))


def with_comments(text: str, commented: Commented) -> str:
    """Put comments and empty lines back into a text that has none and the same events."""
    events = _events(text)
    lines = text.rstrip("\n").split("\n")
    above: list[list[str]] = [[] for _ in range(len(lines) + 1)]
    beside: dict[int, Comment] = {}
    for comment in commented.comments:
        event = events[comment.event]
        if not comment.beside:
            place = min(event.line, len(lines))
            above[place].append(_indented(comment, event, lines[place] if place < len(lines) else ""))
            continue
        line = min(_last_line(events, comment.event), len(lines) - 1)
        if line in beside:
            above[line].append(comment.text)
        else:
            beside[line] = comment
    whole = _beside(lines, beside)
    made = [each for n, line in enumerate(whole) for each in (*_single_blanks(above[n]), line)]
    return "\n".join([*made, *_single_blanks(above[-1])]).strip("\n") + "\n"


def _last_line(events: list[_Event], number: int) -> int:
    """Return the line that the words of an event end in; a text of several lines has its comment in its first."""
    while events[number].kind in _ENDS and events[number].start == events[number].end:
        number -= 1
    event = events[number]
    return event.line if event.kind is yaml.ScalarEvent else event.end_line


def _beside(lines: list[str], beside: dict[int, Comment]) -> list[str]:
    """Return lines with their comments: in one column where neighbours had one, else as far off as they were."""
    made = list(lines)
    done = -1
    for first, comment in sorted(beside.items()):
        if first <= done:
            continue
        last = first
        while last + 1 in beside and beside[last + 1].column == comment.column:
            last += 1
        group, done = range(first, last + 1), last
        longest = max(len(lines[n]) for n in group) + 2
        column = max(longest, comment.column) if len(group) > 1 else len(lines[first]) + max(comment.gap, 2)
        for n in group:
            made[n] = f"{lines[n]:<{column}}{beside[n].text}"
    return made


def _events(text: str) -> list[_Event]:
    found: list[_Event] = []
    blocks: list[int] = []
    brackets: list[int] = []
    gap_blocks: tuple[int, ...] = ()
    end = collections = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        start = event.start_mark.index
        if start > end:
            gap_blocks = tuple(blocks)
        around = tuple(brackets)
        if isinstance(event, _STARTS):
            if event.flow_style:
                brackets.append(collections)
            else:
                blocks.append(event.start_mark.column)
            collections += 1
        elif isinstance(event, _ENDS):
            (brackets or blocks).pop()
        stop = _end_of(text, event)
        last = text.count("\n", start, stop) + event.start_mark.line
        found.append(_Event(type(event), start, stop, event.start_mark.line, last, gap_blocks, tuple(blocks), around))
        end = max(end, stop)
    return [_with_next(found, number) for number in range(len(found))]


def _with_next(events: list[_Event], number: int) -> _Event:
    """Return an event with the blocks that are open once all that begins and ends at its place has done so."""
    event, last = events[number], number
    while last + 1 < len(events) and events[last].end == event.start == events[last + 1].start:
        last += 1
    return _Event(
        event.kind, event.start, event.end, event.line, event.end_line, event.before, events[last].after, event.brackets
    )


def _end_of(text: str, event: Any) -> int:
    """Return where an event ends; empty lines after a text of several lines are its own only where it says so."""
    start, end = event.start_mark.index, event.end_mark.index
    if not isinstance(event, yaml.ScalarEvent) or event.style not in {"|", ">"}:
        return int(end)
    head = text[start:end].partition("\n")[0].partition("#")[0]
    if "+" in head:
        return int(end)
    return int(start) + len(_TRAILING.sub("", text[start:end]))


def _in_gap(text: str, start: int, end: int, number: int, events: list[_Event]) -> Iterator[Comment]:
    event = events[number]
    position = start
    for line in text[start:end].split("\n"):
        whole = position == 0 or text[position - 1] == "\n"
        found = _COMMENT.search(text, position, position + len(line))
        first = text.rfind("\n", 0, position) + 1
        if found is not None:
            alone = not text[first : found.start()].strip()
            column = found.start() - first
            remark = found.group().rstrip()
            if alone:
                yield Comment(remark, number, column, beside=False, depth=_depth(event, column))
            else:
                gap = column - len(text[first : found.start()].rstrip())
                yield Comment(remark, max(number - 1, 0), column, beside=True, gap=gap)
        elif whole and not line.strip() and position + len(line) < end:
            yield Comment("", number, 0, beside=False)
        position += len(line) + 1


def _without(gap: str) -> str:
    """Return what stands between two events without comments and empty lines."""
    lines = [_COMMENT.sub("", line).rstrip() if "#" in line else line for line in gap.split("\n")]
    kept = [line for n, line in enumerate(lines) if n in {0, len(lines) - 1} or line.strip()]
    return "\n".join(kept)


def _depth(event: _Event, column: int) -> int:
    """Return how many blocks a comment before an event stands in, at least so many as go on after it.

    A list may begin at the column of its key: a comment right there is about what comes next, one that is indented
    about the list.
    """
    columns = max(event.before, event.after, key=len)
    least = min(len(event.before), len(event.after))
    fitting = [start for start in columns if start <= column]
    if not fitting:
        return least
    nearest = max(fitting)
    if nearest < column:
        return max(least, len(columns) - columns[::-1].index(nearest))
    return max(least, columns.index(nearest) + 1)


def _indented(comment: Comment, event: _Event, line: str) -> str:
    if not comment.text:
        return ""
    columns = max(event.before, event.after, key=len)
    depth = min(comment.depth, len(columns))
    column = columns[depth - 1] if depth else 0
    if depth <= len(event.after):
        # A block may begin behind the dash of another one; above them both, a comment is indented as their line.
        column = min(column, len(line) - len(line.lstrip()))
    return " " * column + comment.text


def _single_blanks(lines: list[str]) -> Iterator[str]:
    """Walk lines with one empty one where there were several."""
    for before, line in pairwise(["x", *lines]):
        if line or before:
            yield line
