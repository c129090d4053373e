"""How many, as a sentence says it."""

from syncengine.model.counted import plural


def test_a_count_is_grouped_by_thousands_and_agrees_with_its_noun():
    assert plural(1, "row") == "1 row"
    assert plural(1_204, "row") == "1,204 rows"
    assert plural(0, "entry", "entries") == "0 entries"
