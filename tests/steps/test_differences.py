"""Differences: what the sources want beside what is there, collection by collection."""

import csv

from syncengine.steps.reading import settle_time
from tests.steps.acme import VENDOR, bent
from tests.steps.projects import BLOCKED, Made, done, notes, tel, tels

# So many that a list may lose a line without counting as damaged.
MANY = range(900, 920)


def removing(made: Made) -> None:
    made.contacts["leads"]["on_absent"] = "remove"


def test_after_a_clean_apply_nothing_is_left(made: Made) -> None:
    removing(made)
    made.carry_out()
    plan = made.plan()
    assert plan.empty
    assert not plan.notes


def test_the_engine_is_told_how_old_a_campaigns_change_must_be_to_be_listed(made: Made) -> None:
    made.carry_out()
    with made.planned() as planned:
        (found,) = planned.differences.dialers
    settle = settle_time(found.vendor.campaigns.operations.values())
    assert settle > 0
    assert found.listed_until == made.now - settle


def test_a_list_that_cannot_be_read_adds_and_removes_nobody(made: Made) -> None:
    removing(made)
    made.carry_out()
    (made.root / "data" / "leads.csv").unlink()
    plan = made.plan()
    assert done(plan) == []
    assert notes(plan, "contacts leads: cannot be read")


def test_where_one_of_two_lists_cannot_be_read_the_other_moves_nobody_either(made: Made) -> None:
    removing(made)
    made.people("more", 7, on_absent="remove")
    made.campaigns["spring"]["contacts"] = ["leads", "more"]
    made.carry_out()
    made.people("leads", 1, 2)
    (made.root / "data" / "more.csv").unlink()
    # Nobody knows whether 3 is in the list that cannot be read.
    assert done(made.plan()) == []


def test_who_is_listed_is_removed_even_when_the_contact_list_cannot_be_read(made: Made) -> None:
    made.carry_out()
    (made.root / "data" / "leads.csv").unlink()
    made.opt_outs("opt-outs", 900, 901, 902, 2)
    assert done(made.plan()) == ["add 1 dnd missing", "remove 1 contacts listed"]


def test_a_campaign_that_is_made_anew_begins_without_the_rows_of_the_one_that_is_gone(made: Made) -> None:
    del made.campaigns["spring"]["id"]
    made.acme.campaigns.clear()
    made.carry_out()
    made.acme.campaigns.clear()
    assert done(made.plan()) == ["create spring", "add 3 contacts missing"]
    made.carry_out()
    (number,) = made.acme.campaigns
    assert made.acme.tels(number) == tels(1, 2, 3)
    assert made.plan().empty


def test_a_listed_number_is_kept_out_and_put_on_the_dialers_own_list(made: Made) -> None:
    made.opt_outs("opt-outs", 900, 901, 2)
    with made.planned() as planned:
        rows = {found.address.kind: found for found in planned.differences.dialers[0].rows}
        assert (rows["contacts"].desired, rows["contacts"].suppressed) == (2, 1)
    made.carry_out()
    assert made.acme.tels() == tels(1, 3)
    assert tel(2) in made.acme.blocked


def test_unusable_rows_are_written_to_a_file_of_their_own(made: Made) -> None:
    made.contacts["leads"]["max_rejected"] = "50%"
    made.data(
        "leads.csv",
        [
            {"phone": tel(1), "first_name": "A"},
            {"phone": "nobody", "first_name": "B"},
            {"phone": tel(2), "first_name": "C"},
        ],
    )
    with made.planned() as planned:
        (leads,) = [found for found in planned.plan.sources if found.name == "leads"]
        assert (leads.accepted, leads.rejected) == (2, 1)
        path = made.root / leads.rejects_file
        assert path.is_file()
        assert path.stat().st_mode & 0o077 == 0
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [row["first_name"] for row in rows] == ["B"]
    assert "add 2 contacts missing" in done(planned.plan)


def test_a_release_frees_a_number_only_when_no_other_list_has_it(made: Made) -> None:
    made.opt_outs("opt-outs", *MANY, 1, 2)
    made.opt_outs("law", 2, 950)
    made.carry_out()
    made.opt_outs("opt-outs", *MANY, release=tels(1, 2))
    plan = made.plan(dnd_remove=2)
    assert done(plan) == ["remove 1 dnd released", "add 1 contacts released"]
    assert plan.releases == {"opt-outs": 2}
    made.carry_out(dnd_remove=2, expect=plan.plan_id)
    assert made.acme.tels() == tels(1, 3)
    assert tel(2) in made.acme.blocked


def test_a_number_that_both_its_lists_release_is_free(made: Made) -> None:
    made.opt_outs("opt-outs", *MANY, 1)
    made.opt_outs("law", 1, *range(950, 960))
    made.carry_out()
    made.opt_outs("opt-outs", *MANY, release=tels(1))
    made.opt_outs("law", *range(950, 960), release=tels(1))
    assert done(made.plan(dnd_remove=2)) == ["remove 1 dnd released", "add 1 contacts released"]


def test_a_release_that_the_dialer_refused_is_tried_again(made: Made) -> None:
    made.opt_outs("opt-outs", *MANY, 1)
    made.carry_out()
    made.opt_outs("opt-outs", *MANY, release=tels(1))
    made.acme.troubles = {"POST /unblock": 400}
    plan = made.plan(dnd_remove=1)
    made.apply(dnd_remove=1, expect=plan.plan_id)
    assert tel(1) in made.acme.blocked
    made.acme.troubles.clear()
    made.wait()
    # Written ahead, the number is off our list; at the dialer it stands still, and taking it off needs leave again.
    plan = made.plan()
    assert "remove 1 dnd released" in done(plan)
    assert [violation.rule for violation in plan.violations] == ["dnd_removal"]
    made.carry_out(dnd_remove=1, expect=made.plan(dnd_remove=1).plan_id)
    assert tel(1) not in made.acme.blocked


def test_entries_that_lapse_are_known_by_the_name_of_their_rows(made: Made) -> None:
    made.opt_outs("opt-outs", 900, 901, 902, lasts_days=30)
    with made.planned() as planned:
        (change,) = [found for found in planned.plan.row_changes if found.address == BLOCKED]
        assert planned.differences.lasts_days == {change.rows: 30}


def test_a_row_that_the_mapping_cannot_say_is_noted(made: Made) -> None:
    made.vendor = bent(VENDOR, ("title: Acme", "title: Acme"))
    made.mapping = bent(made.mapping, ("name: first_name", "name: {from: first_name, required: true}"))
    made.contacts["leads"]["max_rejected"] = "50%"
    made.data("leads.csv", [{"phone": tel(1), "first_name": "A"}, {"phone": tel(2), "first_name": ""}])
    plan = made.plan()
    assert "add 1 contacts missing" in done(plan)
    assert notes(plan, "main/contacts/spring: 1 row")
