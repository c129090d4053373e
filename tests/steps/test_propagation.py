from types import SimpleNamespace

from syncengine.model.plan import Enforcement
from syncengine.model.watching import Propagation
from syncengine.steps.propagation import propagation_of
from tests.building import dialer, dnd_rows, findings, rows
from tests.engine.test_policy import plan_of


def test_each_dialer_says_how_far_its_list_is_and_who_is_kept_out():
    from dataclasses import replace

    plan = replace(plan_of(), enforcement=(Enforcement(dialer="acme-co", sentence="the account's own list"),))
    listing = findings(dnd_rows(desired=100, unchanged=90, waiting=2), rows(suppressed=5, listed_stuck=1))
    bare = findings(rows(suppressed=7), dialer=dialer("zeta"))
    made = SimpleNamespace(plan=plan, differences=SimpleNamespace(dialers=[bare, listing]))
    assert propagation_of(made) == (
        Propagation(
            dialer="acme-co", how="the account's own list", has_list=True, wanted=100, there=90, waiting=2, kept_out=5,
            stuck=1,
        ),
        Propagation(dialer="zeta", how="", has_list=False, kept_out=7),
    )  # fmt: skip
