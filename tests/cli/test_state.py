"""``state``: what waits is shown by address, masked, and settled only by a person's word."""

import time
from pathlib import Path

import pytest

from syncengine.ledger.ledger import Ledger
from syncengine.model.address import Address
from syncengine.model.exchange import RowItem
from syncengine.model.ports import Intent
from tests.cli.conftest import Project, mobile

LEADS = Address("uk", "contacts", "motor-trade")


def _lose(project: Project, *numbers: int, proof: str = "park") -> int:
    """Book a call that added people and whose answer was lost."""
    now = time.time()
    rows = tuple(
        RowItem(key=mobile(n), phones=(mobile(n),), content_hash="h", remote_id=f"id-{n}-long") for n in numbers
    )
    intent = Intent(
        address=LEADS, operation="leads.add", action="add", effect="dialable", rows=rows,
        request_digest="d", lasts_days=None, proof=proof,
    )  # fmt: skip
    with _ledger(project) as ledger, ledger.lock("apply", now=now):
        run_id = ledger.begin_run("apply", "p", now=now)
        call = ledger.begin_call(intent, run_id=run_id, evidence="{}", now=now)
        ledger.finish_call(call, "unknown", f"no answer about {mobile(1)}", {}, now=now)
        ledger.end_run(run_id, "in part", "{}", now=now)
    return call


def _ledger(project: Project) -> Ledger:
    path = project.folder / ".syncengine" / "ledger.db"
    path.parent.mkdir(exist_ok=True)
    return Ledger.open(path, "acme")


def test_nothing_waits(project: Project) -> None:
    assert "Nothing waits" in project.run("state", "list").out
    assert project.run("state", "list", "--json").document == {"format_version": 1, "parked": [], "open": []}


def test_the_bare_command_lists(project: Project, monkeypatch) -> None:
    monkeypatch.chdir(project.folder)
    assert "Nothing waits" in project.run("state").out


def test_what_waits_is_listed_by_address_with_counts(project: Project) -> None:
    first, second = _lose(project, 1, 2), _lose(project, 5)
    third = _lose(project, 6, proof="read_back")
    out = project.run("state", "list").out
    assert "2 calls wait for a person" in out
    assert "uk/contacts/motor-trade: 2 calls, 3 rows" in out
    assert f"call {first}: add of 2 rows" in out
    assert f"call {second}: add of 1 row" in out
    assert "1 call without an outcome yet" in out
    assert "reads it back" in out
    document = project.run("state", "list", "--json").document
    assert [call["call"] for call in document["parked"]] == [first, second]
    assert [call["call"] for call in document["open"]] == [third]


def test_the_rows_of_a_call_are_masked_unless_asked_for(project: Project) -> None:
    call = _lose(project, 1, 2)
    out = project.run("state", "show", str(call)).out
    assert out.count("•") > 4
    assert len(project.run("state", "show", str(call), "--json").document["waiting_rows"]) == 2
    shown = project.run("state", "show", str(call), "--show-personal-data")
    # Asked for, so it may be in this one output.
    project.said = project.said[:-2]
    assert mobile(1) in shown.out
    assert "id-1-long" in shown.out


def test_a_call_that_does_not_wait_cannot_be_shown(project: Project) -> None:
    assert "no call 77 waits" in project.run("state", "show", "77", expected=64).err


def test_a_call_taken_as_sent_is_not_sent_again(project: Project) -> None:
    call = _lose(project, 1)
    project.run("state", "resolve", str(call), "--assume-sent")
    assert "Nothing waits" in project.run("state", "list").out
    # The dialer does not have the person after all, and what it has is not what the ledger was told: nobody is added.
    project.run("apply", "--auto-approve", expected=None)
    assert not any(mobile(1)[3:] in number for number in project.added())


def test_a_call_to_be_sent_again_is_planned_again(project: Project) -> None:
    call = _lose(project, 1)
    project.run("apply", "--auto-approve")
    assert not any(mobile(1)[3:] in number for number in project.added()), "a parked row is never sent by itself"
    project.run("state", "resolve", str(call), "--resend")
    project.run("apply", "--auto-approve")
    assert sum(mobile(1)[3:] in number for number in project.added()) == 1


def test_one_row_is_settled_and_the_others_wait(project: Project) -> None:
    call = _lose(project, 1, 2)
    words = ("--row", mobile(1), "--address", str(LEADS))
    found = project.run("state", "resolve", *words, "--assume-sent", "--json")
    assert found.document["settled"] == 1
    assert len(project.run("state", "show", str(call), "--json").document["waiting_rows"]) == 1
    assert "no waiting call" in project.run("state", "resolve", *words, "--resend", expected=64).err


def test_one_row_of_one_call_is_settled(project: Project) -> None:
    call = _lose(project, 1, 2)
    found = project.run("state", "resolve", str(call), "--row", mobile(1), "--assume-sent", "--json")
    assert found.document["settled"] == 1
    assert len(project.run("state", "show", str(call), "--json").document["waiting_rows"]) == 1
    again = project.run("state", "resolve", str(call), "--row", mobile(1), "--resend", expected=64)
    assert f"call {call} is not about the row" in again.err
    assert "no call 77 waits" in project.run("state", "resolve", "77", "--row", "a", "--resend", expected=64).err


@pytest.mark.parametrize(
    "words",
    [("1",), ("--assume-sent",), ("1", "--row", "a", "--address", str(LEADS), "--resend"), ("--row", "a", "--resend"),
     ("1", "--address", str(LEADS), "--resend"), ("--row", "a", "--address", "nowhere", "--resend")],
)  # fmt: skip
def test_an_unclear_word_settles_nothing(project: Project, words: tuple[str, ...]) -> None:
    _lose(project, 1)
    project.run("state", "resolve", *words, expected=64)
    assert project.run("state", "list", "--json").document["parked"]


def test_nothing_is_settled_while_another_run_is_under_way(project: Project) -> None:
    call = _lose(project, 1)
    with _ledger(project) as ledger, ledger.lock("apply", now=time.time()):
        found = project.run("state", "resolve", str(call), "--resend", "--json", expected=5)
    assert "locked" in found.document["error"]


def test_a_call_that_is_not_open_is_an_error(project: Project) -> None:
    assert "is not open" in project.run("state", "resolve", "77", "--resend", expected=1).err


def test_a_lock_is_broken_by_its_number_only(project: Project) -> None:
    with _ledger(project) as ledger, ledger.lock("apply", now=time.time()) as fence:
        project.run("state", "unlock", str(fence + 1), expected=64)
        project.run("state", "unlock", str(fence))
        project.run("state", "unlock", str(fence), expected=64)


def test_the_ledger_is_where_the_project_says(project: Project) -> None:
    project.run("state", "list")
    assert (Path(project.folder) / ".syncengine" / "ledger.db").exists()
