from syncengine.diagnostics import Diagnostic, Diagnostics, Location, did_you_mean


def test_a_mistake_is_shown_with_its_line_and_a_caret_under_it():
    found = Diagnostic(
        "error",
        'unknown key "statuss"',
        Location("a.yaml", 12, 5),
        "    statuss: started",
        width=7,
        expected="one of: status, type",
        hint='Did you mean "status"?',
    )
    assert found.render().splitlines() == [
        'a.yaml:12:5: error: unknown key "statuss"',
        "  12 |     statuss: started",
        "     |     ^^^^^^^",
        "    expected: one of: status, type",
        '    hint: Did you mean "status"?',
    ]


def test_a_caret_never_runs_past_the_line_and_tabs_stay_tabs():
    shown = Diagnostic("error", "x", Location("a", 1, 3), "\t\tab", width=99).render().splitlines()
    assert shown[2] == "    | \t\t^^"


def test_a_mistake_of_a_whole_file_has_no_line():
    assert Diagnostic("warning", "empty", Location("a.yaml")).render() == "a.yaml: warning: empty"


def test_mistakes_are_walked_by_file_and_line_and_those_without_a_place_come_last():
    found = Diagnostics()
    found.error("no place")
    found.error("second", Location("a", 9, 1))
    found.error("first", Location("a", 2, 1))
    assert [item.message for item in found] == ["first", "second", "no place"]


def test_warnings_alone_do_not_fail():
    found = Diagnostics()
    found.warning("old")
    assert not found.failed
    found.error("bad")
    assert found.failed


def test_only_a_near_word_is_suggested():
    assert did_you_mean("statuss", ["status", "type"]) == 'Did you mean "status"?'
    assert did_you_mean("zzz", ["status", "type"]) == ""
