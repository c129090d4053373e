"""Places of mistakes within leaves: plain, quoted, block, folded."""

import pytest

from syncengine.config.places import Complaints
from syncengine.config.template_rules import Finding
from syncengine.diagnostics import Diagnostics

from .vendor_samples import document


@pytest.mark.parametrize(
    ("text", "finding", "place"),
    [
        ("a: x {{ nam }}", Finding("m", 1, "nam"), "f:1:9"),
        ('a: "{{ name }}{{ nam }}"', Finding("m", 1, "nam"), "f:1:18"),
        ("a: |\n  one nam\n  two nam", Finding("m", 2, "nam"), "f:3:7"),
        ("a: |\n  one nam\n  two nam", Finding("m", 1, "nam"), "f:2:7"),
        ("a: >\n  one\n  two nam\nb: nam", Finding("m", 1, "nam"), "f:3:7"),
        ('a: "one\n  two nam"', Finding("m", 1, "nam"), "f:2:7"),
        ("a: x", Finding("m", 1, "elsewhere"), "f:1:4"),
        ("a: x", Finding("m", 9, ""), "f:1:4"),
        ("a: |\n  {% if x %}", Finding("m", 1, "{%"), "f:2:3"),
    ],
)
def test_the_word_that_is_meant_is_found(text: str, finding: Finding, place: str) -> None:
    diagnostics = Diagnostics()
    Complaints(document(text, "f"), diagnostics).finding(("a",), finding)
    (item,) = diagnostics
    assert str(item.location) == place
    assert item.source_line == text.splitlines()[item.location.line - 1 if item.location else 0]


def test_an_error_at_a_key_points_at_the_key() -> None:
    diagnostics = Diagnostics()
    Complaints(document("a:\n  bb: x", "f"), diagnostics).error(("a", "bb"), "m", expected="e", hint="h", key=True)
    (item,) = diagnostics
    assert (str(item.location), item.width, item.expected, item.hint) == ("f:2:3", 2, "e", "h")
