import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from syncengine.diagnostics import Diagnostics, Location
from syncengine.model.address import Address
from syncengine.model.plan import Level
from syncengine.views.as_json import as_bytes, as_text, diagnostics_json, jsonable, plan_json, report_json
from syncengine.views.wording import rearranges
from tests.views import plans


def test_a_plan_is_one_document_with_a_version_and_says_whether_it_may_be_applied():
    document = json.loads(as_text(plan_json(plans.stopped())))
    assert document["format_version"] == 1
    assert (document["applicable"], document["empty"]) == (False, False)
    assert document["levels"][0]["changes"][0]["address"] == "acme-co/contacts/spring"
    assert document["violations"][1]["location"] == "manifests/winter.yaml:7:11"


def test_an_empty_plan_says_that_it_is():
    assert plan_json(plans.plan())["empty"] is True


def test_a_report_says_whether_it_is_whole():
    assert report_json(plans.report(plans.change_report()))["complete"] is True
    assert report_json(plans.report(plans.change_report(), interrupted=True))["complete"] is False
    assert report_json(plans.report())["format_version"] == 1


def test_no_number_is_shown_whole_and_messages_that_become_alike_are_counted_together():
    naked = plans.row_change(sample=("+573001234567",))
    assert "3001234567" not in as_text(plan_json(plans.plan(Level("contact additions and updates", (naked,)))))
    messages = {"573001234567 is taken": 2, "573009994567 is taken": 3}
    document = report_json(plans.report(plans.change_report(outcomes={"rejected": 5}, messages=messages)))
    assert list(document["changes"][0]["messages"].values()) == [5]
    assert "3001234567" not in as_text(document)


def test_the_plan_itself_is_not_changed_by_being_shown():
    naked = plans.row_change(sample=("+573001234567",))
    shown = plans.plan(Level("contact additions and updates", (naked,)))
    plan_json(shown)
    assert shown.row_changes[0].sample == ("+573001234567",)


def test_malice_survives_as_data_and_not_as_bytes_of_the_terminal():
    for document in (plan_json(plans.hostile()), report_json(plans.hostile_report())):
        text = as_text(document)
        assert not any(rearranges(c) for c in text if c != "\n")
        assert json.loads(text) == document
        assert plans.HOSTILE in json.loads(text).values()


def test_letters_of_all_scripts_stay_readable():
    assert as_text({"name": "Ñandú 東京 👍"}) == '{\n  "name": "Ñandú 東京 👍"\n}'


def test_characters_beyond_sixteen_bits_are_escaped_as_json_wants_it():
    text = as_text(["\U000e0041", "\u2028", "\x9b"])
    assert json.loads(text) == ["\U000e0041", "\u2028", "\x9b"]
    assert text.isascii()


def test_what_the_quick_writer_cannot_say_is_said_as_ever():
    for document in ({"big": 2**70}, {1: "a key that is no text"}):
        assert as_text(document) == json.dumps(document, indent=2, ensure_ascii=False)
    assert json.loads(as_text(["\ud800"])) == ["\ud800"]
    assert as_text([date(2026, 3, 1), Decimal("1.50"), Address("a", "campaign", "b")]) == json.dumps(
        ["2026-03-01", "1.50", "a/campaign/b"], indent=2
    )


def test_without_layout_a_plan_is_the_same_values():
    plan = replace(plans.stopped(), notes=("ñ \u2028", "\x9b"))
    assert json.loads(as_bytes(plan)) == json.loads(json.dumps(jsonable(plan)))
    odd = {1: Address("a", "campaign", "b"), "big": 2**70, "at": frozenset({Location("f", 1, 2)})}
    assert json.loads(as_bytes(odd)) == {"1": "a/campaign/b", "big": 2**70, "at": ["f:1:2"]}
    with pytest.raises(TypeError):
        as_bytes(object())


def test_a_document_is_laid_out_as_the_standard_library_does_it():
    document = {
        "plan": plan_json(plans.stopped()),
        "empty": [{}, [], ()],
        "text": 'a"b\\c\n\t\x00ñ',
        "n": [1, -2.5, None, True],
    }
    assert as_text(document) == json.dumps(document, indent=2, ensure_ascii=False)


def test_values_of_the_model_become_plain_values():
    assert jsonable(Address("a", "campaign", "b")) == "a/campaign/b"
    assert jsonable(Location("f", 1, 2)) == "f:1:2"
    assert jsonable({1: (True, None, 0.5)}) == {"1": [True, None, 0.5]}
    assert jsonable(frozenset({"x"})) == ["x"]


def test_mistakes_of_files_come_in_the_order_of_their_lines():
    found = Diagnostics()
    found.error("late", Location("f", 9, 1))
    found.error("early", Location("f", 2, 1), expected="x", hint="y")
    assert [item["message"] for item in diagnostics_json(found)] == ["early", "late"]
    assert diagnostics_json(found)[0]["location"] == "f:2:1"
