"""Sources: what is said of those that cannot be read, and statements that are kept from their first reading."""

import os
import sqlite3
from contextlib import closing

import pytest

from tests.steps.projects import Made, done, in_force, notes, tel, tels


def test_a_plan_keeps_what_a_list_states(made: Made) -> None:
    made.plan(refresh="none")
    assert in_force(made) == tels(900, 901, 902)


def test_a_line_that_is_gone_releases_nobody(made: Made) -> None:
    made.opt_outs("opt-outs", *range(900, 910))
    made.plan(refresh="none")
    made.opt_outs("opt-outs", *range(901, 910))
    made.people("leads", 1, 900)
    plan = made.plan(refresh="none")
    assert tel(900) in in_force(made)
    assert "add 1 contacts missing" in done(plan)
    assert not plan.holds


def test_a_contact_list_that_cannot_be_read_is_said_and_the_others_are_read(made: Made) -> None:
    made.people("more", 7)
    made.campaigns["summer"] = {"dialer": "main", "id": "18", "name": "Summer", "contacts": ["more"]}
    made.acme.campaign("18", "Summer")
    (made.root / "data" / "leads.csv").unlink()
    with made.sources() as (_, sources):
        assert set(sources.contacts) == {"more"}
        assert "leads" in sources.unreadable
        assert any("contacts leads: cannot be read" in note for note in sources.notes)


@pytest.mark.parametrize("trouble", ["missing", "empty", "shrunken", "too old", "unparseable"])
def test_a_do_not_call_list_that_is_not_sound_holds_everything_dialable_in_its_scope(made: Made, trouble: str) -> None:
    made.opt_outs("opt-outs", *range(900, 920))
    made.campaigns["summer"] = {"dialer": "main", "id": "18", "name": "Summer", "contacts": ["leads"]}
    made.acme.campaign("18", "Summer")
    made.dnd["opt-outs"]["scope"] = ["spring"]
    made.plan(refresh="none")
    path = made.root / "data" / "opt-outs.csv"
    match trouble:
        case "missing":
            path.unlink()
        case "empty":
            made.opt_outs("opt-outs")
        case "shrunken":
            made.opt_outs("opt-outs", *range(900, 905))
        case "too old":
            os.utime(path, (made.now - 30 * 86_400,) * 2)
        case "unparseable":
            path.write_text(path.read_text() + "not a number\n" + tel(950) + "\n")
            os.utime(path, (made.now, made.now))
    plan = made.plan(refresh="none")
    added = [change.address.name for change in plan.row_changes if change.effect == "dialable"]
    assert added == ["summer"]
    assert any(hold.address.name == "spring" and "do-not-call list opt-outs" in hold.why for hold in plan.holds)
    # All that was ever stated is in force still, and what can be read of it now is so at once.
    expected = tels(*range(900, 920), *([950] if trouble == "unparseable" else []))
    assert in_force(made) == expected


def test_a_reading_that_is_not_sound_is_not_remembered_as_the_size_of_the_list(made: Made) -> None:
    made.opt_outs("opt-outs", *range(900, 920))
    made.plan(refresh="none")
    made.opt_outs("opt-outs", *range(900, 905))
    for _ in range(2):
        assert any("opt-outs" in hold.why for hold in made.plan(refresh="none").holds)


def test_only_a_number_that_is_named_and_no_longer_stated_is_released(made: Made) -> None:
    made.opt_outs("opt-outs", *range(900, 910))
    made.plan(refresh="none")
    made.opt_outs("opt-outs", *range(901, 910), release=[tel(900), tel(901), tel(999)])
    with made.sources() as (_, sources):
        # 901 is stated still, and 999 was never on it.
        assert sources.releases == {"opt-outs": (tel(900),)}
        assert sources.dnd["opt-outs"].named == {tel(900), tel(999)}
        (note,) = sources.notes
        assert "1 number under release: stands in its source still" in note
        assert tel(901) not in note
    # Naming is not yet releasing.
    assert tel(900) in in_force(made)


def test_a_list_that_is_not_sound_releases_nobody(made: Made) -> None:
    made.opt_outs("opt-outs", *range(900, 910))
    made.plan(refresh="none")
    made.opt_outs("opt-outs", *range(901, 910), release=[tel(900)])
    path = made.root / "data" / "opt-outs.csv"
    # The line that could not be read may be the number that is to be released.
    path.write_text(path.read_text() + "3OO1200900\n")
    os.utime(path, (made.now, made.now))
    with made.sources() as (_, sources):
        assert sources.releases == {}


def test_a_number_that_was_released_and_is_stated_still_holds_the_list(made: Made) -> None:
    made.opt_outs("opt-outs", *range(900, 910))
    made.plan(refresh="none")
    with made.ledger(locked=True) as ledger:
        ledger.release("opt-outs", [tel(900)], basis="p", now=made.now)
    with made.sources() as (run, sources):
        assert "1 number was released by name and the source still states it" in sources.dnd["opt-outs"].summary.held
        assert set(sources.held(run.loaded.desired)) == {"spring"}


def test_a_damaged_reading_does_not_count_as_the_absence_that_a_new_statement_needs(made: Made) -> None:
    made.opt_outs("opt-outs", *range(900, 920))
    made.plan(refresh="none")
    with made.ledger(locked=True) as ledger:
        ledger.release("opt-outs", [tel(900)], basis="p", now=made.now)
    made.opt_outs("opt-outs", *range(910, 915))
    assert made.plan(refresh="none").holds
    made.opt_outs("opt-outs", *range(900, 920))
    with made.sources() as (_, sources):
        assert "the source still states it" in sources.dnd["opt-outs"].summary.held


