"""The YAML parser's complaints in words that help whoever wrote the file."""

from typing import Any, NamedTuple


class Explained(NamedTuple):
    """A syntax mistake. ``at_start`` tells to show where the broken construct begins, not where the parser gave up."""

    message: str
    hint: str
    at_start: bool = False


_KNOWN: tuple[tuple[str, Explained], ...] = (
    (
        "while scanning a quoted scalar found unexpected end of stream",
        Explained("this quote is never closed", "Close it, or double a quote that belongs to the text.", at_start=True),
    ),
    (
        "found unexpected document indicator",
        Explained("this quote is never closed", "Close it before the line that begins with --- or ...", at_start=True),
    ),
    (
        "mapping values are not allowed in this context",
        Explained(
            'a ":" cannot stand here',
            'If the text holds ": ", put it in quotes. Otherwise check the indentation, here and in the line before.',
        ),
    ),
    (
        "found unexpected ':'",
        Explained('text with a ":" must be quoted inside { } and [ ]', "Put the whole text in quotes.", at_start=True),
    ),
    (
        "did not find expected ',' or ']'",
        Explained(
            'this list is not closed with "]"', "Add the bracket, or the comma between two items.", at_start=True
        ),
    ),
    (
        "did not find expected ',' or '}'",
        Explained(
            'this mapping is not closed with "}"', "Add the brace, or the comma between two keys.", at_start=True
        ),
    ),
    (
        "did not find expected key",
        Explained("this does not fit the lines before", "Give keys of one mapping the same indentation."),
    ),
    (
        "did not find expected '-' indicator",
        Explained('an item of a list begins with "- "', "Give the items of one list the same indentation and a dash."),
    ),
    (
        "could not find expected ':'",
        Explained('a key without a ":"', 'Write "key: value", with a space after the colon.', at_start=True),
    ),
    (
        "did not find expected node content",
        Explained("a value is missing here", "Write the value, or close the bracket or brace before it."),
    ),
    (
        "did not find expected <document start>",
        Explained("this does not belong to what stands before", "Begin the first key in the first column."),
    ),
    (
        "found unknown escape character",
        Explained('an unknown escape after "\\"', "Use single quotes, or write the backslash twice."),
    ),
    (
        "found a tab character",
        Explained("a tab cannot indent a line", "Use spaces."),
    ),
    (
        "block sequence entries are not allowed in this context",
        Explained('a list item "- " cannot stand here', "Begin the list in the line after its key."),
    ),
    (
        "found undefined tag handle",
        Explained("tags are not read", "Put a text that begins with ! in quotes."),
    ),
    (
        "found incompatible YAML document",
        Explained("only YAML 1.x is read", "Remove the %YAML line."),
    ),
)


def explain(error: Any, line: str, column: int) -> Explained:
    """Return what to say about a parser's error at a column (from 0) of a line."""
    problem = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
    context = str(getattr(error, "context", "") or "")
    if "cannot start any token" in problem:
        return _cannot_start(line[column : column + 1])
    said = f"{context} {problem}"
    for words, explained in _KNOWN:
        if words in said:
            return explained
    return Explained(f"this is not YAML: {said.strip()}", "Check the quotes and the indentation around this place.")


def _cannot_start(character: str) -> Explained:
    if character == "\t":
        return Explained("a tab cannot indent a line", "Use spaces.")
    return Explained(f'a text cannot begin with "{character}" without quotes', "Put the whole text in quotes.")
