from ruamel.yaml import YAML

from syncengine.config.yaml_builder import Tree
from syncengine.config.yaml_places import Positions


def tree(text: str) -> Tree:
    built = Tree("f", lambda path, _text: path[-1:] == ("secret",))
    built.fill(YAML(typ="safe", pure=False).parse(text))
    return built


def test_positions_of_every_key_and_value_are_kept() -> None:
    built = tree("a: [1, {b: c}]\n")
    assert set(Positions("f", built.extents)) == {(), ("a",), ("a", 0), ("a", 1), ("a", 1, "b")}
    position = Positions("f", built.extents)["a", 1, "b"]
    assert position.key is not None
    assert (position.key.column, position.value.column, position.width) == (9, 12, 1)


def test_below_a_refused_key_nothing_counts_but_mistakes_and_what_is_withheld() -> None:
    built = tree("a: {x: 1}\na: {y: 007, secret: s}\n")
    assert built.data == {"a": {"x": 1}}
    assert ("a", "y") not in Positions("f", built.extents)
    assert len(built.mistakes) == 2
    assert [place.value.column for place in built.withheld_at] == [21]


def test_text_in_quotes_or_in_a_block_stays_text() -> None:
    assert tree("a: '1'\nb: |\n  2\nc: >-\n  true\nd: \"\"\n").data == {"a": "1", "b": "2\n", "c": "true", "d": ""}
