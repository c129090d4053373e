"""Rows are checked at the vendor only when somebody asks for it, and a check leaves nothing there."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from syncengine import sync
from syncengine.sandbox.server import Sandbox
from syncengine.steps.differences import difference
from syncengine.steps.vendor_check import vendor_check
from tests.steps.at_the_sandbox import Project, opened, project_at, read


@pytest.fixture
def comunik8(tmp_path: Path, sandbox: Sandbox) -> Project:
    return project_at("comunik8", tmp_path, sandbox)


def _checked(project: Project, **options: object) -> Sequence[str]:
    with opened(project, **options) as run:
        sources, readings = read(run)
        return vendor_check(run, readings, difference(run, sources, readings))


def _asked(project: Project) -> int:
    return len(project.dialer.record.entries())


def test_nobody_is_asked_unless_somebody_wants_it(comunik8: Project) -> None:
    assert _checked(comunik8) == ()
    assert _asked(comunik8) == 0


def test_rows_that_would_be_taken_are_counted(comunik8: Project) -> None:
    (said,) = _checked(comunik8, vendor_check=True)
    assert said == "here/contacts/spring: the vendor checked 3 rows and would take them all"
    assert _asked(comunik8) == 3


def test_rows_that_would_be_refused_are_counted_by_the_vendors_reason(comunik8: Project) -> None:
    for row in comunik8.tables["leads.csv"][1:]:
        row["email"] = "not an address"
    (said,) = _checked(comunik8, vendor_check=True)
    assert said == (
        "here/contacts/spring: the vendor would take 1 row and refuse 2: 2 x Email is not a valid email address."
    )


def test_a_check_leaves_nothing_at_the_dialer(comunik8: Project) -> None:
    _checked(comunik8, vendor_check=True)
    assert comunik8.dialer.record.entries(applied=True) == []
    assert comunik8.dialer.records("motor-trade") == []


def test_only_rows_that_would_be_added_are_asked_about(comunik8: Project) -> None:
    comunik8.carry_out()
    # One who is to be taken out is nobody to ask about.
    del comunik8.tables["leads.csv"][0]
    assert comunik8.plan().headline.no_longer_callable == 1
    before = _asked(comunik8)
    assert _checked(comunik8, vendor_check=True) == []
    assert _asked(comunik8) == before


def test_a_listed_number_is_not_shown_to_the_vendor(comunik8: Project) -> None:
    comunik8.tables["opt-outs.csv"].append({"phone": comunik8.tables["leads.csv"][0]["phone"]})
    (said,) = _checked(comunik8, vendor_check=True)
    assert "checked 2 rows" in said
    assert _asked(comunik8) == 2


def test_a_lost_answer_counts_as_a_row_that_nobody_has_taken(comunik8: Project) -> None:
    comunik8.dialer.faults.add("html", times=1)
    (said,) = _checked(comunik8, vendor_check=True)
    assert "would take 2 rows and refuse 1" in said


def test_a_plan_shows_what_was_checked(comunik8: Project) -> None:
    options = sync.Options(vendor_check=True, clock=comunik8.now)
    with sync.planned(comunik8.load(), options) as made:
        assert any("the vendor checked 3 rows" in note for note in made.plan.notes)


def test_a_vendor_without_such_a_call_is_named(tmp_path: Path, sandbox: Sandbox) -> None:
    wolkvox = project_at("wolkvox-predictive", tmp_path, sandbox)
    assert _checked(wolkvox, vendor_check=True) == ["here: Wolkvox has no call that checks a row"]
