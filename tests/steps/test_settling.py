"""A call whose answer was lost is settled by the proof that its vendor file declares, and by nothing less."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from syncengine.ledger.records import OpenCall
from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
from syncengine.sandbox.server import Sandbox
from syncengine.sandbox.wolkvox_campaigns import Campaign
from syncengine.steps.settling import settle
from tests.ledger.writing import begin, intent, rows, states
from tests.steps.at_the_sandbox import HERE, Project, ledger_of, opened, project_at, read

RECORDS = Address(HERE, "contacts", "spring")
ACCOUNT = Address(HERE, "dnd", "account")
SPRING = Address(HERE, "campaign", "spring")
ANN, BOB = "+573001234001", "+573001234002"
# Longer than any time-out, so that a call without an answer is surely over.
LONG = 3_000.0


@pytest.fixture
def lynn(tmp_path: Path, sandbox: Sandbox) -> Project:
    sandbox.hurry()
    return project_at("lynn-data", tmp_path, sandbox)


@pytest.fixture
def wolkvox(tmp_path: Path, sandbox: Sandbox) -> Project:
    return project_at("wolkvox-predictive", tmp_path, sandbox)


def _lost(
    project: Project,
    action: str,
    address: Address,
    *phones: str,
    operation: str,
    proof: str,
    task: str = "",
    answered: bool = True,
    settle_time: float = 60.0,
) -> int:
    """Write a call whose answer was lost; not ``answered``: the process died over it."""
    items = [RowItem(key=phone, phones=(phone,), content_hash="h") for phone in phones]
    effect = "neutral" if action == "create" else "suppressing" if action == "remove" else "dialable"
    wanted = intent(action, items, address=address, proof=proof, effect=effect)
    wanted = replace(wanted, operation=operation, settle=settle_time)
    with ledger_of(project) as ledger, ledger.lock("apply", now=project.now()):
        call = begin(ledger, wanted, project.now())
        if task:
            ledger.remember_task(call, task)
        if answered:
            ledger.finish_call(call, "unknown", "no answer", {}, now=project.now())
    return call


def _settle(project: Project, **options: object) -> Sequence[str]:
    with opened(project, **options) as run:
        _, readings = read(run)
        return settle(run, readings)


def _parked(project: Project) -> list[int]:
    with ledger_of(project) as ledger:
        return [call.call_id for call in ledger.parked()]


def _open(project: Project) -> list[OpenCall]:
    with ledger_of(project) as ledger:
        return list(ledger.unfinished_calls())


def _states(project: Project, address: Address) -> dict[str, object]:
    with ledger_of(project) as ledger:
        return states(ledger, address)


# ------------------------------------------------------------------------------------------------------ park, repeat


def test_where_nothing_can_prove_it_a_person_is_asked(wolkvox: Project) -> None:
    call = _lost(wolkvox, "add", RECORDS, ANN, BOB, operation="records.add", proof="park", answered=False)
    (said,) = _settle(wolkvox)
    assert _parked(wolkvox) == [call]
    assert said.startswith("here/contacts/spring: add of 2 rows is parked")
    assert f"syncengine state resolve {call} --assume-sent | --resend" in said
    assert ANN[1:] not in said


def test_what_is_parked_is_said_again_by_every_later_run(wolkvox: Project) -> None:
    call = _lost(wolkvox, "add", RECORDS, ANN, operation="records.add", proof="park")
    assert [f"state resolve {call}" in said for said in _settle(wolkvox)] == [True]
    assert _settle(wolkvox) == _settle(wolkvox)


def test_what_may_simply_be_made_again_is_left_to_the_difference(wolkvox: Project) -> None:
    _lost(wolkvox, "add", ACCOUNT, ANN, operation="account_dnc.add", proof="repeat")
    wolkvox.sandbox.clock.advance(LONG)
    (said,) = _settle(wolkvox)
    assert said == "here/dnd/account: add of 1 rows: the answer was lost; it is settled by repeat"
    assert _parked(wolkvox) == []
    assert _states(wolkvox, ACCOUNT) == {ANN: "repeat_add"}


# ------------------------------------------------------------------------------------------------------------- tasks


def _lost_load(project: Project, *, ending: str = "done", questions: int = 0) -> int:
    """A load whose task the vendor knows; it answers some questions with "still running"."""
    lynn = project.sandbox.lynn
    lynn.end_next_task(ending)
    lynn.switches.task_polls = questions
    task = lynn.tasks.begin("load", 2, 2)
    return _lost(project, "add", RECORDS, ANN, BOB, operation="campaign_data.add", proof="task", task=task.id)


def test_a_task_that_has_done_its_work_settles_its_rows(lynn: Project) -> None:
    _lost_load(lynn)
    assert _states(lynn, RECORDS) == {ANN: "unknown_add", BOB: "unknown_add"}
    assert _settle(lynn) == []
    assert _states(lynn, RECORDS) == {ANN: "present", BOB: "present"}
    assert _open(lynn) == []


@pytest.mark.parametrize(("ending", "questions"), [("failed", 0), ("done", 9)], ids=["failed", "still running"])
def test_a_task_that_has_not_done_its_work_is_parked_when_its_time_is_over(
    lynn: Project, ending: str, questions: int
) -> None:
    call = _lost_load(lynn, ending=ending, questions=questions)
    assert len(_settle(lynn)) == 1
    assert [found.call_id for found in _open(lynn)] == [call]
    lynn.sandbox.clock.advance(601)
    _settle(lynn)
    assert _parked(lynn) == [call]
    assert set(_states(lynn, RECORDS).values()) == {"parked_add"}


def test_a_task_is_asked_about_once_a_run(lynn: Project) -> None:
    _lost_load(lynn, questions=5)
    _settle(lynn)
    asked = [entry for entry in lynn.dialer.record.entries() if "GetTaskStatus" in entry.path]
    assert len(asked) == 1


def test_a_dialer_that_refuses_the_question_has_not_told_that_the_task_is_done(lynn: Project) -> None:
    call = _lost(lynn, "add", RECORDS, ANN, operation="campaign_data.add", proof="task", task="T999999")
    _settle(lynn)
    assert [found.call_id for found in _open(lynn)] == [call]
    lynn.sandbox.clock.advance(601)
    _settle(lynn)
    assert _parked(lynn) == [call]


def test_a_load_whose_task_nobody_knows_is_parked_at_once(lynn: Project) -> None:
    call = _lost(lynn, "add", RECORDS, ANN, operation="campaign_data.add", proof="task", answered=False)
    _settle(lynn)
    assert _parked(lynn) == [call]


def test_a_run_that_reads_no_dialer_asks_about_no_task(lynn: Project) -> None:
    _lost_load(lynn)
    _settle(lynn, refresh="none")
    assert lynn.dialer.record.entries() == []
    assert len(_open(lynn)) == 1


# --------------------------------------------------------------------------------------------------------- read back


def _lost_removal(project: Project, *, answered: bool = True) -> int:
    """Two numbers on the account's list, as the ledger knows; then they are taken off and no answer comes."""
    with ledger_of(project) as ledger, ledger.lock("apply", now=project.now()):
        items = [RowItem(key=phone, phones=(phone,), content_hash="h") for phone in (ANN, BOB)]
        ledger.save_rows(ACCOUNT, items, now=project.now())
    return _lost(
        project,
        "remove",
        ACCOUNT,
        ANN,
        BOB,
        operation="account_dnc.remove",
        proof="read_back",
        settle_time=300.0,
        answered=answered,
    )


