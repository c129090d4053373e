"""Trees: objects and lists around leaves, directives, and what is left out."""

from typing import Any

from syncengine.config.template_rules import Finding, Names
from syncengine.config.templates import program
from syncengine.config.trees import Path, TreeReader

OUTSIDE = Names({"campaign": frozenset({"id"})})
INSIDE = Names({"campaign": frozenset({"id"}), "record": None, "row": frozenset({"phone"})}, frozenset({"record"}))


def reader(*, rows: bool = True) -> tuple[TreeReader, list[tuple[Path, Finding]]]:
    found: list[tuple[Path, Finding]] = []
    return TreeReader(OUTSIDE, INSIDE if rows else None, lambda path, finding: found.append((path, finding))), found


def value_of(tree: object, **scope: Any) -> object:
    reading, found = reader()
    expression = reading.value(tree, ())
    assert found == []
    return program(expression, reading.loops)({"campaign": {"id": "7"}, "rows": [], **scope})


def refusals(tree: object, *, rows: bool = True) -> list[tuple[Path, str]]:
    reading, found = reader(rows=rows)
    reading.value(tree, ())
    return [(path, finding.message) for path, finding in found]


ROWS = [
    {"row": {"phone": "+1"}, "record": {"a": 1}},
    {"row": {"phone": "+2"}, "record": {}},
]


def test_a_tree_keeps_its_shape_and_its_constants() -> None:
    tree = {"id": "{{ campaign.id }}", "n": 5, "t": True, "z": None, "l": ["x{{ campaign.id }}", [1.5]], "e": {}}
    assert value_of(tree) == {"id": "7", "n": 5, "t": True, "z": None, "l": ["x7", [1.5]], "e": {}}


def test_each_makes_one_element_for_each_row() -> None:
    tree = {"c": "{{ campaign.id }}", "rows": {"$each": {"p": "{{ row.phone }}", "c": "{{ campaign.id }}"}}}
    assert value_of(tree, rows=ROWS) == {"c": "7", "rows": [{"p": "+1", "c": "7"}, {"p": "+2", "c": "7"}]}
    assert value_of({"$each": "{{ record }}"}, rows=ROWS) == [{"a": 1}, {}]
    assert value_of({"$each": "{{ record }}"}) == []


def test_two_loops_do_not_mix() -> None:
    assert value_of([{"$each": "{{ row.phone }}"}, {"$each": "x"}], rows=ROWS) == [["+1", "+2"], ["x", "x"]]


def test_omitted_leaves_are_left_out_of_objects_lists_and_loops() -> None:
    assert value_of({"$each": {"a": "{{ record.a | omit_empty }}", "b": "b"}}, rows=ROWS) == [
        {"a": 1, "b": "b"},
        {"b": "b"},
    ]
    assert value_of({"$each": "{{ record.a | omit_empty }}"}, rows=ROWS) == [1]
    assert value_of(["{{ campaign.id | omit_empty }}", "b"], campaign={}) == ["b"]
    conditional = "{{ (campaign.id | omit_empty) if campaign.id != '7' else 'seven' }}"
    assert value_of({"a": conditional}, campaign={}) == {}
    assert value_of({"a": conditional}) == {"a": "seven"}


def test_json_in_a_text_is_text_and_is_left_out_with_its_content() -> None:
    tree = {"$each": {"data": {"$json": {"x": "{{ record.a }}"}}}}
    assert value_of(tree, rows=ROWS) == [{"data": '{"x":1}'}, {"data": '{"x":""}'}]
    assert value_of({"$each": {"data": {"$json": "{{ record.a | omit_empty }}"}}}, rows=ROWS) == [{"data": "1"}, {}]


def test_misuse_of_directives_is_refused_at_its_place() -> None:
    assert refusals({"a": {"$eech": "x"}}) == [(("a", "$eech"), "there is no directive $eech")]
    assert refusals({"$each": "x", "b": "y"})[0][1] == "$each stands alone in its object"
    assert "no second loop" in refusals({"$each": {"x": {"$each": "y"}}})[0][1]
    assert "not about rows" in refusals({"$each": "x"}, rows=False)[0][1]


def test_rows_are_read_inside_of_each_only() -> None:
    assert refusals({"p": "{{ row.phone }}"}) == [(("p",), "there is no row here")]


def test_keys_are_no_templates() -> None:
    assert refusals({"{{ campaign.id }}": "x"})[0][1] == "keys are no templates; only values are"


def test_a_tree_without_end_is_refused() -> None:
    tree: Any = "x"
    for _ in range(100):
        tree = [tree]
    assert "too deeply" in refusals(tree)[0][1]


def test_the_settings_that_a_tree_reads_are_known() -> None:
    reading = TreeReader(Names({"settings": frozenset({"a", "b", "c"})}), None, lambda _path, _finding: None)
    reading.value(["{{ settings.a }}", "x{{ settings['b'] | upper }}", "{{ 1 if settings.c else 2 }}"], ())
    assert reading.settings == {"a", "b", "c"}
