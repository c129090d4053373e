import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.remote.paths import MISSING, as_count, as_list, as_text, find, is_blank

BODY = {"r": 0, "data": {"rows": [{"id": "7"}, {"id": 8}]}, "keyed": {"0": {"id": 1}, "1": {"id": 2}}, "none": None}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", BODY),
        ("r", 0),
        ("data.rows.1.id", 8),
        ("data.rows.2.id", MISSING),
        ("data.rows.-1", MISSING),
        ("data.rows.x", MISSING),
        ("keyed.1.id", 2),
        ("none", None),
        ("none.deeper", MISSING),
        ("r.deeper", MISSING),
        ("absent | data.rows.0.id", "7"),
        ("none | r", None),
        ("absent | also.absent", MISSING),
        ("data.rows." + "9" * 5000, MISSING),
    ],
)
def test_a_path_finds_what_is_there_and_nothing_else(path: str, expected: object) -> None:
    assert find(BODY, path) == expected


def test_null_is_not_missing() -> None:
    assert find({"a": None}, "a") is None
    assert find({}, "a") is MISSING


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (None, ""),
        (MISSING, ""),
        (201, "201"),
        (201.0, "201"),
        (0.05, "0.05"),
        ("007", "007"),
        (1e300, "1e+300"),
        ([1, "a"], '[1,"a"]'),
        ({}, "{}"),
    ],
)
def test_values_compare_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_only_absent_null_and_blanks_are_blank() -> None:
    assert all(is_blank(value) for value in (MISSING, None, "", " \t"))
    assert not any(is_blank(value) for value in (0, False, [], "0"))


@given(st.lists(st.integers(), min_size=1, max_size=30), st.sampled_from([0, 1]))
@settings(max_examples=50)
def test_an_object_keyed_by_places_is_a_list_in_their_order(values: list[int], first: int) -> None:
    keyed = {str(first + place): value for place, value in reversed(list(enumerate(values)))}
    assert as_list(keyed) == values


@pytest.mark.parametrize(
    "value", [{}, {"441": 1}, {"0": 1, "2": 2}, {"0": 1, "a": 2}, {"0": 1, "00": 2}, "ab", None, 3]
)
def test_what_is_no_list_is_not_taken_for_one(value: object) -> None:
    assert as_list(value) is None


@pytest.mark.parametrize(
    ("value", "count"), [("2", 2), (" 2 ", 2), (2, 2), (2.0, 2), (" ", None), (None, None), ("-1", None), ("٣", None)]
)
def test_counts_may_be_text(value: object, count: int | None) -> None:
    assert as_count(value) == count
