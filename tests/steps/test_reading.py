"""Reading: what is asked, what is believed, and what a reading that is not whole may not conclude."""

import pytest

from syncengine.errors import UsageError
from syncengine.steps.reading import settle_time
from tests.building import operation
from tests.steps.acme import VENDOR, Lead, bent
from tests.steps.projects import LEADS, Made, done, notes, tel, tels

THEIRS = "+573009999999"


def test_everything_is_read_unless_something_else_is_asked_for(made: Made) -> None:
    made.plan()
    assert made.acme.asked == ["GET /campaigns", "GET /blocked", "GET /campaigns/17/leads"]


def test_campaigns_alone_are_read_when_only_changes_are_wanted(made: Made) -> None:
    made.plan(refresh="changed")
    assert made.acme.asked == ["GET /campaigns"]


def test_without_refresh_nothing_is_asked_and_no_secret_is_needed(made: Made) -> None:
    made.dialers["main"]["secrets"] = {"token": "env:NOT_SET_ANYWHERE"}
    plan = made.plan(refresh="none")
    assert not made.acme.asked
    # Nothing is known of the adopted campaign, so its name is written, too.
    assert done(plan) == ["update spring", "add 3 dnd missing", "add 3 contacts missing"]
    assert {change.confidence for change in plan.row_changes} == {"believed"}


def test_a_row_that_is_there_already_is_taken_over_and_not_added_again(made: Made) -> None:
    made.acme.leads["17"] = [Lead(tel(1)), Lead(THEIRS)]
    plan = made.plan()
    assert "adopt 1 contacts already_there" in done(plan)
    assert "add 2 contacts missing" in done(plan)
    made.carry_out()
    assert made.acme.tels() == sorted([*tels(1, 2, 3), THEIRS])


@pytest.mark.parametrize(
    ("listing", "asked"),
    [("campaigns:\n  id: id", "GET /campaigns"), ("listed: {phones: [tel], phone_form: e164, state", "/17/leads")],
)
def test_a_listing_that_nobody_documents_is_asked_only_where_that_is_allowed(
    made: Made, listing: str, asked: str
) -> None:
    assert listing in VENDOR
    old = f"list:\n      method: GET\n      path: {asked[4:]}" if asked.startswith("GET") else None
    change = (
        (old, f"list:\n      ability: unverified\n      check: ask them\n      method: GET\n      path: {asked[4:]}")
        if old
        else (
            'list:\n        method: GET\n        path: "/campaigns/{{ campaign.id }}/leads"',
            "list:\n        ability: unverified\n        check: ask them\n        method: GET\n"
            '        path: "/campaigns/{{ campaign.id }}/leads"',
        )
    )
    made.vendor = bent(VENDOR, change)
    made.plan()
    assert not any(call.endswith(asked) for call in made.acme.asked)
    made.plan(unverified=True)
    assert any(call.endswith(asked) for call in made.acme.asked)


def test_what_cannot_be_read_is_a_problem_in_the_plan_and_nothing_is_concluded_from_it(made: Made) -> None:
    made.carry_out()
    made.acme.leads["17"].clear()
    made.acme.troubles = {"GET /campaigns/17/leads": 400}
    made.people("leads", 1, 2)
    made.contacts["leads"]["on_absent"] = "remove"
    with made.planned() as planned:
        assert LEADS in planned.readings.dialers["main"].problems
        # Listed nowhere, and yet to be removed at the dialer: nobody has seen that it is gone.
        assert "remove 1 contacts not_in_source" in done(planned.plan)
        found = planned.plan.row_changes[0]
        assert found.confidence == "believed"


def test_a_campaign_that_an_incomplete_listing_lacks_is_not_created_again(made: Made) -> None:
    del made.campaigns["spring"]["id"]
    made.acme.campaigns.clear()
    made.carry_out()
    made.acme.campaigns.clear()
    made.vendor = bent(
        VENDOR,
        (
            "records: found\n    create:",
            "records: found\n      pagination: {kind: offset, limit: 5, total: total}\n    create:",
        ),
    )
    plan = made.plan()
    assert not any(action.startswith("create") for action in done(plan))
    assert any("not whole" in hold.why for hold in plan.holds)


def test_a_campaign_that_a_complete_listing_lacks_is_created_again_once_it_must_be_listed(made: Made) -> None:
    del made.campaigns["spring"]["id"]
    made.acme.campaigns.clear()
    made.carry_out()
    made.acme.campaigns.clear()
    assert "create spring" in done(made.plan())


