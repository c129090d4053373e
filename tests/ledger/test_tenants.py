"""A sample of ``tenants.py``; the whole is ``make chaos SUITE=tenants``."""

from tests.chaos.registry import Size
from tests.ledger.conftest import Home
from tests.ledger.tenants import run


def test_two_projects_in_one_ledger_do_not_touch_each_other(home: Home) -> None:
    outcome = run(Size(count=300, ledger=home.url))
    assert outcome.failures == []
    assert outcome.figures["looks"] > 10
