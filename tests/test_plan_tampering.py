"""A plan file in which anything was changed is refused before a dialer is asked; unchanged it is applied."""

from tests.chaos.registry import Size
from tests.plan_tampering import FIELDS, run


def test_every_tampering_with_a_plan_is_refused_and_the_plan_itself_is_applied() -> None:
    outcome = run(Size(count=0))
    assert outcome.failures == []
    assert outcome.figures["fields changed"] == len(FIELDS) == 12
    assert outcome.figures["refused"] == 18
    assert outcome.figures["calls of the unchanged plan"] > 0
