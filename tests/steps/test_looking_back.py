"""Runs and set-aside rows are read without changing anything."""

import pytest

from syncengine.errors import UsageError
from syncengine.steps.looking_back import calls_of_run, rejects, rejects_file, runs
from tests.steps.projects import Made, tel


def test_runs_and_their_calls_are_those_of_the_ledger(made: Made) -> None:
    made.carry_out()
    loaded = made.load()
    with made.ledger() as ledger:
        before = ledger.basis()
    (run,) = runs(loaded, 5)
    assert (run.kind, run.outcome) == ("apply", "done")
    assert [call.address for call in calls_of_run(loaded, run.run_id)]
    with made.ledger() as ledger:
        assert ledger.basis() == before
    with pytest.raises(UsageError, match="no calls of a run 99"):
        calls_of_run(loaded, 99)


def test_what_is_set_aside_is_kept_by_list_until_it_was_mended(made: Made) -> None:
    good = [{"phone": tel(n), "first_name": "P"} for n in range(20)]
    made.data("leads.csv", [*good, {"phone": "nonsense", "first_name": "Q"}])
    made.plan()
    (found,) = rejects(made.load())
    assert (found.name, [row.row for row in found.rows]) == ("leads", [22])
    assert found.rows[0].cells == {"phone": "nonsense", "first_name": "Q"}
    made.data("leads.csv", good)
    made.plan()
    assert rejects(made.load()) == []
    assert not rejects_file(made.root, "leads").exists()
