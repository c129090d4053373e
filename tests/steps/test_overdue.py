"""An opt-out that holds nowhere after a day is told by every plan until it does."""

import pytest

from tests.steps.projects import Made, notes, tel

DAY = 86_400.0


def test_an_entry_that_a_dialer_does_not_take_for_a_day_is_an_alarm(made: Made) -> None:
    made.acme.troubles["POST /blocked"] = 409
    made.apply()
    made.wait(DAY - 60)
    assert notes(made.plan(), "ALARM") == []
    made.wait(120)
    (alarm,) = notes(made.plan(), "ALARM")
    assert "main/dnd/account: numbers" in alarm
    assert "rung there: 3;" in alarm
    assert tel(900) not in alarm
    made.acme.troubles.clear()
    made.carry_out()
    assert notes(made.plan(), "ALARM") == []


def test_a_listed_person_who_stays_in_a_campaign_for_a_day_is_an_alarm(made: Made) -> None:
    made.carry_out()
    made.acme.troubles["gone"] = 409
    made.opt_outs("opt-outs", 1, 900, 901, 902)
    made.apply()
    made.wait(DAY + 60)
    (alarm,) = notes(made.plan(), "ALARM")
    assert "main/contacts/spring: numbers" in alarm
    assert "rung there: 1;" in alarm


def test_the_first_plan_of_an_old_list_is_no_alarm(made: Made) -> None:
    made.now += 3 * DAY
    assert notes(made.plan(), "ALARM") == []


@pytest.mark.parametrize("days", [1, 30])
def test_what_holds_is_no_alarm_however_old_it_is(made: Made, days: int) -> None:
    made.carry_out()
    made.wait(days * DAY)
    assert notes(made.plan(), "ALARM") == []
