"""Rows that need not be read again, over whole runs."""

import pytest

from syncengine.rows import known_rows, remembered
from syncengine.rows.workspace import Workspace
from tests.steps.projects import Made, done, tel


@pytest.fixture(autouse=True)
def _worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_WORTH_REMEMBERING", 1)
    monkeypatch.setattr(known_rows, "_WORTH_COPYING", 1)


def memories(made: Made) -> list[str]:
    return sorted(path.name for path in made.root.rglob("*.rows"))


def known(made: Made) -> int:
    with made.planned() as planned:
        found = planned.sources.contacts["leads"].known
        return found.rows if found else 0


def test_nothing_is_remembered_of_what_the_ledger_does_not_hold(made: Made) -> None:
    made.plan()
    assert memories(made) == []


def test_what_is_there_as_it_is_wanted_is_remembered_until_the_ledger_moves(made: Made) -> None:
    made.carry_out()
    assert made.plan().empty
    (first,) = memories(made)
    assert known(made) == 3
    made.people("leads", 1, 2, 3, 4)
    made.carry_out()
    assert made.plan().empty
    (second,) = memories(made)
    assert first != second
    assert known(made) == 4


def test_a_remembered_person_whose_number_is_listed_is_removed(made: Made) -> None:
    made.carry_out()
    made.plan()
    assert known(made) == 3
    made.opt_outs("opt-outs", 900, 901, 902, 2)
    assert done(made.plan()) == ["add 1 dnd missing", "remove 1 contacts listed"]


def test_a_remembered_person_who_is_named_twice_stays_one(made: Made) -> None:
    made.carry_out()
    made.plan()
    made.people("leads", 2, 1, 2, 3, 3)
    assert made.plan().empty


def test_a_memory_that_can_be_read_and_is_wrong_is_dropped_and_the_list_read_whole(made: Made) -> None:
    made.carry_out()
    made.plan()
    (path,) = made.root.rglob("*.rows")
    with Workspace() as workspace:
        wrong = path.with_suffix(".wrong")
        # The line of one person is remembered as that of somebody else, who would be added.
        change = f"replace(phone, '{tel(2)}', '{tel(7)}')"
        columns = f"{change} AS phone, {change.replace('phone,', 'phones,')} AS phones, {change.replace('phone,', 'key_id,')} AS key_id"
        workspace.run(f"COPY (SELECT * REPLACE ({columns}) FROM read_parquet('{path}')) TO '{wrong}' (FORMAT parquet)")
        wrong.replace(path)
    with made.planned() as planned:
        assert planned.plan.empty
        found = planned.sources.contacts["leads"]
        assert (found.known, found.summary.accepted) == (None, 3)
    assert memories(made) == [path.name]
    assert known(made) == 3
    assert made.plan().empty


def test_a_plan_of_a_part_of_the_project_leaves_the_memory_as_it_is(made: Made) -> None:
    made.carry_out()
    made.plan(campaigns=("spring",))
    assert memories(made) == []