def test_a_list_that_the_manifest_no_longer_names_stays_in_force(made: Made) -> None:
    made.opt_outs("old", 1)
    made.plan(refresh="none")
    del made.dnd["old"]
    with made.sources(refresh="none") as (_, sources):
        assert sources.orphans == ("old",)
    plan = made.plan(refresh="none")
    assert notes(plan, "do-not-call list old is no longer in the manifest")
    assert "add 2 contacts missing" in done(plan)
    assert in_force(made, "old") == [tel(1)]


def test_the_digests_tell_what_the_sources_say(made: Made) -> None:
    def digests() -> tuple[str, str]:
        with made.sources() as (_, sources):
            return sources.contacts_digest, sources.dnd_digest

    first = digests()
    assert digests() == first
    made.people("leads", 1, 2, 4)
    second = digests()
    assert (second[0] != first[0], second[1]) == (True, first[1])
    made.opt_outs("opt-outs", 900, 901, 902, 903)
    third = digests()
    assert (third[0], third[1] != second[1]) == (second[0], True)


def test_a_file_of_a_list_that_is_gone_holds_until_the_manifest_says_that_these_are_all(made: Made) -> None:
    made.data("opt-outs-1.csv", [{"phone": tel(n)} for n in range(900, 930)])
    made.data("opt-outs-2.csv", [{"phone": tel(930)}])
    made.dnd["opt-outs"]["source"] = "data/opt-outs-*.csv"
    assert "add 3 contacts missing" in done(made.plan(refresh="none"))
    # One number of 31: the list as a whole has not shrunk.
    (made.root / "data" / "opt-outs-2.csv").unlink()
    plan = made.plan(refresh="none")
    assert not any(change.effect == "dialable" for change in plan.row_changes)
    (hold,) = {hold.why for hold in plan.holds}
    assert "data/opt-outs-*.csv: 1 files, where there must be 2" in hold
    assert tel(930) in in_force(made)
    made.dnd["opt-outs"]["min_files"] = 1
    assert "add 3 contacts missing" in done(made.plan(refresh="none"))
    # From here on one file is what the last sound reading had.
    del made.dnd["opt-outs"]["min_files"]
    assert not made.plan(refresh="none").holds


def test_a_pattern_that_matches_no_file_holds_also_at_the_first_reading(made: Made) -> None:
    made.dnd["opt-outs"]["source"] = ["data/opt-outs.csv", "data/more-*.csv"]
    plan = made.plan(refresh="none")
    assert not any(change.effect == "dialable" for change in plan.row_changes)
    assert {hold.why for hold in plan.holds} == {
        "do-not-call list opt-outs: data/more-*.csv: the file does not exist; put it there or correct the name"
    }
    assert in_force(made) == tels(900, 901, 902)


def test_contacts_of_fewer_files_than_stated_are_neither_added_nor_removed(made: Made) -> None:
    made.contacts["leads"].update(source="data/leads*.csv", min_files=2)
    with made.sources() as (_, sources):
        assert sources.unreadable == {
            "leads": "data/leads*.csv: 1 files, where there must be 2: put the missing ones there, or state"
            " min_files: 1 if these are all"
        }
    made.data("leads-2.csv", [{"phone": tel(5), "first_name": "P5"}])
    with made.sources() as (_, sources):
        assert sources.contacts["leads"].summary.accepted == 4


def test_lists_come_from_a_database_and_one_that_cannot_be_asked_holds_what_hangs_on_it(made: Made) -> None:
    with closing(sqlite3.connect(made.root / "data" / "crm.db")) as crm, crm:
        crm.execute("CREATE TABLE people (phone TEXT, name TEXT, opted_out INTEGER)")
        crm.executemany("INSERT INTO people VALUES (?, ?, ?)", [(tel(n), f"P{n}", n > 2) for n in range(5)])
    people = {"sql": "SELECT phone, name AS first_name FROM people", "database": "data/crm.db"}
    made.contacts["leads"]["source"] = people
    made.dnd["opt-outs"]["source"] = {**people, "sql": "SELECT phone FROM people WHERE opted_out"}
    plan = made.plan(refresh="none")
    assert "add 3 contacts missing" in done(plan)
    assert in_force(made) == tels(3, 4)
    made.dnd["opt-outs"]["source"] = {"sql": "SELECT phone FROM people", "database": "env:NO_SUCH_CRM"}
    plan = made.plan(refresh="none")
    assert not any(change.effect == "dialable" for change in plan.row_changes)
    (why,) = {hold.why for hold in plan.holds}
    assert (
        why
        == "do-not-call list opt-outs: database env:NO_SUCH_CRM: the environment variable NO_SUCH_CRM is not set. Set NO_SUCH_CRM."
    )
    assert in_force(made) == tels(3, 4)


def test_a_database_at_a_server_that_nobody_allowed_is_not_asked(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM", "postgresql://crm:hunter2@db.example/crm")
    made.contacts["leads"]["source"] = {"sql": "SELECT 1 AS phone", "database": "env:CRM"}
    (note,) = notes(made.plan(refresh="none"), "leads")
    assert "it is at postgresql://db.example, which is not allowed yet" in note
    assert "hunter2" not in note