def _listed_at_the_dialer(project: Project, *phones: str) -> None:
    project.sandbox.wolkvox.do_not_call.account = {("outbound", phone[1:]): "2026-01-01" for phone in phones}


def test_a_listing_proves_each_row_of_a_removal_on_its_own(wolkvox: Project) -> None:
    _lost_removal(wolkvox)
    _listed_at_the_dialer(wolkvox, BOB)
    wolkvox.sandbox.clock.advance(301)
    assert _settle(wolkvox) == []
    assert _states(wolkvox, ACCOUNT) == {BOB: "present"}
    assert _open(wolkvox) == []


def test_before_the_settle_time_an_absence_proves_nothing(wolkvox: Project) -> None:
    _lost_removal(wolkvox)
    wolkvox.sandbox.clock.advance(290)
    (said,) = _settle(wolkvox)
    assert said == "here/dnd/account: remove of 2 rows: the answer was lost; it is settled by read_back"
    assert _states(wolkvox, ACCOUNT) == {ANN: "unknown_remove", BOB: "unknown_remove"}


def test_a_call_that_its_process_did_not_outlive_may_have_been_under_way_for_its_time_out(wolkvox: Project) -> None:
    _lost_removal(wolkvox, answered=False)
    wolkvox.sandbox.clock.advance(300 + 2 * 60 - 10)
    assert len(_settle(wolkvox)) == 1
    wolkvox.sandbox.clock.advance(11)
    assert _settle(wolkvox) == []


def test_a_listing_that_is_not_whole_proves_nothing(wolkvox: Project) -> None:
    _lost_removal(wolkvox)
    wolkvox.sandbox.clock.advance(301)
    with opened(wolkvox) as run:
        _, readings = read(run)
        listings = readings.dialers[HERE].listings
        listings[ACCOUNT] = replace(listings[ACCOUNT], complete=False)
        assert len(settle(run, readings)) == 1
        del listings[ACCOUNT]
        assert len(settle(run, readings)) == 1
    assert len(_open(wolkvox)) == 1


def test_an_addition_landed_when_it_is_listed_and_is_free_again_when_it_is_not(wolkvox: Project) -> None:
    _lost(wolkvox, "add", ACCOUNT, ANN, BOB, operation="account_dnc.add", proof="read_back")
    _listed_at_the_dialer(wolkvox, ANN)
    wolkvox.sandbox.clock.advance(LONG)
    assert _settle(wolkvox) == []
    assert _states(wolkvox, ACCOUNT) == {ANN: "present"}


