import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.ledger.budget import utc_day
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.run_journal import LedgerBudget
from tests.ledger.conftest import Home

DAY = 86_400.0


def test_the_reserve_is_for_suppressing_calls_alone(ledger: Ledger) -> None:
    budget = LedgerBudget(ledger=ledger, dialer="dialer", limit=5, reserve=2, clock=lambda: 0.0)
    assert [budget.take(suppressing=False) for _ in range(4)] == [True, True, True, False]
    assert [budget.take(suppressing=True) for _ in range(3)] == [True, True, False]
    assert ledger.budget_used("dialer", day="1970-01-01") == 5


def test_the_count_survives_a_restart_and_begins_anew_with_the_day(home: Home) -> None:
    with home.open() as ledger:
        assert LedgerBudget(ledger=ledger, dialer="d", limit=1, reserve=0, clock=lambda: 0.0).take(suppressing=False)
    with home.open() as ledger:
        same = LedgerBudget(ledger=ledger, dialer="d", limit=1, reserve=0, clock=lambda: DAY - 1)
        assert same.take(suppressing=False) is False
        assert LedgerBudget(ledger=ledger, dialer="d", limit=1, reserve=0, clock=lambda: DAY).take(suppressing=False)


def test_a_dialers_own_day_is_used_where_it_is_told(ledger: Ledger) -> None:
    budget = LedgerBudget(
        ledger=ledger, dialer="d", limit=1, reserve=0, clock=lambda: DAY, day=lambda now: utc_day(now - 5 * 3600)
    )
    assert budget.take(suppressing=True)
    assert ledger.budget_used("d", day="1970-01-01") == 1


def test_dialers_have_budgets_of_their_own(ledger: Ledger) -> None:
    for dialer in ("one", "two"):
        assert ledger.take_budget(dialer, day="2026-01-01", limit=1, reserve=0, suppressing=False)


@settings(max_examples=30, deadline=None)
@given(limit=st.integers(0, 6), reserve=st.integers(0, 6), calls=st.lists(st.booleans(), max_size=12))
def test_a_day_is_never_overrun(
    limit: int, reserve: int, calls: list[bool], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Ledger.open(tmp_path_factory.mktemp("budget") / "ledger.db", "acme") as ledger:
        used = 0
        for suppressing in calls:
            taken = ledger.take_budget("d", day="x", limit=limit, reserve=reserve, suppressing=suppressing)
            assert taken == (used < (limit if suppressing else limit - reserve))
            used += taken
        assert ledger.budget_used("d", day="x") == used
