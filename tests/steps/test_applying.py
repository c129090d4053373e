"""Applying: evidence, what is remembered of adopted campaigns, releases that are written ahead."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from syncengine import sync
from syncengine.errors import GuardError, LockedError, StalePlanError, UsageError
from syncengine.ledger.opening import open_ledger
from syncengine.model.report import Progress
from syncengine.planfile import load_sealed
from syncengine.remote import rows_writer
from tests.steps.acme import VENDOR, bent
from tests.steps.projects import BLOCKED, LEADS, Made, done, in_force, tel, tels

MANY = range(900, 920)


def evidence(made: Made) -> dict[str, list[str]]:
    """Return effect -> the evidence of each call of the last run."""
    with made.ledger() as ledger:
        (run,) = ledger.history(1)
        found: dict[str, list[str]] = {}
        for call in ledger.calls_of_run(run.run_id):
            found.setdefault(call.effect, []).append(call.evidence)
    return found


def test_every_dialable_call_has_its_evidence_and_no_number_in_it(made: Made) -> None:
    made.campaigns["spring"]["status"] = "started"
    made.opt_outs("old", 950)
    made.plan()
    del made.dnd["old"]
    made.carry_out()
    found = evidence(made)
    assert set(found) == {"suppressing", "dialable"}
    assert found["suppressing"] == [""]
    # The additions and the start.
    assert len(found["dialable"]) == 2
    for line in found["dialable"]:
        told = json.loads(line)
        assert told["orphans"] == ["old"]
        assert told["decision"] == "no listed number"
        (name,) = told["lists"]
        assert name == "opt-outs"
        assert set(told["lists"]["opt-outs"]) == {"digest", "age", "numbers"}
        assert told["lists"]["opt-outs"]["numbers"] == 3
        assert tel(900)[1:] not in line


def test_what_an_adopted_campaign_is_believed_to_be_is_remembered(made: Made) -> None:
    made.campaigns["spring"]["settings"] = {"script": "hello"}
    made.carry_out()
    with made.ledger() as ledger:
        known = ledger.campaigns("main")["spring"]
    assert (known.remote_id, known.adopted, known.status) == ("17", True, "stopped")
    # It cannot be read back and never be written, so what the manifest says of it is taken at its word.
    assert known.fields["script"] == "hello"
    assert made.plan().empty


@pytest.mark.parametrize(("state", "status"), [("running", "started"), ("paused", "stopped"), ("odd", "unknown")])
def test_an_adopted_campaign_is_remembered_as_it_runs(made: Made, state: str, status: str) -> None:
    made.acme.campaigns["17"]["state"] = state
    made.apply()
    with made.ledger() as ledger:
        assert ledger.campaigns("main")["spring"].status == status


def test_a_run_is_noted_with_its_end_and_no_personal_data(made: Made) -> None:
    made.apply()
    with made.ledger() as ledger:
        (run,) = ledger.history(1)
    assert (run.kind, run.outcome, json.loads(run.summary)) == ("apply", "done", {"applied": 6})
    made.people("leads", 1, 2, 3, 4)
    made.acme.troubles = {"POST /campaigns/17/leads": 400}
    made.apply()
    with made.ledger() as ledger:
        (run,) = ledger.history(1)
    assert (run.outcome, json.loads(run.summary)) == ("in part", {"rejected": 1})


def test_what_waits_for_a_person_is_in_the_report(made: Made) -> None:
    made.vendor = bent(
        VENDOR,
        (
            "items: {shape: none}\n        batch: 10\n        refused_batch: unknown\n        proof: {by: read_back, settle: 30}\n      remove",
            "items: {shape: none}\n        batch: 10\n        refused_batch: unknown\n        proof: {by: park}\n      remove",
        ),
    )
    made.acme.troubles = {"POST /campaigns/17/leads": "lost"}
    _, report = made.apply()
    assert report is not None
    (line,) = report.parked
    assert "add of 3 rows" in line
    assert "syncengine state resolve" in line


# --------------------------------------------------------------------------------------------------------- releases


def releasing(made: Made) -> str:
    """Let a number be listed, and plan its release; return the plan's id."""
    made.opt_outs("opt-outs", *MANY, 1)
    made.carry_out()
    assert made.acme.tels() == tels(2, 3)
    made.opt_outs("opt-outs", *MANY, release=tels(1))
    return made.plan(dnd_remove=1).plan_id


def test_a_release_is_written_ahead_of_the_call_that_frees_the_number(made: Made) -> None:
    plan_id = releasing(made)
    seen: list[bool] = []

    def look(_: object) -> None:
        seen.append(tel(1) in in_force(made))

    made.acme.troubles = {"POST /unblock": look}
    made.carry_out(dnd_remove=1, expect=plan_id)
    assert seen == [False]
    assert made.acme.tels() == tels(1, 2, 3)
    assert tel(1) not in made.acme.blocked
    assert made.plan().empty


