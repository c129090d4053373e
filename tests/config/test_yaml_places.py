from syncengine.config.yaml_places import Position, Positions, position
from syncengine.diagnostics import Location


def test_a_place_is_counted_from_one_and_wide_as_its_first_line() -> None:
    places = Positions(
        "f", {(): (None, (0, 0, 3, 0)), ("a",): ((0, 0, 0, 1), (0, 3, 0, 9)), ("a", 0): (None, (1, 4, 1, 4))}
    )
    assert places[("a",)] == Position(Location("f", 1, 1), Location("f", 1, 4), 6, 1, 1, 10)
    assert places["a", 0].width == 1
    assert places[()].width == 1
    assert places[()].end_line == 4
    assert places.get(("b",)) is None
    assert ("a", 0) in places
    assert list(places) == [(), ("a",), ("a", 0)]
    assert len(places) == 3


def test_a_key_has_a_width_of_its_own() -> None:
    assert position("f", (4, 2, 4, 12), (5, 4, 7, 1)) == Position(Location("f", 5, 3), Location("f", 6, 5), 1, 10, 8, 2)
