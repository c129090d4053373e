"""Scopes: where a do-not-call list has once held it goes on holding."""

import pytest

from syncengine.model.address import Address
from tests.steps.projects import Made, done, notes


@pytest.fixture
def covered(made: Made) -> Made:
    """A listed person among the leads of two campaigns, both of them covered, read once."""
    made.people("leads", 1, 900)
    made.campaigns["summer"] = {"dialer": "main", "id": "18", "name": "Summer", "contacts": ["leads"]}
    made.acme.campaign("18", "Summer")
    made.dnd["opt-outs"]["scope"] = "all"
    made.plan(refresh="none")
    return made


def added(made: Made) -> list[str]:
    return [line for line in done(made.plan(refresh="none")) if line.startswith("add") and "contacts" in line]


def test_a_scope_that_becomes_narrower_releases_nobody_and_says_so(covered: Made) -> None:
    covered.dnd["opt-outs"]["scope"] = ["spring"]
    assert added(covered) == ["add 1 contacts missing", "add 1 contacts missing"]
    (note,) = notes(covered.plan(refresh="none"), "leaves out")
    assert "opt-outs leaves out summer, which it has covered before" in note


def test_a_campaign_that_no_longer_names_a_list_stays_covered_by_it(made: Made) -> None:
    made.people("leads", 1, 900)
    made.plan(refresh="none")
    made.campaigns["spring"]["dnd"] = []
    made.dnd["opt-outs"]["scope"] = []
    made.campaigns["summer"] = {"dialer": "main", "id": "18", "name": "Summer", "contacts": ["leads"]}
    made.campaigns["summer"]["dnd"] = ["opt-outs"]
    made.acme.campaign("18", "Summer")
    assert added(made) == ["add 1 contacts missing", "add 1 contacts missing"]


def test_a_list_that_was_never_wide_stays_as_it_is(made: Made) -> None:
    made.people("leads", 1, 900)
    made.dnd["opt-outs"]["scope"] = ["spring"]
    made.campaigns["summer"] = {"dialer": "main", "id": "18", "name": "Summer", "contacts": ["leads"]}
    made.acme.campaign("18", "Summer")
    made.plan(refresh="none")
    assert sorted(added(made)) == ["add 1 contacts missing", "add 2 contacts missing"]
    assert not notes(made.plan(refresh="none"), "leaves out")


def test_the_last_gate_knows_the_wider_scope_too(covered: Made) -> None:
    covered.dnd["opt-outs"]["scope"] = ["spring"]
    with covered.planned(refresh="none") as planned:
        desired = planned.run.loaded.desired
        assert desired.dnd_scopes(desired.dnd["opt-outs"]) == ("spring", "summer")
        assert [found.name for found in desired.dnd_at("main")] == ["opt-outs"]
    assert Address("main", "contacts", "summer").name in desired.dnd_scopes(desired.dnd["opt-outs"])


def test_a_wider_scope_counts_from_its_first_reading(covered: Made) -> None:
    with covered.ledger() as ledger:
        before = ledger.basis()
        assert ledger.covers() == {"opt-outs": frozenset({"all", "spring"})}
    covered.plan(refresh="none")
    with covered.ledger() as ledger:
        assert ledger.basis() == before
