"""The modules and tests that are named exist, and what the tools tell is read rightly."""

import json
from pathlib import Path

import pytest

from tests.safety import covered, mutation
from tests.safety.configured import ROOT, modules, own_tests

SOURCE = """
def x_removals__mutmut_orig(found):
    limit = 3
    return limit


def x_removals__mutmut_1(found):
    limit = 4
    return limit


class Course:
    async def xǁCourseǁend__mutmut_orig(
        self, judgement
    ):
        say(
            judgement,
            self,
        )
        return judgement

    async def xǁCourseǁend__mutmut_2(
        self, judgement
    ):
        say(
            judgement,
            )
        return judgement
"""


def test_every_module_and_every_test_of_theirs_is_there() -> None:
    assert len(modules()) == 10
    assert [path for path in (*modules(), *own_tests()) if not (ROOT / path).is_file()] == []


def test_a_change_is_told_by_its_lines() -> None:
    assert mutation.changed_lines(SOURCE, "x_removals__mutmut_1") == ["limit = 4"]
    assert mutation.changed_lines(SOURCE, "xǁCourseǁend__mutmut_2") == [")"]
    assert mutation._plain("x_removals__mutmut_1") == "removals"
    assert mutation._plain("xǁCourseǁend__mutmut_2") == "Course.end"


@pytest.mark.parametrize(
    ("after", "same"),
    [
        ("update call set state = 'done' where id = ?", True),
        ("UPDATE CALL SET STATE = 'done' WHERE ID = ?", True),
        ("UPDATE CALL SET STATE = 'DONE' WHERE ID = ?", False),
        ("UPDATE call SET state = 'done'", False),
    ],
)
def test_sql_may_be_written_in_other_letters_and_its_data_may_not(after: str, same: bool) -> None:
    head = 'def x_a__mutmut_{}(c):\n    c.execute("{}")\n\n'
    before = "UPDATE call SET state = 'done' WHERE id = ?"
    source = head.format("orig", before) + head.format(1, after)
    assert mutation.is_same_sql(source, "x_a__mutmut_1") is same


def test_a_list_of_columns_is_sql_and_a_sentence_is_none() -> None:
    source = (
        'def x_a__mutmut_orig(c):\n    c(\n        "{}"\n    )\n\ndef x_a__mutmut_1(c):\n    c(\n        "{}"\n    )\n'
    )
    columns = " refused_hash, updated_at, call_id)"
    assert mutation.is_same_sql(source.format(columns, columns.upper()), "x_a__mutmut_1")
    sentence = " may have created it already; settle it first"
    assert not mutation.is_same_sql(source.format(sentence, sentence.upper()), "x_a__mutmut_1")


def test_words_that_are_no_sql_are_read_by_people() -> None:
    source = 'def x_a__mutmut_orig():\n    return "held"\n\ndef x_a__mutmut_1():\n    return "HELD"\n'
    assert not mutation.is_same_sql(source, "x_a__mutmut_1")


def test_changes_that_change_nothing_are_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mutants" / "syncengine"
    folder.mkdir(parents=True)
    (folder / "a.py").write_text(SOURCE)
    codes = {
        "syncengine.a.x_removals__mutmut_1": 0,
        "syncengine.a.xǁCourseǁend__mutmut_2": 1,
        "syncengine.a.more": None,
    }
    (folder / "a.py.meta").write_text(json.dumps({"exit_code_by_key": codes}))
    monkeypatch.setattr(mutation, "ROOT", tmp_path)
    found = mutation._module("syncengine/a.py", frozenset())
    assert (found.made, found.noticed) == (2, 1)
    assert [failure.reason for failure in found.unnoticed] == ["removals: limit = 4"]
    found = mutation._module("syncengine/a.py", frozenset({("removals", "limit = 4")}))
    assert (found.made, found.noticed, found.unnoticed) == (1, 1, [])
    assert mutation._module("syncengine/none.py", frozenset()).made == 0


def test_the_list_of_equivalents_is_read() -> None:
    assert ("why_held", "return no_start.get(name, None)") in mutation.equivalents()


def test_a_branch_that_is_not_walked_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covered, "modules", lambda: ["a.py", "b.py", "c.py"])
    whole = {
        "num_statements": 6,
        "num_branches": 4,
        "covered_lines": 6,
        "covered_branches": 4,
        "missing_lines": 0,
        "missing_branches": 0,
    }
    part = whole | {"covered_branches": 2, "missing_branches": 2}
    report = {
        "files": {
            "a.py": {"summary": whole, "missing_lines": [], "missing_branches": []},
            "b.py": {"summary": part, "missing_lines": [], "missing_branches": [[3, 7], [9, -1]]},
        }
    }
    outcome = covered.outcome_of(report)
    assert outcome.figures == {"modules": 2, "statements": 12, "branches": 8, "% walked": 90.0}
    assert [failure.line for failure in outcome.failures] == ["coverage c.py", "coverage b.py"]
    assert "[[3, 7], [9, -1]]" in outcome.failures[1].reason
