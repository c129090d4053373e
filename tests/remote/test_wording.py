from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.remote.wording import presentable


def test_control_characters_and_direction_marks_are_escaped() -> None:
    assert presentable("a\x1b[31mb\u202ec") == "a\\x1b[31mb\\u202ec"


def test_numbers_are_masked() -> None:
    shown = presentable("Number +57 300 123 45 67 exists")
    assert "3001234567" not in shown
    assert "123" not in shown
    assert "•" in shown


@given(st.text(max_size=2000))
@settings(max_examples=100)
def test_any_text_becomes_one_short_line(text: str) -> None:
    shown = presentable(text)
    assert len(shown) <= 200
    assert shown.isprintable() or shown == ""
