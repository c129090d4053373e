"""How a plan is made; and made anew as a saved one was."""

from dataclasses import replace

from syncengine.model.plan import Allowances
from syncengine.steps.options import Options
from tests.steps.projects import Made


def test_a_plan_is_made_in_full_and_with_no_leave_unless_asked_otherwise() -> None:
    usual = Options()
    assert (usual.refresh, usual.dialers, usual.campaigns, usual.extra) == ("full", (), (), {})
    assert usual.allowances == Allowances()
    assert not usual.vendor_check


def test_a_saved_plan_is_made_anew_with_all_that_decided_on_it(made: Made) -> None:
    wanted = made.options(refresh="none", campaigns=["spring"], dialers=["main"], dnd_remove=2, extra={"tag": "x"})
    with made.planned(
        refresh="none", campaigns=["spring"], dialers=["main"], dnd_remove=2, extra={"tag": "x"}
    ) as planned:
        saved = planned.plan
    again = replace(made.options(), parallelism=3).as_for(saved)
    assert (again.refresh, list(again.campaigns), list(again.dialers)) == ("none", ["spring"], ["main"])
    assert (again.allowances, dict(again.extra)) == (wanted.allowances, {"tag": "x"})
    # How quickly it is carried out is up to this run.
    assert again.parallelism == 3


def test_the_scope_of_a_plan_does_not_depend_on_the_order_of_its_names() -> None:
    assert Options(dialers=["b", "a"]).scope == Options(dialers=["a", "b"]).scope
