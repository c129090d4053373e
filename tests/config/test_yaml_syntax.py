from types import SimpleNamespace

import pytest

from syncengine.config.document import parse_document
from syncengine.config.yaml_syntax import explain
from syncengine.diagnostics import Diagnostics


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 'x\n", "f:1:4: this quote is never closed"),
        ("a: [1\nb: 2\n", 'f:1:4: this list is not closed with "]"'),
        ("a: {b: 1\nc\n", 'f:1:4: this mapping is not closed with "}"'),
        ("a:\n\tb: 1\n", "f:2:1: a tab cannot indent a line"),
        ("@x: 1\n", 'f:1:1: a text cannot begin with "@" without quotes'),
        ("a: b: c\n", 'f:1:5: a ":" cannot stand here'),
        ("a:\n  b: 1\n c: 2\n", "f:3:2: this does not fit the lines before"),
        (" a: 1\nb: 2\n", "f:2:1: this does not belong to what stands before"),
        ('a: "\\q"\n', 'f:1:5: an unknown escape after "\\"'),
        ("x: - a\n", 'f:1:4: a list item "- " cannot stand here'),
        ("- a\nb: 1\n", 'f:2:1: an item of a list begins with "- "'),
        ("a: {b: env:X}\n", 'f:1:8: text with a ":" must be quoted inside { } and [ ]'),
        ("a: !x!y z\n", "f:1:4: tags are not read"),
        ("%YAML 9.9\n---\na: 1\n", "f:1:1: only YAML 1.x is read"),
    ],
)
def test_a_syntax_mistake_is_said_in_plain_words(text: str, said: str) -> None:
    diagnostics = Diagnostics()
    assert parse_document(text.encode(), label="f", diagnostics=diagnostics) is None
    assert [f"{item.location}: {item.message}" for item in diagnostics] == [said]
    assert all(item.hint for item in diagnostics)


def test_an_unknown_complaint_is_passed_on() -> None:
    assert "something new" in explain(SimpleNamespace(problem="something new", context=None), "", 0).message
