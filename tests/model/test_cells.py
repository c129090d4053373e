import pytest

from syncengine.model.cells import inert


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1+1", "-12", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "+44-7840", "=cmd|' /C calc'!A0"]
)
def test_what_a_spreadsheet_would_compute_is_quoted(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["+447840258823", "447840258823", "+57 300", "Ana", "", "a=b", "a-b", "a; b"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


def test_a_cell_that_begins_inside_of_another_for_a_foreign_separator_is_quoted_too() -> None:
    assert inert("Ana;=HYPERLINK(A1)") == "Ana;'=HYPERLINK(A1)"
    assert inert("Ana\t@x") == "Ana\t'@x"
