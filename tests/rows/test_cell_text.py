import datetime as dt

import pytest

from syncengine.rows.cell_text import text_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("007", "007"),
        (573001234567, "573001234567"),
        (573001234567.0, "573001234567"),
        (0.5, "0.5"),
        (1e15, "1000000000000000.0"),
        (1e22, "1e+22"),
        (True, "true"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.datetime.fromisoformat("2026-01-02"), "2026-01-02"),
        (dt.datetime.fromisoformat("2026-01-02 03:04:05"), "2026-01-02 03:04:05"),
        (dt.time(3, 4), "03:04:00"),
        (["x"], None),
        ({}, None),
    ],
)
def test_a_cell_is_the_text_a_person_would_have_written(value, text):
    assert text_of(value) == text