def test_a_release_needs_leave_for_this_very_plan(made: Made) -> None:
    plan_id = releasing(made)
    with pytest.raises(GuardError):
        made.apply()
    with pytest.raises(UsageError, match="--expect"):
        made.apply(dnd_remove=1)
    with pytest.raises(StalePlanError):
        made.apply(dnd_remove=1, expect="0" * 16)
    assert tel(1) in in_force(made)
    assert tel(1) in made.acme.blocked
    assert plan_id


def test_a_number_that_no_dialer_knows_is_released_as_well(made: Made) -> None:
    made.vendor = VENDOR.partition("  blocked:\n")[0] + "calls:\n" + VENDOR.partition("\ncalls:\n")[2]
    made.mapping = made.mapping.partition("  blocked:")[0]
    made.opt_outs("opt-outs", *MANY, 777)
    made.carry_out()
    made.opt_outs("opt-outs", *MANY, release=tels(777))
    plan = made.plan(dnd_remove=1)
    assert done(plan) == []
    assert plan.releases == {"opt-outs": 1}
    made.apply(dnd_remove=1, expect=plan.plan_id)
    assert tel(777) not in in_force(made)


def test_an_interrupted_run_releases_nobody(made: Made) -> None:
    plan_id = releasing(made)
    sync.apply(made.load(), made.options(dnd_remove=1), sync.Applying(expect=plan_id, interrupted=lambda: True))
    assert tel(1) in in_force(made)
    assert tel(1) in made.acme.blocked


# ---------------------------------------------------------------------------------------------------- and the rest


def test_a_number_that_another_run_reads_meanwhile_is_not_called(made: Made) -> None:
    made.people("leads", *range(1, 31))
    made.dialers["main"]["limits"] = {"concurrency": 1}
    loaded = made.load()

    def another_run(body: list[dict[str, str]]) -> None:
        if body[0]["tel"] == tel(1):
            # As "syncengine plan" does, beside this apply: it reads a list and keeps what it states.
            with open_ledger(loaded.desired.ledger, loaded.desired.project) as other:
                other.record_statements("opt-outs", tels(25), source_digest="d", now=made.now, complete=False)

    made.acme.troubles = {"POST /campaigns/17/leads": another_run}
    _, report = made.apply()
    assert report is not None
    assert made.acme.tels() == tels(*(n for n in range(1, 31) if n != 25))
    assert {word: count for change in report.changes for word, count in change.outcomes.items() if word == "held"} == {
        "held": 1
    }


def test_progress_is_told_by_a_clock_that_is_never_set_back(made: Made) -> None:
    told: list[Progress] = []
    wall = iter([made.now - 1000.0 * n for n in range(10_000)])
    loaded = made.load()
    options = made.options()
    _, report = sync.apply(
        loaded,
        type(options)(clock=lambda: max(next(wall), made.now - 86_400.0)),
        sync.Applying(on_progress=told.append),
    )
    assert report is not None
    assert 0 <= report.seconds < 60
    assert all(found.rate >= 0 for found in told)


def test_two_applies_do_not_run_at_once(made: Made) -> None:
    loaded = made.load()
    with (
        open_ledger(loaded.desired.ledger, loaded.desired.project) as other,
        other.lock("apply", now=made.now),
        pytest.raises(LockedError),
    ):
        made.apply()
    assert not made.acme.writes()


def test_what_was_not_approved_is_not_sent(made: Made) -> None:
    plan, report = sync.apply(made.load(), made.options(), sync.Applying(approve=lambda _: False))
    assert (report, bool(done(plan))) == (None, True)
    assert not made.acme.writes()


def test_an_account_and_its_campaign_end_as_the_manifest_says(made: Made) -> None:
    made.campaigns["spring"]["status"] = "started"
    made.carry_out()
    assert made.acme.campaigns["17"]["state"] == "running"
    assert made.acme.writes() == ["POST /blocked", "POST /campaigns/17/leads", "POST /campaigns/17/start"]
    assert set(made.states(LEADS)) == set(tels(1, 2, 3))
    assert set(made.states(BLOCKED)) == set(tels(900, 901, 902))


# ------------------------------------------------------------------------------------------------- several runs at once


@pytest.fixture
def two_dialers(made: Made) -> Made:
    """A second account, with a campaign of its own, at the same dialer."""
    made.dialers["second"] = made.dialer()
    made.acme.campaign("18", name="Summer")
    made.campaigns["summer"] = {"dialer": "second", "id": "18", "name": "Summer", "contacts": ["guests"]}
    made.people("guests", 11, 12)
    return made


