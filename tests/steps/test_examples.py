"""A wrong example is found, with the place where it stands."""

from collections.abc import Callable
from pathlib import Path

import pytest

from syncengine.config.vendor_files import load_vendor, shipped_vendors
from syncengine.diagnostics import Diagnostics
from syncengine.steps.examples import check_examples
from tests.config.vendor_samples import MAPPING, SPEC

EXAMPLES = """
examples:
  - operation: leads.add
    source: the page on adding
    scope:
      campaign: {id: "7"}
      rows:
        - {key: a, phone: "+573001234567", record: {mobile: "+573001234567"}}
    request: {method: POST}
"""


def _own(folder: Path, spec: str) -> Diagnostics:
    for kind, text in (("vendors", spec), ("mappings", MAPPING)):
        (folder / kind).mkdir()
        (folder / kind / "sample.yaml").write_text(text)
    diagnostics = Diagnostics()
    loaded = load_vendor("sample", diagnostics, vendors=[folder / "vendors"], mappings=[folder / "mappings"])
    assert loaded is not None, [item.render() for item in diagnostics]
    check_examples(loaded, diagnostics)
    return diagnostics


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str, str, str], Diagnostics]:
    """Copy a shipped vendor with one text replaced in its file, and execute its examples."""

    def copy(vendor: str, old: str, new: str) -> Diagnostics:
        root = Path(__file__).parents[2]
        for kind in ("vendors", "mappings"):
            (tmp_path / kind).mkdir()
            text = (root / kind / f"{vendor}.yaml").read_text(encoding="utf-8")
            head, sign, examples = text.partition("\nexamples:")
            if kind == "vendors":
                assert old in examples
                text = head + sign + examples.replace(old, new, 1)
            (tmp_path / kind / f"{vendor}.yaml").write_text(text, encoding="utf-8")
        diagnostics = Diagnostics()
        loaded = load_vendor(vendor, diagnostics, vendors=[tmp_path / "vendors"], mappings=[tmp_path / "mappings"])
        assert loaded is not None, [item.render() for item in diagnostics]
        assert check_examples(loaded, diagnostics) == len(loaded.examples)
        return diagnostics

    return copy


def _only(diagnostics: Diagnostics) -> str:
    assert len(diagnostics) == 1, [item.render() for item in diagnostics]
    return next(iter(diagnostics)).render()


@pytest.mark.parametrize("vendor", shipped_vendors())
def test_examples_are_counted_and_none_of_the_shipped_ones_differs(vendor: str) -> None:
    diagnostics = Diagnostics()
    loaded = load_vendor(vendor, diagnostics)
    assert loaded is not None
    assert check_examples(loaded, diagnostics) == len(loaded.examples) > 0
    assert not diagnostics.items


def test_a_field_that_comes_out_otherwise_is_shown_at_its_own_line(copied) -> None:
    shown = _only(
        copied("comunik8", "        subtype: valeter\n        delays", "        subtype: washer\n        delays")
    )
    assert "leads.add: the request's json.subtype is valeter" in shown
    assert "expected: washer" in shown
    assert "vendors/comunik8.yaml:" in shown
    assert "subtype: washer" in shown


def test_a_field_too_many_is_a_difference(copied) -> None:
    shown = _only(copied("comunik8", "        subtype: valeter\n        delays: 600\n", "        subtype: valeter\n"))
    assert "the request's json is" in shown


def test_a_number_is_not_the_text_of_it(copied) -> None:
    assert "json.delays is 600" in _only(copied("comunik8", "        delays: 600\n", '        delays: "600"\n'))


def test_a_wrong_path_or_method_is_a_difference(copied) -> None:
    assert "the request's method is POST" in _only(copied("comunik8", "method: POST", "method: PUT"))


def test_an_answer_that_is_judged_otherwise_names_the_class_that_took_it(copied) -> None:
    shown = _only(copied("comunik8", "outcome: already_present", "outcome: applied"))
    assert "already_present" in shown
    assert "the vendor has this lead already" in shown
    assert "expected: applied" in shown


def test_a_message_that_nobody_would_be_shown_is_a_difference(copied) -> None:
    shown = _only(copied("comunik8", "    message: Existing Contact\n", "    message: Another Contact\n"))
    assert "the message is Existing Contact" in shown


def test_rows_and_records_and_ids_are_compared(copied) -> None:
    assert "the rows are judged as" in _only(copied("thulium", "b: unknown", "b: applied"))


def test_the_number_of_records_is_compared(copied) -> None:
    assert "the number of records is" in _only(copied("wolkvox", "    records: 2\n", "    records: 3\n"))


def test_the_new_id_is_compared(copied) -> None:
    assert "the new id is" in _only(copied("wolkvox", '\n    id: "', '\n    id: "9'))


def test_a_part_of_a_multipart_body_is_compared(copied) -> None:
    assert "the request's parts." in _only(
        copied("stringee", "      parts: {campaign: CATJVSM9}", "      parts: {campaign: OTHER}")
    )


def test_no_number_of_an_example_is_shown_whole(copied) -> None:
    shown = _only(copied("comunik8", 'json: {mobile: "07840258823"', 'json: {mobile: "07840258824"'))
    assert "07840258823" not in shown
    assert "07840258824" not in shown


def test_an_example_of_a_vendor_of_ones_own_is_executed(tmp_path: Path) -> None:
    assert "examples:" not in SPEC
    diagnostics = _own(tmp_path, SPEC + EXAMPLES.replace("method: POST", "method: GET"))
    assert any("the request's method is" in item.message for item in diagnostics)
