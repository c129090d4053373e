"""Where an offline plan is certain, where it says that it is not, and where there is none."""

import shutil
from pathlib import Path

import pytest

from syncengine import sync
from syncengine.errors import SyncEngineError
from syncengine.model.plan import Plan
from tests.steps.projects import Made
from tests.steps.test_facts import export


def offline(made: Made, file: Path, base: Path | None = None) -> tuple[Plan, list[str]]:
    with sync.planned_offline(made.load(), made.options(), file, base) as found:
        return found.plan, [note for note in found.plan.notes if note.startswith("not certain")]


@pytest.fixture
def facts(made: Made, tmp_path: Path) -> Path:
    made.carry_out()
    export(made, tmp_path / "facts.json")
    return tmp_path / "facts.json"


@pytest.fixture
def base(made: Made, facts: Path, tmp_path: Path) -> Path:
    """The project as it was at the export."""
    assert facts
    shutil.copytree(made.root, tmp_path / "base", ignore=shutil.ignore_patterns(".syncengine", "base"))
    return tmp_path / "base"


def test_a_line_changed_in_the_middle_needs_the_files_as_they_were(made: Made, facts: Path, base: Path) -> None:
    made.people("leads", 3, 4, on_absent="remove")
    with pytest.raises(SyncEngineError, match="--base"):
        offline(made, facts)
    plan, doubts = offline(made, facts, base)
    assert doubts == []
    assert plan.plan_id == made.plan(refresh="none").plan_id
    assert {change.action for change in plan.row_changes} == {"add", "remove"}


def test_other_files_than_those_of_the_export_are_no_base(made: Made, facts: Path, base: Path) -> None:
    (base / "data" / "leads.csv").write_text("phone,first_name\n+573001234999,X\n")
    with pytest.raises(SyncEngineError, match="not those that the ledger was exported beside"):
        offline(made, facts, base)


def test_a_mapping_that_says_otherwise_needs_the_files_as_they_were(made: Made, facts: Path, base: Path) -> None:
    made.data("leads.csv", [{"phone": f"+57300123400{n}", "first_name": f"Q{n}"} for n in (1, 2, 3)])
    with pytest.raises(SyncEngineError, match="--base"):
        offline(made, facts)
    plan, doubts = offline(made, facts, base)
    assert doubts == []
    assert plan.plan_id == made.plan(refresh="none").plan_id


def test_new_people_where_only_the_ledger_knows_some_are_not_certain(made: Made, tmp_path: Path) -> None:
    made.opt_outs("opt-outs", *range(880, 903))
    made.carry_out()
    made.opt_outs("opt-outs", *range(880, 902))
    export(made, tmp_path / "facts.json")
    assert offline(made, tmp_path / "facts.json")[1] == []
    made.people("leads", 1, 2, 3, 902)
    plan, doubts = offline(made, tmp_path / "facts.json")
    # Just this one was listed, which nobody here can know.
    assert plan.plan_id != made.plan(refresh="none").plan_id
    assert [doubt for doubt in doubts if "main/contacts/spring: people who are new here" in doubt]


def test_a_change_that_waits_for_people_only_the_ledger_knows_is_not_certain(made: Made, tmp_path: Path) -> None:
    made.people("leads", 1, 2, 3, on_absent="remove")
    made.carry_out()
    made.people("leads", 1, 2)
    export(made, tmp_path / "facts.json")
    doubts = offline(made, tmp_path / "facts.json")[1]
    assert [doubt for doubt in doubts if "1 changes were waiting" in doubt]


def test_rows_that_are_fed_otherwise_are_not_certain_where_some_are_unknown(made: Made, tmp_path: Path) -> None:
    made.carry_out()
    made.people("leads", 1, 2)
    export(made, tmp_path / "facts.json")
    made.contacts["leads"]["on_absent"] = "remove"
    plan, doubts = offline(made, tmp_path / "facts.json")
    assert plan.plan_id != made.plan(refresh="none").plan_id or doubts
    assert [doubt for doubt in doubts if "fed otherwise" in doubt]


def test_an_export_of_another_project_is_refused(made: Made, facts: Path) -> None:
    made.project["project"] = "another"
    with pytest.raises(SyncEngineError, match='of the project "tests"'):
        offline(made, facts)


def test_it_says_which_ledger_it_speaks_of(made: Made, facts: Path) -> None:
    with made.ledger() as ledger:
        lineage, _ = ledger.basis()
    assert offline(made, facts)[0].basis.lineage == lineage


def test_a_list_whose_rows_are_elsewhere_is_refused_before_anything_is_read(made: Made) -> None:
    made.contacts["leads"]["source"] = {"sql": "SELECT 1 AS phone", "database": "env:CRM"}
    for refused in (
        lambda: sync.export_facts(made.load(), made.options(), salt="00"),
        lambda: sync.planned_offline(made.load(), made.options(), made.root / "none.json", None).__enter__(),
    ):
        with pytest.raises(SyncEngineError, match="leads: its rows come from a query, which a plan without a ledger"):
            refused()
