"""What a recovery parks, and what a whole listing proves."""

from pathlib import Path

import pytest

from syncengine import sync
from syncengine.errors import GuardError, LedgerError
from tests.steps.projects import BLOCKED, Made, notes


def lost(made: Made) -> None:
    """Let the ledger vanish."""
    (made.root / ".syncengine" / "ledger.db").unlink()


def recovered(made: Made) -> sync.Recovered:
    made.wait()
    return sync.recover(made.load(), made.options())


def test_a_whole_listing_proves_who_is_there_and_nobody_is_parked(made: Made) -> None:
    made.carry_out()
    before = len(made.acme.writes())
    lost(made)
    found = recovered(made)
    assert found.parked == {}
    assert found.statements == {"opt-outs": 3}
    assert len(made.acme.writes()) == before
    made.apply()
    # What the dialer was told of do-not-call may be told again; a person is not added again.
    assert not [call for call in made.acme.writes()[before:] if "contacts" in str(call)]


def test_without_a_listing_everybody_is_parked(made: Made) -> None:
    made.vendor = made.vendor.replace("\n      list:", "\n      listing_that_is_not:", 0)
    made.carry_out()
    lost(made)
    made.wait()
    loaded = made.load()
    found = sync.recover(loaded, made.options(refresh="changed"))
    assert found.parked == {"main/contacts/spring": 3}
    before = len(made.acme.writes())
    plan = made.plan(refresh="changed")
    assert notes(plan, "parked")
    made.apply(refresh="changed")
    assert not [call for call in made.acme.writes()[before:] if "contacts" in str(call)]
    assert made.states(BLOCKED) != {}


def test_what_cannot_be_read_ends_a_recovery(made: Made) -> None:
    made.carry_out()
    lost(made)
    made.wait()
    (made.root / "data" / "leads.csv").unlink()
    with pytest.raises(GuardError, match="cannot be recovered while this is not read: contacts leads"):
        sync.recover(made.load(), made.options())
    with pytest.raises(LedgerError, match="is being recovered"), made.planned():
        pass


def test_the_mark_of_a_recovered_ledger_is_its_own(made: Made) -> None:
    made.carry_out()
    lost(made)
    recovered(made)
    with made.ledger() as ledger:
        lineage = ledger.basis()[0]
    assert lineage in Path(made.root / ".syncengine" / "ledger.db.mark").read_text()
    made.plan()