def test_a_listing_shows_no_content_so_a_lost_update_is_planned_again(wolkvox: Project) -> None:
    with ledger_of(wolkvox) as ledger, ledger.lock("apply", now=wolkvox.now()):
        ledger.save_rows(ACCOUNT, [RowItem(ANN, (ANN,), {}, "old")], now=wolkvox.now())
    _lost(wolkvox, "update", ACCOUNT, ANN, operation="account_dnc.add", proof="read_back")
    _listed_at_the_dialer(wolkvox, ANN)
    wolkvox.sandbox.clock.advance(LONG)
    assert _settle(wolkvox) == []
    with ledger_of(wolkvox) as ledger:
        assert rows(ledger, ACCOUNT)[ANN]["content_hash"] == "old"


# --------------------------------------------------------------------------------------------------- lost campaigns


@pytest.fixture
def created(wolkvox: Project) -> Callable[..., int]:
    """Lose the answer to a creation, after which the dialer holds campaigns of some ids and names."""

    def lose(**names: str) -> int:
        call = _lost(wolkvox, "create", SPRING, operation="campaigns.create", proof="read_back", settle_time=300.0)
        held = wolkvox.sandbox.wolkvox.campaigns.held
        for number, name in names.items():
            held[number[1:]] = Campaign(number[1:], "predictive", {"campaign_name": name}, started=True)
        wolkvox.sandbox.clock.advance(301)
        return call

    return lose


def _creations(project: Project) -> list[str]:
    return [change.address.name for change in project.plan().campaign_changes if change.action == "create"]


def test_the_one_campaign_of_its_name_is_ours(wolkvox: Project, created: Callable[..., int]) -> None:
    created(c10001="Spring", c10002="Summer")
    assert _settle(wolkvox) == []
    with ledger_of(wolkvox) as ledger:
        known = ledger.campaigns(HERE)["spring"]
    assert (known.remote_id, known.name, known.status, known.state) == ("10001", "Spring", "started", "present")
    assert not known.adopted
    assert _creations(wolkvox) == []


def test_where_none_has_its_name_it_is_planned_again(wolkvox: Project, created: Callable[..., int]) -> None:
    created(c10002="Summer")
    assert _settle(wolkvox) == []
    assert _open(wolkvox) == []
    assert _creations(wolkvox) == ["spring"]


def test_two_of_its_name_are_left_to_a_person(wolkvox: Project, created: Callable[..., int]) -> None:
    call = created(c10001="Spring", c10002="Spring")
    assert len(_settle(wolkvox)) == 1
    assert _parked(wolkvox) == [call]
    assert _creations(wolkvox) == []


def test_a_campaign_is_not_looked_for_before_the_settle_time(wolkvox: Project) -> None:
    _lost(wolkvox, "create", SPRING, operation="campaigns.create", proof="read_back", settle_time=300.0)
    wolkvox.sandbox.clock.advance(290)
    (said,) = _settle(wolkvox)
    assert said == "here/campaign/spring: create of the campaign: the answer was lost; it is settled by read_back"
    assert _creations(wolkvox) == []


def test_a_listing_of_campaigns_that_is_not_whole_proves_nothing(wolkvox: Project, created: Callable[..., int]) -> None:
    created()
    with opened(wolkvox) as run:
        _, readings = read(run)
        reading = readings.dialers[HERE]
        reading.snapshot = replace(reading.snapshot, complete=False)
        assert len(settle(run, readings)) == 1
        reading.snapshot = replace(reading.snapshot, complete=True, source="ledger")
        assert len(settle(run, readings)) == 1
    assert len(_open(wolkvox)) == 1


# ---------------------------------------------------------------------------------------------------------- the lock


def test_a_run_that_is_under_way_keeps_its_calls(wolkvox: Project) -> None:
    _lost(wolkvox, "add", RECORDS, ANN, operation="records.add", proof="park", answered=False)
    with ledger_of(wolkvox) as other, other.lock("apply", now=wolkvox.now()):
        assert _settle(wolkvox) == ["1 calls of another run have no outcome yet; that run is under way"]
        assert _parked(wolkvox) == []
        assert [call.state for call in _open(wolkvox)] == ["intent"]


def test_a_run_that_holds_the_lock_settles_under_it(wolkvox: Project) -> None:
    call = _lost(wolkvox, "add", RECORDS, ANN, operation="records.add", proof="park", answered=False)
    with opened(wolkvox) as run, run.ledger.lock("apply", now=wolkvox.now()):
        locked = replace(run, locked=True)
        _, readings = read(locked)
        settle(locked, readings)
    assert _parked(wolkvox) == [call]


def test_where_nothing_waits_nothing_is_said(wolkvox: Project) -> None:
    assert _settle(wolkvox) == []