def test_a_campaign_written_a_moment_ago_and_not_listed_yet_is_not_created_again(made: Made) -> None:
    del made.campaigns["spring"]["id"]
    made.acme.campaigns.clear()
    made.apply()
    (created,) = made.acme.campaigns
    hidden = made.acme.campaigns.pop(created)
    made.wait(29.0)
    plan = made.plan()
    assert done(plan) == []
    assert any("written a moment ago and not listed yet" in hold.why for hold in plan.holds)
    made.acme.campaigns[created] = hidden
    assert not made.plan().holds


def test_a_row_written_a_moment_ago_and_not_listed_yet_is_not_added_again(made: Made) -> None:
    made.contacts["leads"]["on_vanish"] = "add"
    made.apply()
    made.acme.leads["17"] = [lead for lead in made.acme.leads["17"] if lead.tel != tel(1)]
    made.wait(29.0)
    assert done(made.plan()) == []
    made.wait(2.0)
    assert done(made.plan()) == ["add 1 contacts vanished"]


def test_a_row_written_a_moment_ago_and_not_listed_yet_is_removed_and_not_just_forgotten(made: Made) -> None:
    made.apply()
    made.acme.leads["17"] = [lead for lead in made.acme.leads["17"] if lead.tel != tel(1)]
    made.people("leads", 2, 3)
    made.contacts["leads"]["on_absent"] = "remove"
    made.wait(29.0)
    assert done(made.plan()) == ["remove 1 contacts not_in_source"]
    made.wait(2.0)
    assert done(made.plan()) == ["forget 1 contacts not_in_source"]


def test_a_listed_number_is_removed_even_while_the_campaigns_cannot_be_listed(made: Made) -> None:
    made.carry_out()
    made.opt_outs("opt-outs", 900, 901, 902, 1)
    made.acme.troubles = {"GET /campaigns$": 500}
    plan, report = made.apply()
    assert "remove 1 contacts listed" in done(plan)
    assert made.acme.tels() == tels(2, 3)
    assert report is not None


def test_only_the_chosen_dialers_and_campaigns_are_read(made: Made) -> None:
    made.dialers["other"] = made.dialer(base_url="http://127.0.0.1:1")
    made.campaigns["autumn"] = {"dialer": "other", "id": "18", "name": "Autumn", "contacts": ["leads"]}
    with made.planned(dialers=["main"]) as planned:
        assert set(planned.readings.dialers) == {"main"}
        assert set(planned.readings.wanted.campaigns) == {"spring"}
    with made.planned(campaigns=["spring"]) as planned:
        assert set(planned.readings.dialers) == {"main"}


@pytest.mark.parametrize(
    ("words", "said"), [({"dialers": ["mian"]}, '"mian".*"main"'), ({"campaigns": ["x"]}, 'no campaign "x"')]
)
def test_a_name_that_is_not_there_is_a_mistake_and_not_an_empty_plan(
    made: Made, words: dict[str, list[str]], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        made.plan(**words)


def test_a_dialer_that_does_not_answer_stops_no_other(made: Made) -> None:
    made.dialers["dead"] = made.dialer(base_url="http://127.0.0.1:1", limits={"timeout": "1s"})
    made.campaigns["autumn"] = {"dialer": "dead", "id": "18", "name": "Autumn", "contacts": ["leads"]}
    with made.planned() as planned:
        assert not planned.readings.dialers["dead"].snapshot.complete
        assert any(change.address.name == "spring" for change in planned.plan.row_changes)


def test_fields_are_compared_in_the_spelling_of_a_reading(made: Made) -> None:
    made.acme.campaign(kind="7")
    made.campaigns["spring"]["settings"] = {"kind": "7"}
    assert not any("update" in action for action in done(made.plan()))


def test_what_other_people_have_in_the_account_is_nobodys_business(made: Made) -> None:
    made.acme.campaign("99", "Theirs", "running")
    made.acme.leads["99"] = [Lead(THEIRS)]
    made.carry_out()
    assert made.acme.tels("99") == [THEIRS]
    assert not notes(made.plan(), "Theirs")


def test_the_settle_time_of_calls_is_the_longest_that_a_vendor_file_states() -> None:
    from syncengine.model.calling import Proof

    long, short = (operation("x", proof=Proof(by="read_back", settle=settle)) for settle in (90.0, 5.0))
    assert settle_time([long, short, None]) == 90.0
    assert settle_time([operation("x", proof=None), None]) == 60.0
    assert settle_time([]) == 60.0
