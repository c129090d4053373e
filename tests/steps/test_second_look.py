"""What one reading lacks is looked for in another one before anything is made or forgotten on its account."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.steps.projects import Made, done, tel

_LEADS = "GET /campaigns/17/leads"


@pytest.fixture
def settled(made: Made) -> Made:
    """A campaign that was filled an hour ago, whose people are added again when they are gone."""
    made.contacts["leads"]["on_vanish"] = "add"
    made.carry_out()
    made.wait(3_600.0)
    made.acme.asked.clear()
    return made


def showing(*numbers: tuple[int, ...]) -> Callable[[Any], Any]:
    """Return what a listing answers: these people in turn, then what is really there."""
    turns = iter(numbers)

    def answer(_: Any) -> Any:
        people = next(turns, None)
        return None if people is None else {"found": [{"tel": tel(n), "state": "new"} for n in people]}

    return answer


def test_what_is_all_there_is_read_once(settled: Made) -> None:
    assert done(settled.plan()) == []
    assert settled.acme.asked.count(_LEADS) == 1


def test_a_row_that_slipped_through_one_reading_is_not_gone(settled: Made) -> None:
    settled.acme.troubles = {_LEADS: showing((2, 3))}
    assert done(settled.plan()) == []
    assert settled.acme.asked.count(_LEADS) == 2


def test_a_row_that_two_readings_in_a_row_lack_is_gone(settled: Made) -> None:
    settled.acme.leads["17"] = settled.acme.leads["17"][1:]
    assert done(settled.plan()) == ["add 1 contacts vanished"]
    assert settled.acme.asked.count(_LEADS) == 2


def test_a_row_that_the_first_reading_has_shown_is_there_though_two_more_lack_it(settled: Made) -> None:
    settled.acme.troubles = {_LEADS: showing((2, 3), (3,), (3,))}
    assert done(settled.plan()) == ["add 1 contacts vanished"]
    assert settled.acme.asked.count(_LEADS) == 3


def test_while_rows_go_from_reading_to_reading_nothing_is_proven_to_be_gone(settled: Made) -> None:
    # Somebody else's records go, one a reading: any of ours may have slipped through each time.
    settled.acme.troubles = {_LEADS: showing((2, 3, 91, 92), (2, 3, 92), (2, 3))}
    with settled.planned() as planned:
        assert done(planned.plan) == []
        (problem,) = planned.readings.dialers["main"].problems.values()
        assert "nothing is proven to be gone" in problem


def test_a_second_reading_that_fails_proves_nothing(settled: Made) -> None:
    turns = iter([{"found": []}])
    settled.acme.troubles = {_LEADS: lambda _: next(turns, 400)}
    assert done(settled.plan()) == []


@pytest.mark.parametrize(("absent", "readings"), [("remove", 2), ("keep", 1)])
def test_a_row_is_looked_for_again_only_where_a_plan_would_act_on_its_absence(
    made: Made, absent: str, readings: int
) -> None:
    made.contacts["leads"]["on_absent"] = absent
    made.carry_out()
    made.wait(3_600.0)
    made.acme.asked.clear()
    made.acme.troubles = {_LEADS: showing((2, 3))}
    made.people("leads", 2, 3)
    # Not "forget": it is there, and would be rung for ever.
    assert done(made.plan()) == (["remove 1 contacts not_in_source"] if absent == "remove" else [])
    assert made.acme.asked.count(_LEADS) == readings


def test_a_lost_addition_that_slipped_through_one_reading_is_not_sent_again(made: Made) -> None:
    made.acme.troubles = {"POST /campaigns/17/leads": "cut"}
    made.apply()
    made.wait(3_600.0)
    made.acme.troubles = {_LEADS: showing(())}
    made.apply()
    assert made.acme.tels() == [tel(1), tel(2), tel(3)]


def test_a_campaign_that_one_reading_lacks_is_not_created_again(made: Made) -> None:
    del made.campaigns["spring"]["id"]
    made.acme.campaigns.clear()
    made.carry_out()
    made.wait(3_600.0)
    turns = iter([{"found": []}])
    made.acme.troubles = {"GET /campaigns$": lambda _: next(turns, None)}
    assert done(made.plan()) == []


def test_while_campaigns_go_from_reading_to_reading_none_is_created(made: Made) -> None:
    del made.campaigns["spring"]["id"]
    made.acme.campaigns.clear()
    made.carry_out()
    made.wait(3_600.0)
    theirs = [{"id": str(n), "name": f"Theirs {n}", "state": "paused"} for n in (91, 92, 93)]
    turns = iter([{"found": theirs[n:]} for n in range(3)])
    made.acme.troubles = {"GET /campaigns$": lambda _: next(turns, None)}
    plan = made.plan()
    assert not any(action.startswith("create") for action in done(plan))
    assert any("nothing is proven to be gone" in hold.why for hold in plan.holds)
