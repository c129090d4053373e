"""Opt-outs that are almost a day old and not yet everywhere."""

from syncengine.steps.deadlines import near_deadline
from tests.steps.projects import Made


def test_nobody_is_told_of_opt_outs_that_are_young_or_everywhere(made: Made) -> None:
    with made.planned() as found:
        assert near_deadline(found) is None
    made.carry_out()
    made.wait(23 * 3600)
    with made.planned() as found:
        assert near_deadline(found) is None


def test_an_opt_out_that_waits_since_yesterday_is_told_by_dialer_and_count(made: Made) -> None:
    made.carry_out()
    # One of the people opts out, a plan reads it, and then nobody applies for most of a day.
    made.opt_outs("opt-outs", 900, 901, 902, 2)
    made.plan()
    made.wait(19 * 3600)
    with made.planned() as found:
        assert near_deadline(found) is None
    made.wait(2 * 3600)
    with made.planned() as found:
        notice = near_deadline(found)
    assert notice is not None
    assert notice.event == "dnd_deadline"
    assert notice.counts == {"opt_outs": 1, "hours_old": 21}
    assert [entry.partition(":")[0] for entry in notice.about] == ["main"]
    made.carry_out()
    with made.planned() as found:
        assert near_deadline(found) is None