def test_an_apply_holds_the_dialers_that_it_is_about_and_then_those_that_it_changes(two_dialers: Made) -> None:
    made = two_dialers
    made.carry_out(dialers=["main"])
    held: list[tuple[str, ...]] = []

    def look(*_: object) -> bool:
        with made.ledger() as other:
            held.extend(holder.dialers for holder in other.lock_holders())
        return False

    looking = sync.Applying(on_planned=look, approve=look)
    _, report = sync.apply(made.load(), made.options(), looking)
    assert report is None
    assert held == [("main", "second"), ("second",)]


def test_a_dialer_where_a_campaign_is_adopted_and_nothing_else_is_done_is_held_too(two_dialers: Made) -> None:
    made = two_dialers
    del made.campaigns["spring"]["contacts"]
    made.campaigns["spring"]["dnd"] = []
    made.opt_outs("opt-outs", 900, scope=["second"])
    made.carry_out()
    with made.ledger() as ledger:
        assert ledger.campaigns("main")["spring"].adopted


def test_what_another_run_holds_is_left_out_where_that_is_asked_for_and_told(two_dialers: Made) -> None:
    made = two_dialers
    told: list[dict[str, str]] = []
    leaving = sync.Applying(only_free_dialers=True, on_left_out=lambda found: told.append(dict(found)))
    with made.ledger() as other, other.lock("apply", now=made.now, dialers=["main"]):
        with pytest.raises(LockedError, match="main is locked"):
            made.apply()
        plan, report = sync.apply(made.load(), made.options(), leaving)
        assert report is not None
        assert plan.scope.dialers == ("second",)
        assert [list(found) for found in told] == [["main"]]
        assert {change.address.dialer for change in report.changes} == {"second"}
        for bound in (sync.Applying(expect="1", only_free_dialers=True), replace(leaving, saved=plan)):
            with pytest.raises(UsageError, match="whole or not at all"):
                sync.apply(made.load(), made.options(), bound)
    made.wait()
    plan, report = sync.apply(made.load(), made.options(), leaving)
    assert report is not None
    assert {change.address.dialer for change in report.changes} == {"main"}
    assert len(told) == 1


def test_a_saved_plan_is_stale_after_a_change_at_its_own_dialer_or_a_statement_but_at_no_other(
    two_dialers: Made, tmp_path: Path
) -> None:
    made = two_dialers
    made.opt_outs("opt-outs", 900, scope=["main"])

    def saved() -> sync.Applying:
        with made.planned(dialers=["second"]) as planned:
            planned.save(tmp_path / "plan.bin")
        plan, seal = load_sealed(tmp_path / "plan.bin")
        return sync.Applying(saved=plan, seal=seal)

    applying = saved()
    made.carry_out(dialers=["main"])
    _, report = sync.apply(made.load(), made.options(), applying)
    assert report is not None
    made.wait()
    made.people("guests", 11, 12, 13)
    applying = saved()
    with made.ledger() as ledger:
        ledger.record_statements("opt-outs", [tel(1)], source_digest="d", now=made.now)
    with pytest.raises(StalePlanError, match="moved since: the ledger"):
        sync.apply(made.load(), made.options(), applying)
    applying = saved()
    made.carry_out(dialers=["second"])
    with pytest.raises(StalePlanError, match="the ledger"):
        sync.apply(made.load(), made.options(), applying)


def test_files_that_change_while_calls_are_made_change_nothing_of_them(made: Made) -> None:
    def edit(_: object) -> None:
        made.people("leads", 4, 5, 6)
        made.opt_outs("opt-outs", 903)
        made.campaigns["spring"]["name"] = "Another"
        made.vendor = made.mapping = "nothing: of use"
        made.write()
        (made.root / "token").write_text("another")

    made.acme.troubles = {"^POST": edit}
    _, report = made.apply()
    assert report is not None
    assert report.complete
    assert made.acme.tels() == [tel(1), tel(2), tel(3)]
    assert sorted(made.acme.blocked) == tels(900, 901, 902)
    assert len({headers["x-token"] for headers in made.acme.headers}) == 1


def test_a_run_that_runs_out_of_memory_between_answer_and_booking_doubles_nobody(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, spent = rows_writer._judge_rows, []

    async def judged(*given: object) -> object:
        if not spent:
            spent.append(1)
            raise MemoryError
        return await real(*given)

    monkeypatch.setattr(rows_writer, "_judge_rows", judged)
    with pytest.raises(MemoryError):
        made.apply()
    made.wait(3_600.0)
    made.carry_out()
    assert made.acme.tels() == [tel(1), tel(2), tel(3)]
    # Blocking somebody twice harms nobody.
    assert set(made.acme.blocked) == set(tels(900, 901, 902))
    assert done(made.plan()) == []
